/// The actors of a run: thin shells around the schedule, the store and whoever listens.
module Plimsoll.Engine.Actors

open System
open System.Threading
open System.Threading.Tasks
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// Tells events in order, one at a time. The listener's own slowness delays only itself.
module Reporter =
    type Message =
        | Tell of RunEvent
        | Flush of Reply<unit>

    let start (tell: RunEvent -> unit) escalate cancelled =
        let handle _ () message =
            match message with
            | Tell event -> tell event
            | Flush reply -> reply.Send()

        Mailbox.Start((), handle, escalate, cancelled)

/// The only writer of records and artifacts in this process.
module Writer =
    type Message = Commit of Product * Reply<Result<Committed, StageFailure>>

    let private store (store: Store) (product: Product) =
        if product.Volatile then
            store.Replace(product.Output, product.Record, product.Trail)
            |> Result.map (fun () -> Committed.New)
        else
            store.Commit(product.Output, product.Record, product.Trail)

    let start (into: Store) escalate cancelled =
        let handle _ () (Commit(product, reply)) =
            // Whoever waits for the answer gets one, whatever happens.
            try
                store into product |> Result.mapError Fault.ofStore
            with fault ->
                Error(Fault.bug $"storing {product.Record.Label} threw {fault}")
            |> reply.Send

        Mailbox.Start((), handle, escalate, cancelled)

    /// Returns when the record is durable. Never to be called from an actor.
    let commit (writer: Mailbox<Message>) product =
        writer.Ask(Timeout.InfiniteTimeSpan, fun reply -> Commit(product, reply))
        |> Option.defaultWith (fun () -> Error(Fault.bug "the store's writer has stopped"))

/// Runs every assignment on a thread of its own: kernels never occupy a thread of the pool, on which actors
/// live.
module InProcess =
    /// Bytes. Deep graphs recurse while they are built.
    let private stack = 16 <<< 20

    let private startThread name (body: unit -> unit) =
        let thread = Thread(body, stack)
        thread.IsBackground <- true
        thread.Name <- name
        thread.Start()

    let private noThread (fault: exn) = {
        Class = Resource
        What = $"no thread could be started: {fault.Message}"
        Remedy = "wait until the machine has memory to spare, or run fewer cells at once (--jobs)"
    }

    /// `start` runs a function of this name elsewhere.
    let executorOn (start: string -> (unit -> unit) -> unit) (workshop: Workshop) : Executor =
        fun assignment finish ->
            try
                start assignment.Cell.Label (fun () -> Attempts.run workshop assignment |> finish)
            with fault ->
                finish (Ended.ofEngine (noThread fault))

    let executor (workshop: Workshop) : Executor = executorOn startThread workshop

