/// What one attempt at a cell does, on the thread that it was given.
module Plimsoll.Engine.Attempts

open System
open System.Collections.Concurrent
open System.Diagnostics
open System.Threading.Tasks
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// What attempts share.
type Workshop = {
    Keying: Keying.Keying
    Store: Store
    Options: RunOptions
    Damage: Damage -> unit
    RunStage: StageRunner
    /// Stores a result; returns when it is durable. Another process may have been first: its record counts.
    Commit: string option -> Record -> Result<Record, StageFailure>
    /// Keys being computed now, each with a signal for those who need the same.
    UnderWay: ConcurrentDictionary<Key, TaskCompletionSource>
}

/// What comes of a computation, before anything is stored.
[<RequireQualifiedAccess>]
type private Computed =
    /// The output lies in the store's temporary folder; a diverged cell has none.
    | Result of Record * output: string option
    | Failed of StageFailure
    | InputLost of Digest list
    | Stopped

let private lookup workshop key : Result<Record option, StageFailure> =
    match workshop.Store.Find key with
    | Ok(Lookup.Found record) -> Ok(Some record)
    | Ok Lookup.Absent -> Ok None
    | Ok(Lookup.Lost damage) ->
        workshop.Damage damage
        Ok None
    | Error error -> Error(Fault.ofStore error)

/// The key of a cell and its record. A volatile stage's record is never relied on.
let find (workshop: Workshop) (cell: Cell) inputs : Result<KeyDefinition * Record option, StageFailure> =
    Keying.definition workshop.Keying cell inputs
    |> Result.bind (fun definition ->
        match cell.Stage.Reproducibility with
        | Volatile -> Ok(definition, None)
        | Bitwise
        | SameMachine ->
            lookup workshop (Key.ofDefinition definition)
            |> Result.map (fun record -> definition, record))

/// Paths of the inputs, their bytes verified; otherwise what is lost, or why they cannot be read.
let private openInputs workshop (assignment: CellAssignment) =
    let used =
        assignment.Inputs
        |> List.map (fun (role, digest) -> role, digest, workshop.Store.Use digest)

    let lost =
        used
        |> List.choose (function
            | _, digest, Error(Damaged damage) -> Some(digest, damage)
            | _ -> None)

    let unreadable =
        used
        |> List.tryPick (function
            | _, _, Error(Damaged _) -> None
            | _, _, Error error -> Some error
            | _ -> None)

    match lost, unreadable with
    | [], None ->
        used
        |> List.choose (fun (role, _, path) -> path |> Result.toOption |> Option.map (fun path -> role, path))
        |> Map.ofList
        |> Ok
    | [], Some error -> Error(Computed.Failed(Fault.ofStore error))
    | _ ->
        lost |> List.iter (snd >> workshop.Damage)
        Error(Computed.InputLost(lost |> List.map fst))

let private record
    workshop
    (assignment: CellAssignment)
    definition
    (started: DateTimeOffset)
    seconds
    outcome
    (facts: JobFacts)
    : Record = {
    Key = Key.ofDefinition definition
    Cell = assignment.Cell.Id
    Stage = assignment.Cell.Stage.Name
    Label = assignment.Cell.Label
    Parts = Key.parts definition
    Outcome = outcome
    Attempts = assignment.Ticket.Attempt
    Machine = Machine.current ()
    Started = started
    Ended = DateTimeOffset.UtcNow
    Seconds = seconds
    PeakMemory = facts.PeakMemory
    Threads = assignment.Threads
    Provenance = workshop.Options.Provenance
    Command = workshop.Options.Command assignment.Cell
}

/// A file that changes while it is read would leave a result under the wrong key.
let private unchanged workshop (assignment: CellAssignment) definition =
    Keying.definition workshop.Keying assignment.Cell assignment.Inputs = Ok definition

let private changedWhileRead (cell: Cell) = {
    Class = Transient
    What = $"a file that {cell.Label} reads changed while the stage ran"
    Remedy = "run again when nothing writes to it"
}

