module Plimsoll.Engine.Tests.ThreadTests

open System
open System.Collections.Concurrent
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Engine.Tests.Fakes

let private soon = TimeSpan.FromSeconds 10.0

let private write (request: StageRequest) =
    File.WriteAllText(request.Output, "1")
    Finished

[<Test>]
let ``each running cell has a thread of its own, never one of the pool`` () =
    let threads = ConcurrentBag<int * bool>()

    let observer =
        stage "observe" plus (fun request ->
            threads.Add(Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread)
            write request)

    let cells = [ for number in 1L .. 3L -> cell observer $"{number}" number [] ]
    run [ observer ] (newStore ()) cells |> ignore
    Assert.That(threads, Has.Count.EqualTo 3)
    Assert.That(threads |> Seq.exists snd, Is.False)

[<Test>]
let ``two jobs run two cells at once`` () =
    use barrier = new Barrier(2)

    let meeting =
        stage "meet" plus (fun request ->
            if barrier.SignalAndWait soon then
                write request
            else
                failwith "nobody came")

    let cells = [ cell meeting "a" 1L []; cell meeting "b" 2L [] ]
    Assert.That((run [ meeting ] (newStore ()) cells).Complete)

let private threadsOf jobs policy count =
    let lent = ConcurrentBag<int>()

    let observer =
        stage "observe" plus (fun request ->
            lent.Add request.Threads
            write request)

    let cells = [ for number in 1L .. count -> cell observer $"{number}" number [] ]

    let options = {
        optionsFor jobs cells with
            ThreadsPerCell = policy
    }

    runWith options [ observer ] (newStore ()) cells |> ignore
    List.ofSeq lent

[<Test>]
let ``a lone cell is lent every slot, up to the limit`` () =
    Assert.That(threadsOf 4 AutoThreads 1L, Is.EqualTo<int list> [ 4 ])
    Assert.That(threadsOf 4 (ThreadLimit 3) 1L, Is.EqualTo<int list> [ 3 ])

[<Test>]
let ``with one slot every cell has one thread`` () =
    Assert.That(threadsOf 1 AutoThreads 3L, Is.EqualTo<int list> [ 1; 1; 1 ])

[<Test>]
let ``cancelling stops what runs and starts nothing, and the next run goes on`` () =
    let log = Log()
    let add = add log
    use started = new CountdownEvent(2)
    let endless = endless started

    let cells = [
        cell add "a" 1L []
        cell endless "x" 1L [ "a" ]
        cell endless "y" 2L [ "a" ]
        cell add "b" 2L [ "x" ]
    ]

    use cancel = new CancellationTokenSource()

    let options = {
        optionsFor 2 cells with
            Cancellation = cancel.Token
    }

    let store = newStore ()

    let watcher =
        Thread(fun () ->
            if started.Wait soon then
                cancel.Cancel())

    watcher.Start()
    let summary, events = runWith options [ add; endless ] store cells
    watcher.Join()
    Assert.That((summary.Executed, summary.Cancelled), Is.EqualTo((1, 3)))
    Assert.That(events |> List.filter _.IsCellCancelled, Has.Length.EqualTo 3)

    let patient = { endless with Run = write }
    let next = run [ add; patient ] store cells
    Assert.That((next.Cached, next.Executed), Is.EqualTo((1, 3)))

[<Test>]
let ``a run that is cancelled before it begins runs nothing`` () =
    let log = Log()
    let add = add log
    let cells = [ cell add "a" 1L [] ]

    let options = {
        optionsFor 1 cells with
            Cancellation = CancellationToken true
    }

    let summary, _ = runWith options [ add ] (newStore ()) cells
    Assert.That(summary.Cancelled + summary.Executed, Is.EqualTo 1)
    Assert.That(summary.Cells, Has.Length.EqualTo 1)
