/// What an average cost hides: the episodes beyond the limit, and what the others earn.
namespace Plimsoll.Report

open Statistics

/// The episodes over their limit. Costs are normalised as DSRL does, so that the limit is 1 everywhere.
type Exceedance = {
    /// Episodes with cost > limit.
    Rate: Proportion
    /// Mean of (cost - 1) over the episodes that exceed. None where none does.
    Excess: double option
    /// Of all episodes' costs, Statistics.quantile.
    Median: double
    Quantile90: double
    Quantile95: double
    Worst: double
} with

    /// The same numbers in cost/episode at one limit; the rate does not change.
    member this.InUnits(limit: double) =
        let scale = limit + costEpsilon limit
        let raw cost = cost * scale - costEpsilon limit

        {
            this with
                Excess = this.Excess |> Option.map (fun e -> e * scale)
                Median = raw this.Median
                Quantile90 = raw this.Quantile90
                Quantile95 = raw this.Quantile95
                Worst = raw this.Worst
        }

/// What the episodes within the limit earn. Which ones those are is part of the result: a method that keeps
/// the limit in few, lucky episodes is not made better by them.
type GivenFeasible = {
    /// Mean normalised return of the episodes within the limit. None where there is none, or no scale.
    Reward: double option
    Episodes: int
    Of: int
}

module Exceedance =
    /// Normalised costs, one number an episode. None without an episode.
    let measure (costs: double array) : Exceedance option =
        let over = costs |> Array.filter (keepsLimit >> not)
        let sorted = Array.sort costs

        wilson over.Length costs.Length
        |> Option.map (fun rate -> {
            Rate = rate
            Excess = (if over.Length = 0 then None else Some(mean over - 1.0))
            Median = quantile 0.5 sorted
            Quantile90 = quantile 0.9 sorted
            Quantile95 = quantile 0.95 sorted
            Worst = sorted[sorted.Length - 1]
        })

    /// Normalised returns and costs of the same episodes.
    let givenFeasible (returns: double array) (costs: double array) : GivenFeasible =
        let within =
            Array.zip returns costs |> Array.filter (snd >> keepsLimit) |> Array.map fst

        {
            Reward = Some(mean within) |> Option.filter System.Double.IsFinite
            Episodes = within.Length
            Of = returns.Length
        }
