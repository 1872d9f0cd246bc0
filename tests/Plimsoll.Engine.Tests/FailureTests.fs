module Plimsoll.Engine.Tests.FailureTests

open System
open System.Collections.Concurrent
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Engine.Tests.Fakes

let private ending kind what =
    Failed {
        Class = kind
        What = what
        Remedy = "none"
    }

/// Ends as `fate` says of the number of the attempt; notes the threads that it was lent.
let private fated (threads: ConcurrentQueue<int>) (fate: int -> StageOutcome) =
    stage "fated" plus (fun request ->
        threads.Enqueue request.Threads
        let outcome = fate threads.Count

        if outcome.IsFinished then
            File.WriteAllText(request.Output, "x")

        outcome)

/// The final of a lone cell, the threads of each attempt, and what was told.
let private lead fate =
    let threads = ConcurrentQueue<int>()
    let fated = fated threads fate
    let cells = [ cell fated "a" 1L [] ]
    let summary, events = runWith (optionsFor 3 cells) [ fated ] (newStore ()) cells
    finalOf summary "a", List.ofSeq threads, events

let private attempts kind =
    let _, threads, _ = lead (fun _ -> ending kind "planted")
    threads.Length

[<Test>]
let ``each class of failure is tried as often as it may help`` () =
    Assert.That(attempts Transient, Is.EqualTo 5)
    Assert.That(attempts Resource, Is.EqualTo 3)
    Assert.That(attempts Deterministic, Is.EqualTo 2)
    Assert.That(attempts Invalid, Is.EqualTo 1)
    Assert.That(attempts Bug, Is.EqualTo 1)

[<Test>]
let ``a failure that passes leaves a result, and its attempts are told`` () =
    let final, _, events =
        lead (fun attempt ->
            if attempt < 3 then
                ending Transient $"lost {attempt}"
            else
                Finished)

    match final with
    | Final.Finished(record, Origin.Executed) -> Assert.That(record.Attempts, Is.EqualTo 3)
    | other -> Assert.Fail $"%A{other}"

    let told =
        events
        |> List.choose (function
            | CellRetrying(_, failure, attempt, delay) -> Some(failure.What, attempt, delay > TimeSpan.Zero)
            | _ -> None)

    Assert.That(told, Is.EqualTo<(string * int * bool) list> [ "lost 1", 1, true; "lost 2", 2, true ])

[<Test>]
let ``after a lack of resources a cell goes on with one thread`` () =
    let _, threads, _ =
        lead (fun attempt ->
            if attempt = 1 then
                ending Resource "no memory"
            else
                Finished)

    Assert.That(threads, Is.EqualTo<int list> [ 3; 1 ])

[<Test>]
let ``a stage finds what its last attempt saved, says where it goes on, and leaves nothing behind`` () =
    let seen = ConcurrentQueue<bool>()
    let mutable path = ""

    let saving =
        stage "save" plus (fun request ->
            path <- request.Checkpoint.Value
            let resumed = File.Exists path
            seen.Enqueue resumed
            File.WriteAllText(path, "state")

            request.Report {
                Step = 10L
                Steps = 20L
                Metrics = []
                ResumedAt = if resumed then Some 10L else None
                SavedAt = Some 10L
            }

            if resumed then
                File.WriteAllText(request.Output, "x")
                Finished
            else
                ending Transient "killed")

    let cells = [ cell saving "a" 1L [] ]
    let summary, events = runWith (optionsFor 1 cells) [ saving ] (newStore ()) cells
    Assert.That(summary.Complete)
    Assert.That(seen, Is.EqualTo<bool list> [ false; true ])
    Assert.That(File.Exists path, Is.False)

    Assert.That(
        events
        |> List.choose (function
            | CellResumed(_, step) -> Some step
            | _ -> None),
        Is.EqualTo<int64 list> [ 10L ]
    )

let private failingFirst (log: Log) =
    let add = add log

    let cells = [
        bare failing "f" []
        cell add "a" 1L []
        cell add "b" 2L [ "a" ]
        cell add "c" 3L [ "f" ]
    ]

    [ failing; add ], cells

[<Test>]
let ``a run that stops after a failure starts nothing more`` () =
    let stages, cells = failingFirst (Log())
    // The failing cell is first, as its chain is as long as the other.
    let options = {
        optionsFor 1 cells with
            OnFailure = Schedule.StopAfter 1
    }

    let summary, events = runWith options stages (newStore ()) cells
    Assert.That((summary.Failed, summary.Blocked, summary.NotStarted), Is.EqualTo((1, 1, 1)))
    Assert.That(summary.Executed, Is.EqualTo 1, "a ran while f waited for its second attempt")
    Assert.That(events |> List.filter _.IsCellNotStarted, Has.Length.EqualTo 1)

[<Test>]
let ``a program that is rebuilt while it runs starts nothing more and fails no cell`` () =
    let add = add (Log())
    let cells = [ for number in 1L .. 10L -> cell add $"{number}" number [] ]
    let jobs = ref 0

    let rebuilt (job: Job) =
        jobs.Value <- jobs.Value + 1

        if jobs.Value > 3 then
            JobEnd.Refused {
                Class = Invalid
                What = "the program was rebuilt while it ran"
                Remedy = "run again"
            }
        else
            Inline.runner job

    let options = {
        optionsFor 1 cells with
            RunStage = rebuilt
    }

    let summary, events = runWith options [ add ] (newStore ()) cells
    Assert.That((summary.Executed, summary.Failed, summary.NotStarted), Is.EqualTo((3, 0, 7)))
    Assert.That(events |> List.filter _.IsRunHalted, Has.Length.EqualTo 1)
    Assert.That(jobs.Value, Is.EqualTo 4)

