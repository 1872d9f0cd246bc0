/// How fast the policies act, where the protocol asks for it: a measurement of one machine, not a result.
namespace Plimsoll.Report

open System.Text.Json
open Plimsoll.Language

[<RequireQualifiedAccess>]
module ActingTimes =
    /// A timings artifact: numbers of observations, and seconds for 1,000 actions.
    let parse (json: string) : Result<(int * double) list, string> =
        try
            use document = JsonDocument.Parse json
            let root = document.RootElement
            let items (name: string) = [ for item in root.GetProperty(name).EnumerateArray() -> item ]
            let batches = items "batches" |> List.map _.GetInt32()
            let seconds = items "seconds_per_1000_actions" |> List.map _.GetDouble()

            if batches.Length = seconds.Length then
                Ok(List.zip batches seconds)
            else
                Error $"it has {batches.Length} batches and {seconds.Length} times"
        with
        | :? JsonException
        | :? System.Collections.Generic.KeyNotFoundException
        | :? System.InvalidOperationException
        | :? System.FormatException as fault -> Error fault.Message

    let median (time: ActingTime) = Statistics.quantile 0.5 time.Seconds

    /// The arm with its sweep point and its mark.
    let name (hybrid: Set<string>) (time: ActingTime) : string =
        let sweep =
            if time.Sweep.IsEmpty then
                ""
            else
                $" ({Format.sweep time.Sweep})"

        Offline.nameOf hybrid (time.Arm) + sweep

    /// Times by task, arm, sweep point and batch, in the experiment's order.
    let group (experiment: Experiment) (timed: (Coordinates * RecordLink * (int * double) list) list) =
        let order list item = list |> List.findIndex ((=) item)

        // The experiment's cells stand in the order of its axes.
        let sweeps = timed |> List.map (fun (at, _, _) -> at.Sweep) |> List.distinct

        [
            for coordinates, record, times in timed do
                match coordinates.Arm with
                | Some arm ->
                    for batch, seconds in times do
                        (coordinates.Task, arm, coordinates.Sweep, batch), (seconds, record)
                | None -> ()
        ]
        |> List.groupBy fst
        |> List.map (fun ((task, arm, sweep, batch), members) -> {
            Task = task
            Arm = arm
            Sweep = sweep
            Batch = batch
            Seconds = members |> List.map (snd >> fst) |> List.sort |> List.toArray
            Records = members |> List.map (snd >> snd) |> List.distinct
        })
        |> List.sortBy (fun t ->
            order experiment.Tasks t.Task,
            order experiment.Arms t.Arm,
            order sweeps t.Sweep,
            order experiment.Protocol.TimeActions (int64 t.Batch))
