/// What a worker and its supervisor say to each other.
namespace Plimsoll.Engine.Workers

open System
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine

/// The first message of a worker.
type Hello = {
    Protocol: int
    /// Digest of the program's own assemblies: both ends must be the same program.
    Build: string
    Pid: int
}

/// A stage to be run once: a `Job` without what only the supervisor needs.
type Order = {
    /// Counts the orders of one worker; every answer names it.
    Id: int64
    Stage: string
    /// For people.
    Label: string
    Parameters: Map<string, Value>
    Inputs: Map<string, string>
    Output: string
    Seed: int64 option
    Threads: int
    /// The CPUs to stay on, as the system counts them. Empty: wherever the system likes.
    Cpus: int list
    Checkpoint: string option
    CheckpointEvery: TimeSpan
    Trail: string option
    /// Milliseconds between two signs of life.
    Beat: int
}

type ToWorker =
    | Run of Order
    /// Let the running stage keep what it needs to go on, and end.
    | Stop of order: int64

/// A sign of life of the process. A stage that spins for ever does not silence it.
type Beat = {
    /// Bytes of resident memory.
    Resident: int64
    /// Processor seconds of the process since its start.
    Processor: double
}

type FromWorker =
    | Hello of Hello
    /// The order is understood and its stage is about to run.
    | Began of order: int64
    | Progressed of order: int64 * Progress
    | Beat of Beat
    | Ended of order: int64 * StageOutcome * JobFacts

module Protocol =
    /// Goes up with every change of a message. Both ends are the same build, so there are no minor versions: a
    /// kind of message that one end does not know is a fault of the channel and is refused.
    let version = 1
