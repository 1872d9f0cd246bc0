/// Writing the report and showing it.
module Plimsoll.Cli.Reporting

open System.IO
open Plimsoll.Language
open Plimsoll.Engine
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

/// An experiment and how its cells stand, without running any.
let gather (root: string) (file: string) : Result<Loaded * (Cell * CellResult) list, Trouble> =
    load file
    >>= fun loaded ->
        openIfThere root
        |> Result.map (fun store ->
            let experiment = loaded.Experiment
            let plan, damages = planOf (RunOptions.ofExperiment experiment) experiment store
            warn damages
            let label = labels experiment

            loaded,
            plan.Cells
            |> List.map (fun (cell, plan) -> cell, Gathering.ofPlan store label plan))

/// The report, held against what `beside` makes of its results, and the experiment with every value that it ran
/// with.
let writeBeside
    (beside: Results -> Result<Comparison option, Trouble>)
    (loaded: Loaded)
    cells
    (out: string option)
    : Result<ReportFiles, Trouble> =
    let experiment = loaded.Experiment

    let folder =
        out |> Option.defaultWith (fun () -> Files.reportFolder experiment.Name)

    let resolved = loaded.Resolved.Value
    let results = Gathering.results experiment resolved cells

    beside results
    >>= fun comparison ->
        Report.buildBeside comparison results folder
        |> Result.mapError (fun problem -> Surroundings problem.Message)
        >>= fun files ->
            Files.write (Path.Combine(folder, "experiment.resolved.yaml")) resolved
            |> Result.map (fun () -> files)

/// The report alone.
let writeReport (loaded: Loaded) cells (out: string option) : Result<ReportFiles, Trouble> =
    writeBeside (fun _ -> Ok None) loaded cells out

let showReport (files: ReportFiles) =
    printfn "%s" (files.Text.TrimEnd())
    printfn ""
    printfn "report: %s" files.Page

let showJson (experiment: string) (files: ReportFiles) =
    System.Console.Out.WriteLine(
        Json.text (fun writer ->
            writer.WriteString("experiment", experiment)
            writer.WriteString("report", files.Page)

            files.ComparisonCsv
            |> Option.iter (fun path -> writer.WriteString("comparison", path))

            writer.WriteString("text", files.Text.TrimEnd()))
    )
