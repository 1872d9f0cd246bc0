/// How long cells may take, for the order in which they start.
module Plimsoll.Engine.Costs

open Plimsoll.Language
open Plimsoll.Store

/// Seconds of each cell of a plan: the mean of its stage's records, and of all records where it has none; 1
/// where there is no record at all.
let ofPlan (plan: Plan) : double[] =
    let known =
        plan.Cells
        |> List.choose (fun (cell, state) ->
            match state with
            | CellPlan.Cached record
            | CellPlan.NotSelected(Some record) -> Some(cell.Stage.Name, max 0.0 record.Seconds)
            | _ -> None)

    let byStage =
        known
        |> List.groupBy fst
        |> List.map (fun (stage, times) -> stage, times |> List.averageBy snd)
        |> dict

    let otherwise =
        match known with
        | [] -> 1.0
        | _ -> known |> List.averageBy snd

    plan.Cells
    |> List.map (fun (cell, _) ->
        match byStage.TryGetValue cell.Stage.Name with
        | true, seconds -> seconds
        | _ -> otherwise)
    |> Array.ofList

/// For what looks random but repeats. (FNV-1a)
let seed (CellId id) : uint64 =
    let mutable hash = 0xCBF29CE484222325UL

    for letter in id do
        hash <- (hash ^^^ uint64 letter) * 0x100000001B3UL

    hash
