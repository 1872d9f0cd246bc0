/// What the engine hands to a stage and what it gets back.
namespace Plimsoll.Stages

open System
open System.Reflection
open System.Threading
open Plimsoll.Language

/// A sign of life for people. It never enters a key or an artifact.
type Progress = {
    Step: int64
    Steps: int64
    /// The latest known.
    Metrics: (string * double) list
    /// The step at which the checkpoint of an earlier attempt was continued. Known from the first report on.
    ResumedAt: int64 option
    /// The step of the latest checkpoint that lies on the disk, an earlier attempt's included.
    SavedAt: int64 option
}

/// All that a stage sees. No clock, host, attempt or worker count is among it.
type StageRequest = {
    Parameters: Map<string, Value>
    /// Path of each input artifact, by role. Read only.
    Inputs: Map<string, string>
    /// The file to write. It does not exist yet; its folder does.
    Output: string
    Seed: int64 option
    /// Threads lent to this cell, at least 1. Changes the time, never a bit.
    Threads: int
    Report: Progress -> unit
    /// Cancelled: save what is needed to go on at `Checkpoint`, then end with a failure of class `Cancelled`.
    Cancelled: CancellationToken
    /// The file with the complete state that an earlier attempt at the same key left, and in which this one
    /// keeps its own, replaced as a whole; it need not exist. None: nothing is kept.
    Checkpoint: string option
    /// Time between two checkpoints, or longer: writing them takes at most about 1 % of the time. Zero: as often
    /// as possible, whatever it costs.
    CheckpointEvery: TimeSpan
    /// The file for the hash trail, if the stage has one: which state it was in at which step. None: not
    /// wanted. Neither file can change a bit of the output.
    Trail: string option
}

module StageRequest =
    /// How much work a crash may cost where nobody asked for anything else.
    let checkpointEvery = TimeSpan.FromSeconds 30.0

/// Decides what the engine does about a failure.
type FailureClass =
    | Invalid
    | Deterministic
    | Transient
    | Resource
    | Corrupt
    | Cancelled
    | Bug

type StageFailure = {
    Class: FailureClass
    What: string
    Remedy: string
}

type StageOutcome =
    | Finished
    /// A result, not an error: the first guard step that saw a non-finite number.
    | Diverged of step: int64 * what: string
    | Failed of StageFailure

/// A stage with its body.
type Stage = {
    Signature: StageSignature
    Run: StageRequest -> StageOutcome
    /// Assemblies that enter the key as a whole, besides the code that `Run` can reach: for what nobody can see
    /// from the code. Empty for most.
    Code: Assembly list
}