/// Owns the schedule. Everything that it knows of the world comes as a message.
module Scheduler =
    type Message =
        | Begin
        | AttemptEnded of Schedule.Ticket * Ended
        | Due of Schedule.Ticket
        | Wake of pause: int
        | Cancel
        | Abandon

    /// What stays the same during a run.
    type Setting = {
        Cells: Cell[]
        /// The producing cell of each input, by role.
        Inputs: (string * int) list[]
        Stages: Cell -> Stage
        Execute: Executor
        Tell: RunEvent -> unit
        TellProgress: int -> Progress -> unit
        Alarm: TimeSpan -> (unit -> unit) -> unit
        Complete: Map<int, Final> -> unit
    }

    type State = {
        Schedule: Schedule.State
        Finals: Map<int, Final>
        Stops: Map<int, CancellationTokenSource>
        /// Cells that another run has, as far as was told.
        Elsewhere: Set<int>
    }

    let private artifact state producer =
        match Map.tryFind producer state.Finals with
        | Some(Final.Finished(record, _)) -> record.Artifact |> Option.map _.Digest
        | _ -> None

    let private inputs setting state cell =
        setting.Inputs[cell]
        |> List.choose (fun (role, producer) ->
            artifact state producer |> Option.map (fun digest -> role, digest))

    let eventOf cell final =
        match final with
        | Final.Finished(record, origin) -> CellFinished(cell, record, origin)
        | Final.Diverged(record, origin) -> CellDiverged(cell, record, origin)
        | Final.Failed failure -> CellFailed(cell, failure)
        | Final.Blocked obstacle -> CellBlocked(cell, obstacle)
        | Final.NotStarted -> CellNotStarted cell
        | Final.Cancelled -> CellCancelled cell
        | Final.NotSelected record -> CellNotSelected(cell, record)

    let private conclude setting cell final state =
        setting.Tell(eventOf setting.Cells[cell] final)

        {
            state with
                Finals = Map.add cell final state.Finals
                Elsewhere = Set.remove cell state.Elsewhere
        }

    let private obstacle setting state by =
        match Map.tryFind by state.Finals with
        | Some(Final.Diverged _) -> Obstacle.InputDiverged setting.Cells[by].Id
        | _ -> Obstacle.InputFailed setting.Cells[by].Id

    let private launch setting (self: Mailbox<Message>) (ticket: Schedule.Ticket) slots state =
        let cell = setting.Cells[ticket.Cell]
        let stop = new CancellationTokenSource()
        let threads = List.length slots

        let assignment = {
            Ticket = ticket
            Attempt = Schedule.Machine.attempts ticket.Cell state.Schedule
            Cell = cell
            Stage = setting.Stages cell
            Inputs = inputs setting state ticket.Cell
            Slots = slots
            Began = fun () -> setting.Tell(CellStarted(cell, threads))
            Resumed = fun step -> setting.Tell(CellResumed(cell, step))
            Report = setting.TellProgress ticket.Cell
            Cancelled = stop.Token
        }

        setting.Execute assignment (fun ended -> self.Post(AttemptEnded(ticket, ended)))

        {
            state with
                Stops = Map.add ticket.Cell stop state.Stops
        }

    /// What an attempt leaves behind, should the schedule settle its cell as done, failed or diverged.
    type private Outcome =
        | Nothing
        | Reached of Final
        | Missed of StageFailure

    let private settled setting state outcome cell ending =
        match ending, outcome with
        | Schedule.Ending.Done, Reached final
        | Schedule.Ending.Diverged, Reached final -> final
        | Schedule.Ending.Failed, Missed failure -> Final.Failed failure
        | Schedule.Ending.Blocked by, _ -> Final.Blocked(obstacle setting state by)
        | Schedule.Ending.Cancelled, _ -> Final.Cancelled
        | Schedule.Ending.NotStarted, _ -> Final.NotStarted
        | Schedule.Ending.NotSelected, _ -> Final.NotSelected None
        | (Schedule.Ending.Done | Schedule.Ending.Diverged | Schedule.Ending.Failed), _ ->
            invalidOp $"{setting.Cells[cell].Label} ended as {ending} without a result"

    let private obey setting (self: Mailbox<Message>) outcome state command =
        match command with
        | Schedule.Start(ticket, slots) -> launch setting self ticket slots state
        | Schedule.Stop ticket ->
            state.Stops |> Map.tryFind ticket.Cell |> Option.iter _.Cancel()
            state
        | Schedule.WakeAfter(ticket, delay) ->
            match outcome with
            | Missed failure ->
                let attempt = Schedule.Machine.attempts ticket.Cell state.Schedule
                setting.Tell(CellRetrying(setting.Cells[ticket.Cell], failure, attempt, delay))
            | Nothing
            | Reached _ -> ()

            setting.Alarm delay (fun () -> self.Post(Due ticket))
            state
        | Schedule.Pause(number, delay) ->
            match outcome with
            | Missed failure -> setting.Tell(RunWaiting(failure, delay))
            | Nothing
            | Reached _ -> ()

            setting.Alarm delay (fun () -> self.Post(Wake number))
            state
        | Schedule.PutBack(ticket, delay) ->
            match outcome with
            | Missed failure ->
                let attempt = Schedule.Machine.attempts ticket.Cell state.Schedule
                setting.Tell(CellRetrying(setting.Cells[ticket.Cell], failure, attempt, delay))
            | Nothing
            | Reached _ -> ()

            state
        | Schedule.Settle(cell, ending) ->
            conclude setting cell (settled setting state outcome cell ending) state
        | Schedule.Complete ->
            setting.Complete state.Finals
            state

    let private advance setting self event outcome state =
        let schedule, commands = Schedule.Machine.step event state.Schedule
        List.fold (obey setting self outcome) { state with Schedule = schedule } commands

    let private damagedAgain (cell: Cell) = {
        Class = Corrupt
        What = $"inputs of {cell.Label} are damaged again and again"
        Remedy = "check the disk and the memory of this machine"
    }

    let private producersOf setting state cell digests =
        setting.Inputs[cell]
        |> List.map snd
        |> List.filter (fun producer ->
            artifact state producer
            |> Option.exists (fun digest -> List.contains digest digests))

    let private elsewhere setting cell owner state =
        if state.Elsewhere.Contains cell then
            state
        else
            setting.Tell(CellElsewhere(setting.Cells[cell], owner))

            {
                state with
                    Elsewhere = state.Elsewhere.Add cell
            }

    /// The reason is told when the schedule settles the cell, or wakes it later.
    let private attemptEnded setting self (ticket: Schedule.Ticket) ended state =
        let cell = ticket.Cell
        state.Stops |> Map.tryFind cell |> Option.iter _.Dispose()

        let state = {
            state with
                Stops = Map.remove cell state.Stops
        }

        let tell event outcome state =
            advance setting self event outcome state

        match ended with
        | Ended.Result(record, origin) when record.Artifact.IsSome ->
            tell (Schedule.Event.Finished ticket) (Reached(Final.Finished(record, origin))) state
        | Ended.Result(record, origin) ->
            tell (Schedule.Event.Diverged ticket) (Reached(Final.Diverged(record, origin))) state
        | Ended.Failed(failure, reached) ->
            let told: Retry.Failure = {
                Class = failure.Class
                Words = failure.What
                Reached = reached
            }

            tell (Schedule.Event.Failed(ticket, told)) (Missed failure) state
        | Ended.Starved failure -> tell (Schedule.Event.Starved ticket) (Missed failure) state
        | Ended.Refused failure ->
            if state.Schedule.Phase = Schedule.Going then
                setting.Tell(RunHalted failure)

            tell (Schedule.Event.Refused ticket) Nothing state
        | Ended.Stopped -> tell (Schedule.Event.Stopped ticket) Nothing state
        | Ended.InputLost digests ->
            let producers = producersOf setting state cell digests
            let failure = damagedAgain setting.Cells[cell]
            tell (Schedule.Event.InputLost(ticket, producers)) (Missed failure) state
        | Ended.Held owner ->
            state
            |> elsewhere setting cell owner
            |> tell (Schedule.Event.Held ticket) Nothing

    let start (setting: Setting) (schedule: Schedule.State, commands) finals escalate cancelled =
        let handle self state message =
            match message with
            | Begin -> List.fold (obey setting self Nothing) state commands
            | AttemptEnded(ticket, ended) -> attemptEnded setting self ticket ended state
            | Due ticket -> advance setting self (Schedule.Due ticket) Nothing state
            | Wake pause -> advance setting self (Schedule.Wake pause) Nothing state
            | Cancel -> advance setting self Schedule.CancelAll Nothing state
            | Abandon -> advance setting self Schedule.Abandon Nothing state

        let initial = {
            Schedule = schedule
            Finals = finals
            Stops = Map.empty
            Elsewhere = Set.empty
        }

        Mailbox.Start(initial, handle, escalate, cancelled)
