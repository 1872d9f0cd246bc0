/// `run`: what is missing is computed, then the report is written.
module Plimsoll.Cli.RunCommand

open System
open System.Runtime.InteropServices
open System.Threading
open Argu
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

/// Bad data is bad input: running again changes nothing. A lack of disk or memory is the machine's. Anything else
/// may go better next time.
let private exitOf (summary: RunSummary) =
    let failures =
        summary.Cells
        |> List.choose (fun (_, final) ->
            match final with
            | Final.Failed failure -> Some failure.Class
            | _ -> None)

    if summary.Complete then
        ExitCode.ok
    elif failures.IsEmpty then
        ExitCode.cellsFailed
    elif failures |> List.forall _.IsInvalid then
        ExitCode.badInput
    elif failures |> List.forall _.IsResource then
        ExitCode.environment
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
            summary.NotStarted, "not started"
            summary.Cancelled, "left for the next run"
            summary.NotSelected, "not selected"
        ]
        |> List.filter (fun (count, _) -> count > 0)
        |> List.map (fun (count, word) -> $"{count} {word}")
        |> String.concat ", "

    let cells = Display.plural summary.Cells.Length "cell"
    printfn "%s in %s: %s" cells (Display.seconds summary.Seconds) count

let private isTerminal () =
    not Console.IsOutputRedirected
    && Environment.GetEnvironmentVariable "TERM" <> "dumb"

/// A terminal that closes or a log on a full disk ends the showing, not the run.
let private whileItLasts (tell: RunEvent -> unit) : RunEvent -> unit =
    let lost = ref false

    fun event ->
        if not lost.Value then
            try
                tell event
            with :? OutputLost ->
                lost.Value <- true

/// Runs with progress shown. The first interrupt, or being told to end, lets cells save their state and stop; the
/// second interrupt ends the program at once. Also tells whether it was stopped.
let private execute jobs (run: CancellationToken -> (RunEvent -> unit) -> RunSummary) =
    use stop = new CancellationTokenSource()
    let notice = ref (fun (words: string) -> eprintfn "%s" words)

    let begin' () =
        notice.Value "stopping; what has finished is kept (Ctrl-C again ends at once)"
        stop.Cancel()

    let onInterrupt (interrupt: ConsoleCancelEventArgs) =
        if not stop.IsCancellationRequested then
            interrupt.Cancel <- true
            begin' ()

    let onTerminate (signal: PosixSignalContext) =
        if not stop.IsCancellationRequested then
            signal.Cancel <- true
            begin' ()

    let handler = ConsoleCancelEventHandler(fun _ interrupt -> onInterrupt interrupt)
    Console.CancelKeyPress.AddHandler handler
    use _ = PosixSignalRegistration.Create(PosixSignal.SIGTERM, onTerminate)

    try
        let summary =
            if isTerminal () then
                LiveProgress.during jobs (fun tell say ->
                    notice.Value <- say
                    run stop.Token (whileItLasts tell))
            else
                run stop.Token (whileItLasts (PlainProgress.Plain(Console.Out, jobs).Tell))

        summary, stop.IsCancellationRequested
    finally
        Console.CancelKeyPress.RemoveHandler handler

/// The words of the command line, understood.
type private Wishes = {
    File: string
    Jobs: int option
    Threads: int option
    Only: string list
    Until: string list
    OnFailure: Schedule.OnFailure
    Limits: Limits
    StageLimits: Map<string, Limits>
    CheckpointEvery: TimeSpan option
    Executor: RunFlags.ExecutorChoice
    Root: string
    Out: string option
}

let private wishes (arguments: ParseResults<RunArguments>) : Result<Wishes, Trouble> =
    let stages = Composition.stages |> List.map _.Signature.Name

    Reporting.out (arguments.TryGetResult RunArguments.Out)
    >>= fun out ->
        positive "jobs" (arguments.TryGetResult RunArguments.Jobs)
        >>= fun jobs ->
            positive "threads" (arguments.TryGetResult RunArguments.Threads)
            >>= fun threads ->
                RunFlags.onFailure (arguments.TryGetResult RunArguments.On_Failure)
                >>= fun onFailure ->
                    RunFlags.limits
                        stages
                        (arguments.GetResults RunArguments.Time_Limit)
                        (arguments.GetResults RunArguments.Memory_Limit)
                    >>= fun (limits, stageLimits) ->
                        RunFlags.checkpointEvery (arguments.TryGetResult RunArguments.Checkpoint_Every)
                        >>= fun checkpointEvery ->
                            RunFlags.executor (arguments.TryGetResult RunArguments.Executor)
                            |> Result.map (fun executor -> {
                                File = arguments.GetResult RunArguments.File
                                Jobs = jobs
                                Threads = threads
                                Only = arguments.GetResults RunArguments.Only
                                Until = arguments.GetResults RunArguments.Until
                                OnFailure = onFailure
                                Limits = limits
                                StageLimits = stageLimits
                                CheckpointEvery = checkpointEvery
                                Executor = executor
                                Root = storeRoot (arguments.TryGetResult RunArguments.Store)
                                Out = out
                            })

