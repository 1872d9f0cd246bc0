/// Which cell runs when, with how many threads: a pure state machine. It knows no clock, store or thread, so
/// it is tested under virtual time.
module Plimsoll.Engine.Schedule.Machine

open System
open Plimsoll.Engine
open Plimsoll.Engine.Schedule

let private readyEntry state cell = struct (-state.Graph.Rank[cell], cell)

let private set cell value state =
    let before = Map.tryFind cell state.Cells

    let ready, count =
        match before, value with
        | Some Ready, Ready -> state.ReadyCells, 0
        | Some Ready, _ -> Set.remove (readyEntry state cell) state.ReadyCells, -1
        | _, Ready -> Set.add (readyEntry state cell) state.ReadyCells, 1
        | _ -> state.ReadyCells, 0

    let isOpen =
        function
        | Some(Ended _)
        | None -> 0
        | Some _ -> 1

    {
        state with
            Cells = Map.add cell value state.Cells
            ReadyCells = ready
            ReadyCount = state.ReadyCount + count
            Open = state.Open + isOpen (Some value) - isOpen before
    }

let private settle ending (state, commands) cell =
    set cell (Ended ending) state, Settle(cell, ending) :: commands

let private history cell state =
    state.Histories |> Map.tryFind cell |> Option.defaultValue Retry.newHistory

let private remember cell history state = {
    state with
        Histories = Map.add cell history state.Histories
}

/// Attempts at a cell so far, without those that found it in the hands of another run.
let attempts (cell: int) (state: State) : int =
    let history = history cell state
    history.Tickets - history.HeldInAll

/// Ends the cells that wait for `cell`, directly or not. They have not run.
let private block by cell (state, commands) =
    let rec go pending (state, commands) =
        match pending with
        | [] -> state, commands
        | next :: rest ->
            match state.Cells |> Map.tryFind next with
            | Some(Waiting _ | Ready | Sleeping _) ->
                go (state.Graph.Dependents[next] @ rest) (settle (Ending.Blocked by) (state, commands) next)
            | _ -> go rest (state, commands)

    go state.Graph.Dependents[cell] (state, commands)

/// The state of a cell that is to run, by its inputs.
let private place cell (state, commands) =
    let unfinished =
        state.Graph.Inputs[cell]
        |> List.filter (fun input -> state.Cells[input] <> Ended Ending.Done)

    let cause =
        unfinished
        |> List.tryPick (fun input ->
            match state.Cells[input] with
            | Ended(Ending.Blocked by) -> Some by
            | Ended _ -> Some input
            | _ -> None)

    match cause, unfinished with
    | Some by, _ -> block by cell (settle (Ending.Blocked by) (state, commands) cell)
    | None, [] -> set cell Ready state, commands
    | None, _ -> set cell (Waiting unfinished.Length) state, commands

let rec private dispatch (state, commands) =
    if
        state.Phase <> Going
        || state.Paused.IsSome
        || state.ReadyCells.IsEmpty
        || state.Free.IsEmpty
    then
        state, commands
    else
        let struct (_, cell) = state.ReadyCells.MinimumElement
        let history = history cell state
        let limit = if Retry.isFrugal history then 1 else state.Limit
        let ready = state.ReadyCount
        let share = (state.Free.Count + ready - 1) / ready |> min limit |> max 1
        let slots = state.Free |> Seq.truncate share |> List.ofSeq
        let attempt = history.Tickets + 1

        let started =
            {
                state with
                    Free = Set.difference state.Free (Set.ofList slots)
            }
            |> set cell (Running(attempt, slots))
            |> remember cell { history with Tickets = attempt }

        dispatch (started, Start({ Cell = cell; Attempt = attempt }, slots) :: commands)

/// Ends what has not started.
let private endWaiting ending (state, commands) =
    state.Cells
    |> Map.fold
        (fun next cell value ->
            match value with
            | Waiting _
            | Ready
            | Sleeping _ -> settle ending next cell
            | Running _
            | Ended _ -> next)
        (state, commands)

/// Counts the cells that failed, and starts nothing more when they are too many.
let private halt (state, commands) =
    match state.OnFailure with
    | StopAfter most when state.Phase = Going && state.Failures >= most ->
        endWaiting Ending.NotStarted ({ state with Phase = Halted }, commands)
    | _ -> state, commands

