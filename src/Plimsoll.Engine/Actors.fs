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
    type Message = Commit of output: string option * Record * Reply<Result<Record, StageFailure>>

    let start (store: Store) escalate cancelled =
        let handle _ () (Commit(output, record, reply)) =
            // Whoever waits for the answer gets one, whatever happens.
            try
                match store.Commit(output, record, None) with
                | Ok Committed.New -> Ok record
                | Ok(Committed.Same first)
                | Ok(Committed.Differs first) -> Ok first
                | Error error -> Error(Fault.ofStore error)
            with fault ->
                Error(Fault.bug $"storing {record.Label} threw {fault}")
            |> reply.Send

        Mailbox.Start((), handle, escalate, cancelled)

    /// Returns when the record is durable. Never to be called from an actor.
    let commit (writer: Mailbox<Message>) output record =
        writer.Ask(Timeout.InfiniteTimeSpan, fun reply -> Commit(output, record, reply))
        |> Option.defaultWith (fun () -> Error(Fault.bug "the store's writer has stopped"))

/// Runs every assignment on a thread of its own: kernels never occupy a thread of the pool, on which actors
/// live.
module InProcess =
    /// Bytes. Deep graphs recurse while they are built.
    let private stack = 16 <<< 20

    let executor (workshop: Attempts.Workshop) : Executor =
        fun assignment finish ->
            let thread = Thread((fun () -> Attempts.run workshop assignment |> finish), stack)
            thread.IsBackground <- true
            thread.Name <- assignment.Cell.Label
            thread.Start()

/// Owns the schedule. Everything that it knows of the world comes as a message.
module Scheduler =
    type Message =
        | Begin
        | AttemptEnded of Schedule.Ticket * Ended
        | Cancel

    /// What stays the same during a run.
    type Setting = {
        Cells: Cell[]
        /// The producing cell of each input, by role.
        Inputs: (string * int) list[]
        Stages: Cell -> Stage
        Execute: Executor
        Tell: RunEvent -> unit
        TellProgress: int -> Progress -> unit
        Complete: Map<int, Final> -> unit
    }

    type State = {
        Schedule: Schedule.State
        Finals: Map<int, Final>
        Stops: Map<int, CancellationTokenSource>
    }

    /// A disk that damages what was just written will do so again.
    let private attemptsOnDamage = 3

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
        | Final.Cancelled -> CellCancelled cell

    let private conclude setting cell final state =
        setting.Tell(eventOf setting.Cells[cell] final)

        {
            state with
                Finals = Map.add cell final state.Finals
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
            Cell = cell
            Stage = setting.Stages cell
            Inputs = inputs setting state ticket.Cell
            Slots = slots
            Began = fun () -> setting.Tell(CellStarted(cell, threads))
            Report = setting.TellProgress ticket.Cell
            Cancelled = stop.Token
        }

        setting.Execute assignment (fun ended -> self.Post(AttemptEnded(ticket, ended)))

        {
            state with
                Stops = Map.add ticket.Cell stop state.Stops
        }

    let private obey setting self state command =
        match command with
        | Schedule.Start(ticket, slots) -> launch setting self ticket slots state
        | Schedule.Stop ticket ->
            state.Stops |> Map.tryFind ticket.Cell |> Option.iter _.Cancel()
            state
        | Schedule.Settle(cell, Schedule.Ending.Blocked by) ->
            conclude setting cell (Final.Blocked(obstacle setting state by)) state
        | Schedule.Settle(cell, _) -> conclude setting cell Final.Cancelled state
        | Schedule.Complete ->
            setting.Complete state.Finals
            state

    let private advance setting self event state =
        let schedule, commands = Schedule.step event state.Schedule
        List.fold (obey setting self) { state with Schedule = schedule } commands

    let private lost setting state (ticket: Schedule.Ticket) digests =
        if ticket.Attempt >= attemptsOnDamage then
            let failure = {
                Class = Corrupt
                What = $"inputs of {setting.Cells[ticket.Cell].Label} are damaged again and again"
                Remedy = "check the disk and the memory of this machine"
            }

            Schedule.Event.Failed ticket, Some(Final.Failed failure)
        else
            let producers =
                setting.Inputs[ticket.Cell]
                |> List.map snd
                |> List.filter (fun producer ->
                    artifact state producer
                    |> Option.exists (fun digest -> List.contains digest digests))

            Schedule.Event.InputLost(ticket, producers), None

    let private attemptEnded setting self (ticket: Schedule.Ticket) ended state =
        let event, final =
            match ended with
            | Ended.Result(record, origin) when record.Artifact.IsSome ->
                Schedule.Event.Finished ticket, Some(Final.Finished(record, origin))
            | Ended.Result(record, origin) ->
                Schedule.Event.Diverged ticket, Some(Final.Diverged(record, origin))
            | Ended.Failed failure -> Schedule.Event.Failed ticket, Some(Final.Failed failure)
            | Ended.Stopped -> Schedule.Event.Stopped ticket, Some Final.Cancelled
            | Ended.InputLost digests -> lost setting state ticket digests

        state.Stops |> Map.tryFind ticket.Cell |> Option.iter _.Dispose()

        let state = {
            state with
                Stops = Map.remove ticket.Cell state.Stops
        }

        match final with
        | Some final -> state |> conclude setting ticket.Cell final |> advance setting self event
        | None -> advance setting self event state

    let start (setting: Setting) (schedule: Schedule.State, commands) finals escalate cancelled =
        let handle self state message =
            match message with
            | Begin -> List.fold (obey setting self) state commands
            | AttemptEnded(ticket, ended) -> attemptEnded setting self ticket ended state
            | Cancel -> advance setting self Schedule.CancelAll state

        let initial = {
            Schedule = schedule
            Finals = finals
            Stops = Map.empty
        }

        Mailbox.Start(initial, handle, escalate, cancelled)
