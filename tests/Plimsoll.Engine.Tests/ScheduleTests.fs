module Plimsoll.Engine.Tests.ScheduleTests

open System
open NUnit.Framework
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Schedule
open Plimsoll.Engine.Schedule.Machine

let private slots count = [ for cpu in 0 .. count - 1 -> Cpu cpu ]

let private ofClass kind : Retry.Failure = {
    Class = kind
    Words = "planted"
    Reached = 0L
}

let private tickets commands =
    commands
    |> List.choose (function
        | Start(ticket, slots) -> Some(ticket.Cell, slots.Length)
        | _ -> None)

let private startNew inputs slotCount limit =
    start (CellGraph.ofInputs inputs) (slots slotCount) limit Continue (Array.create inputs.Length None)

[<Test>]
let ``the longest remaining chain starts first`` () =
    // 0 stands alone, 1 -> 3, 2 -> 4 -> 5.
    let _, commands = startNew [| []; []; []; [ 1 ]; [ 2 ]; [ 4 ] |] 1 1
    Assert.That(tickets commands, Is.EqualTo<(int * int) list> [ 2, 1 ])

[<Test>]
let ``while cells are enough each gets one slot`` () =
    let _, commands = startNew (Array.create 6 []) 4 4
    Assert.That(tickets commands |> List.map snd, Is.EqualTo<int list> [ 1; 1; 1; 1 ])

[<Test>]
let ``when cells are fewer than slots they get all of them`` () =
    let _, commands = startNew [| []; []; [] |] 4 4
    Assert.That(tickets commands |> List.map snd |> List.sum, Is.EqualTo 4)
    let _, commands = startNew [| [] |] 4 4
    Assert.That(tickets commands, Is.EqualTo<(int * int) list> [ 0, 4 ])

[<Test>]
let ``no cell gets more slots than the limit`` () =
    let _, commands = startNew [| [] |] 8 3
    Assert.That(tickets commands, Is.EqualTo<(int * int) list> [ 0, 3 ])

[<Test>]
let ``an experiment that is done completes at once`` () =
    let _, commands =
        start (CellGraph.ofInputs [| []; [ 0 ] |]) (slots 1) 1 Continue (Array.create 2 (Some Ending.Done))

    Assert.That(commands, Is.EqualTo<Command list> [ Complete ])
    let _, commands = startNew [||] 1 1
    Assert.That(commands, Is.EqualTo<Command list> [ Complete ])

[<Test>]
let ``a failure blocks its descendants and nothing else`` () =
    // 0 -> 2 -> 3, 1 -> 4.
    let state, _ = startNew [| []; []; [ 0 ]; [ 2 ]; [ 1 ] |] 2 1
    let state, commands = step (Failed({ Cell = 0; Attempt = 1 }, ofClass Bug)) state

    Assert.That(
        commands,
        Is.EqualTo<Command list> [
            Settle(0, Ending.Failed)
            Settle(2, Ending.Blocked 0)
            Settle(3, Ending.Blocked 0)
        ]
    )

    let _, commands = step (Finished { Cell = 1; Attempt = 1 }) state
    Assert.That(tickets commands |> List.map fst, Is.EqualTo<int list> [ 4 ])

[<Test>]
let ``an input that comes later is refused`` () =
    Assert.That(Action(fun () -> CellGraph.ofInputs [| [ 1 ]; [] |] |> ignore), Throws.ArgumentException)

[<Test>]
let ``a long chain of 100,000 cells is scheduled without recursion`` () =
    let count = 100_000
    let inputs = Array.init count (fun cell -> if cell = 0 then [] else [ cell - 1 ])
    let state, _ = startNew inputs 1 1
    let state, commands = step (Failed({ Cell = 0; Attempt = 1 }, ofClass Bug)) state
    Assert.That(commands, Has.Length.EqualTo(count + 1))
    Assert.That(state.Open, Is.EqualTo 0)

/// The state after the events, and the commands of the last one.
let private after events (state, commands) =
    events |> List.fold (fun (state, _) event -> step event state) (state, commands)

let private first cell = { Cell = cell; Attempt = 1 }

