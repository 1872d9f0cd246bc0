/// `export metrics`: the series of every training as TensorBoard's event files.
module Plimsoll.Cli.ExportMetrics

open System
open System.Collections.Generic
open System.IO
open System.Text
open Argu
open Plimsoll.Export.TensorBoard
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Store
open Plimsoll.Cli.ExportArguments
open Plimsoll.Cli.Loading

/// What a training leaves behind.
type private Training = {
    Cell: Cell
    /// Relative to the export's folder, with `/`.
    Run: string
    Key: string option
    /// `finished`, or why there are no series.
    State: string
    Series: ScalarSeries list
}

let private safe (text: string) =
    text
    |> String.map (fun c ->
        if Char.IsAsciiLetterOrDigit c || "._=+-".Contains c then
            c
        else
            '_')

/// `DiscCircle/drcorl/policy/seed=0/cost_limit=10`: the cell's label, a folder a part.
let private runOf (cell: Cell) =
    let place = cell.Coordinates.Head

    // The label's path; what follows it are settings, whose values may hold spaces.
    let path = [ place.Task; yield! Option.toList place.Arm; place.Node ]

    let settings = [
        yield!
            place.Seed
            |> Option.map (fun seed -> $"seed={Literal.print (Whole seed)}")
            |> Option.toList
        yield!
            place.CostLimit
            |> Option.map (fun limit -> $"cost_limit={Literal.print (Real limit)}")
            |> Option.toList
        for axis, value in place.Sweep do
            $"{axis.Substring(axis.IndexOf '.' + 1)}={Literal.print value}"
    ]

    String.Join('/', path @ settings |> List.map safe)

/// Names that `safe` has made equal are told apart by the cell's id.
let private unique (cells: Cell list) =
    let counts = cells |> List.countBy runOf |> dict

    fun (cell: Cell) ->
        let run = runOf cell

        if counts[run] > 1 then
            $"{run}/{(string cell.Id).Substring(0, 8)}"
        else
            run

/// A step as a whole number; steps are stored as 32-bit reals.
let private wholeStep (step: double) =
    if Double.IsInteger step && step >= 0.0 && step <= 9e15 then
        Ok(int64 step)
    else
        Error $"the step {step} is not a whole number"

let private seriesOf (name: string, points: struct (double * double) array) =
    let steps = points |> Array.map (fun (struct (step, _)) -> wholeStep step)

    match
        steps
        |> Array.tryPick (function
            | Error why -> Some why
            | Ok _ -> None)
    with
    | Some why -> Error $"series {name}: {why}"
    | None ->
        let point step (struct (_, value)) =
            match step with
            | Ok step -> struct (step, single value)
            | Error _ -> struct (0L, nanf)

        Ok(ScalarSeries(name, Array.map2 point steps points))

/// A diverged training has no series: its run shows when it ended so.
let private divergedAt (step: int64) =
    ScalarSeries("diverged", [| struct (step, 1.0f) |])

let private trainingOf (runOf: Cell -> string) (cell: Cell, result: CellResult) : Training =
    let made key state series = {
        Cell = cell
        Run = runOf cell
        Key = key
        State = state
        Series = series
    }

    match result with
    | Recorded(record, path, _) ->
        let key = Some(string record.Key)

        match record.Outcome, path with
        | Outcome.Diverged(step, what), _ -> made key $"diverged: {what} (step {step})" [ divergedAt step ]
        | Outcome.Finished _, None -> made key "failed: the store does not have its artifact" []
        | Outcome.Finished _, Some path ->
            match ArtifactReading.readCurves path with
            | Error why -> made key $"failed: its series cannot be read: {why}" []
            | Ok curves ->
                let series = curves |> List.map seriesOf

                match
                    series
                    |> List.tryPick (function
                        | Error why -> Some why
                        | Ok _ -> None)
                with
                | Some why -> made key $"failed: {why}" []
                | None -> made key "finished" (series |> List.choose Result.toOption)
    | Broken why -> made None $"failed: {why}" []
    | Unrecorded "" -> made None "missing" []
    | Unrecorded why -> made None $"missing: {why}" []

/// What is in which run, and what has none.
let private index (trainings: Training list) =
    Csv.write
        [ "run"; "cells"; "stage"; "key"; "state"; "series"; "points" ]
        (trainings
         |> Seq.map (fun t -> [
             if t.Series.IsEmpty then "" else t.Run
             t.Cell.Coordinates |> List.map CellIdentity.label |> String.concat "; "
             t.Cell.Stage.Name
             t.Key |> Option.defaultValue ""
             t.State
             string t.Series.Length
             string (t.Series |> List.sumBy _.Points.Count)
         ]))

let private indexFile = "runs.csv"

/// An earlier export's runs would pass for this one's.
let private removeEarlier (folder: string) =
    if Directory.Exists folder then
        for file in Directory.GetFiles(folder, EventFile.Name, SearchOption.AllDirectories) do
            File.Delete file

let private writeAll (out: string) (trainings: Training list) =
    removeEarlier out

    for training in trainings do
        if not training.Series.IsEmpty then
            use bytes = new MemoryStream()
            EventFile.Write(bytes, List<ScalarSeries> training.Series)
            ExportFiles.write (Path.Combine(out, training.Run, EventFile.Name)) (bytes.ToArray())

    ExportFiles.write (Path.Combine(out, indexFile)) (UTF8Encoding(false).GetBytes(index trainings))

let metrics (arguments: ParseResults<ExportMetricsArguments>) =
    let root = storeRoot (arguments.TryGetResult ExportMetricsArguments.Store)
    let out = arguments.GetResult ExportMetricsArguments.Out

    ExportFiles.newFolder out (arguments.Contains ExportMetricsArguments.Replace)
    >>= fun () -> Reporting.gather root (arguments.GetResult ExportMetricsArguments.Experiment)
    >>= fun (loaded, cells) ->
        let trained =
            cells |> List.filter (fun (cell, _) -> Gather.isTraining cell.Stage.Output)

        let trainings = trained |> List.map (trainingOf (unique (List.map fst trained)))

        ExportFiles.guarding out (fun () -> writeAll out trainings)
        |> Result.map (fun () ->
            let runs, without = trainings |> List.partition (fun t -> not t.Series.IsEmpty)

            let series = runs |> List.sumBy _.Series.Length

            if arguments.Contains ExportMetricsArguments.Json then
                printfn
                    "%s"
                    (Json.text (fun writer ->
                        writer.WriteString("experiment", loaded.Experiment.Name)
                        writer.WriteString("folder", out)
                        writer.WriteNumber("runs", runs.Length)
                        writer.WriteNumber("series", series)
                        writer.WriteNumber("without-series", without.Length)))
            else
                printfn "%s: %s, %d series" out (Display.plural runs.Length "run") series

                if not without.IsEmpty then
                    printfn
                        "%s without series; %s says why"
                        (Display.plural without.Length "training")
                        (Path.Combine(out, indexFile))

            ExitCode.ok)