[<Test>]
let ``an attempt for which there is no thread ends, instead of never`` () =
    let add = add (Log())
    let cells = [ cell add "a" 1L [] ]
    let store = newStore ()
    let options = optionsFor 1 cells

    let workshop: Workshop = {
        Keying = Keying.make options.FileOf [ add ]
        Store = store
        Options = options
        Damage = ignore
        Disagreement = ignore
        Claim = fun _ -> failwith "nothing is claimed"
        KeepCode = ignore
        Commit = fun _ -> failwith "nothing is stored"
        UnderWay = ConcurrentDictionary()
    }

    let assignment: CellAssignment = {
        Ticket = { Cell = 0; Attempt = 1 }
        Attempt = 1
        Cell = cells.Head
        Stage = add
        Inputs = []
        Slots = [ Cpu 0 ]
        Began = ignore
        Resumed = ignore
        Report = ignore
        Cancelled = CancellationToken.None
    }

    let noThread _ _ =
        raise (OutOfMemoryException "no thread")

    let told = ConcurrentQueue<Ended>()

    Actors.InProcess.executorOn noThread workshop assignment told.Enqueue

    match List.ofSeq told with
    | [ Ended.Starved failure ] -> Assert.That(failure.Class, Is.EqualTo Resource)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a run that is abandoned ends at once, whatever still computes`` () =
    use release = new ManualResetEventSlim()
    use started = new CountdownEvent(1)

    let deaf =
        stage "deaf" plus (fun _ ->
            started.Signal() |> ignore
            release.Wait(TimeSpan.FromSeconds 20.0) |> ignore
            Finished)

    let cells = [ cell deaf "a" 1L []; cell deaf "b" 2L [] ]
    use abandon = new CancellationTokenSource()

    let options = {
        optionsFor 1 cells with
            Abandonment = abandon.Token
    }

    let watcher =
        Thread(fun () ->
            if started.Wait(TimeSpan.FromSeconds 10.0) then
                abandon.Cancel())

    watcher.Start()
    let store = newStore ()
    let summary, _ = runWith options [ deaf ] store cells
    Assert.That(summary.Cancelled, Is.EqualTo 2)
    Assert.That(release.IsSet, Is.False)
    watcher.Join()
    // What still computes has its lease, and gives it back itself.
    let files folder =
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)

    Assert.That(files (Layout.leases store.Root), Has.Length.EqualTo 1)
    Assert.That(files (Layout.owners store.Root), Has.Length.EqualTo 1)
    release.Set()

    let over () =
        Array.isEmpty (files (Layout.leases store.Root))
        && Array.isEmpty (files (Layout.owners store.Root))

    Assert.That(SpinWait.SpinUntil(over, TimeSpan.FromSeconds 10.0))

[<Test>]
let ``what is not asked for does not run, and is no failure`` () =
    let log = Log()
    let add = add log
    let cells = [ cell add "a" 1L []; cell add "b" 2L [ "a" ]; bare throwing "t" [] ]
    let store = newStore ()
    run [ add; throwing ] store [ cells.Head ] |> ignore
    log.Clear()

    let options = {
        optionsFor 1 cells with
            Selected = fun id -> id = idOf "t"
    }

    let summary, events = runWith options [ add; throwing ] (openStore store.Root) cells
    Assert.That((summary.NotSelected, summary.Failed), Is.EqualTo((2, 1)))
    Assert.That(log.Count, Is.EqualTo 0)

    match finalOf summary "a", finalOf summary "b" with
    | Final.NotSelected(Some record), Final.NotSelected None -> Assert.That(record.Label, Is.EqualTo "a")
    | other -> Assert.Fail $"%A{other}"

    match events.Head with
    | Planned plan -> Assert.That((plan.NotSelected, plan.WillRun), Is.EqualTo((2, 1)))
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a limit of a stage goes before the general one, each for itself`` () =
    let options = {
        optionsFor 1 [] with
            Limits = {
                Seconds = Some 10.0
                Memory = Some 1000L
            }
            StageLimits = Map [ "adapt", { Seconds = Some 99.0; Memory = None } ]
    }

    let adapt = RunOptions.limitsOf "adapt" options
    Assert.That((adapt.Seconds, adapt.Memory), Is.EqualTo((Some 99.0, Some 1000L)))
    Assert.That(RunOptions.limitsOf "evaluate" options, Is.EqualTo options.Limits)

[<Test>]
let ``a file of the store that cannot be read now may be read later, a damaged one may not`` () =
    Assert.That((Fault.ofStore (Unreadable("x", "Input/output error"))).Class, Is.EqualTo Transient)

    let damage = {
        Path = "x"
        Why = "other bytes"
        Quarantined = None
    }

    Assert.That((Fault.ofStore (Damaged damage)).Class, Is.EqualTo Corrupt)
