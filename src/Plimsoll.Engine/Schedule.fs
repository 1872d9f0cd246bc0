/// Which cell runs when, with how many threads: a pure state machine. It knows no clock, store or thread, so
/// it is tested under virtual time.
module Plimsoll.Engine.Schedule

/// One attempt at a cell, which goes by its place in the experiment. Events of another attempt are ignored.
[<Struct>]
type Ticket = { Cell: int; Attempt: int }

[<RequireQualifiedAccess>]
type Ending =
    | Done
    | Failed
    | Diverged
    /// By the first cell that failed or diverged.
    | Blocked of by: int
    | Cancelled

type CellState =
    /// The number of inputs that are not done.
    | Waiting of int
    | Ready
    | Running of attempt: int * Slot list
    | Ended of Ending

type Graph = {
    /// Distinct producers of each cell.
    Inputs: int list[]
    Dependents: int list[]
    /// Cells on the longest chain from here to an end, this one included.
    Rank: int[]
}

type State = {
    Graph: Graph
    Cells: Map<int, CellState>
    Attempts: Map<int, int>
    /// Negative rank first, so that the longest remaining chain is the least element.
    ReadyCells: Set<struct (int * int)>
    Free: Set<Slot>
    /// The most slots lent to one cell.
    Limit: int
    /// Cells that have not ended.
    Open: int
    Cancelling: bool
}

type Event =
    | Finished of Ticket
    | Diverged of Ticket
    | Failed of Ticket
    /// The attempt could not begin: artifacts of these cells are damaged.
    | InputLost of Ticket * producers: int list
    /// The attempt ended early because it was told to.
    | Stopped of Ticket
    | CancelAll

type Command =
    | Start of Ticket * Slot list
    | Stop of Ticket
    /// A cell ended without having run.
    | Settle of cell: int * Ending
    /// Every cell has ended. The last command.
    | Complete

/// Cells are numbered so that inputs come first.
let graph (inputs: int list[]) : Graph =
    let inputs = inputs |> Array.map List.distinct
    let dependents = Array.create inputs.Length []
    let rank = Array.create inputs.Length 1

    for cell in inputs.Length - 1 .. -1 .. 0 do
        for input in inputs[cell] do
            if input >= cell then
                invalidArg (nameof inputs) $"input {input} of cell {cell} does not come before it"

            dependents[input] <- cell :: dependents[input]
            rank[input] <- max rank[input] (rank[cell] + 1)

    {
        Inputs = inputs
        Dependents = dependents
        Rank = rank
    }

let private readyEntry state cell = struct (-state.Graph.Rank[cell], cell)

let private set cell value state =
    let before = Map.tryFind cell state.Cells

    let ready =
        match before, value with
        | Some Ready, Ready -> state.ReadyCells
        | Some Ready, _ -> Set.remove (readyEntry state cell) state.ReadyCells
        | _, Ready -> Set.add (readyEntry state cell) state.ReadyCells
        | _ -> state.ReadyCells

    let isOpen =
        function
        | Some(Ended _)
        | None -> 0
        | Some _ -> 1

    {
        state with
            Cells = Map.add cell value state.Cells
            ReadyCells = ready
            Open = state.Open + isOpen (Some value) - isOpen before
    }

/// Ends the cells that wait for `cell`, directly or not. They have not run.
let private block by cell (state, commands) =
    let rec go pending (state, commands) =
        match pending with
        | [] -> state, commands
        | next :: rest ->
            match Map.tryFind next state.Cells with
            | Some(Waiting _ | Ready) ->
                let ending = Ending.Blocked by

                go
                    (state.Graph.Dependents[next] @ rest)
                    (set next (Ended ending) state, Settle(next, ending) :: commands)
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
    | Some by, _ ->
        let ending = Ending.Blocked by
        block by cell (set cell (Ended ending) state, Settle(cell, ending) :: commands)
    | None, [] -> set cell Ready state, commands
    | None, _ -> set cell (Waiting unfinished.Length) state, commands

