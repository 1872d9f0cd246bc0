/// What a table holds: every member of every group is accounted for.
namespace Plimsoll.Report

open Plimsoll.Language

/// The offline promise in words: which arms broke it, and how a reader is told.
module Offline =
    /// After the name of an arm that is not offline.
    let mark = " † (hybrid)"

    /// The same where a column is narrow and the footnote below it.
    let shortMark = " †"

    let footnoteLines = [
        "† hybrid: online evaluation. While it was trained, its policy was rolled out in the simulator; it is"
        "not offline and not comparable with methods that are."
    ]

    let footnote = String.concat " " footnoteLines

    /// Arms with a stage that simulates while it trains.
    let hybridArms (experiment: Experiment) : Set<string> =
        experiment.Cells
        |> List.filter (fun cell -> cell.Stage.Environment = Hybrid)
        |> List.collect _.Coordinates
        |> List.choose _.Arm
        |> set

    /// What an arm is called wherever a person reads it.
    let nameOf (hybrid: Set<string>) (arm: string) : string =
        if hybrid.Contains arm then arm + mark else arm

/// What a row of a table is called.
module internal RowName =
    /// `drcorl / scores (pessimism = 0.2)`, with the mark where the arm is hybrid.
    let marked (mark: string) (arm: string) (node: string option) sweep hybrid =
        let node = node |> Option.map (fun n -> " / " + n) |> Option.defaultValue ""

        let sweep =
            if List.isEmpty sweep then
                ""
            else
                " (" + Format.sweep sweep + ")"

        arm + node + sweep + (if hybrid then mark else "")

/// The members of one group, each of them accounted for.
type SeedCount = {
    Expected: int
    Scored: int
    Diverged: int
    Failed: int
    Missing: int
} with

    member this.Complete = this.Scored = this.Expected

    /// Of several groups together.
    static member Sum(counts: SeedCount list) : SeedCount =
        let over pick = counts |> List.sumBy pick

        {
            Expected = over _.Expected
            Scored = over _.Scored
            Diverged = over _.Diverged
            Failed = over _.Failed
            Missing = over _.Missing
        }

    /// With the members' name: `14/15 runs, 1 diverged`.
    member this.Of(members: string) =
        let part count word =
            if count > 0 then $", {count} {word}" else ""

        $"{this.Scored}/{this.Expected} {members}"
        + part this.Diverged "diverged"
        + part this.Failed "failed"
        + part this.Missing "missing"

    /// `5/5 seeds`, or `3/5 seeds, 1 diverged, 1 missing`.
    override this.ToString() = this.Of "seeds"

type ErrorSource =
    | OverSeeds
    /// With a single seed there is nothing else.
    | OverEpisodes

type Estimate = {
    Mean: double
    /// Sample standard deviation over the seeds' means.
    Deviation: double option
    /// Standard error of the mean.
    Error: (double * ErrorSource) option
    /// 95 %: Student's over the seeds; of a single seed, the bootstrap over its episodes.
    Interval: (double * double) option
} with

    /// `0.60 ± 0.14`, of normalised numbers; `n/a` where there is no scale.
    member this.WithDeviation =
        Format.decimals 2 this.Mean
        + Format.deviation (this.Deviation |> Option.filter System.Double.IsFinite)

    /// `[5.2, 10.6]`, of numbers with units.
    member this.IntervalText = this.Interval |> Option.map (Format.interval Format.short)

    /// `7.9 ± 0.2`, of numbers with units.
    member this.WithError =
        match this.Error with
        | Some(error, _) -> Format.within this.Mean error
        | None -> Format.short this.Mean

/// The numbers of one arm at one limit, or averaged over all limits.
type Values = {
    Episodes: int
    /// Normalised.
    Reward: Estimate
    /// Normalised as DSRL does; safe means at most 1.
    Cost: Estimate
    /// Normalised as DRCORL does; shown beside, never used to decide.
    CostDrcorl: double
    /// Over the seeds, in DRCORL's normalisation.
    CostDrcorlDeviation: double option
    /// In the task's own units.
    Return: Estimate
    /// cost/episode.
    RawCost: Estimate
    /// Episodes within the limit. None for off-policy estimates, which have no episodes.
    Feasible: Statistics.Proportion option
    /// Runs whose mean cost keeps the limit.
    SafeRuns: Statistics.Proportion option
    /// None for off-policy estimates, as is Exceedance.
    GivenFeasible: GivenFeasible option
    Exceedance: Exceedance option
    /// Reward.Mean needs a reward range; safety does not.
    Safe: bool
} with

    /// Why nothing is known of another seed's cost, if so: the interval is over episodes alone, or there is none.
    member this.Alone =
        match this.Cost.Deviation, this.Cost.Interval with
        | None, _ -> Some "A single seed says nothing of another."
        | Some _, None -> Some "Equal seeds with one episode each say nothing of another."
        | Some _, Some _ -> None

    /// Whether the whole interval of the cost over seeds lies on that side of the limit on which the mean does.
    member this.Sure =
        match this.Cost.Interval with
        | _ when this.Alone.IsSome -> false
        | Some(_, high) when this.Safe -> Statistics.keepsLimit high
        | Some(low, _) -> not (Statistics.keepsLimit low)
        | None -> false

/// What tells the runs of one task apart: the seed, and a number where a seed stands twice.
type internal RunId = int64 option * int

type TableEntry = {
    /// None: the average over the limits.
    Limit: double option
    Seeds: SeedCount
    Members: Score list
    /// None where no seed has a score (or, for the average, where a limit has none).
    Values: Values option
    /// Safe and, among the safe rows at this limit, with the highest reward.
    BestSafe: bool
} with

    /// Over several limits the members are runs, not seeds.
    member this.Count = this.Seeds.Of(if this.Limit.IsNone then "runs" else "seeds")

    /// The members with a score, and which evaluation that is from.
    member internal this.Runs: (RunId * string * Episodes) list =
        this.Members
        |> List.choose (fun s ->
            match s.State with
            | Scored e -> Some(s, e)
            | Missing
            | Failed _
            | Diverged _ -> None)
        |> List.groupBy (fun (s, _) -> s.Coordinates.Seed)
        |> List.collect (fun (seed, same) -> same |> List.mapi (fun i (s, e) -> (seed, i), s.Evaluation, e))

type Row = {
    Arm: string
    /// Only where an arm is scored by more than one node.
    Node: string option
    Sweep: (string * Value) list
    /// Whether the arm touched the simulator before the final evaluation.
    Hybrid: bool
    /// One per limit in the protocol's order, then the average if there is more than one limit.
    Entries: TableEntry list
} with

    member this.Name =
        RowName.marked Offline.mark this.Arm this.Node this.Sweep this.Hybrid

    member this.ShortName =
        RowName.marked Offline.shortMark this.Arm this.Node this.Sweep this.Hybrid

/// The best whole trajectory of the dataset that keeps a limit.
type Reference = {
    Limit: double
    /// Normalised.
    Reward: double
    Return: double
    /// cost/episode.
    Cost: double
    /// Trajectories within the limit and in all.
    Within: int
    Of: int
}

type TaskTable = {
    Task: string
    Limits: double list
    Rollouts: Row list
    /// Estimates from data alone, apart from rollouts.
    Estimates: Row list
    /// None: no trajectory keeps the limit. Empty without data.
    References: (double * Reference option) list
    RewardRange: (double * double) option
} with

    /// Whether the footnote is due.
    member this.HasHybrid = this.Rollouts @ this.Estimates |> List.exists _.Hybrid
