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
    | CellPlan.MeasuresAnew _ -> "measures anew"
    | CellPlan.MayRun -> "may run"
    | CellPlan.Blocked _ -> "blocked"
    | CellPlan.NotSelected _ -> "not selected"

let private words = [
    "cached"
    "diverged"
    "will run"
    "measures anew"
    "may run"
    "blocked"
    "not selected"
]

let private labelOf (cells: (Cell * 'state) list) : CellId -> string =
    let labels = cells |> List.map (fun (cell, _) -> cell.Id, cell.Label) |> dict
    fun id -> labels[id]

/// Why a cell cannot run, with the cell it waits for by its label.
let obstacle (label: CellId -> string) (obstacle: Obstacle) : string =
    match obstacle with
    | Obstacle.InputDiverged by -> $"{label by} diverged"
    | Obstacle.InputFailed by -> $"{label by} failed"
    | Obstacle.Unusable failure -> $"{Display.indented 4 failure.What}\n    remedy: {failure.Remedy}"

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

let arm (cell: Cell) =
    match cell.Coordinates with
    | [] -> cell.Stage.Name
    | first :: rest ->
        let arms = first :: rest |> List.choose _.Arm |> List.distinct

        match arms with
        | [] -> $"{first.Task} (shared)"
        | [ arm ] -> $"{first.Task}/{arm}"
        | several -> $"{first.Task}/" + String.concat "+" several

/// Cells of a plan that is listed in full unless something else is said.
let private most = 200

/// Cells named of each cause where there are more than that.
let private first = 5

let private line label width (cell: Cell, state) =
    let place = $"  {(word state).PadRight width}  {Display.cell cell}"

    match state with
    | CellPlan.Cached record ->
        match record.Outcome with
        | Outcome.Diverged(step, what) -> $"{place} at step {step}: {what}"
        | Outcome.Finished _ -> place
    | CellPlan.Blocked why -> $"{place}: {obstacle label why}"
    | CellPlan.WillRun _
    | CellPlan.MeasuresAnew _
    | CellPlan.MayRun
    | CellPlan.NotSelected _ -> place

/// Whether there is anything to say of a cell beyond its number.
let private isOpen state =
    match state with
    | CellPlan.WillRun _
    | CellPlan.MeasuresAnew _
    | CellPlan.MayRun
    | CellPlan.Blocked _ -> true
    | CellPlan.Cached record -> record.Artifact.IsNone
    | CellPlan.NotSelected _ -> false

/// What is behind a cell's state: cells that share it are listed by their first ones.
let private cause state =
    match state with
    | CellPlan.Blocked why -> word state, Some why
    | _ -> word state, None

let private abridged label width (cells: (Cell * CellPlan) list) = [
    for _, members in cells |> List.groupBy (snd >> cause) do
        yield! members |> List.truncate first |> List.map (line label width)

        match members.Length - first with
        | more when more > 0 -> yield String.replicate (width + 4) " " + $"and {more} more"
        | _ -> ()
]

/// What `plan` prints. Of a large plan the first cells of each cause, unless all are asked for.
let text (all: bool) (plan: Plan) : string =
    let label = labelOf plan.Cells
    let large = plan.Cells.Length > most && not all
    let cells = Display.plural plan.Cells.Length "cell"

    let listed =
        if all then
            plan.Cells
        else
            plan.Cells |> List.filter (snd >> isOpen)

    let width =
        listed |> List.fold (fun width (_, state) -> max width (word state).Length) 0

    let lines =
        if large then
            abridged label width listed
        else
            listed |> List.map (line label width)

    String.concat "\n" [
        yield $"{plan.Experiment.Name}: {cells}"
        yield ""
        if large then
            yield! counted "arm" arm plan.Cells
            yield ""
        yield! counted "stage" _.Stage.Name plan.Cells
        if not lines.IsEmpty then
            yield ""
            yield! lines
        match plan.Cells |> List.filter (fun (cell, _) -> cell.Stage.Environment = Hybrid) with
        | [] -> ()
        | hybrid ->
            yield ""
            yield Display.hybridNote hybrid.Length
        if large && not lines.IsEmpty then
            yield ""
            yield "--all lists every cell"
    ]

let private writeCell (writer: Utf8JsonWriter) label (cell: Cell, state) =
    writer.WriteStartObject()
    writer.WriteString("id", string cell.Id)
    writer.WriteString("label", cell.Label)
    writer.WriteString("stage", cell.Stage.Name)
    writer.WriteString("state", (word state).Replace(' ', '-'))
    writer.WriteBoolean("hybrid", (cell.Stage.Environment = Hybrid))

    match state with
    | CellPlan.Cached record
    | CellPlan.MeasuresAnew(_, Some record)
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
    | CellPlan.WillRun key
    | CellPlan.MeasuresAnew(key, None) -> writer.WriteString("key", string key)
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