let private compute workshop (assignment: CellAssignment) definition inputs output : Computed =
    assignment.Began()
    let started = DateTimeOffset.UtcNow
    let clock = Stopwatch.StartNew()

    let ended =
        workshop.RunStage {
            Cell = assignment.Cell
            Stage = assignment.Stage
            Attempt = assignment.Ticket.Attempt
            Slots = assignment.Slots
            Limits = Limits.none
            Log = output + ".log"
            Request = {
                Parameters = Keying.parameters workshop.Keying assignment.Cell
                Inputs = inputs
                Output = output
                Seed = assignment.Cell.Seed
                Threads = assignment.Threads
                Report = assignment.Report
                Cancelled = assignment.Cancelled
                Checkpoint = None
                Trail = None
            }
        }

    let record outcome facts =
        record workshop assignment definition started clock.Elapsed.TotalSeconds outcome facts

    match ended with
    | JobEnd.Stopped -> Computed.Stopped
    | JobEnd.Ended(Failed failure, _) -> Computed.Failed failure
    | JobEnd.Ended _ when not (unchanged workshop assignment definition) ->
        Computed.Failed(changedWhileRead assignment.Cell)
    | JobEnd.Ended(Diverged(step, what), facts) ->
        Computed.Result(record (Outcome.Diverged(step, what)) facts, None)
    | JobEnd.Ended(Finished, facts) ->
        match workshop.Store.Measure output with
        | Ok artifact -> Computed.Result(record (Outcome.Finished artifact) facts, Some output)
        | Error(Unreadable(_, why)) -> Computed.Failed(Fault.bug $"stage {assignment.Cell.Stage.Name}: {why}")
        | Error error -> Computed.Failed(Fault.ofStore error)

let private computeAnew workshop assignment definition : Computed =
    match openInputs workshop assignment with
    | Error attempt -> attempt
    | Ok inputs ->
        match workshop.Store.NewOutput() with
        | Error error -> Computed.Failed(Fault.ofStore error)
        | Ok output ->
            let attempt = compute workshop assignment definition inputs output

            match attempt with
            | Computed.Result(_, Some _) -> ()
            | _ -> workshop.Store.Discard output

            attempt

let private stored workshop attempt : Ended =
    match attempt with
    | Computed.Failed failure -> Ended.Failed failure
    | Computed.InputLost lost -> Ended.InputLost lost
    | Computed.Stopped -> Ended.Stopped
    | Computed.Result(record, output) ->
        match workshop.Commit output record with
        | Ok record -> Ended.Result(record, Origin.Executed)
        | Error failure ->
            output |> Option.iter workshop.Store.Discard
            Ended.Failed failure

/// Runs the assignment on the calling thread, up to and including the record. Two cells may turn out to have
/// the same key: the second waits for the first.
let rec private attempt (workshop: Workshop) (assignment: CellAssignment) : Ended =
    match find workshop assignment.Cell assignment.Inputs with
    | Error failure -> Ended.Failed failure
    | Ok(_, Some record) -> Ended.Result(record, Origin.Cached)
    | Ok(definition, None) ->
        let key = Key.ofDefinition definition
        let signal = TaskCompletionSource()
        let first = workshop.UnderWay.GetOrAdd(key, signal)

        if obj.ReferenceEquals(first, signal) then
            try
                computeAnew workshop assignment definition |> stored workshop
            finally
                workshop.UnderWay.TryRemove key |> ignore
                signal.SetResult()
        else
            first.Task.Wait assignment.Cancelled
            attempt workshop assignment

let run (workshop: Workshop) (assignment: CellAssignment) : Ended =
    try
        attempt workshop assignment
    with
    | :? OperationCanceledException when assignment.Cancelled.IsCancellationRequested -> Ended.Stopped
    | fault -> Ended.Failed(Fault.ofException assignment.Cell.Stage.Name fault)
