/// The folder of `export metrics`: a run a training, and `runs.csv`, which names every run that is there.
module Plimsoll.Cli.MetricsFolder

open System.Collections.Generic
open System.IO
open System.Text
open Plimsoll.Export.TensorBoard
open Plimsoll.Report
open Plimsoll.Cli.Loading
open Plimsoll.Cli.MetricRuns

let indexFile = "runs.csv"

let private header = [ "run"; "cells"; "stage"; "key"; "state"; "series"; "points" ]

let private another = "delete what is there, or name another folder"

let private eventsBelow (folder: string) =
    let options =
        EnumerationOptions(RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint)

    Directory.EnumerateFiles(folder, "*tfevents*", options) |> Seq.tryHead

/// The runs of an earlier export, by its own index: what it does not name may be anybody's.
let earlier (out: string) : Result<string list, Trouble> =
    let path = Path.Combine(out, indexFile)

    ExportFiles.guarding out (fun () ->
        if File.Exists path then
            match CsvText.table header (File.ReadAllText path) with
            | Error why -> ExportFiles.refuse path $"no export wrote it: {why}" another
            | Ok lines ->
                let runs =
                    lines |> List.map (snd >> List.head) |> List.filter (fun run -> run <> "")

                match runs |> List.tryFind (isRun >> not) with
                | None -> Ok runs
                | Some run -> ExportFiles.refuse path $"it names `{run}`, which no export does" another
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

/// What is in which run, and what has none.
let private line (training: Training) = [
    if training.Series.IsEmpty then "" else training.Run
    training.Cell.Coordinates
    |> List.map Plimsoll.Language.CellIdentity.label
    |> String.concat "; "
    training.Cell.Stage.Name
    training.Key |> Option.defaultValue ""
    training.State
    string training.Series.Length
    string (training.Series |> List.sumBy _.Points.Count)
]

/// An index is there before the first run is and names all that may be there, so that an export which was cut
/// off can be told from a whole one and made again.
let private begun (run: string) = [
    run
    ""
    ""
    ""
    "unfinished: the export was cut off; make it again with --replace"
    ""
    ""
]

let private writeIndex (out: string) (lines: string list list) =
    ExportFiles.write
        (Path.Combine(out, indexFile))
        true
        (UTF8Encoding(false).GetBytes(Csv.write header lines))

/// An earlier export's runs would pass for this one's; they go once this one's are there.
let write (out: string) (replace: bool) (before: string list) (trainings: Training list) =
    let events run = Path.Combine(out, run, EventFile.Name)
    let written = trainings |> List.filter (fun t -> not t.Series.IsEmpty)
    let runs = written |> List.map _.Run
    let stale = before |> List.except runs

    let add done' (training: Training) =
        done'
        >>= fun () -> ExportFiles.write (events training.Run) replace (bytesOf training)

    withoutLinks out (before @ runs)
    >>= fun () -> writeIndex out (runs @ stale |> List.map begun)
    >>= fun () -> List.fold add (Ok()) written
    >>= fun () ->
        ExportFiles.guarding out (fun () ->
            for run in stale do
                if File.Exists(events run) then
                    File.Delete(events run))
        >>= fun () -> writeIndex out (trainings |> List.map line)
