/// `export metrics`: the series of every training as TensorBoard's event files.
module Plimsoll.Cli.ExportMetrics

open System.IO
open Argu
open Plimsoll.Cli.ExportArguments
open Plimsoll.Cli.Loading
open Plimsoll.Cli.MetricRuns

let private json (experiment: string) (out: string) (trainings: Training list) =
    let runs = trainings |> List.filter (fun t -> not t.Series.IsEmpty)

    Json.text (fun writer ->
        writer.WriteString("experiment", experiment)
        writer.WriteString("folder", out)
        writer.WriteNumber("runs", runs.Length)
        writer.WriteNumber("series", runs |> List.sumBy _.Series.Length)
        writer.WriteNumber("without-series", trainings.Length - runs.Length)
        writer.WriteNumber("series-left-out", trainings |> List.sumBy _.LeftOut.Length))

let private text (out: string) (trainings: Training list) =
    let runs, without = trainings |> List.partition (fun t -> not t.Series.IsEmpty)
    let leftOut = trainings |> List.sumBy _.LeftOut.Length
    let index = Path.Combine(out, MetricsFolder.indexFile)

    [
        $"""{out}: {Display.plural runs.Length "run"}, {runs |> List.sumBy _.Series.Length} series"""

        if not without.IsEmpty then
            $"""{Display.plural without.Length "training"} without series; {index} says why"""

        if leftOut > 0 then
            $"{leftOut} series left out; {index} says why"
    ]
    |> String.concat "\n"

let metrics (arguments: ParseResults<ExportMetricsArguments>) =
    let replace = arguments.Contains ExportMetricsArguments.Replace

    Troubles.named "--out" (arguments.GetResult ExportMetricsArguments.Out)
    >>= fun out ->
        ExportFiles.newFolder out replace
        >>= fun () -> MetricsFolder.earlier out
        >>= fun before ->
            storeToRead (arguments.TryGetResult ExportMetricsArguments.Store)
            >>= fun root -> Reporting.gather root (arguments.GetResult ExportMetricsArguments.Experiment)
            >>= fun (loaded, cells) ->
                let trainings = MetricRuns.ofCells cells

                MetricsFolder.write out replace before trainings
                |> Result.map (fun () ->
                    if arguments.Contains ExportMetricsArguments.Json then
                        printfn "%s" (json loaded.Experiment.Name out trainings)
                    else
                        printfn "%s" (text out trainings)

                    ExitCode.ok)