[<Test>]
let ``the costliest remaining chain starts first, and equals in the experiment's order`` () =
    // 0 -> 3 takes 5 s, 1 takes 5 s, 2 takes 9 s.
    let graph =
        CellGraph.weighted [| []; []; []; [ 0 ] |] [| 2.0; 5.0; 9.0; 3.0 |] (Array.zeroCreate 4)

    let _, commands = start graph (slots 3) 1 Continue (Array.create 4 None)
    Assert.That(tickets commands |> List.map fst, Is.EqualTo<int list> [ 2; 0; 1 ])

[<Test>]
let ``a cell that is to be tried again waits without a slot`` () =
    let state, commands =
        startNew [| []; [] |] 1 1 |> after [ Failed(first 0, ofClass Transient) ]

    match commands with
    | [ WakeAfter(ticket, delay); Start(other, _) ] ->
        Assert.That((ticket, other), Is.EqualTo((first 0, first 1)))
        Assert.That(delay.TotalSeconds, Is.InRange(0.375, 0.625))
    | other -> Assert.Fail $"%A{other}"

    let _, commands = (state, []) |> after [ Finished(first 1); Due(first 0) ]
    Assert.That(commands, Is.EqualTo<Command list> [ Start({ Cell = 0; Attempt = 2 }, slots 1) ])

[<Test>]
let ``a cell that ran out of memory is tried again with one slot`` () =
    let _, commands =
        startNew [| [] |] 4 4
        |> after [ Failed(first 0, ofClass Resource); Due(first 0) ]

    Assert.That(tickets commands, Is.EqualTo<(int * int) list> [ 0, 1 ])

[<Test>]
let ``a cell that another run has leaves its slot to others and is asked for again`` () =
    let state, commands = startNew [| []; [] |] 1 1 |> after [ Held(first 0) ]
    Assert.That(tickets commands |> List.map fst, Is.EqualTo<int list> [ 1 ])
    let state, commands = (state, []) |> after [ Finished(first 1); Due(first 0) ]
    Assert.That(tickets commands |> List.map fst, Is.EqualTo<int list> [ 0 ])
    Assert.That(attempts 0 state, Is.EqualTo 1, "a question is no attempt")

let private startWaiting (waits: double list) inputs slotCount =
    startWith
        (waits |> List.map (fun seconds -> TimeSpan.FromSeconds(seconds: double)))
        (CellGraph.ofInputs inputs)
        (slots slotCount)
        4
        Continue
        (Array.create inputs.Length None)

[<Test>]
let ``a full disk makes the whole run wait, and counts for no cell`` () =
    let starved = startWaiting [ 1.0; 2.0 ] [| []; []; [] |] 2

    let state, commands = starved |> after [ Starved(first 0) ]
    let second = TimeSpan.FromSeconds 1.0

    Assert.That(commands, Is.EqualTo<Command list> [ Pause(1, second); PutBack(first 0, second) ])

    // Another one in the same pause, and a result: nothing starts until it is over.
    let state, commands = (state, []) |> after [ Starved(first 1) ]
    Assert.That(commands, Is.EqualTo<Command list> [ PutBack(first 1, second) ])
    let state, commands = (state, []) |> after [ Wake 1 ]

    Assert.That(
        commands,
        Is.EqualTo<Command list> [
            Start({ Cell = 0; Attempt = 2 }, slots 1)
            Start({ Cell = 1; Attempt = 2 }, [ Cpu 1 ])
        ]
    )

    Assert.That(snd (step (Wake 1) state), Is.Empty, "it was over before")

[<Test>]
let ``a disk that stays full fails the cells at last, and a result gives it new patience`` () =
    let again cell attempt = { Cell = cell; Attempt = attempt }

    let state, _ =
        startWaiting [ 1.0; 2.0 ] [| []; [] |] 1
        |> after [ Starved(first 0); Wake 1; Starved(again 0 2); Wake 2 ]

    let failed, commands = step (Starved(again 0 3)) state
    Assert.That(commands, Is.EqualTo<Command list> [ Settle(0, Ending.Failed); Start(first 1, slots 1) ])
    Assert.That(snd (step (Starved(first 1)) failed), Does.Contain(Settle(1, Ending.Failed)))
    let _, commands = (state, []) |> after [ Finished(again 0 3); Starved(first 1) ]
    Assert.That(commands, Does.Contain(Pause(3, TimeSpan.FromSeconds 1.0)))

[<Test>]
let ``a cell that met a full disk still gets all threads`` () =
    let _, commands =
        startWaiting [ 1.0 ] [| [] |] 4 |> after [ Starved(first 0); Wake 1 ]

    Assert.That(tickets commands, Is.EqualTo<(int * int) list> [ 0, 4 ])

