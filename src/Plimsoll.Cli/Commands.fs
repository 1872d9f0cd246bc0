/// The commands that only look: each calls the library and shows the answer.
module Plimsoll.Cli.Commands

open System
open Argu
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let private say (text: string) =
    Console.Out.WriteLine text
    Ok ExitCode.ok

let private facts (experiment: Experiment) = [
    experiment.Tasks.Length, "task"
    experiment.Arms.Length, "arm"
    experiment.Protocol.Seeds.Length, "seed"
    experiment.Protocol.CostLimits.Length, "cost limit"
    experiment.Cells.Length, "cell"
]

let check (arguments: ParseResults<CheckArguments>) =
    load (arguments.GetResult CheckArguments.File)
    >>= fun { Experiment = experiment } ->
        if arguments.Contains CheckArguments.Json then
            say (
                Json.text (fun writer ->
                    writer.WriteString("experiment", experiment.Name)

                    for count, noun in facts experiment do
                        writer.WriteNumber(noun.Replace(' ', '-') + "s", count))
            )
        else
            facts experiment
            |> List.map (fun (count, noun) -> Display.plural count noun)
            |> String.concat ", "
            |> fun facts -> say $"{experiment.Name}: {facts}; no problems"

let plan (arguments: ParseResults<PlanArguments>) =
    let root = storeRoot (arguments.TryGetResult PlanArguments.Store)

    load (arguments.GetResult PlanArguments.File)
    >>= fun { Experiment = experiment } ->
        selection
            (arguments.GetResults PlanArguments.Only)
            (arguments.GetResults PlanArguments.Until)
            experiment
        >>= fun selected ->
            openIfThere root
            >>= fun store ->
                let plan, damages = planOf (RunOptions.ofExperiment experiment) experiment store
                warn damages
                let plan = Plan.restrict selected plan

                if arguments.Contains PlanArguments.Json then
                    say (PlanView.toJson plan)
                else
                    say (PlanView.text (arguments.Contains PlanArguments.All) plan)

let schema (arguments: ParseResults<SchemaArguments>) =
    if arguments.Contains SchemaArguments.Recipe then
        say (Schema.recipe Composition.catalogue)
    else
        say (Schema.experiment Composition.catalogue)

let version () = say $"Plimsoll {Origins.version ()}"
