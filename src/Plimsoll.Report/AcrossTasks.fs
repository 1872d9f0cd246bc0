/// What is known of a method over several tasks at once.
namespace Plimsoll.Report

open Plimsoll.Language

/// A number and the doubt about it.
type Measured = {
    Value: double
    /// 95 %, over seeds: across tasks by the bootstrap, of a claim Student's or Welch's. None where a place, or a side
    /// of the claim, has a single one: it says nothing of the next.
    Interval: (double * double) option
}

/// One normalised metric over the runs of all places (a place is a task at a limit, a run a seed there). A run's score
/// is the mean over its episodes.
type Summary = {
    /// Of the places' means.
    Mean: Measured
    /// Of the places' means.
    Median: Measured
    /// Mean of the middle half of all runs.
    Iqm: Measured
    /// Reward: the mean shortfall below 1. Cost: the mean excess above 1.
    Gap: Measured
}

/// The runs of one method at one task and limit.
type RunsAt = {
    Task: string
    Limit: double
    Seeds: SeedCount
}

/// One point of a performance profile.
[<Struct>]
type ProfilePoint = {
    Tau: double
    /// Reward: the share of runs with a score above tau. Cost: at most tau. Places weigh the same.
    Share: double
    /// Pointwise 95 % band; both equal to Share where there is none (see Measured).
    Lower: double
    Upper: double
}

type AggregateEntry = {
    /// None: over all limits.
    Limit: double option
    /// Of all places together: nothing that was asked for is left out of the count.
    Runs: SeedCount
    Places: RunsAt list
    /// Normalised. None where a place has no scored run, or a task's returns no scale.
    Reward: Summary option
    /// Normalised as DSRL does. None where a place has no scored run.
    Cost: Summary option
    /// Runs whose mean cost keeps the limit, of those that have a score.
    SafeRuns: Statistics.Proportion option
    /// Places whose mean cost keeps the limit, of all; those without a score do not.
    SafePlaces: int
    /// Episodes within the limit. None for off-policy estimates, as are the two below.
    Feasible: Statistics.Proportion option
    GivenFeasible: GivenFeasible option
    Exceedance: Exceedance option
    /// Over normalised reward and cost; empty where Reward or Cost is None.
    RewardProfile: ProfilePoint array
    CostProfile: ProfilePoint array
} with

    /// The places that keep this entry from having numbers.
    member this.Absent = this.Places |> List.filter (fun p -> p.Seeds.Scored = 0)

type AggregateRow = {
    Arm: string
    /// Only where an arm is scored by more than one node.
    Node: string option
    Sweep: (string * Value) list
    Hybrid: bool
    /// One per limit in the protocol's order, then all together if there is more than one limit.
    Entries: AggregateEntry list
} with

    member this.Name =
        RowName.marked Offline.mark this.Arm this.Node this.Sweep this.Hybrid

    member this.ShortName =
        RowName.marked Offline.shortMark this.Arm this.Node this.Sweep this.Hybrid

/// How often a run of one method does better than a run of another, on the same task and limit.
type Improvement = {
    Limit: double option
    Metric: Metric
    Row: string
    Over: string
    /// Mean over places of P(better): higher reward, lower cost; ties count half. None as in AggregateEntry.
    Probability: Measured option
    Runs: SeedCount
    OverRuns: SeedCount
    /// One of the two is hybrid: shown, and never an answer.
    Mixed: bool
}

/// Rollouts and off-policy estimates have one each; they never mix.
type AcrossTasks = {
    Kind: ScoreKind
    /// Those that the numbers are over.
    Tasks: string list
    /// Those that have no row of this kind.
    OtherTasks: string list
    Limits: double list
    Rows: AggregateRow list
    /// Every ordered pair of rows, metric and limit.
    Improvements: Improvement list
    Resamples: int
    /// Of every bootstrap here.
    Seed: uint64
} with

    /// What to say beside the intervals where they rest on so few seeds that they hold the truth less often than 95 %
    /// (see FewSeeds). None from ten seeds on.
    member this.FewSeeds: string option =
        let seeds = [
            for row in this.Rows do
                for entry in row.Entries do
                    for place in entry.Places do
                        if place.Seeds.Scored > 1 then
                            place.Seeds.Scored
        ]

        match seeds with
        | [] -> None
        | _ -> FewSeeds.warning (List.min seeds)
