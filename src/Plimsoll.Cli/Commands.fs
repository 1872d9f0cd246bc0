/// The commands that only look: each calls the library and shows the answer.
module Plimsoll.Cli.Commands

open System
open Argu
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Report
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let private say (text: string) =
    Console.Out.WriteLine text
    Ok ExitCode.ok

let private planned (arguments: ParseResults<ViewArguments>) show =
    let root = storeRoot (arguments.TryGetResult ViewArguments.Store)

    load (arguments.GetResult ViewArguments.File)
    >>= fun { Experiment = experiment } ->
        openToRead root
        >>= fun store ->
            let plan, damages =
                Run.plan (RunOptions.ofExperiment experiment) experiment Composition.stages store

            warn damages
            show plan root store

let check (arguments: ParseResults<CheckArguments>) =
    load (arguments.GetResult CheckArguments.File)
    >>= fun { Experiment = experiment } ->
        let protocol = experiment.Protocol

        [
            experiment.Tasks.Length, "task"
            experiment.Arms.Length, "arm"
            protocol.Seeds.Length, "seed"
            protocol.CostLimits.Length, "cost limit"
            experiment.Cells.Length, "cell"
        ]
        |> List.map (fun (count, noun) -> Display.plural count noun)
        |> String.concat ", "
        |> fun facts -> say $"{experiment.Name}: {facts}; no problems"

let plan (arguments: ParseResults<ViewArguments>) =
    planned arguments (fun plan _ _ ->
        if arguments.Contains ViewArguments.Json then
            say (PlanView.toJson plan)
        else
            say (PlanView.text plan))

let status (arguments: ParseResults<ViewArguments>) =
    planned arguments (fun plan root store ->
        store.Status()
        |> Result.mapError (fun error -> Surroundings(StoreError.text error))
        >>= fun status ->
            if arguments.Contains ViewArguments.Json then
                say (PlanView.statusJson plan root status)
            else
                say (PlanView.statusText plan root status))

let report (arguments: ParseResults<ReportArguments>) =
    let root = storeRoot (arguments.TryGetResult ReportArguments.Store)

    load (arguments.GetResult ReportArguments.File)
    >>= fun loaded ->
        let experiment = loaded.Experiment

        openToRead root
        >>= fun store ->
            let plan, damages =
                Run.plan (RunOptions.ofExperiment experiment) experiment Composition.stages store

            warn damages
            let label = Reporting.labels experiment

            let cells =
                plan.Cells
                |> List.map (fun (cell, plan) -> cell, Gathering.ofPlan store label plan)

            Reporting.writeReport loaded cells (arguments.TryGetResult ReportArguments.Out)
            |> Result.map (fun files ->
                Reporting.showReport files
                ExitCode.ok)

let doctor () = say (Doctor.text (storeRoot None))

let schema (arguments: ParseResults<SchemaArguments>) =
    if arguments.Contains SchemaArguments.Recipe then
        say (Schema.recipe Composition.catalogue)
    else
        say (Schema.experiment Composition.catalogue)

let version () = say $"Plimsoll {Origins.version ()}"
