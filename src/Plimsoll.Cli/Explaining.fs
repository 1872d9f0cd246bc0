/// `explain`: why cells run.
module Plimsoll.Cli.Explaining

open System
open Argu
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let private answer (experiment: Experiment) (plan: Plan) store options wanted json =
    let keying = Keying.make options.FileOf Composition.stages
    let explainer = Explain.Explainer(Past.evidence keying store plan)
    let label = Reporting.labels experiment

    let waiting =
        plan.Cells |> List.filter (fun (_, state) -> not state.IsCached) |> List.map fst

    let roots = Explain.roots explainer waiting

    match wanted with
    | None ->
        Ok(
            if json then
                ExplainView.json label experiment.Name roots None
            else
                ExplainView.allText label experiment.Name waiting.Length roots
        )
    | Some wanted ->
        CellChoice.one plan wanted
        |> Result.map (fun cell ->
            let concerning =
                roots
                |> List.filter (fun root ->
                    root.Touches |> List.exists (fun touched -> touched.Id = cell.Id))

            let why = explainer.Why cell

            if json then
                ExplainView.json label experiment.Name concerning (Some why)
            else
                ExplainView.cellText label concerning why)

let explain (arguments: ParseResults<ExplainArguments>) : Result<int, Trouble> =
    let words = arguments.GetResult ExplainArguments.Target
    // A label has blanks; quotes around it are not needed.
    let wanted =
        match words.Tail with
        | [] -> None
        | words -> Some(String.concat " " words)

    load words.Head
    >>= fun { Experiment = experiment } ->
        openIfThere (storeRoot (arguments.TryGetResult ExplainArguments.Store))
        >>= fun store ->
            let options = RunOptions.ofExperiment experiment
            let plan, damages = planOf options experiment store
            warn damages

            answer experiment plan store options wanted (arguments.Contains ExplainArguments.Json)
            |> Result.map (fun text ->
                Console.Out.WriteLine text
                ExitCode.ok)
