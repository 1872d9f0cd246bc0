/// Progress on a terminal: the cells under way, redrawn in place.
module Plimsoll.Cli.LiveProgress

open System
open Spectre.Console
open Spectre.Console.Rendering
open Plimsoll.Engine
open Plimsoll.Store

/// Milliseconds between two drawings.
let private interval = 100L

/// Cells under way that are shown; more would scroll.
let private most = 12

let private bar (width: int) (fraction: double) =
    let full = int (Math.Round(fraction * double width))
    String('━', full) + String('─', width - full)

let private row at (running: Tally.Running) =
    let fraction =
        running.Latest |> Option.map Tally.fraction |> Option.defaultValue 0.0

    let metrics =
        running.Latest
        |> Option.map (_.Metrics >> Display.metrics)
        |> Option.defaultValue ""

    [
        running.Cell.Label
        bar 12 fraction
        $"{int (100.0 * fraction)} %%"
        Display.seconds (at - running.Began).TotalSeconds
        metrics
    ]

let private draw at (tally: Tally.Tally) : IRenderable =
    let fraction =
        if tally.Total = 0 then
            0.0
        else
            double tally.Ended.Count / double tally.Total

    let head =
        [ bar 30 fraction; Tally.text tally; Display.clock at; Tally.estimate at tally ]
        |> List.filter (fun part -> part <> "")
        |> String.concat "  "

    let grid = Grid()
    grid.AddColumns 5 |> ignore

    for running in tally.Running |> List.truncate most do
        grid.AddRow(
            row at running
            |> List.map (fun text -> Text(text) :> IRenderable)
            |> Array.ofList
        )
        |> ignore

    let hidden = tally.Running.Length - most

    let more =
        if hidden > 0 then
            [ Text $"and {hidden} more" :> IRenderable ]
        else
            []

    Rows([ Text head :> IRenderable; grid :> IRenderable ] @ more)

let private above (text: string) = AnsiConsole.Write(Text(text + "\n"))

/// Shows a run while it goes on. Failures and damage stay on the screen above the drawing.
let during (jobs: int) (run: (RunEvent -> unit) -> 'result) : 'result =
    let watch = Diagnostics.Stopwatch.StartNew()
    let mutable tally = Tally.empty jobs
    let mutable drawn = -interval

    AnsiConsole
        .Live(draw TimeSpan.Zero tally)
        .AutoClear(true)
        .Start(fun live ->
            let tell event =
                tally <- Tally.update watch.Elapsed event tally

                match event with
                | CellFailed(cell, failure) ->
                    above $"FAILED {cell.Label}\n  {failure.What}\n  remedy: {failure.Remedy}"
                | CellDiverged(cell,
                               {
                                   Outcome = Outcome.Diverged(step, what)
                               },
                               _) -> above $"diverged {cell.Label} at step {step}: {what}"
                | StoreDamage damage -> above (Damage.text damage)
                | _ -> ()

                if watch.ElapsedMilliseconds - drawn >= interval then
                    drawn <- watch.ElapsedMilliseconds
                    live.UpdateTarget(draw watch.Elapsed tally)

            run tell)
