/// What went wrong in a run, told at its end.
module Plimsoll.Cli.Failures

open System
open System.IO
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Store

/// From here, where that is shorter.
let private shown (path: string) =
    let relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path)
    if relative.StartsWith "../.." then path else relative

/// What the last attempt of a cell printed, if it printed anything.
let private logOf (folder: RunFolder option) (cell: Cell) : string option =
    let attempt (path: string) =
        match Int32.TryParse((Path.GetFileNameWithoutExtension path |> string).Split '.' |> Array.last) with
        | true, number -> number
        | _ -> 0

    try
        folder
        |> Option.map _.Logs
        |> Option.filter Directory.Exists
        |> Option.map (fun logs ->
            let id = (string cell.Id).Substring(0, 8)
            Directory.GetFiles(logs, $"*.{id}.*.log") |> Array.sortBy attempt)
        |> Option.bind Array.tryLast
    with
    | :? IOException
    | :? UnauthorizedAccessException -> None

/// Blocked cells that are named: each is told by the failure before it as well.
let private most = 10

let private indented (text: string) = Display.indented 2 (text.TrimEnd())

/// Cells that failed in the same words are told once, each with its log. The words of a remedy may name one.
let private failed folder (what: string) (remedy: string) (cells: Cell list) =
    let line (cell: Cell) =
        match logOf folder cell with
        | Some log when not (remedy.Contains(Path.GetFileName log |> string)) ->
            $"FAILED  {Display.cell cell}\n  log: {shown log}"
        | _ -> $"FAILED  {Display.cell cell}"

    let heads = cells |> List.map line |> String.concat "\n"
    $"{heads}\n  {indented what}\n  remedy: {indented remedy}"

/// One text for each thing that went wrong.
let lines (folder: RunFolder option) label (summary: RunSummary) : string list = [
    let failures =
        summary.Cells
        |> List.choose (fun (cell, final) ->
            match final with
            | Final.Failed failure -> Some(cell, failure)
            | _ -> None)

    for (what, remedy), group in failures |> List.groupBy (fun (_, f) -> f.What, f.Remedy) do
        failed folder what remedy (List.map fst group)

    let blocked = [
        for cell, final in summary.Cells do
            match final with
            | Final.Blocked why -> $"blocked  {Display.cell cell}: {PlanView.obstacle label why}"
            | _ -> ()
    ]

    for cell, final in summary.Cells do
        match final with
        | Final.Diverged(record, _) ->
            match record.Outcome with
            | Outcome.Diverged(step, what) -> $"diverged  {Display.cell cell} at step {step}: {what}"
            | Outcome.Finished _ -> ()
        | Final.Blocked _
        | Final.Failed _
        | Final.Finished _
        | Final.NotStarted
        | Final.Cancelled
        | Final.NotSelected _ -> ()

    yield! List.truncate most blocked

    if blocked.Length > most then
        $"and {blocked.Length - most} more blocked cells"

    for found in summary.Disagreements do
        "DIFFERS  " + Tally.disagreement found
]
