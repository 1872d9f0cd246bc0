/// Numbers over tasks from the tables of the tasks.
module Plimsoll.Report.Aggregates

open System
open Plimsoll.Language
open Plimsoll.Report.Statistics

/// A row's runs at one task and limit: each scored run's episodes, normalised.
type internal PlaceRuns = {
    Place: RunsAt
    Rewards: double array array
    Costs: double array array
}

let internal sum (counts: SeedCount list) =
    let over pick = counts |> List.sumBy pick

    {
        Expected = over _.Expected
        Scored = over _.Scored
        Diverged = over _.Diverged
        Failed = over _.Failed
        Missing = over _.Missing
    }

let private placeRuns task (entry: TableEntry) limit = {
    Place = {
        Task = task
        Limit = limit
        Seeds = entry.Seeds
    }
    Rewards = [|
        for s in entry.Members do
            match s.State with
            | Scored e -> e.Returns |> Array.map (normaliseReward e.RewardMin e.RewardMax)
            | _ -> ()
    |]
    Costs = [|
        for s in entry.Members do
            match s.State with
            | Scored e -> e.Costs |> Array.map (normaliseCost limit)
            | _ -> ()
    |]
}

let private summary gap (runs: double array array) =
    let means = runs |> Array.map mean
    let point value = { Value = value; Interval = None }

    {
        Mean = point (mean means)
        Median = point (median means)
        Iqm = point (interquartileMean (Array.concat runs))
        Gap = point (runs |> Array.map (Array.map gap >> mean) |> mean)
    }

let private gaps = (fun x -> max 0.0 (1.0 - x)), (fun c -> max 0.0 (c - 1.0))

let private entry kind limit (places: PlaceRuns list) =
    let complete = places |> List.forall (fun p -> p.Place.Seeds.Scored > 0)

    let scores pick =
        places |> List.map (pick >> Array.map mean) |> List.toArray

    let rewards, costs = scores _.Rewards, scores _.Costs

    let episodes pick =
        places |> List.toArray |> Array.collect pick |> Array.concat

    let allRewards, allCosts = episodes _.Rewards, episodes _.Costs
    let scaled = rewards |> Array.forall (Array.forall Double.IsFinite)
    let rollout = kind = Rollout && allCosts.Length > 0

    let share test values =
        values |> Array.filter test |> Array.length

    let kept c = c <= 1.0

    {
        Limit = limit
        Runs = sum (places |> List.map _.Place.Seeds)
        Places = places |> List.map _.Place
        Reward =
            if complete && scaled then
                Some(summary (fst gaps) rewards)
            else
                None
        Cost = if complete then Some(summary (snd gaps) costs) else None
        SafeRuns =
            let runs = Array.concat costs
            wilson (share kept runs) runs.Length
        SafePlaces = costs |> share (fun c -> c.Length > 0 && kept (mean c))
        Feasible =
            if rollout then
                wilson (share kept allCosts) allCosts.Length
            else
                None
        GivenFeasible =
            if rollout then
                Some(Exceedance.givenFeasible allRewards allCosts)
            else
                None
        Exceedance = if rollout then Exceedance.measure allCosts else None
        RewardProfile = [||]
        CostProfile = [||]
    }

let private across kind (tables: TaskTable list) =
    let rowsOf (t: TaskTable) =
        if kind = Rollout then t.Rollouts else t.Estimates

    let here, elsewhere = tables |> List.partition (fun t -> not (rowsOf t).IsEmpty)
    let limits = tables |> List.collect _.Limits |> List.distinct

    let key (row: Row) =
        row.Arm, row.Node, row.Sweep, row.Hybrid

    let placeOf (table: TaskTable) (own: Row list) limit =
        own
        |> List.collect _.Entries
        |> List.tryFind (fun e -> e.Limit = Some limit)
        |> Option.map (fun e -> placeRuns table.Task e limit)

    let rows =
        here
        |> List.collect rowsOf
        |> List.map key
        |> List.distinct
        |> List.map (fun (arm, node, sweep, hybrid as wanted) ->
            let placesAt limit =
                here
                |> List.choose (fun table ->
                    placeOf table (rowsOf table |> List.filter (fun r -> key r = wanted)) limit)

            {
                Arm = arm
                Node = node
                Sweep = sweep
                Hybrid = hybrid
                Entries = [
                    for limit in limits do
                        entry kind (Some limit) (placesAt limit)
                    if limits.Length > 1 then
                        entry kind None (limits |> List.collect placesAt)
                ]
            })

    {
        Kind = kind
        Tasks = here |> List.map _.Task
        OtherTasks = elsewhere |> List.map _.Task
        Limits = limits
        Rows = rows
        Improvements = []
        Resamples = resamples
        Seed = bootstrapSeed
    }

/// Rollouts first, then off-policy estimates; a kind without a row is left out.
let build (tables: TaskTable list) : AcrossTasks list =
    [ across Rollout tables; across OffPolicy tables ]
    |> List.filter (fun a -> not a.Rows.IsEmpty)
