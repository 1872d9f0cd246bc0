/// What the engine hands to a stage and what it gets back.
namespace Plimsoll.Stages

open System.Reflection
open System.Threading
open Plimsoll.Language

/// A sign of life for people. It never enters a key or an artifact.
type Progress = {
    Step: int64
    Steps: int64
    Metrics: (string * double) list
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
    Cancelled: CancellationToken
}

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
    /// The assemblies whose bytes can change the output; their digests enter the key.
    Code: Assembly list
}
