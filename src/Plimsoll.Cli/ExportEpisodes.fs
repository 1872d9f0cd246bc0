/// `export episodes`: every evaluated episode as CSV.
module Plimsoll.Cli.ExportEpisodes

open System.Text
open Argu
open Plimsoll.Report
open Plimsoll.Cli.ExportArguments
open Plimsoll.Cli.Loading

let private counts (results: Results) =
    let episodes =
        results.Scores
        |> List.map (fun score ->
            match score.State with
            | Scored e -> e.Returns.Length
            | Missing
            | Failed _
            | Diverged _ -> 0)

    List.sum episodes,
    episodes |> List.filter (fun n -> n > 0) |> List.length,
    episodes |> List.filter (fun n -> n = 0) |> List.length

let episodes (arguments: ParseResults<ExportEpisodesArguments>) =
    let replace = arguments.Contains ExportEpisodesArguments.Replace

    Troubles.named "--out" (arguments.GetResult ExportEpisodesArguments.Out)
    >>= fun out ->
        ExportFiles.newFile out replace
        >>= fun () -> storeToRead (arguments.TryGetResult ExportEpisodesArguments.Store)
        >>= fun root -> Reporting.gather root (arguments.GetResult ExportEpisodesArguments.Experiment)
        >>= fun (loaded, cells) ->
            let results = Gathering.results loaded.Experiment loaded.Resolved.Value cells

            match Report.check results with
            | Some problem -> Error(Surroundings problem.Message)
            | None ->
                ExportFiles.write out replace (UTF8Encoding(false).GetBytes(Csv.scores results))
                |> Result.map (fun () ->
                    let written, scored, without = counts results

                    if arguments.Contains ExportEpisodesArguments.Json then
                        printfn
                            "%s"
                            (Json.text (fun writer ->
                                writer.WriteString("experiment", loaded.Experiment.Name)
                                writer.WriteString("file", out)
                                writer.WriteNumber("episodes", written)
                                writer.WriteNumber("policies", scored)
                                writer.WriteNumber("without-score", without)))
                    else
                        let policies = Display.plural scored "evaluation"
                        printfn "%s: %s of %s" out (Display.plural written "episode") policies

                        if without > 0 then
                            printfn
                                "%s without a score: one line each, with the state"
                                (Display.plural without "evaluation")

                    ExitCode.ok)
