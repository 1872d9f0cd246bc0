/// Runs what an experiment still needs.
module Plimsoll.Engine.Run

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Diagnostics
open System.Threading
open System.Threading.Tasks
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

let private planWith workshop experiment =
    let lookup cell inputs =
        Attempts.find workshop cell inputs
        |> Result.map (fun (definition, record) -> Key.ofDefinition definition, record)

    Plan.make lookup experiment

let private workshop options stages store damage commit : Attempts.Workshop = {
    Keying = Keying.make options.FileOf stages
    Store = store
    Options = options
    Damage = damage
    RunStage = Inline.runner
    Commit = commit
    UnderWay = ConcurrentDictionary()
}

/// What a run would do now, and the damage found on the way.
let plan
    (options: RunOptions)
    (experiment: Experiment)
    (stages: Stage list)
    (store: Store)
    : Plan * Damage list =
    let damages = List<Damage>()

    let noCommit _ _ =
        Error(Fault.bug "a plan stores nothing")

    let damage found =
        if store.IsNews found then
            damages.Add found

    let plan = planWith (workshop options stages store damage noCommit) experiment
    plan, List.ofSeq damages

let private endingOf plan =
    match plan with
    | CellPlan.Cached record when record.Artifact.IsSome ->
        Some(Schedule.Ending.Done, Final.Finished(record, Origin.Cached))
    | CellPlan.Cached record -> Some(Schedule.Ending.Diverged, Final.Diverged(record, Origin.Cached))
    | CellPlan.Blocked(Obstacle.Unusable failure) -> Some(Schedule.Ending.Failed, Final.Failed failure)
    | CellPlan.Blocked _
    | CellPlan.WillRun _
    | CellPlan.MayRun -> None

let private slots (options: RunOptions) = [ for cpu in 0 .. max 1 options.Jobs - 1 -> Cpu cpu ]

let private limit (options: RunOptions) =
    match options.ThreadsPerCell with
    | AutoThreads -> max 1 options.Jobs
    | ThreadLimit threads -> max 1 threads

/// Runs the cells whose records are missing, and returns when every cell has ended. Neither a stage's
/// exception nor a full disk ends a run early: both are the failure of a cell. An exception of `tell` does,
/// after the running cells have been told to stop.
let run
    (options: RunOptions)
    (experiment: Experiment)
    (stages: Stage list)
    (store: Store)
    (tell: RunEvent -> unit)
    : RunSummary =
    let clock = Stopwatch.StartNew()
    use ending = new CancellationTokenSource()

    let outcome =
        TaskCompletionSource<Map<int, Final>> TaskCreationOptions.RunContinuationsAsynchronously

    let faults = ConcurrentQueue<exn>()

    let escalate (fault: exn) =
        faults.Enqueue fault
        outcome.TrySetException fault |> ignore

    let reporter = Actors.Reporter.start tell escalate ending.Token
    let writer = Actors.Writer.start store escalate ending.Token
    let damages = ConcurrentQueue<Damage>()

    let say event =
        reporter.Post(Actors.Reporter.Tell event)

    let damage found =
        if store.IsNews found then
            damages.Enqueue found
            say (StoreDamage found)

    let workshop = workshop options stages store damage (Actors.Writer.commit writer)

    // The plan is told first, then what was found damaged on the way to it.
    let plan =
        planWith
            {
                workshop with
                    Damage =
                        fun found ->
                            if store.IsNews found then
                                damages.Enqueue found
            }
            experiment

    say (Planned plan)
    damages |> Seq.iter (StoreDamage >> say)

    let cells = experiment.Cells |> Array.ofList
    let index = Dictionary<CellId, int>()
    cells |> Array.iteri (fun number cell -> index[cell.Id] <- number)

    let inputs =
        cells
        |> Array.map (fun cell -> cell.Inputs |> List.map (fun (role, id) -> role, index[id]))

    let known = plan.Cells |> List.map (snd >> endingOf) |> Array.ofList

    let finals =
        Map.ofSeq (
            seq {
                for number in 0 .. known.Length - 1 do
                    match known[number] with
                    | Some(_, final) -> number, final
                    | None -> ()
            }
        )

    for KeyValue(number, final) in finals do
        say (Actors.Scheduler.eventOf cells[number] final)

    let setting: Actors.Scheduler.Setting = {
        Cells = cells
        Inputs = inputs
        Stages = fun cell -> workshop.Keying.Stages[cell.Stage.Name]
        Execute = Actors.InProcess.executor workshop
        Tell = say
        TellProgress =
            fun cell progress ->
                reporter.PostLatest(cell, Actors.Reporter.Tell(CellProgress(cells[cell], progress)))
        Complete = outcome.TrySetResult >> ignore
    }

    let schedule =
        Schedule.start
            (Schedule.graph (inputs |> Array.map (List.map snd)))
            (slots options)
            (limit options)
            (known |> Array.map (Option.map fst))

    let scheduler = Actors.Scheduler.start setting schedule finals escalate ending.Token

    scheduler.Post Actors.Scheduler.Begin

    use _ =
        options.Cancellation.Register(fun () -> scheduler.Post Actors.Scheduler.Cancel)

    let finals =
        try
            outcome.Task.GetAwaiter().GetResult()
        with _ ->
            scheduler.Post Actors.Scheduler.Cancel
            reraise ()

    let summary = {
        Cells = cells |> Array.mapi (fun number cell -> cell, finals[number]) |> List.ofArray
        Damages = List.ofSeq damages
        Seconds = clock.Elapsed.TotalSeconds
    }

    say (RunFinished summary)
    reporter.Ask(Timeout.InfiniteTimeSpan, Actors.Reporter.Flush) |> ignore

    // `tell` may have thrown after the last cell had ended.
    match faults.TryPeek() with
    | true, fault -> raise fault
    | _ -> ()

    ending.Cancel()
    summary
