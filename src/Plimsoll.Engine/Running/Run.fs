/// Runs what an experiment still needs.
module Plimsoll.Engine.Run

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Diagnostics
open System.Threading
open System.Threading.Tasks
open Plimsoll.Engine.Code
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

let private planWith (workshop: Workshop) experiment =
    let lookup cell inputs =
        Attempts.find workshop cell inputs
        |> Result.map (fun (definition, record) -> Key.ofDefinition definition, record)

    Plan.make lookup experiment |> Plan.restrict workshop.Options.Selected

/// The cache of listings' digests: this process's own, then the store's.
let private codeCache (store: Store) : CodeCache =
    let stored name =
        Digest.tryText name |> Option.map Digest

    {
        Read =
            fun name ->
                CodeCache.memory.Read name
                |> Option.orElseWith (fun () ->
                    stored name |> Option.bind store.NotedCode |> Option.map string)
        Write =
            fun name digest ->
                CodeCache.memory.Write name digest

                match stored name, stored digest with
                | Some name, Some digest -> store.NoteCode(name, digest)
                | _ -> ()
    }

/// Keeps each listing, and keeps it young. One that cannot be kept is no reason to stop: only `explain` says
/// less.
let private codeKeeper (keying: Keying.Keying) (store: Store) : Stage -> unit =
    let kept = ConcurrentDictionary<string, Digest>()

    /// The program may have been rebuilt since the digest of its code went into the keys.
    let listing name =
        try
            Some keying.Listings[name].Value
            |> Option.filter (Keying.isReachable keying name)
        with _ ->
            None

    fun stage ->
        let name = stage.Signature.Name

        match kept.TryGetValue name with
        | true, digest when store.TouchCode digest -> ()
        | _ ->
            match listing name |> Option.map (Listing.text >> store.SaveCode) with
            | Some(Ok digest) -> kept[name] <- digest
            | Some(Error _)
            | None -> ()

/// Finds what there is; computes nothing.
let private reader options stages store damage : Workshop =
    let refuse () =
        Error(Fault.bug "a plan stores nothing")

    {
        Keying = Keying.makeWith (codeCache store) options.FileOf stages
        Store = store
        Options = options
        Damage = damage
        Disagreement = ignore
        Claim = fun _ -> refuse ()
        KeepCode = ignore
        Commit = fun _ -> refuse ()
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

    let damage found =
        if store.IsNews found then
            damages.Add found

    let plan = planWith (reader options stages store damage) experiment
    plan, List.ofSeq damages

/// As `plan`, where there is no store yet.
let planOfNothing (options: RunOptions) (experiment: Experiment) (stages: Stage list) : Plan =
    let keying = Keying.make options.FileOf stages

    let lookup cell inputs =
        Keying.definition keying cell inputs
        |> Result.map (fun definition -> Key.ofDefinition definition, None)

    Plan.make lookup experiment

let private endingOf plan =
    match plan with
    | CellPlan.Cached record when record.Artifact.IsSome ->
        Some(Schedule.Ending.Done, Final.Finished(record, Origin.Cached))
    | CellPlan.Cached record -> Some(Schedule.Ending.Diverged, Final.Diverged(record, Origin.Cached))
    | CellPlan.Blocked(Obstacle.Unusable failure) -> Some(Schedule.Ending.Failed, Final.Failed failure)
    | CellPlan.NotSelected record -> Some(Schedule.Ending.NotSelected, Final.NotSelected record)
    | CellPlan.Blocked _
    | CellPlan.WillRun _
    | CellPlan.MeasuresAnew _
    | CellPlan.MayRun -> None

let private slots (options: RunOptions) = [ for cpu in 0 .. max 1 options.Jobs - 1 -> Cpu cpu ]

let private limit (options: RunOptions) =
    match options.ThreadsPerCell with
    | AutoThreads -> max 1 options.Jobs
    | ThreadLimit threads -> max 1 threads

/// Runs the cells whose records are missing, and returns when every cell has ended. Neither a stage's
/// exception nor a full disk ends a run early: both are the failure of a cell. An exception of `tell` does,
/// after the running cells have been told to stop. Nothing is written to the store when nothing has to run.
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
    let disagreements = ConcurrentQueue<Disagreement>()
    use claims = new Claims(store, options.LeaseExpiry)

    let say event =
        reporter.Post(Actors.Reporter.Tell event)

    let damage found =
        if store.IsNews found then
            damages.Enqueue found
            say (StoreDamage found)

    let disagreement found =
        disagreements.Enqueue found
        say (Disagrees found)

    let reader = reader options stages store damage

    let workshop = {
        reader with
            Disagreement = disagreement
            Claim = claims.Take
            KeepCode = codeKeeper reader.Keying store
            Commit = Actors.Writer.commit writer
    }

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
        Alarm = options.Alarm
        Complete = outcome.TrySetResult >> ignore
    }

    let schedule =
        Schedule.Machine.startWith
            options.Waits
            (CellGraph.weighted
                (inputs |> Array.map (List.map snd))
                (Costs.ofPlan plan)
                (cells |> Array.map (_.Id >> Costs.seed)))
            (slots options)
            (limit options)
            options.OnFailure
            (known |> Array.map (Option.map fst))

    let scheduler = Actors.Scheduler.start setting schedule finals escalate ending.Token

    scheduler.Post Actors.Scheduler.Begin

    use _ =
        options.Cancellation.Register(fun () -> scheduler.Post Actors.Scheduler.Cancel)

    use _ =
        options.Abandonment.Register(fun () -> scheduler.Post Actors.Scheduler.Abandon)

    let finals =
        try
            outcome.Task.GetAwaiter().GetResult()
        with _ ->
            scheduler.Post Actors.Scheduler.Cancel
            reraise ()

    let summary = {
        Cells = cells |> Array.mapi (fun number cell -> cell, finals[number]) |> List.ofArray
        Damages = List.ofSeq damages
        Disagreements = List.ofSeq disagreements
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
