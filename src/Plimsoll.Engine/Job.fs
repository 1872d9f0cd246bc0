/// One run of a stage: what the runner gets and what it answers.
namespace Plimsoll.Engine

open Plimsoll.Language
open Plimsoll.Stages

/// One thread's worth of a machine, as a permit with a name. There is room for other kinds, such as a GPU with
/// a memory budget.
type Slot = Cpu of int

/// What one run of a stage may use. None: no limit.
type Limits = {
    Seconds: double option
    /// Bytes of resident memory of the process.
    Memory: int64 option
}

module Limits =
    let none = { Seconds = None; Memory = None }

/// A stage to be run once.
type Job = {
    Cell: Cell
    Stage: Stage
    Attempt: int
    Request: StageRequest
    /// As many as `Request.Threads`.
    Slots: Slot list
    Limits: Limits
    /// The file that keeps whatever the attempt prints, if it fails. Its folder need not exist.
    Log: string
}

/// What is known of a run besides its outcome.
type JobFacts = {
    /// Bytes; of the process that ran the stage.
    PeakMemory: int64
    /// The step at which a checkpoint was continued.
    ResumedAt: int64 option
}

module JobFacts =
    /// A report that passes everything on, and the step at which the run that used it resumed.
    let noting (report: Progress -> unit) =
        let resumed = ref None

        let noted (progress: Progress) =
            if progress.ResumedAt.IsSome then
                resumed.Value <- progress.ResumedAt

            report progress

        noted, (fun () -> resumed.Value)

[<RequireQualifiedAccess>]
type JobEnd =
    /// A worker that crashed, hung or broke a limit is `Failed` with the class that fits.
    | Ended of StageOutcome * JobFacts
    /// The machine has no room for it now, nor for any other job. It has not begun.
    | Starved of StageFailure
    /// No job can run any more: the program is no longer the one that was started. It has not begun.
    | Refused of StageFailure
    /// It was cancelled.
    | Stopped

/// Runs a job to its end on the calling thread's time: the stage itself may run elsewhere. Throws nothing
/// that a stage did.
type StageRunner = Job -> JobEnd

/// Runs stages in this process. For tests, and for machines that allow no child processes.
module Inline =
    open System
    open Plimsoll.Store

    let private facts resumedAt = {
        PeakMemory = Machine.peakMemory ()
        ResumedAt = resumedAt ()
    }

    let runner: StageRunner =
        fun job ->
            let cancelled = job.Request.Cancelled
            let report, resumedAt = JobFacts.noting job.Request.Report

            try
                match job.Stage.Run { job.Request with Report = report } with
                | Failed { Class = Cancelled } when cancelled.IsCancellationRequested -> JobEnd.Stopped
                | outcome -> JobEnd.Ended(outcome, facts resumedAt)
            with
            | :? OperationCanceledException when cancelled.IsCancellationRequested -> JobEnd.Stopped
            | fault -> JobEnd.Ended(Failed(Fault.ofException job.Cell.Stage.Name fault), facts resumedAt)
