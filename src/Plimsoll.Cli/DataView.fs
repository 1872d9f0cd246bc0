/// A dataset in a screenful.
module Plimsoll.Cli.DataView

open System
open Plimsoll.Data

/// Value at a share of the sorted values, without interpolation.
let private quantile (share: double) (sorted: double[]) =
    sorted[int (Math.Round(share * double (sorted.Length - 1)))]

let private spread name unit' (values: double[]) =
    let sorted = Array.sort values
    let at share = Display.metric (quantile share sorted)

    [
        name
        at 0.0
        at 0.25
        at 0.5
        at 0.75
        at 1.0
        Display.metric (Array.average values)
        unit'
    ]

let private columns =
    ("", Display.Left)
    :: [
        for name in [ "least"; "25 %"; "median"; "75 %"; "most"; "mean" ] -> name, Display.Right
    ]
    @ [ "", Display.Left ]

let private share count (of': int) =
    let percent = Display.metric (Math.Round(100.0 * double count / double of', 1))
    $"{count} ({percent} %%)"

/// What `data inspect` prints of a sound dataset.
let text (path: string) (dataset: Dataset) : string =
    let trajectories = Array.ofSeq dataset.Trajectories
    let each (value: Trajectory -> double) = trajectories |> Array.map value
    let terminated = trajectories |> Array.filter _.Terminated |> Array.length
    let nothing = trajectories |> Array.filter (fun t -> t.Cost = 0.0) |> Array.length

    let observation = Display.plural dataset.ObservationSize "number"
    let action = Display.plural dataset.ActionSize "number"

    let rows = [
        spread "return" "per episode" (each _.Return)
        spread "cost" "per episode" (each _.Cost)
        spread "length" "steps" (each (fun t -> double t.Length))
    ]

    String.concat "\n" [
        yield path
        yield $"  task          {dataset.Metadata.Task}, horizon {dataset.Metadata.Horizon} steps"
        yield $"  transitions   {dataset.Count}"
        yield $"  trajectories  {trajectories.Length}"
        yield $"  observation   {observation}"
        yield $"  action        {action}"
        yield $"  terminated    {share terminated trajectories.Length}; the others ended by a time limit"
        yield $"  without cost  {share nothing trajectories.Length}"
        for fact in dataset.Metadata.Facts do
            yield $"  {fact.Key}: {fact.Value}"
        yield ""
        yield! Display.table columns rows |> List.map (fun line -> "  " + line)
    ]

/// Problems as they stand in the importer's words.
let problems (problems: DatasetProblem seq) : string =
    problems |> Seq.map DatasetProblemText.Message |> String.concat "\n"
