/// A plan as text and as JSON.
module Plimsoll.Cli.PlanView

open System.Text.Json
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store

/// One of the words below.
let word plan =
    match plan with
    | CellPlan.Cached record when record.Artifact.IsSome -> "cached"
    | CellPlan.Cached _ -> "diverged"
    | CellPlan.WillRun _ -> "will run"
    | CellPlan.MayRun -> "may run"
    | CellPlan.Blocked _ -> "blocked"
    | CellPlan.NotSelected _ -> "not selected"

let private words = [ "cached"; "diverged"; "will run"; "may run"; "blocked"; "not selected" ]

let private labelOf (cells: (Cell * 'state) list) : CellId -> string =
    let labels = cells |> List.map (fun (cell, _) -> cell.Id, cell.Label) |> dict
    fun id -> labels[id]

/// Why a cell cannot run, with the cell it waits for by its label.
let obstacle (label: CellId -> string) (obstacle: Obstacle) : string =
    match obstacle with
    | Obstacle.InputDiverged by -> $"{label by} diverged"
    | Obstacle.InputFailed by -> $"{label by} failed"
    | Obstacle.Unusable failure -> $"{failure.What}\n    remedy: {failure.Remedy}"

/// Rows of counts for each group of cells, in the order of first appearance.
let counted (column: string) (group: Cell -> string) (cells: (Cell * CellPlan) list) : string list =
    let used =
        words
        |> List.filter (fun w -> cells |> List.exists (fun (_, plan) -> word plan = w))

    let row name (members: (Cell * CellPlan) list) =
        name
        :: [
            for w in used do
                match members |> List.filter (fun (_, plan) -> word plan = w) |> List.length with
                | 0 -> ""
                | count -> string count
        ]

    let groups = cells |> List.groupBy (fst >> group)

    Display.table ((column, Display.Left) :: [ for w in used -> w, Display.Right ]) [
        for name, members in groups do
            row name members
        if groups.Length > 1 then
            row "all" cells
    ]

/// What `plan` prints.
let text (plan: Plan) : string =
    let label = labelOf plan.Cells

    let listed = [
        for cell, state in plan.Cells do
            match state with
            | CellPlan.WillRun _ -> $"  will run  {cell.Label}"
            | CellPlan.MayRun -> $"  may run   {cell.Label}"
            | CellPlan.Blocked why -> $"  blocked   {cell.Label}: {obstacle label why}"
            | CellPlan.Cached record ->
                match record.Outcome with
                | Outcome.Diverged(step, what) -> $"  diverged  {cell.Label} at step {step}: {what}"
                | Outcome.Finished _ -> ()
            | CellPlan.NotSelected _ -> ()
    ]

    let cells = Display.plural plan.Cells.Length "cell"

    String.concat "\n" [
        yield $"{plan.Experiment.Name}: {cells}"
        yield ""
        yield! counted "stage" _.Stage.Name plan.Cells
        if not listed.IsEmpty then
            yield ""
            yield! listed
    ]

let private writeCell (writer: Utf8JsonWriter) label (cell: Cell, state) =
    writer.WriteStartObject()
    writer.WriteString("id", string cell.Id)
    writer.WriteString("label", cell.Label)
    writer.WriteString("stage", cell.Stage.Name)
    writer.WriteString("state", (word state).Replace(' ', '-'))

    match state with
    | CellPlan.Cached record
    | CellPlan.NotSelected(Some record) ->
        writer.WriteString("key", string record.Key)

        match record.Outcome with
        | Outcome.Finished artifact ->
            writer.WriteString("artifact", string artifact.Digest)
            writer.WriteNumber("bytes", artifact.Bytes)
        | Outcome.Diverged(step, what) ->
            writer.WriteNumber("step", step)
            writer.WriteString("why", what)

        writer.WriteNumber("seconds", record.Seconds)
    | CellPlan.WillRun key -> writer.WriteString("key", string key)
    | CellPlan.MayRun
    | CellPlan.NotSelected None -> ()
    | CellPlan.Blocked why -> writer.WriteString("why", obstacle label why)

    writer.WriteEndObject()

let writePlan (writer: Utf8JsonWriter) (plan: Plan) =
    writer.WriteString("experiment", plan.Experiment.Name)
    writer.WriteStartObject "counts"
    writer.WriteNumber("cells", plan.Cells.Length)

    for w in words do
        let count =
            plan.Cells |> List.filter (fun (_, state) -> word state = w) |> List.length

        writer.WriteNumber(w.Replace(' ', '-'), count)

    writer.WriteEndObject()
    writer.WriteStartArray "cells"
    plan.Cells |> List.iter (writeCell writer (labelOf plan.Cells))
    writer.WriteEndArray()

/// What `plan --json` prints.
let toJson (plan: Plan) : string =
    Json.text (fun writer -> writePlan writer plan)

let arm (cell: Cell) =
    match cell.Coordinates with
    | [] -> cell.Stage.Name
    | first :: rest ->
        let arms = first :: rest |> List.choose _.Arm |> List.distinct

        match arms with
        | [] -> $"{first.Task} (shared)"
        | [ arm ] -> $"{first.Task}/{arm}"
        | several -> $"{first.Task}/" + String.concat "+" several
