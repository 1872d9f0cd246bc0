/// The scores of a row's runs, laid out for resampling.
namespace Plimsoll.Report

open Plimsoll.Language
open Plimsoll.Report.Statistics

/// A row's scored runs at one task and limit, each run's episodes normalised.
type internal PlaceRuns = {
    Place: RunsAt
    Ids: RunId array
    /// Every run of the row at this task that has a score at any limit, in order.
    Universe: RunId array
    Rewards: double array array
    Costs: double array array
    /// Normalised means over the episodes of each run.
    RewardScores: double array
    CostScores: double array
}

module internal RunScores =
    /// A row of one task, a place for each limit.
    let places (task: string) (row: Row) : PlaceRuns list =
        let entries =
            row.Entries
            |> List.choose (fun e -> e.Limit |> Option.map (fun limit -> limit, e, Array.ofList e.Runs))

        let universe =
            entries
            |> List.collect (fun (_, _, runs) -> runs |> Array.map (fun (id, _, _) -> id) |> List.ofArray)
            |> List.distinct
            |> List.sort
            |> List.toArray

        entries
        |> List.map (fun (limit, entry, runs) ->
            let over f =
                runs |> Array.map (fun (_, _, e) -> f e)

            let rewards = over Normalised.rewards
            let costs = over (Normalised.costs limit)

            {
                Place = {
                    Task = task
                    Limit = limit
                    Seeds = entry.Seeds
                }
                Ids = runs |> Array.map (fun (id, _, _) -> id)
                Universe = universe
                Rewards = rewards
                Costs = costs
                RewardScores = Array.map mean rewards
                CostScores = Array.map mean costs
            })

    /// Where a row has no entry at all, for example a sweep point that one task lacks.
    let absent (task: string) (limit: double) (expected: int) : PlaceRuns = {
        Place = {
            Task = task
            Limit = limit
            Seeds = {
                Expected = expected
                Scored = 0
                Diverged = 0
                Failed = 0
                Missing = expected
            }
        }
        Ids = [||]
        Universe = [||]
        Rewards = [||]
        Costs = [||]
        RewardScores = [||]
        CostScores = [||]
    }
