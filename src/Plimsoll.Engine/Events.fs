/// What a run is told and what it tells.
namespace Plimsoll.Engine

open System
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

type ThreadPolicy =
    /// One thread a cell while there are cells for every slot, more when there are fewer.
    | AutoThreads
    | ThreadLimit of int

/// Nothing here can change a number.
type RunOptions = {
    /// CPU slots: the most threads that compute at once, at least 1.
    Jobs: int
    ThreadsPerCell: ThreadPolicy
    /// Full path of the value of a file parameter.
    FileOf: string -> string
    Cancellation: CancellationToken
    Provenance: Provenance
    /// The command that makes a cell's artifact again.
    Command: Cell -> string
}

module RunOptions =
    /// All cores, files relative to the experiment's folder.
    let ofExperiment (experiment: Experiment) =
        let folder =
            IO.Path.GetDirectoryName(IO.Path.GetFullPath experiment.File)
            |> Option.ofObj
            |> Option.defaultValue ""

        {
            Jobs = Environment.ProcessorCount
            ThreadsPerCell = AutoThreads
            FileOf = fun file -> IO.Path.GetFullPath(IO.Path.Combine(folder, file))
            Cancellation = CancellationToken.None
            Provenance = {
                Source = None
                Sdk = string Environment.Version
                Lock = None
            }
            Command = fun _ -> $"plimsoll run {experiment.File}"
        }

/// Where a result comes from.
[<RequireQualifiedAccess>]
type Origin =
    | Cached
    | Executed

/// How a cell ended in this run. Every cell has exactly one.
[<RequireQualifiedAccess>]
type Final =
    /// The record has an artifact.
    | Finished of Record * Origin
    /// The record has none.
    | Diverged of Record * Origin
    | Failed of StageFailure
    | Blocked of Obstacle
    /// The run was stopped first.
    | Cancelled

type RunSummary = {
    /// In the experiment's order.
    Cells: (Cell * Final) list
    Damages: Damage list
    Seconds: double
} with

    member private this.Count predicate =
        this.Cells |> List.filter (snd >> predicate) |> List.length

    member this.Executed =
        this.Count(function
            | Final.Finished(_, Origin.Executed)
            | Final.Diverged(_, Origin.Executed) -> true
            | _ -> false)

    member this.Cached =
        this.Count(function
            | Final.Finished(_, Origin.Cached)
            | Final.Diverged(_, Origin.Cached) -> true
            | _ -> false)

    member this.Diverged = this.Count _.IsDiverged
    member this.Failed = this.Count _.IsFailed
    member this.Blocked = this.Count _.IsBlocked
    member this.Cancelled = this.Count _.IsCancelled
    /// Every cell has its artifact.
    member this.Complete = this.Cells |> List.forall (snd >> _.IsFinished)

/// Told in order, one at a time. Progress is coalesced: only the latest of a cell is told.
type RunEvent =
    | Planned of Plan
    | CellStarted of Cell * threads: int
    | CellProgress of Cell * Progress
    | CellFinished of Cell * Record * Origin
    | CellDiverged of Cell * Record * Origin
    | CellFailed of Cell * StageFailure
    | CellBlocked of Cell * Obstacle
    | CellCancelled of Cell
    | StoreDamage of Damage
    | RunFinished of RunSummary
