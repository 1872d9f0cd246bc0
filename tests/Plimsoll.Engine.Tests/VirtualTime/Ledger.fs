/// What is known of one run from the outside, and what it promises on those grounds.
namespace Plimsoll.Engine.Tests.VirtualTime

open System
open System.Collections.Generic
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Schedule
open Plimsoll.Engine.Schedule.Machine

/// What one run is given.
type Terms = {
    Number: int
    Graph: CellGraph
    Slots: int
    Limit: int
    OnFailure: OnFailure
    Ended: Ending option[]
    Odds: Odds
}

/// Follows what a run is told and what it commands, and fails when a promise is broken.
type Ledger(terms: Terms) =
    let graph = terms.Graph
    let count = graph.Inputs.Length
    let running = Dictionary<Ticket, Slot list>()
    let sleeping = Dictionary<int, Ticket>()
    let finals = Dictionary<int, Ending>()
    let failures = Dictionary<int, Retry.Failure list>()
    let lost = Dictionary<int, int>()
    let told = HashSet<Ticket>()
    let mutable failed = 0
    let mutable refused = false
    /// The number of the pause that lasts, that of the latest one, and the pauses since the last result.
    let mutable paused: int option = None
    let mutable pauses = 0
    let mutable inVain = 0
    /// The latest event that counted was a lack of what every cell needs.
    let mutable starving = false
    let mutable cancelled = false
    let mutable abandoned = false
    let mutable complete = false

    let failuresOf cell =
        match failures.TryGetValue cell with
        | true, list -> list
        | _ -> []

    let halted () =
        refused
        || match terms.OnFailure with
           | Continue -> false
           | StopAfter most -> failed >= most

    /// Attempts that run, of each cell.
    let current = Array.zeroCreate<int> count
    let isRunning cell = current[cell] > 0

    let isReady cell =
        not (finals.ContainsKey cell || sleeping.ContainsKey cell || isRunning cell)
        && graph.Inputs[cell]
           |> List.forall (fun input ->
               match finals.TryGetValue input with
               | true, ending -> ending = Ending.Done
               | _ -> false)

    let ready () = [
        for cell in 0 .. count - 1 do
            if isReady cell then
                cell
    ]

    let rec isBefore by cell =
        graph.Inputs[cell] |> List.exists (fun input -> input = by || isBefore by input)

    /// Failures since checkpoints last came further, the latest first.
    let recent cell =
        let rec go best recent failures =
            match failures with
            | [] -> recent
            | (failure: Retry.Failure) :: rest when failure.Reached > best ->
                go failure.Reached [ failure ] rest
            | failure :: rest -> go best (failure :: recent) rest

        go 0L [] (List.rev (failuresOf cell))

    let countClass cell kind =
        recent cell |> List.filter (fun failure -> failure.Class = kind) |> List.length

    let checkRetries cell =
        let deterministic =
            recent cell |> List.filter (fun failure -> failure.Class = Deterministic)

        require (countClass cell Transient < 5) (fun () -> $"cell {cell}: a transient failure too many")
        require (countClass cell Resource < 3) (fun () -> $"cell {cell}: a lack of resources too many")

        require
            (failuresOf cell
             |> List.forall (fun failure -> failure.Class <> Bug && failure.Class <> Invalid))
            (fun () -> $"cell {cell}: a bug tried again")

        require (countOf lost cell < 3) (fun () -> $"cell {cell}: inputs lost once too often")

        match deterministic with
        | latest :: before :: _ ->
            require (latest.Words <> before.Words) (fun () -> $"cell {cell}: the same words twice")
        | _ -> ()

        require (deterministic.Length < 3) (fun () -> $"cell {cell}: a deterministic failure too many")

    let conclude cell ending =
        require (not (finals.ContainsKey cell)) (fun () -> $"cell {cell} ends twice")
        require (abandoned || not (isRunning cell)) (fun () -> $"cell {cell} ends while it runs")

        match ending with
        | Ending.Blocked by ->
            require (isBefore by cell) (fun () -> $"cell {cell} is blocked by {by}, which is not before it")
            let cause = finals[by]

            require (cause = Ending.Failed || cause = Ending.Diverged) (fun () ->
                $"cell {cell} is blocked by {by}, which ended as {cause}")
        | Ending.NotStarted -> require (halted ()) (fun () -> $"cell {cell} was not started for no reason")
        | Ending.Cancelled -> require cancelled (fun () -> $"cell {cell} was cancelled by nobody")
        | Ending.NotSelected -> failwith $"cell {cell} is left out in the middle of a run"
        | Ending.Done
        | Ending.Diverged
        | Ending.Failed -> ()

        if ending = Ending.Failed then
            require (not starving || inVain = usualWaits.Length || halted ()) (fun () ->
                $"cell {cell} failed of a full disk without a wait")

            failed <- failed + 1

        sleeping.Remove cell |> ignore
        finals[cell] <- ending

    member _.Finals = finals
    member _.Cancelled = cancelled
    member _.Complete = complete

    /// How the cells stand before anything happens.
    member _.Begin() =
        for cell in 0 .. count - 1 do
            match terms.Ended[cell] with
            | Some ending -> finals[cell] <- ending
            | None -> ()

        failed <- finals.Values |> Seq.filter ((=) Ending.Failed) |> Seq.length

    /// The ticket of an event that counts; the schedule has to ignore every other.
    member _.Current(event: Event) : Ticket option =
        match event with
        | Finished ticket
        | Event.Diverged ticket
        | Failed(ticket, _)
        | InputLost(ticket, _)
        | Held ticket
        | Starved ticket
        | Refused ticket
        | Stopped ticket ->
            if running.ContainsKey ticket && not complete then
                Some ticket
            else
                None
        | Due ticket ->
            match sleeping.TryGetValue ticket.Cell with
            | true, other when other = ticket && not complete -> Some ticket
            | _ -> None
        | Wake _
        | CancelAll
        | Abandon -> None

    /// Whether the event ends the pause; the schedule has to ignore every other wake.
    member _.Wakes(event: Event) =
        match event with
        | Wake number -> paused = Some number
        | _ -> false

    member _.Woken() = paused <- None

    member _.Pauses(number, delay: TimeSpan) =
        require (starving && paused.IsNone) (fun () -> "a pause for no reason")
        require (not (cancelled || halted ())) (fun () -> "a pause of a run that ends")
        require (number > pauses) (fun () -> "a pause that has been before")

        require (List.tryItem inVain usualWaits = Some delay) (fun () ->
            $"pause {inVain} in a row takes {delay}")

        paused <- Some number
        pauses <- number
        inVain <- inVain + 1

    member _.PutBack(cause: Ticket option, ticket: Ticket) =
        require (starving && Some ticket = cause) (fun () -> "a cell is put back for no reason")
        require paused.IsSome (fun () -> "a cell is put back outside a pause")

    /// An event that counts, before the schedule hears of it.
    member _.Heard(event: Event, ticket: Ticket) =
        if running.Remove ticket then
            current[ticket.Cell] <- current[ticket.Cell] - 1

        starving <- event.IsStarved

        match event with
        | Finished _
        | Event.Diverged _ -> inVain <- 0
        | Refused _ when not cancelled -> refused <- true
        | Failed(_, failure) -> failures[ticket.Cell] <- failure :: failuresOf ticket.Cell
        | Due _ -> sleeping.Remove ticket.Cell |> ignore
        | InputLost(_, producers) when not (cancelled || halted ()) ->
            increase lost ticket.Cell

            if countOf lost ticket.Cell < 3 then
                for producer in producers do
                    match finals.TryGetValue producer with
                    | true, Ending.Done -> finals.Remove producer |> ignore
                    | _ -> ()
        | _ -> ()

    member _.Cancel() = cancelled <- true

    member _.Abandon() =
        cancelled <- true
        abandoned <- true

    member _.Started(ticket: Ticket, lent: Slot list) =
        let cell = ticket.Cell
        let busy = running.Values |> Seq.concat |> Set.ofSeq
        require paused.IsNone (fun () -> $"cell {cell} starts in a pause")
        require (not (cancelled || halted ())) (fun () -> $"cell {cell} starts though nothing may")
        require (not lent.IsEmpty && lent.Length <= terms.Limit) (fun () -> "too many slots or none")
        require (List.distinct lent = lent) (fun () -> "a slot is lent twice to one cell")

        require (lent |> List.forall (fun (Cpu cpu) -> cpu < terms.Slots)) (fun () ->
            "a slot that does not exist")

        require (lent |> List.forall (busy.Contains >> not)) (fun () -> "a slot is booked twice")
        require (isReady cell) (fun () -> $"cell {cell} starts though it is not ready")
        require (told.Add ticket) (fun () -> $"ticket {ticket} is given out twice")
        checkRetries cell
        let others = ready () |> List.filter ((<>) cell)

        for other in others do
            require (struct (-graph.Rank[cell], cell) < struct (-graph.Rank[other], other)) (fun () ->
                $"cell {cell} starts before {other}, which is more urgent")

        if countClass cell Resource > 0 then
            require (lent.Length = 1) (fun () ->
                $"cell {cell} failed for want of resources and gets more than one slot")

        if lent.Length > 1 then
            require (others.Length + 1 < terms.Slots - busy.Count) (fun () ->
                "several slots for one cell, and others wait")

        running.Add(ticket, lent)
        current[cell] <- current[cell] + 1

    member _.Stopping(ticket: Ticket) =
        require (running.ContainsKey ticket) (fun () -> "a stop for what does not run")

    /// `cause`: the ticket of the event that the command answers.
    member _.Sleeps(cause: Ticket option, ticket: Ticket, delay: TimeSpan) =
        require (Some ticket = cause) (fun () -> "a wake for another cell")
        require (delay >= TimeSpan.Zero && delay.TotalSeconds <= 10.0) (fun () -> $"a wake after {delay}")
        require (sleeping.TryAdd(ticket.Cell, ticket)) (fun () -> "a cell sleeps twice")

    member _.Settled(cell: int, ending: Ending) = conclude cell ending

    member _.Completed() =
        require (finals.Count = count) (fun () -> "complete before every cell has ended")
        require (abandoned || running.Count = 0) (fun () -> "complete while a cell runs")
        complete <- true

    /// What holds between any two events.
    member _.Check(state: State) =
        let lent =
            state.Cells.Values
            |> Seq.collect (function
                | Running(_, slots) -> slots
                | _ -> [])
            |> Set.ofSeq

        require (Set.intersect state.Free lent).IsEmpty (fun () -> "a slot is free and lent")

        if not abandoned then
            require (state.Free.Count + lent.Count = terms.Slots) (fun () -> "a slot is gone")

        require (state.ReadyCount = state.ReadyCells.Count) (fun () -> "the ready cells are miscounted")

        if not complete then
            require (running.Count > 0 || sleeping.Count > 0 || paused.IsSome) (fun () ->
                "nothing runs, nothing wakes, and it is not complete")

        if
            not (cancelled || halted () || paused.IsSome)
            && running.Values |> Seq.sumBy List.length < terms.Slots
        then
            require (List.isEmpty (ready ())) (fun () -> "a slot idles while a cell is ready")
