/// One run in virtual time: it obeys its schedule, and a ledger watches.
namespace Plimsoll.Engine.Tests.VirtualTime

open System
open System.Collections.Generic
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Schedule
open Plimsoll.Engine.Schedule.Machine

type RunWorld(lab: Lab, random: Random, terms: Terms) =
    let odds = terms.Odds
    let ledger = Ledger terms
    let executing = HashSet<Ticket>()
    let steps = Dictionary<int, int>()
    let mutable alive = true
    let mutable state = Unchecked.defaultof<State>

    let deliver delay event =
        lab.After(delay, Arrives(terms.Number, event))

        while random.NextDouble() < odds.Duplicate do
            lab.After(delay + random.NextDouble() * 60.0, Arrives(terms.Number, event))

    let soon () = random.NextDouble() * odds.Delay

    let begin' (ticket: Ticket) =
        let cell = ticket.Cell
        let inputs = terms.Graph.Inputs[cell]

        if lab.Records.ContainsKey cell then
            let event =
                if lab.Records[cell] = Ending.Done then
                    Finished ticket
                else
                    Event.Diverged ticket

            deliver (soon ()) event
        elif not inputs.IsEmpty && random.NextDouble() < odds.Lost then
            let producers =
                inputs
                |> List.filter (fun _ -> random.NextDouble() < 0.6)
                |> (fun some -> inputs.Head :: some)

            for producer in producers do
                lab.Records.Remove producer |> ignore

            deliver (soon ()) (InputLost(ticket, producers))
        elif random.NextDouble() < odds.Starved then
            deliver (soon ()) (Starved ticket)
        elif lab.Claim(terms.Number, cell, odds) then
            lab.Begin(terms.Number, cell)
            executing.Add ticket |> ignore
            lab.After(random.NextDouble() * 20.0, StageEnds(terms.Number, ticket))
        else
            deliver (soon ()) (Held ticket)

    let obey (cause: Ticket option) command =
        require (not ledger.Complete) (fun () -> "a command after Complete")

        match command with
        | Start(ticket, lent) ->
            ledger.Started(ticket, lent)
            begin' ticket
        | Stop ticket ->
            ledger.Stopping ticket

            if executing.Contains ticket then
                lab.After(random.NextDouble() * 3.0, StageEnds(terms.Number, ticket))
        | WakeAfter(ticket, delay) ->
            ledger.Sleeps(cause, ticket, delay)
            deliver (delay.TotalSeconds + soon ()) (Due ticket)
        | Pause(number, delay) ->
            ledger.Pauses(number, delay)
            deliver (delay.TotalSeconds + soon ()) (Wake number)
        | PutBack(ticket, _) -> ledger.PutBack(cause, ticket)
        | Settle(cell, ending) -> ledger.Settled(cell, ending)
        | Complete -> ledger.Completed()

    /// What an attempt's end means, by chance.
    let outcome (ticket: Ticket) : Event =
        let cell = ticket.Cell
        let chance = random.NextDouble()

        if ledger.Cancelled && chance < 0.7 then
            Stopped ticket
        elif random.NextDouble() < odds.Refused then
            Refused ticket
        elif random.NextDouble() < odds.Starved then
            Starved ticket
        elif chance < odds.Failure then
            let kind =
                match random.Next 10 with
                | 0 -> Bug
                | 1 -> Invalid
                | 2 -> Deterministic
                | 3 -> Resource
                | 4 -> Transient
                | _ -> odds.Favoured

            if random.NextDouble() < odds.Progress then
                increase steps cell

            Failed(
                ticket,
                {
                    Class = kind
                    Words = $"words {random.Next 3}"
                    Reached = int64 (countOf steps cell)
                }
            )
        elif chance < odds.Failure + odds.Divergence then
            Event.Diverged ticket
        else
            Finished ticket

    member _.Begin() =
        ledger.Begin()

        let first, commands =
            Schedule.Machine.start
                terms.Graph
                [ for cpu in 0 .. terms.Slots - 1 -> Cpu cpu ]
                terms.Limit
                terms.OnFailure
                terms.Ended

        state <- first
        commands |> List.iter (obey None)
        ledger.Check state

    member _.StageEnds ticket =
        if alive && executing.Remove ticket then
            lab.End(terms.Number, ticket.Cell)
            let event = outcome ticket

            match event with
            | Finished _ -> lab.Records.TryAdd(ticket.Cell, Ending.Done) |> ignore
            | Event.Diverged _ -> lab.Records.TryAdd(ticket.Cell, Ending.Diverged) |> ignore
            | _ -> ()

            deliver (soon ()) event

    member _.Receive(event: Event) =
        if alive then
            let cause = ledger.Current event
            let wakes = ledger.Wakes event

            if wakes then
                ledger.Woken()

            cause |> Option.iter (fun ticket -> ledger.Heard(event, ticket))

            match event with
            | CancelAll -> ledger.Cancel()
            | Abandon -> ledger.Abandon()
            | _ -> ()

            let next, commands = Schedule.Machine.step event state

            match event with
            | CancelAll
            | Abandon -> ()
            | _ when cause.IsNone && not wakes ->
                require (obj.ReferenceEquals(next, state) && commands.IsEmpty) (fun () ->
                    "old news do something")
            | _ -> ()

            state <- next
            commands |> List.iter (obey cause)
            ledger.Check state

    member _.Die() =
        alive <- false
        lab.Bury terms.Number

    /// Everything has been heard.
    member _.CheckEnd() =
        if alive then
            require ledger.Complete (fun () -> "the run never ended")
            require (state.Open = 0) (fun () -> "a cell is lost")

            for KeyValue(cell, ending) in ledger.Finals do
                require (state.Cells[cell] = Ended ending) (fun () ->
                    $"cell {cell} ended as {ending}, which is not so")
