/// Rows of all tasks with a place at every task and limit, scored or not.
module internal Plimsoll.Report.AcrossPlaces

open System
open Plimsoll.Language

/// A row with its places by task, limit after limit.
type Laid = {
    Key: string * string option * (string * Value) list * bool
    /// With the task's number.
    Places: (int * PlaceRuns) array
}

let complete (places: (int * PlaceRuns) array) =
    places |> Array.forall (fun (_, p) -> p.Ids.Length > 0)

let private scored metric (p: PlaceRuns) =
    match metric with
    | RewardMetric -> p.RewardScores
    | CostMetric -> p.CostScores

let scoresOf (draws: RunDraws) metric (places: (int * PlaceRuns) array) : Scores option =
    let values = places |> Array.map (snd >> scored metric)

    if complete places && Array.forall (Array.forall Double.IsFinite) values then
        Some {
            Values = values
            Draws = places |> Array.map (fun (task, place) -> draws.At task place)
        }
    else
        None

let private keyOf (row: Row) =
    row.Arm, row.Node, row.Sweep, row.Hybrid

/// Every row of any task, with a place at every task and limit.
let lay rowsOf (tables: TaskTable list) limits : Laid list =
    tables
    |> List.collect rowsOf
    |> List.map keyOf
    |> List.distinct
    |> List.map (fun key ->
        let places =
            tables
            |> List.map (fun t ->
                t.Task,
                rowsOf t
                |> List.tryFind (fun r -> keyOf r = key)
                |> Option.map (RunScores.places t.Task)
                |> Option.defaultValue [])

        let expected =
            places
            |> List.collect snd
            |> List.fold (fun most p -> max most p.Place.Seeds.Expected) 1

        {
            Key = key
            Places = [|
                for limit in limits do
                    for number, (task, own) in List.indexed places do
                        number,
                        own
                        |> List.tryFind (fun p -> p.Place.Limit = limit)
                        |> Option.defaultWith (fun () -> RunScores.absent task limit expected)
            |]
        })

/// The places of one limit, or all of them.
let within limit (places: (int * PlaceRuns) array) =
    places
    |> Array.filter (fun (_, p) ->
        limit |> Option.map (fun l -> p.Place.Limit = l) |> Option.defaultValue true)