let rec private dispatch (state, commands) =
    if state.Cancelling || state.ReadyCells.IsEmpty || state.Free.IsEmpty then
        state, commands
    else
        let struct (_, cell) = state.ReadyCells.MinimumElement
        let ready = state.ReadyCells.Count
        let share = (state.Free.Count + ready - 1) / ready |> min state.Limit |> max 1
        let slots = state.Free |> Seq.truncate share |> List.ofSeq

        let attempt = 1 + (Map.tryFind cell state.Attempts |> Option.defaultValue 0)

        let started = {
            set cell (Running(attempt, slots)) state with
                Free = Set.difference state.Free (Set.ofList slots)
                Attempts = Map.add cell attempt state.Attempts
        }

        dispatch (started, Start({ Cell = cell; Attempt = attempt }, slots) :: commands)

let private close wasOpen (state, commands) =
    let commands =
        if wasOpen && state.Open = 0 then
            Complete :: commands
        else
            commands

    state, List.rev commands

/// A schedule whose cells stand as `ended` says; None is a cell that has to run, or is found to be blocked.
let start (graph: Graph) (slots: Slot list) (limit: int) (ended: Ending option[]) : State * Command list =
    if slots.IsEmpty || limit < 1 then
        invalidArg (nameof slots) "a schedule needs a slot, and a cell at least one"

    let empty = {
        Graph = graph
        Cells = Map.empty
        Attempts = Map.empty
        ReadyCells = Set.empty
        Free = Set.ofList slots
        Limit = limit
        Open = 0
        Cancelling = false
    }

    let add (state, commands) cell =
        match ended[cell] with
        | Some ending -> set cell (Ended ending) state, commands
        | None -> place cell (state, commands)

    Seq.fold add (empty, []) (seq { 0 .. ended.Length - 1 })
    |> dispatch
    |> close true

let private completeDependents cell (state, commands) =
    let credit state dependent =
        match state.Cells[dependent] with
        | Waiting 1 -> set dependent Ready state
        | Waiting pending -> set dependent (Waiting(pending - 1)) state
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

let private cancelAll state =
    let cancel (state, commands) cell =
        match state.Cells[cell] with
        | Waiting _
        | Ready -> set cell (Ended Ending.Cancelled) state, Settle(cell, Ending.Cancelled) :: commands
        | Running(attempt, _) -> state, Stop { Cell = cell; Attempt = attempt } :: commands
        | Ended _ -> state, commands

    Seq.fold cancel ({ state with Cancelling = true }, []) (seq { 0 .. state.Cells.Count - 1 })

/// Whether the ticket is that of the attempt now running, and the slots lent to it.
let private lent (ticket: Ticket) state =
    match Map.tryFind ticket.Cell state.Cells with
    | Some(Running(attempt, slots)) when attempt = ticket.Attempt -> Some slots
    | _ -> None

let private ofTicket event =
    match event with
    | Finished ticket
    | Diverged ticket
    | Failed ticket
    | Stopped ticket
    | InputLost(ticket, _) -> Some ticket
    | CancelAll -> None

let private apply event (state: State) =
    let finish cell ending = set cell (Ended ending) state

    match event with
    | Finished { Cell = cell } -> completeDependents cell (finish cell Ending.Done, [])
    | Diverged { Cell = cell } -> block cell cell (finish cell Ending.Diverged, [])
    | Failed { Cell = cell } -> block cell cell (finish cell Ending.Failed, [])
    | Stopped { Cell = cell } -> block cell cell (finish cell Ending.Cancelled, [])
    | InputLost({ Cell = cell }, _) when state.Cancelling ->
        finish cell Ending.Cancelled, [ Settle(cell, Ending.Cancelled) ]
    | InputLost({ Cell = cell }, producers) ->
        List.fold reopen (state, []) (List.distinct producers) |> place cell
    | CancelAll -> cancelAll state

/// The next state, and what is to be done. An event that does not belong to a running attempt changes
/// nothing.
let step (event: Event) (state: State) : State * Command list =
    let current =
        match ofTicket event with
        | None -> if state.Cancelling then None else Some state
        | Some ticket ->
            lent ticket state
            |> Option.map (fun slots -> {
                state with
                    Free = Set.union state.Free (Set.ofList slots)
            })

    match current with
    | None -> state, []
    | Some freed -> apply event freed |> dispatch |> close (state.Open > 0)
