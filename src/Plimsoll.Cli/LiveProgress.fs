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
            double tally.Done / double tally.Total

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

/// A lock guards the state: events come from the run, drawings from a timer as well.
type private Screen(live: LiveDisplayContext, jobs: int) =
    let watch = Diagnostics.Stopwatch.StartNew()
    let guard = obj ()
    let mutable tally = Tally.empty jobs
    let mutable drawn = 0L

    let redraw () =
        drawn <- watch.ElapsedMilliseconds
        live.UpdateTarget(draw watch.Elapsed tally)

    /// On a timer's thread, where nobody would catch a terminal that has gone.
    member _.Tick() =
        try
            lock guard redraw
        with :? OutputLost ->
            ()

    member _.Tell(event: RunEvent) =
        lock guard (fun () ->
            tally <- Tally.update watch.Elapsed event tally

            match event with
            | CellFailed(cell, failure) ->
                let line = failure.What.Split('\n')[0]
                above $"FAILED {cell.Label}: {line}"
            | CellDiverged(cell, _, _) -> above $"diverged {cell.Label}"
            | CellRetrying(cell, failure, attempt, delay) ->
                above $"retry {cell.Label}: {Tally.retry failure attempt delay}"
            | CellElsewhere(cell, owner) -> above $"waiting for {cell.Label}: another run has it ({owner})"
            | CellResumed(cell, step) -> above $"resumed {cell.Label} at step {step}"
            | Disagrees found -> above (Tally.disagreement found)
            | StoreDamage damage -> above (Damage.text damage)
            | _ -> ()

            if watch.ElapsedMilliseconds - drawn >= interval then
                redraw ())

/// Shows a run while it goes on. Failures and damage stay on the screen above the drawing.
let during (jobs: int) (run: (RunEvent -> unit) -> 'result) : 'result =
    AnsiConsole
        .Live(draw TimeSpan.Zero (Tally.empty jobs))
        .AutoClear(true)
        .Start(fun live ->
            let screen = Screen(live, jobs)
            use _ = new Threading.Timer((fun _ -> screen.Tick()), null, 1000, 1000)
            run screen.Tell)