let private close wasOpen (state, commands) =
    let commands =
        if wasOpen && state.Open = 0 then
            Complete :: commands
        else
            commands

    state, List.rev commands

/// What a full disk is given to become less full: 15 s in all.
let usualWaits = [ 1.0; 2.0; 4.0; 8.0 ] |> List.map TimeSpan.FromSeconds

/// A schedule whose cells stand as `ended` says; None is a cell that has to run, or is found to be blocked.
let startWith
    (waits: TimeSpan list)
    (graph: CellGraph)
    (slots: Slot list)
    (limit: int)
    (onFailure: OnFailure)
    (ended: Ending option[])
    : State * Command list =
    if slots.IsEmpty || limit < 1 then
        invalidArg (nameof slots) "a schedule needs a slot, and a cell at least one"

    let empty = {
        Graph = graph
        OnFailure = onFailure
        Phase = Going
        Cells = Map.empty
        Histories = Map.empty
        ReadyCells = Set.empty
        ReadyCount = 0
        Free = Set.ofList slots
        Limit = limit
        Open = 0
        Waits = waits
        Waited = 0
        Pauses = 0
        Paused = None
        Failures = ended |> Seq.filter ((=) (Some Ending.Failed)) |> Seq.length
    }

    let add (state, commands) cell =
        match ended[cell] with
        | Some ending -> set cell (Ended ending) state, commands
        | None -> place cell (state, commands)

    Seq.fold add (empty, []) (seq { 0 .. ended.Length - 1 })
    |> halt
    |> dispatch
    |> close true

/// As `startWith`, with the usual pauses.
let start graph slots limit onFailure ended =
    startWith usualWaits graph slots limit onFailure ended

let private completeDependents cell (state, commands) =
    let credit state dependent =
        match state.Cells[dependent] with
        | Waiting 1 -> set dependent Ready state
        | Waiting pending -> set dependent (Waiting(pending - 1)) state
        // A sleeper looks at its inputs when it wakes.
        | _ -> state

    List.fold credit state state.Graph.Dependents[cell], commands

let private reopen (state, commands) producer =
    let debit state dependent =
        match state.Cells[dependent] with
        | Waiting pending -> set dependent (Waiting(pending + 1)) state
        | Ready -> set dependent (Waiting 1) state
        | _ -> state

    match state.Cells[producer] with
    | Ended Ending.Done ->
        let debited = List.fold debit state state.Graph.Dependents[producer]
        place producer (debited, commands)
    | _ -> state, commands

let private fail cell (state, commands) =
    let counted = {
        state with
            Failures = state.Failures + 1
    }

    settle Ending.Failed (counted, commands) cell |> block cell cell |> halt

let private sleep (ticket: Ticket) delay (state, commands) =
    set ticket.Cell (Sleeping ticket.Attempt) state, WakeAfter(ticket, delay) :: commands

let private failed (ticket: Ticket) failure state =
    let cell = ticket.Cell

    let again, history =
        Retry.decide state.Graph.Seeds[cell] failure (history cell state)

    let state = remember cell { history with Held = 0 } state

    match again, state.Phase with
    | Some delay, Going -> sleep ticket delay (state, [])
    | Some _, Cancelling -> settle Ending.Cancelled (state, []) cell
    | Some _, Halted
    | None, _ -> fail cell (state, [])

/// The cell would have to be started once more.
let private unlessEnding cell (next: State -> State * Command list) state =
    match state.Phase with
    | Going -> next state
    | Halted -> settle Ending.NotStarted (state, []) cell
    | Cancelling -> settle Ending.Cancelled (state, []) cell

let private inputLost cell producers state =
    let again, history = Retry.lost (history cell state)
    let state = remember cell { history with Held = 0 } state

    if again then
        List.fold reopen (state, []) (List.distinct producers) |> place cell
    else
        fail cell (state, [])

let private held (ticket: Ticket) state =
    let delay, history =
        Retry.ask state.Graph.Seeds[ticket.Cell] (history ticket.Cell state)

    sleep ticket delay (remember ticket.Cell history state, [])

