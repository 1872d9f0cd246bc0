/// What a report is made from, whatever it was read from.
namespace Plimsoll.Report

open System
open Plimsoll.Language
open Plimsoll.Store

/// The way from a number back to the record it came from.
type RecordLink = {
    Cell: CellId
    /// As in the plan: `DiscCircle/drcorl/policy seed=0 cost_limit=10`.
    Label: string
    /// None as long as the cell has not finished.
    Key: string option
    /// Digest of the artifact's bytes.
    Artifact: string option
    /// The command that makes the artifact again.
    Command: string option
}

type ScoreKind =
    /// Episodes in the task's simulator.
    | Rollout
    /// Estimated from the dataset alone; never mixed with rollouts.
    | OffPolicy

/// What the evaluation of one policy saw. The arrays run over episodes.
/// Returns and costs are undiscounted sums in the task's own units.
type Episodes = {
    Returns: double array
    /// cost/episode.
    Costs: double array
    /// steps; empty where the estimate has no episodes.
    Lengths: int array
    /// Seed of each episode; may be empty.
    Seeds: int64 array
    /// steps.
    Horizon: int
    /// Smallest and largest return of a trajectory in the task's dataset.
    RewardMin: double
    RewardMax: double
    /// Such as `deterministic`.
    PolicyMode: string
}

type ScoreState =
    | Scored of Episodes
    /// Not run yet, or blocked by something else.
    | Missing
    | Failed of why: string
    /// The training saw a non-finite number; a result, not an error.
    | Diverged of why: string

/// One evaluated policy, or the place where one should be.
type Score = {
    Coordinates: Coordinates
    Kind: ScoreKind
    State: ScoreState
    Record: RecordLink
} with

    /// The same for the same episodes: a policy that does not know the limit is evaluated once for all of them,
    /// whatever the places are called where that evaluation counts.
    member internal this.Evaluation: string =
        match this.Record.Key, this.Coordinates.CostLimit with
        | Some key, _ -> key
        | None, Some limit -> $"limit {limit:R}"
        | None, None -> ""

/// A series that a training stage wrote.
type Curve = {
    /// Such as `loss`; see CurveName for the names that have a plot of their own.
    Name: string
    /// All places of the cell in the experiment: a stage shared between limits has several.
    Coordinates: Coordinates list
    /// Training step and value, in ascending steps.
    Points: struct (double * double) array
    Record: RecordLink
}

module CurveName =
    /// What a step of the safe adaptation followed: 0 the reward, 1 both gradients, 2 the cost.
    [<Literal>]
    let Mode = "mode"

    /// The offline safety estimate, cost/episode; drawn with the limit beside it.
    [<Literal>]
    let EstimatedCost = "estimated_cost"

/// Whole trajectories of a task's dataset. The arrays run over trajectories.
type DataFacts = {
    Task: string
    Returns: double array
    /// cost/episode.
    Costs: double array
    Record: RecordLink
}

/// All policies of an arm at one sweep point on a task, at one number of observations at once.
type ActingTime = {
    Task: string
    Arm: string
    Sweep: (string * Value) list
    /// Observations acted on at once.
    Batch: int
    /// Seconds for 1,000 actions, one number a policy, ascending.
    Seconds: double array
    Records: RecordLink list
}

type CellState =
    | CellFinished
    | CellFailed of why: string
    | CellDiverged of why: string
    /// Why it has not run: not asked for, or what blocks it.
    | CellNotRun of why: string

/// How a cell that has a record came to be.
type Making = {
    /// What its key was made of: stage, parameters, inputs, seed, code, libraries.
    Parts: KeyPart list
    /// Of the artifact; None where it diverged.
    Bytes: int64 option
    Attempts: int
    /// `host: processor, cores, system, runtime`.
    Machine: string
    /// Source, SDK and lock file of the program that computed it.
    Program: string
    Started: DateTimeOffset
    Threads: int
}

type CellFact = {
    Stage: string
    Label: string
    State: CellState
    Seconds: double option
    /// Peak resident memory, bytes.
    Memory: int64 option
    /// True when this run found it finished.
    Cached: bool
    Record: RecordLink
    /// None without a record.
    Made: Making option
}

type Provenance = {
    /// Name and value, in the order shown: program version, source, SDK, machine, ...
    Facts: (string * string) list
    /// The resolved experiment, word for word.
    ExperimentText: string option
}

type Results = {
    Experiment: Experiment
    Scores: Score list
    Curves: Curve list
    Data: DataFacts list
    ActingTimes: ActingTime list
    Cells: CellFact list
    Provenance: Provenance
}
