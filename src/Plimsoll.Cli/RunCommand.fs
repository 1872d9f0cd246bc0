/// `run`: what is missing is computed, then the report is written.
module Plimsoll.Cli.RunCommand

open System
open System.Threading
open Argu
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

/// Bad data is bad input: running again changes nothing. Anything else may go better next time.
let private exitOf (summary: RunSummary) =
    let failures =
        summary.Cells
        |> List.choose (fun (_, final) ->
            match final with
            | Final.Failed failure -> Some failure.Class
            | _ -> None)

    if summary.Complete then
        ExitCode.ok
    elif not failures.IsEmpty && failures |> List.forall _.IsInvalid then
        ExitCode.badInput
    else
        ExitCode.cellsFailed

let private showSummary (summary: RunSummary) =
    let count =
        [
            summary.Cached, "cached"
            summary.Executed, "executed"
            summary.Diverged, "diverged"
            summary.Failed, "failed"
            summary.Blocked, "blocked"
            summary.Cancelled, "cancelled"
        ]
        |> List.filter (fun (count, _) -> count > 0)
        |> List.map (fun (count, word) -> $"{count} {word}")
        |> String.concat ", "

    let cells = Display.plural summary.Cells.Length "cell"
    printfn "%s in %s: %s" cells (Display.seconds summary.Seconds) count

let private failures label (summary: RunSummary) = [
    for cell, final in summary.Cells do
        match final with
        | Final.Failed failure -> $"FAILED  {cell.Label}\n  {failure.What}\n  remedy: {failure.Remedy}"
        | Final.Diverged(record, _) ->
            match record.Outcome with
            | Outcome.Diverged(step, what) -> $"diverged  {cell.Label} at step {step}: {what}"
            | Outcome.Finished _ -> ()
        | Final.Blocked why -> $"blocked  {cell.Label}: {PlanView.obstacle label why}"
        | Final.Finished _
        | Final.Cancelled -> ()
]

let private isTerminal () =
    not Console.IsOutputRedirected
    && Environment.GetEnvironmentVariable "TERM" <> "dumb"

/// Runs with progress shown; the first interrupt lets cells stop in order, the second ends the program.
let private execute jobs (run: CancellationToken -> (RunEvent -> unit) -> RunSummary) =
    use stop = new CancellationTokenSource()

    let onInterrupt (interrupt: ConsoleCancelEventArgs) =
        if not stop.IsCancellationRequested then
            interrupt.Cancel <- true
            eprintfn "stopping; what has finished is kept (once more to end at once)"
            stop.Cancel()

    let handler = ConsoleCancelEventHandler(fun _ interrupt -> onInterrupt interrupt)
    Console.CancelKeyPress.AddHandler handler

    try
        if isTerminal () then
            LiveProgress.during jobs (run stop.Token)
        else
            run stop.Token (PlainProgress.Plain(Console.Out, jobs).Tell)
    finally
        Console.CancelKeyPress.RemoveHandler handler

let private runWith (file: string) jobs threads root out =
    load file
    >>= fun loaded ->
        let experiment = loaded.Experiment

        openStore root
        >>= fun store ->
            let basic = RunOptions.ofExperiment experiment
            let jobs = jobs |> Option.defaultValue basic.Jobs

            let options stop = {
                basic with
                    Jobs = jobs
                    ThreadsPerCell = threads |> Option.map ThreadLimit |> Option.defaultValue AutoThreads
                    Cancellation = stop
                    Provenance = Origins.provenance ()
            }

            let summary =
                execute jobs (fun stop tell ->
                    Run.run (options stop) experiment Composition.stages store tell)

            let label = Reporting.labels experiment
            showSummary summary

            for failure in failures label summary do
                eprintfn "%s" failure

            let cells =
                summary.Cells
                |> List.map (fun (cell, final) -> cell, Gathering.ofFinal store label final)

            Reporting.writeReport loaded cells out
            |> Result.map (fun files ->
                printfn ""
                Reporting.showReport files
                exitOf summary)

let run (arguments: ParseResults<RunArguments>) =
    positive "jobs" (arguments.TryGetResult RunArguments.Jobs)
    >>= fun jobs ->
        positive "threads" (arguments.TryGetResult RunArguments.Threads)
        >>= fun threads ->
            runWith
                (arguments.GetResult RunArguments.File)
                jobs
                threads
                (storeRoot (arguments.TryGetResult RunArguments.Store))
                (arguments.TryGetResult RunArguments.Out)
