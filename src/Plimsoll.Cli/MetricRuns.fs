/// What each training leaves for TensorBoard: a run with its series, or why there is none.
module Plimsoll.Cli.MetricRuns

open System
open Plimsoll.Export.TensorBoard
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Store

type Training = {
    Cell: Cell
    /// Where its run is: a folder below the export's, with `/`.
    Run: string
    Key: string option
    State: string
    Series: ScalarSeries list
    /// Series that the training recorded and its run does not show, each with the reason.
    LeftOut: string list
}

let private longest = 150

/// A name that every file system takes: of few characters, not too long, no folder's `.` or `..`.
let private safe (text: string) =
    let plain =
        text
        |> String.map (fun c ->
            if Char.IsAsciiLetterOrDigit c || "._=+-".Contains c then
                c
            else
                '_')

    if plain |> Seq.forall (fun c -> c = '.') then
        String('_', max 1 plain.Length)
    else
        plain.Substring(0, min longest plain.Length)

/// What `place` may give; anything else could lead out of the folder.
let isRun (text: string) =
    text.Split '/' |> Array.forall (fun part -> safe part = part)

/// `DiscCircle/drcorl/policy/seed=0/cost_limit=10`: the cell's label, a folder a part.
let private place (cell: Cell) =
    let at = cell.Coordinates.Head

    // The label's path; what follows it are settings, whose values may hold spaces.
    let path = [ at.Task; yield! Option.toList at.Arm; at.Node ]

    let settings = [
        yield!
            at.Seed
            |> Option.map (fun seed -> $"seed={Literal.print (Whole seed)}")
            |> Option.toList
        yield!
            at.CostLimit
            |> Option.map (fun limit -> $"cost_limit={Literal.print (Real limit)}")
            |> Option.toList
        for axis, value in at.Sweep do
            $"{axis.Substring(axis.IndexOf '.' + 1)}={Literal.print value}"
    ]

    String.Join('/', path @ settings |> List.map safe)

/// Places that are one on some file system, letters' case aside, are told apart by the cells' ids.
let private runsOf (cells: Cell list) =
    let folded (cell: Cell) = (place cell).ToLowerInvariant()
    let counts = cells |> List.countBy folded |> dict

    fun (cell: Cell) ->
        if counts[folded cell] > 1 then
            $"{place cell}/{(string cell.Id).Substring(0, 8)}"
        else
            place cell

/// Steps are stored as 32-bit reals.
let private isStep (step: double) =
    Double.IsInteger step && step >= 0.0 && step <= 9e15

let private seriesOf (name: string, points: struct (double * double) array) =
    let steps = points |> Array.map (fun (struct (step, _)) -> step)

    match steps |> Array.tryFind (isStep >> not) with
    | Some step -> Error $"series {name}: the step {step} is not a whole number from 0 on"
    | None when points.Length = 0 -> Error $"series {name}: it has no point"
    | None ->
        let point (struct (step: double, value: double)) = struct (int64 step, single value)
        Ok(ScalarSeries(name, points |> Array.map point))

/// A diverged training has no series: its run shows when it ended so.
let private divergedAt (step: int64) =
    ScalarSeries("diverged", [| struct (step, 1.0f) |])

let private ofCurves (training: Training) curves =
    let read = curves |> List.map seriesOf
    let sound = read |> List.choose Result.toOption

    let leftOut =
        read
        |> List.choose (function
            | Error why -> Some why
            | Ok _ -> None)

    let state =
        match read, leftOut with
        | [], _ -> "finished: it recorded no series"
        | _, [] -> "finished"
        | _ -> "finished, but for " + String.Join("; ", leftOut)

    {
        training with
            State = state
            Series = sound
            LeftOut = leftOut
    }

let private ofCell (runOf: Cell -> string) (cell: Cell, result: CellResult) : Training =
    let without key state = {
        Cell = cell
        Run = runOf cell
        Key = key
        State = state
        Series = []
        LeftOut = []
    }

    match result with
    | Recorded(record, path, _) ->
        let without = without (Some(string record.Key))

        match record.Outcome, path with
        | Outcome.Diverged(step, what), _ -> {
            without $"diverged: {what} (step {step})" with
                Series = [ divergedAt step ]
          }
        | Outcome.Finished _, None -> without "failed: the store does not have its artifact"
        | Outcome.Finished _, Some path ->
            match ArtifactReading.readCurves path with
            | Error why -> without $"failed: its series cannot be read: {why}"
            | Ok curves -> ofCurves (without "") curves
    | Broken why -> without None $"failed: {why}"
    | Unrecorded "" -> without None "missing"
    | Unrecorded why -> without None $"missing: {why}"

/// Of all cells, those that train.
let ofCells (cells: (Cell * CellResult) list) : Training list =
    let trained =
        cells |> List.filter (fun (cell, _) -> Gather.isTraining cell.Stage.Output)

    trained |> List.map (ofCell (runsOf (List.map fst trained)))