let private optionsOf (wishes: Wishes) selected (experiment: Experiment) : RunOptions =
    let basic = RunOptions.ofExperiment experiment

    {
        basic with
            Jobs = wishes.Jobs |> Option.defaultValue basic.Jobs
            ThreadsPerCell = wishes.Threads |> Option.map ThreadLimit |> Option.defaultValue AutoThreads
            Selected = selected
            OnFailure = wishes.OnFailure
            Limits = wishes.Limits
            StageLimits = wishes.StageLimits
            CheckpointEvery = wishes.CheckpointEvery |> Option.defaultValue basic.CheckpointEvery
            Provenance = Origins.provenance ()
    }

/// Everything is there: nothing would be written.
let private needsNothing options experiment store =
    let plan, damages = Run.plan options experiment Composition.stages store
    damages.IsEmpty && plan.WillRun + plan.MeasuresAnew + plan.MayRun = 0

/// A store that cannot be written to serves as long as nothing is missing in it.
let private openFor options experiment root : Result<Store, Trouble> =
    match openStore root with
    | Ok store -> Ok store
    | Error trouble ->
        match Store.Open(root, ReadOnly) with
        | Ok store when needsNothing options experiment store -> Ok store
        | _ -> Error trouble

/// The folder that the run keeps of itself, and who writes into it. A run that cannot have one does without.
let private recording (store: Store) (experiment: Experiment) =
    match store.NewRun experiment.Name with
    | Ok folder -> Some folder
    | Error _ -> None

/// Events go to the log as well as to whoever shows them.
let private logged (folder: RunFolder option) (loaded: Loaded) jobs (tell: RunEvent -> unit) next =
    match folder with
    | None -> next tell
    | Some folder ->
        use log =
            RunLog.Log.Start(
                folder,
                loaded.Experiment,
                loaded.Portable.Value,
                jobs,
                (fun words -> eprintfn "%s" words)
            )

        next (fun event ->
            log.Tell event
            tell event)

let private withRunner (wishes: Wishes) jobs (next: StageRunner -> 'result) : 'result =
    match wishes.Executor with
    | RunFlags.Inline -> next Inline.runner
    | RunFlags.Local ->
        use pool = Workers.Pool.create (Workers.PoolOptions.standard jobs)
        next pool.Runner

let private show wishes (loaded: Loaded) (store: Store) folder (summary: RunSummary, stopped) =
    let label = Reporting.labels loaded.Experiment
    showSummary summary

    for failure in Failures.lines folder label summary do
        eprintfn "%s" failure

    let cells =
        summary.Cells
        |> List.map (fun (cell, final) -> cell, Gathering.ofFinal store label final)

    Reporting.writeReport loaded cells wishes.Out
    |> Result.map (fun files ->
        if stopped && not summary.Complete then
            printfn "run again to go on; the report so far: %s" files.Page
        else
            printfn ""
            Reporting.showReport files

        exitOf summary)

let private runAs (wishes: Wishes) (loaded: Loaded) selected =
    let experiment = loaded.Experiment
    let options = optionsOf wishes selected experiment

    openFor options experiment wishes.Root
    >>= fun store ->
        use store = store
        let folder = recording store experiment

        let ended =
            withRunner wishes options.Jobs (fun runner ->
                execute options.Jobs (fun stop tell ->
                    let options = {
                        options with
                            Cancellation = stop
                            RunStage = runner
                            Folder = folder |> Option.map _.Path
                            Command =
                                folder
                                |> Option.map Remaking.commandOf
                                |> Option.defaultValue options.Command
                    }

                    logged folder loaded options.Jobs tell (fun tell ->
                        Run.run options experiment Composition.stages store tell)))

        show wishes loaded store folder ended

let run (arguments: ParseResults<RunArguments>) =
    wishes arguments
    >>= fun wishes ->
        load wishes.File
        >>= fun loaded -> selection wishes.Only wishes.Until loaded.Experiment >>= runAs wishes loaded
