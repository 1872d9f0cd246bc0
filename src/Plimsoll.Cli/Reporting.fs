/// Writing the report and showing it.
module Plimsoll.Cli.Reporting

open System.IO
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Cli.Loading

let labels (experiment: Experiment) : CellId -> string =
    let byId = experiment.Cells |> List.map (fun cell -> cell.Id, cell.Label) |> dict
    fun id -> byId[id]

/// The folder that `--out` names. Said before anything runs: later there is a result that cannot be shown.
let out (given: string option) : Result<string option, Trouble> =
    match given with
    | Some path when File.Exists path ->
        Error(
            BadInput
                $"--out names a file\n  where: {path}\n  why: a report is several files in a folder\n  \
                  remedy: name a folder, which is made if it is not there"
        )
    | given -> Ok given

/// The report and, beside it, the experiment with every value that it ran with.
let writeReport (loaded: Loaded) cells (out: string option) : Result<ReportFiles, Trouble> =
    let experiment = loaded.Experiment

    let folder =
        out |> Option.defaultWith (fun () -> Files.reportFolder experiment.Name)

    let resolved = loaded.Resolved.Value

    Report.build (Gathering.results experiment resolved cells) folder
    |> Result.mapError (fun problem -> Surroundings problem.Message)
    >>= fun files ->
        Files.write (Path.Combine(folder, "experiment.resolved.yaml")) resolved
        |> Result.map (fun () -> files)

let showReport (files: ReportFiles) =
    printfn "%s" (files.Text.TrimEnd())
    printfn ""
    printfn "report: %s" files.Page

let showJson (experiment: string) (files: ReportFiles) =
    System.Console.Out.WriteLine(
        Json.text (fun writer ->
            writer.WriteString("experiment", experiment)
            writer.WriteString("report", files.Page)
            writer.WriteString("text", files.Text.TrimEnd()))
    )
