module Plimsoll.Engine.Tests.ScheduleTests

open System
open System.Collections.Generic
open NUnit.Framework
open Plimsoll.Engine
open Plimsoll.Engine.Schedule

let private slots count = [ for cpu in 0 .. count - 1 -> Cpu cpu ]

let private randomGraph (random: Random) =
    let count = random.Next(1, 30)

    graph [|
        for cell in 0 .. count - 1 ->
            [
                for input in 0 .. cell - 1 do
                    if random.NextDouble() < 0.15 then
                        input
            ]
    |]

let private countOf (counts: Dictionary<int, int>) cell =
    match counts.TryGetValue cell with
    | true, count -> count
    | _ -> 0

/// A world that obeys commands and checks every one of them.
type private World(random: Random, graph: Graph, slotCount: int, limit: int) =
    let running = Dictionary<Ticket, Slot list>()
    let finals = Dictionary<int, Ending>()
    let starts = Dictionary<int, int>()
    let spared = Dictionary<int, int>()
    let stale = List<Event>()
    let mutable complete = false

    let require condition (what: string) =
        if not condition then
            failwith what

    let conclude cell ending =
        require (not (finals.ContainsKey cell)) $"cell {cell} ends twice"
        finals[cell] <- ending

    member _.Running = running
    member _.Finals = finals
    member _.Complete = complete

    member _.Obey command =
        require (not complete) "a command after Complete"

        match command with
        | Start(ticket, lent) ->
            let busy = running.Values |> Seq.concat |> Set.ofSeq
            require (not lent.IsEmpty && lent.Length <= limit) "too many or no slots"
            require (List.distinct lent = lent) "a slot lent twice to one cell"
            require (lent |> List.forall (fun (Cpu cpu) -> cpu < slotCount)) "a slot that does not exist"
            require (lent |> List.forall (fun slot -> not (busy.Contains slot))) "a slot booked twice"
            require (not (finals.ContainsKey ticket.Cell)) "a cell runs after its end"

            require
                (running.Keys |> Seq.forall (fun other -> other.Cell <> ticket.Cell))
                "a cell runs twice at once"

            for input in graph.Inputs[ticket.Cell] do
                require (finals.ContainsKey input && finals[input] = Ending.Done) "an input is not done"

            let before = countOf starts ticket.Cell
            require (before <= countOf spared ticket.Cell) "executed twice"
            starts[ticket.Cell] <- before + 1
            running.Add(ticket, lent)
        | Stop ticket -> require (running.ContainsKey ticket) "a stop for what does not run"
        | Settle(cell, ending) ->
            require (ending <> Ending.Done) "settled as done"
            require (running.Keys |> Seq.forall (fun ticket -> ticket.Cell <> cell)) "settled while it runs"
            conclude cell ending
        | Complete ->
            require (finals.Count = graph.Inputs.Length) "complete before every cell has ended"
            require (running.Count = 0) "complete while a cell runs"
            complete <- true

    /// The next thing that happens: an attempt ends, or an old event comes once more.
    member _.Next(cancelling: bool) : Event =
        if stale.Count > 0 && random.NextDouble() < 0.2 then
            stale[random.Next stale.Count]
        else
            let ticket = Seq.item (random.Next running.Count) running.Keys
            running.Remove ticket |> ignore
            let chance = random.NextDouble()
            let inputs = graph.Inputs[ticket.Cell]

            let event =
                if cancelling && chance < 0.7 then
                    Stopped ticket
                elif chance < 0.1 then
                    Failed ticket
                elif chance < 0.15 then
                    Diverged ticket
                elif chance < 0.3 && not inputs.IsEmpty && ticket.Attempt < 3 then
                    InputLost(ticket, inputs |> List.filter (fun _ -> random.NextDouble() < 0.7))
                else
                    Finished ticket

            match event with
            | Finished _ -> conclude ticket.Cell Ending.Done
            | Failed _ -> conclude ticket.Cell Ending.Failed
            | Diverged _ -> conclude ticket.Cell Ending.Diverged
            | Stopped _ -> conclude ticket.Cell Ending.Cancelled
            | InputLost(_, producers) ->
                spared[ticket.Cell] <- countOf spared ticket.Cell + 1

                if not cancelling then
                    for producer in producers do
                        if finals.ContainsKey producer && finals[producer] = Ending.Done then
                            finals.Remove producer |> ignore
                            spared[producer] <- countOf spared producer + 1
            | CancelAll -> ()

            stale.Add event
            event

