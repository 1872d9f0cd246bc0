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
    /// `finished`, and which series are not there and why.
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

                let bad =
                    series
                    |> List.choose (function
                        | Error why -> Some why
                        | Ok _ -> None)

                let state =
                    match series, bad with
                    | [], _ -> "finished: it recorded no series"
                    | _, [] -> "finished"
                    | _ -> "finished, but for " + String.Join("; ", bad)

                made key state (series |> List.choose Result.toOption)
    | Broken why -> made None $"failed: {why}" []
    | Unrecorded "" -> made None "missing" []
    | Unrecorded why -> made None $"missing: {why}" []

let private header = [ "run"; "cells"; "stage"; "key"; "state"; "series"; "points" ]

/// What is in which run, and what has none.
let private index (trainings: Training list) =
    Csv.write
        header
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

/// The first field of every line, the header's excepted.
let private firstFields (index: string) =
    let fields = List<string>()
    let field = StringBuilder()
    let mutable quoted = false
    let mutable first = true

    for c in index do
        match c with
        | '"' -> quoted <- not quoted
        | ',' when not quoted -> first <- false
        | '\n' when not quoted ->
            fields.Add(string field)
            field.Clear() |> ignore
            first <- true
        | _ when first -> field.Append c |> ignore
        | _ -> ()

    fields |> Seq.skip 1 |> List.ofSeq

/// What `runOf` may give; anything else could lead out of the folder.
let private isRun (text: string) =
    text.Split '/'
    |> Array.forall (fun part -> part <> "" && part <> "." && part <> ".." && safe part = part)

let private eventsBelow (folder: string) =
    let options =
        EnumerationOptions(RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint)

    Directory.EnumerateFiles(folder, "*tfevents*", options) |> Seq.tryHead

let private another = "delete what is there, or name another folder"

/// The runs of an earlier export, by its own index: what it does not name may be anybody's.
let private earlier (out: string) : Result<string list, Trouble> =
    let path = Path.Combine(out, indexFile)

    ExportFiles.guarding out (fun () ->
        if File.Exists path then
            let text = File.ReadAllText path

            if text.StartsWith(Csv.write header [], StringComparison.Ordinal) then
                let runs = firstFields text |> List.filter (fun run -> run <> "")

                match runs |> List.tryFind (isRun >> not) with
                | None -> Ok runs
                | Some run -> ExportFiles.refuse path $"it names `{run}`, which no export does" another
            else
                ExportFiles.refuse path "no export wrote it" another
        elif Directory.Exists out then
            match eventsBelow out with
            | None -> Ok []
            | Some file ->
                ExportFiles.refuse file $"it is of no earlier export: there is no {indexFile}" another
        else
            Ok [])
    |> Result.bind id

/// Below the folder, a link would lead to files that are not the export's.
let private linked (out: string) (runs: string list) =
    runs
    |> Seq.collect (fun run ->
        run.Split '/'
        |> Array.scan (fun path part -> Path.Combine(path, part)) out
        |> Seq.skip 1)
    |> Seq.tryFind (fun folder -> not (isNull (DirectoryInfo(folder).LinkTarget)))

let private withoutLinks (out: string) (runs: string list) : Result<unit, Trouble> =
    ExportFiles.guarding out (fun () -> linked out runs)
    >>= function
        | None -> Ok()
        | Some folder -> ExportFiles.refuse folder "it is a link, and links are not followed" another

let private bytesOf (training: Training) =
    use bytes = new MemoryStream()
    EventFile.Write(bytes, List<ScalarSeries> training.Series)
    bytes.ToArray()

/// An earlier export's runs would pass for this one's; they go once this one's are there.
let private writeAll (out: string) (replace: bool) (before: string list) (trainings: Training list) =
    let events run = Path.Combine(out, run, EventFile.Name)

    let written = trainings |> List.filter (fun t -> not t.Series.IsEmpty)
    let runs = written |> List.map _.Run
    let stale = before |> List.except runs

    let write done' (training: Training) =
        done'
        >>= fun () -> ExportFiles.write (events training.Run) replace (bytesOf training)

    withoutLinks out (before @ runs)
    >>= fun () -> List.fold write (Ok()) written
    >>= fun () ->
        ExportFiles.guarding out (fun () ->
            for run in stale do
                if File.Exists(events run) then
                    File.Delete(events run))
        >>= fun () ->
            ExportFiles.write
                (Path.Combine(out, indexFile))
                replace
                (UTF8Encoding(false).GetBytes(index trainings))

let metrics (arguments: ParseResults<ExportMetricsArguments>) =
    let root = storeRoot (arguments.TryGetResult ExportMetricsArguments.Store)
    let replace = arguments.Contains ExportMetricsArguments.Replace

    Troubles.named "--out" (arguments.GetResult ExportMetricsArguments.Out)
    >>= fun out ->
        ExportFiles.newFolder out replace
        >>= fun () -> earlier out
        >>= fun before ->
            Reporting.gather root (arguments.GetResult ExportMetricsArguments.Experiment)
            >>= fun (loaded, cells) ->
                let trained =
                    cells |> List.filter (fun (cell, _) -> Gather.isTraining cell.Stage.Output)

                let trainings = trained |> List.map (trainingOf (unique (List.map fst trained)))

                writeAll out replace before trainings
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
