/// What a run is told and what it tells.
namespace Plimsoll.Engine

open System
open System.Threading
open System.Threading.Tasks
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
    /// The cells that are asked for; each has all its inputs (`Selection.choose`).
    Selected: CellId -> bool
    OnFailure: Schedule.OnFailure
    /// How long the run waits, time after time, while the store's disk is full; then its cells fail.
    Waits: TimeSpan list
    /// What one attempt may use, where its stage has no limits of its own.
    Limits: Limits
    StageLimits: Map<string, Limits>
    /// Runs a stage: here, or in a worker process.
    RunStage: StageRunner
    /// The longest time of work that a crash may cost; zero: as little as possible, whatever that costs.
    CheckpointEvery: TimeSpan
    /// A run that another one does not hear of for so long has lost its cells to it.
    LeaseExpiry: TimeSpan
    /// The folder of the run, for the logs of its attempts. None: nothing that they print is kept.
    Folder: string option
    /// Cells that run save their state and end; nothing new starts.
    Cancellation: CancellationToken
    /// The run ends now, whatever still computes.
    Abandonment: CancellationToken
    /// Calls back after a time, on no thread that anybody waits for.
    Alarm: TimeSpan -> (unit -> unit) -> unit
    Provenance: Provenance
    /// The command that makes a cell's artifact again.
    Command: Cell -> string
}

module RunOptions =
    /// All cores, all cells, in this process, files relative to the experiment's folder.
    let ofExperiment (experiment: Experiment) =
        let folder =
            IO.Path.GetDirectoryName(IO.Path.GetFullPath experiment.File)
            |> Option.ofObj
            |> Option.defaultValue ""

        {
            Jobs = Environment.ProcessorCount
            ThreadsPerCell = AutoThreads
            FileOf = fun file -> IO.Path.GetFullPath(IO.Path.Combine(folder, file))
            Selected = fun _ -> true
            OnFailure = Schedule.Continue
            Waits = Schedule.Machine.usualWaits
            Limits = Limits.none
            StageLimits = Map.empty
            RunStage = Inline.runner
            CheckpointEvery = StageRequest.checkpointEvery
            LeaseExpiry = Leases.Expiry
            Folder = None
            Cancellation = CancellationToken.None
            Abandonment = CancellationToken.None
            Alarm = fun delay ring -> (Task.Delay delay).ContinueWith(fun (_: Task) -> ring ()) |> ignore
            Provenance = {
                Source = None
                Sdk = string Environment.Version
                Lock = None
            }
            Command = fun _ -> $"plimsoll run {experiment.File}"
        }

    /// A limit of the stage goes before the general one, each for itself.
    let limitsOf (stage: string) (options: RunOptions) : Limits =
        match Map.tryFind stage options.StageLimits with
        | None -> options.Limits
        | Some own -> {
            Seconds = own.Seconds |> Option.orElse options.Limits.Seconds
            Memory = own.Memory |> Option.orElse options.Limits.Memory
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
    /// Failures elsewhere had ended the run before it could start (`OnFailure`).
    | NotStarted
    /// The run was stopped first.
    | Cancelled
    /// Nobody asked for it; what an earlier run made of it, where that is known.
    | NotSelected of Record option

/// Two executions of one key ended in different bytes: the stage, or this machine, cannot be relied on.
type Disagreement = {
    Cell: Cell
    /// The first result, which counts.
    First: Record
    /// The artifact of the later one, which was dropped; None: it diverged.
    Other: Digest option
}

type RunSummary = {
    /// In the experiment's order.
    Cells: (Cell * Final) list
    Damages: Damage list
    Disagreements: Disagreement list
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
    member this.NotStarted = this.Count _.IsNotStarted
    member this.Cancelled = this.Count _.IsCancelled
    member this.NotSelected = this.Count _.IsNotSelected

    /// Every cell that was asked for has its artifact.
    member this.Complete =
        this.Cells
        |> List.forall (fun (_, final) -> final.IsFinished || final.IsNotSelected)

/// Told in order, one at a time. Progress is coalesced: only the latest of a cell is told.
type RunEvent =
    | Planned of Plan
    | CellStarted of Cell * threads: int
    /// It goes on at this step, from what an earlier attempt saved.
    | CellResumed of Cell * step: int64
    | CellProgress of Cell * Progress
    /// This attempt failed, and there will be another one.
    | CellRetrying of Cell * StageFailure * attempt: int * delay: TimeSpan
    /// Another run computes it. Told once until that has ended.
    | CellElsewhere of Cell * owner: string
    | CellFinished of Cell * Record * Origin
    | CellDiverged of Cell * Record * Origin
    | CellFailed of Cell * StageFailure
    | CellBlocked of Cell * Obstacle
    | CellNotStarted of Cell
    | CellCancelled of Cell
    | CellNotSelected of Cell * Record option
    /// Nothing starts for this long: the store or the machine lacks what every cell needs.
    | RunWaiting of StageFailure * delay: TimeSpan
    /// Nothing more starts: no cell could run any more.
    | RunHalted of StageFailure
    | StoreDamage of Damage
    | Disagrees of Disagreement
    | RunFinished of RunSummary