/// The cell goes back to the others that are ready, and nobody starts for a while. When that has not helped
/// often enough, the cell has failed.
let private starved (ticket: Ticket) state =
    let cell = ticket.Cell

    let putBack delay (state, commands) =
        let state, commands = place cell (state, commands)

        match state.Cells[cell] with
        | Ended _ -> state, commands
        | _ -> state, PutBack(ticket, delay) :: commands

    match state.Phase, state.Paused with
    | Cancelling, _ -> settle Ending.Cancelled (state, []) cell
    | Halted, _ -> fail cell (state, [])
    | Going, Some delay -> putBack delay (state, [])
    | Going, None ->
        match List.tryItem state.Waited state.Waits with
        | None -> fail cell (state, [])
        | Some delay ->
            let number = state.Pauses + 1

            let paused = {
                state with
                    Waited = state.Waited + 1
                    Pauses = number
                    Paused = Some delay
            }

            putBack delay (paused, [ Pause(number, delay) ])

/// Nothing more starts, as after too many failures.
let private refused (ticket: Ticket) state =
    match state.Phase with
    | Cancelling -> settle Ending.Cancelled (state, []) ticket.Cell
    | Going
    | Halted ->
        settle Ending.NotStarted ({ state with Phase = Halted }, []) ticket.Cell
        |> endWaiting Ending.NotStarted

let private cancelAll state =
    let stop (state, commands) =
        state.Cells
        |> Map.fold
            (fun commands cell value ->
                match value with
                | Running(attempt, _) -> Stop { Cell = cell; Attempt = attempt } :: commands
                | _ -> commands)
            commands
        |> fun commands -> state, commands

    endWaiting Ending.Cancelled ({ state with Phase = Cancelling }, []) |> stop

let private abandon state =
    state.Cells
    |> Map.fold
        (fun next cell value ->
            match value with
            | Ended _ -> next
            | _ -> settle Ending.Cancelled next cell)
        ({ state with Phase = Cancelling }, [])

/// Whether the ticket is that of the attempt now running, and the slots lent to it.
let private lent (ticket: Ticket) state =
    match Map.tryFind ticket.Cell state.Cells with
    | Some(Running(attempt, slots)) when attempt = ticket.Attempt -> Some slots
    | _ -> None

let private apply event (state: State) =
    let finish ending cell = settle ending (state, []) cell

    let result ending cell =
        settle ending ({ state with Waited = 0 }, []) cell

    match event with
    | Finished { Cell = cell } -> result Ending.Done cell |> completeDependents cell
    | Diverged { Cell = cell } -> result Ending.Diverged cell |> block cell cell
    | Failed(ticket, failure) -> failed ticket failure state
    | Stopped { Cell = cell } -> finish Ending.Cancelled cell |> block cell cell
    | InputLost({ Cell = cell }, producers) -> unlessEnding cell (inputLost cell producers) state
    | Held ticket -> unlessEnding ticket.Cell (held ticket) state
    | Starved ticket -> starved ticket state
    | Refused ticket -> refused ticket state
    | Due { Cell = cell } -> place cell (state, [])
    | Wake _ -> { state with Paused = None }, []
    | CancelAll -> cancelAll state
    | Abandon -> abandon state

/// The next state, and what is to be done. An event that does not belong to a running attempt changes
/// nothing.
let step (event: Event) (state: State) : State * Command list =
    let ofRunning ticket =
        lent ticket state
        |> Option.map (fun slots -> {
            state with
                Free = Set.union state.Free (Set.ofList slots)
        })

    let current =
        match event with
        | Finished ticket
        | Diverged ticket
        | Failed(ticket, _)
        | Stopped ticket
        | Held ticket
        | Starved ticket
        | Refused ticket
        | InputLost(ticket, _) -> ofRunning ticket
        | Due ticket when Map.tryFind ticket.Cell state.Cells = Some(Sleeping ticket.Attempt) -> Some state
        | Due _ -> None
        | Wake number ->
            if state.Paused.IsSome && number = state.Pauses then
                Some state
            else
                None
        | CancelAll -> if state.Phase = Cancelling then None else Some state
        | Abandon -> Some state

    match current with
    | None -> state, []
    | Some freed -> apply event freed |> dispatch |> close (state.Open > 0)