let private checkState (state: State) =
    let lent =
        state.Cells.Values
        |> Seq.collect (function
            | Running(_, slots) -> slots
            | _ -> [])
        |> List.ofSeq

    Assert.That(Set.intersect state.Free (Set.ofList lent), Is.Empty, "a slot is free and lent")

    if not state.Cancelling && not state.ReadyCells.IsEmpty then
        Assert.That(state.Free, Is.Empty, "a slot idles while a cell is ready")

/// One random life of a random experiment.
let private live seed =
    let random = Random(seed: int)
    let graph = randomGraph random
    let slotCount, limit = random.Next(1, 6), random.Next(1, 5)
    let world = World(random, graph, slotCount, limit)

    let cancelAt =
        if random.NextDouble() < 0.3 then
            random.Next 20
        else
            Int32.MaxValue

    let ended: Ending option[] = [|
        for cell in 0 .. graph.Inputs.Length - 1 ->
            // Cached cells: some of those that need no other, or only cached ones, as a plan would find.
            if graph.Inputs[cell].IsEmpty && random.NextDouble() < 0.3 then
                let ending =
                    if random.NextDouble() < 0.8 then
                        Ending.Done
                    else
                        Ending.Diverged

                world.Finals[cell] <- ending
                Some ending
            else
                None
    |]

    let mutable state, commands = start graph (slots slotCount) limit ended
    let mutable steps = 0
    commands |> List.iter world.Obey
    checkState state

    while not world.Complete do
        if steps > 10_000 then
            failwith "it never ends"

        let event =
            if steps = cancelAt then
                CancelAll
            else
                world.Next state.Cancelling

        let next, commands = step event state
        state <- next
        commands |> List.iter world.Obey
        checkState state
        steps <- steps + 1

    graph, world.Finals, state

[<FsCheck.NUnit.Property(MaxTest = 2000)>]
let ``every cell ends exactly once, inputs first, no slot lent twice`` (seed: int) =
    let graph, finals, state = live seed

    finals.Count = graph.Inputs.Length
    && state.Open = 0
    && finals |> Seq.forall (fun final -> state.Cells[final.Key] = Ended final.Value)

[<FsCheck.NUnit.Property(MaxTest = 500)>]
let ``a blocked cell has a cause among the cells before it`` (seed: int) =
    let graph, finals, _ = live seed

    let rec before cell =
        graph.Inputs[cell] |> List.collect (fun input -> input :: before input)

    finals
    |> Seq.forall (fun final ->
        match final.Value with
        | Ending.Blocked by -> List.contains by (before final.Key) && not finals[by].IsDone
        | _ -> true)

let private tickets commands =
    commands
    |> List.choose (function
        | Start(ticket, slots) -> Some(ticket.Cell, slots.Length)
        | _ -> None)

let private startNew inputs slotCount limit =
    let graph = graph inputs
    start graph (slots slotCount) limit (Array.create inputs.Length None)

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
        start (graph [| []; [ 0 ] |]) (slots 1) 1 (Array.create 2 (Some Ending.Done))

    Assert.That(commands, Is.EqualTo<Command list> [ Complete ])
    let _, commands = startNew [||] 1 1
    Assert.That(commands, Is.EqualTo<Command list> [ Complete ])

[<Test>]
let ``a failure blocks its descendants and nothing else`` () =
    // 0 -> 2 -> 3, 1 -> 4.
    let state, _ = startNew [| []; []; [ 0 ]; [ 2 ]; [ 1 ] |] 2 1
    let state, commands = step (Failed { Cell = 0; Attempt = 1 }) state

    Assert.That(
        commands,
        Is.EqualTo<Command list> [ Settle(2, Ending.Blocked 0); Settle(3, Ending.Blocked 0) ]
    )

    let _, commands = step (Finished { Cell = 1; Attempt = 1 }) state
    Assert.That(tickets commands |> List.map fst, Is.EqualTo<int list> [ 4 ])

[<Test>]
let ``an input that comes later is refused`` () =
    Assert.That(Action(fun () -> graph [| [ 1 ]; [] |] |> ignore), Throws.ArgumentException)

[<Test>]
let ``a long chain of 100,000 cells is scheduled without recursion`` () =
    let count = 100_000
    let inputs = Array.init count (fun cell -> if cell = 0 then [] else [ cell - 1 ])
    let state, _ = startNew inputs 1 1
    let state, commands = step (Failed { Cell = 0; Attempt = 1 }) state
    Assert.That(commands, Has.Length.EqualTo count)
    Assert.That(state.Open, Is.EqualTo 0)
