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

let private cropped (width: int) (line: string) =
    if line.Length <= width then line
    elif width > 3 then line.Substring(0, width - 3) + "..."
    else ""

let private row at (running: Tally.Running) =
    let fraction =
        running.Latest |> Option.map Tally.fraction |> Option.defaultValue 0.0

    let metrics =
        running.Latest
        |> Option.map (_.Metrics >> Display.metrics)
        |> Option.defaultValue ""

    [
        Display.cell running.Cell
        bar 8 fraction
        $"{int (100.0 * fraction)} %%"
        Display.seconds (at - running.Began).TotalSeconds
        metrics
    ]

let private columns = [
    "", Display.Left
    "", Display.Left
    "", Display.Right
    "", Display.Right
    "", Display.Left
]

/// The bar gives way to the words beside it.
let private head width at (tally: Tally.Tally) =
    let fraction =
        match Tally.asked tally with
        | _, 0 -> 0.0
        | ended, all -> double ended / double all

    let words =
        [ Tally.text tally; Display.clock at; Tally.estimate at tally ]
        |> List.filter (fun part -> part <> "")
        |> String.concat "  "

    match min 30 (width - words.Length - 2) with
    | room when room >= 4 -> bar room fraction + "  " + words
    | _ -> words

/// What stands on a terminal of so many columns: no line is longer.
let lines (width: int) at (notice: string) (tally: Tally.Tally) : string list =
    let shown = tally.Running |> List.truncate most
    let hidden = tally.Running.Length - most

    [
        head width at tally
        yield! shown |> List.map (row at) |> Display.table columns |> List.tail
        if hidden > 0 then
            $"and {hidden} more"
        if notice <> "" then
            notice
    ]
    |> List.map (cropped width)

let private draw at notice (tally: Tally.Tally) : IRenderable =
    // The last column stays free: some terminals break the line after it.
    lines (AnsiConsole.Profile.Width - 1) at notice tally
    |> List.map (fun line -> Text line :> IRenderable)
    |> Rows
    :> IRenderable

let private above (text: string) = AnsiConsole.Write(Text(text + "\n"))

/// A lock guards the state: events come from the run, drawings from a timer as well.
type private Screen(live: LiveDisplayContext, jobs: int) =
    let watch = Diagnostics.Stopwatch.StartNew()
    let guard = obj ()
    let mutable tally = Tally.empty jobs
    let mutable drawn = 0L
    let mutable notice = ""

    let redraw () =
        drawn <- watch.ElapsedMilliseconds
        live.UpdateTarget(draw watch.Elapsed notice tally)

    /// On a timer's thread, where nobody would catch a terminal that has gone.
    member _.Tick() =
        try
            lock guard redraw
        with :? OutputLost ->
            ()

    /// Stays in sight from now on.
    member _.Notice(text: string) =
        lock guard (fun () ->
            notice <- text
            redraw ())

    member _.Tell(event: RunEvent) =
        lock guard (fun () ->
            tally <- Tally.update watch.Elapsed event tally

            match event with
            | CellFailed(cell, failure) ->
                let line = failure.What.Split('\n')[0]
                above $"FAILED {Display.cell cell}: {line}"
            | CellDiverged(cell, _, _) -> above $"diverged {Display.cell cell}"
            | CellRetrying(cell, failure, attempt, delay) ->
                above $"retry {Display.cell cell}: {Tally.retry failure attempt delay}"
            | CellElsewhere(cell, owner) ->
                above $"waiting for {Display.cell cell}: another run has it ({owner})"
            | CellResumed(cell, step) -> above $"resumed {Display.cell cell} at step {step}"
            | Disagrees found -> above (Tally.disagreement found)
            | RunWaiting(failure, delay) -> above $"waiting: {Tally.waiting failure delay}"
            | RunHalted failure -> above $"HALTED: {Tally.halted failure}"
            | StoreDamage damage -> above (Damage.text damage)
            | _ -> ()

            if watch.ElapsedMilliseconds - drawn >= interval then
                redraw ())

/// Shows a run while it goes on. Failures and damage stay on the screen above the drawing. The run gets a way to
/// tell its events and one to give notice.
let during (jobs: int) (run: (RunEvent -> unit) -> (string -> unit) -> 'result) : 'result =
    AnsiConsole
        .Live(draw TimeSpan.Zero "" (Tally.empty jobs))
        .AutoClear(true)
        .Start(fun live ->
            let screen = Screen(live, jobs)
            use _ = new Threading.Timer((fun _ -> screen.Tick()), null, 1000, 1000)
            run screen.Tell screen.Notice)