[<Test>]
let ``a run that waits for the disk can be cancelled`` () =
    let _, commands =
        startWaiting [ 1.0 ] [| []; [] |] 1 |> after [ Starved(first 0); CancelAll ]

    Assert.That(List.last commands, Is.EqualTo Complete)

[<Test>]
let ``when no cell can run any more nothing starts, and what runs is finished`` () =
    let state, commands =
        startNew [| []; []; []; [ 1 ] |] 2 1 |> after [ Refused(first 0) ]

    Assert.That(commands, Is.EquivalentTo [ for cell in [ 0; 2; 3 ] -> Settle(cell, Ending.NotStarted) ])

    let _, commands = step (Finished(first 1)) state
    Assert.That(commands, Is.EqualTo<Command list> [ Settle(1, Ending.Done); Complete ])

let private startStopping most inputs slotCount =
    start (CellGraph.ofInputs inputs) (slots slotCount) 1 (StopAfter most) (Array.create inputs.Length None)

[<Test>]
let ``after too many failures nothing starts, and what runs is finished`` () =
    // 0 -> 3; 1, 2 and 4 stand alone.
    let state, commands =
        startStopping 1 [| []; []; []; [ 0 ]; [] |] 2
        |> after [ Failed(first 0, ofClass Invalid) ]

    Assert.That(
        commands,
        Is.EqualTo<Command list> [
            Settle(0, Ending.Failed)
            Settle(3, Ending.Blocked 0)
            Settle(2, Ending.NotStarted)
            Settle(4, Ending.NotStarted)
        ]
    )

    let _, commands = step (Finished(first 1)) state
    Assert.That(commands, Is.EqualTo<Command list> [ Settle(1, Ending.Done); Complete ])

[<Test>]
let ``a run that stops after two failures goes on after one`` () =
    let state, commands =
        startStopping 2 [| []; []; [] |] 1 |> after [ Failed(first 0, ofClass Bug) ]

    Assert.That(tickets commands |> List.map fst, Is.EqualTo<int list> [ 1 ])
    let _, commands = step (Failed(first 1, ofClass Bug)) state
    Assert.That(List.last commands, Is.EqualTo Complete)
    Assert.That(commands, Does.Contain(Settle(2, Ending.NotStarted)))

[<Test>]
let ``a run that is cancelled stops what runs and tries nothing again`` () =
    let state, commands = startNew [| []; []; [ 0 ] |] 1 1 |> after [ CancelAll ]

    Assert.That(
        commands,
        Is.EquivalentTo [ Stop(first 0); Settle(1, Ending.Cancelled); Settle(2, Ending.Cancelled) ]
    )

    let _, commands = step (Failed(first 0, ofClass Transient)) state
    Assert.That(commands, Is.EqualTo<Command list> [ Settle(0, Ending.Cancelled); Complete ])

[<Test>]
let ``a run that is abandoned is complete at once, whatever still runs`` () =
    let state, commands = startNew [| []; [] |] 1 1 |> after [ CancelAll; Abandon ]
    Assert.That(commands, Is.EqualTo<Command list> [ Settle(0, Ending.Cancelled); Complete ])
    Assert.That(snd (step (Finished(first 0)) state), Is.Empty)

[<Test>]
let ``scheduling takes less than a millisecond a cell, also with 100,000 of them`` () =
    let count = 100_000
    // Chains of ten, all of which begin at once.
    let inputs =
        Array.init count (fun cell -> if cell % 10 = 0 then [] else [ cell - 1 ])

    let watch = Diagnostics.Stopwatch.StartNew()
    let mutable state, commands = startNew inputs 16 4
    let mutable complete = false
    let queue = Collections.Generic.Queue<Ticket>()

    let obey commands =
        for command in commands do
            match command with
            | Start(ticket, _) -> queue.Enqueue ticket
            | Complete -> complete <- true
            | _ -> ()

    obey commands

    while queue.Count > 0 do
        let next, commands = step (Finished(queue.Dequeue())) state
        state <- next
        obey commands

    Assert.That complete
    let perCell = watch.Elapsed.TotalMilliseconds / double count
    TestContext.Out.WriteLine $"{1000.0 * perCell:F1} us a cell"
    Assert.That(perCell, Is.LessThan 1.0)
