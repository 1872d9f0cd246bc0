/// What one attempt at a cell does, on the thread that it was given.
module Plimsoll.Engine.Attempts

open System
open System.Collections.Concurrent
open System.Diagnostics
open System.IO
open System.Threading
open System.Threading.Tasks
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// Whether this run may work at a key.
[<RequireQualifiedAccess>]
type Claim =
    /// To be given back by the function.
    | Mine of release: (unit -> unit)
    | Elsewhere of owner: string

/// A result that is to be stored.
type Product = {
    Record: Record
    /// Files in the store's temporary folder. A diverged cell has no output, and not every stage a trail.
    Output: string option
    Trail: string option
    /// Results of a volatile stage differ, and the latest counts.
    Volatile: bool
}

/// What attempts share.
type Workshop = {
    Keying: Keying.Keying
    Store: Store
    Options: RunOptions
    Damage: Damage -> unit
    Disagreement: Disagreement -> unit
    Claim: Key -> Result<Claim, StageFailure>
    /// Keeps the listing of a stage's code, so that `explain` can say later what has changed in it.
    KeepCode: Stage -> unit
    /// Stores a result; returns when it is durable.
    Commit: Product -> Result<Committed, StageFailure>
    /// Keys being computed now, each with a signal for those who need the same.
    UnderWay: ConcurrentDictionary<Key, TaskCompletionSource>
}

/// What comes of a computation, before anything is stored.
[<RequireQualifiedAccess>]
type private Computed =
    | Result of Product
    | Failed of StageFailure * reached: int64
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
    | [], Some error -> Error(Computed.Failed(Fault.ofStore error, 0L))
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
    Attempts = assignment.Attempt
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

/// What a stage tells on its way, as far as the engine looks at it.
type private Witness(assignment: CellAssignment) =
    let mutable saved = 0L
    let mutable resumed = 0

    member _.Resumed(step: int64 option) =
        match step with
        | Some step when Interlocked.Exchange(&resumed, 1) = 0 -> assignment.Resumed step
        | _ -> ()

    member this.Report(progress: Progress) =
        progress.SavedAt |> Option.iter (fun step -> Volatile.Write(&saved, step))
        this.Resumed progress.ResumedAt
        assignment.Report progress

    /// The step of the latest checkpoint; 0: there is none.
    member _.Saved = Volatile.Read &saved

/// Where an attempt's printing is kept.
let private log workshop (assignment: CellAssignment) (output: string) =
    match workshop.Options.Folder with
    | None -> output + ".log"
    | Some folder ->
        let label =
            assignment.Cell.Label
            |> String.map (fun letter ->
                if Char.IsAsciiLetterOrDigit letter || letter = '-' || letter = '=' || letter = '.' then
                    letter
                else
                    '_')

        let name = label.Substring(0, min 100 label.Length)
        let id = string assignment.Cell.Id
        Path.Combine(folder, "logs", $"{name}.{id.Substring(0, min 8 id.Length)}.{assignment.Attempt}.log")

/// The files of one attempt.
type private Paths = {
    Output: string
    Trail: string
    Checkpoint: string
}

let private newPaths (store: Store) key : Result<Paths, StageFailure> =
    store.NewOutput()
    |> Result.bind (fun output ->
        store.NewTrail()
        |> Result.bind (fun trail ->
            store.Checkpoint key
            |> Result.map (fun checkpoint -> {
                Output = output
                Trail = trail
                Checkpoint = checkpoint
            })))
    |> Result.mapError Fault.ofStore

let private job workshop (assignment: CellAssignment) inputs paths (witness: Witness) : Job = {
    Cell = assignment.Cell
    Stage = assignment.Stage
    Attempt = assignment.Attempt
    Slots = assignment.Slots
    Limits = RunOptions.limitsOf assignment.Cell.Stage.Name workshop.Options
    Log = log workshop assignment paths.Output
    Request = {
        Parameters = Keying.parameters workshop.Keying assignment.Cell
        Inputs = inputs
        Output = paths.Output
        Seed = assignment.Cell.Seed
        Threads = assignment.Threads
        Report = witness.Report
        Cancelled = assignment.Cancelled
        Checkpoint = Some paths.Checkpoint
        CheckpointEvery = workshop.Options.CheckpointEvery
        Trail = Some paths.Trail
    }
}

let private compute workshop (assignment: CellAssignment) definition inputs paths : Computed =
    assignment.Began()
    let started = DateTimeOffset.UtcNow
    let clock = Stopwatch.StartNew()
    let witness = Witness assignment
    let ended = workshop.Options.RunStage(job workshop assignment inputs paths witness)
    let failed failure = Computed.Failed(failure, witness.Saved)

    let result outcome output (facts: JobFacts) =
        witness.Resumed facts.ResumedAt
        let seconds = clock.Elapsed.TotalSeconds

        Computed.Result {
            Record = record workshop assignment definition started seconds outcome facts
            Output = output
            Trail = Some paths.Trail |> Option.filter File.Exists
            Volatile = assignment.Cell.Stage.Reproducibility.IsVolatile
        }

    match ended with
    | JobEnd.Stopped -> Computed.Stopped
    | JobEnd.Ended(Failed failure, _) -> failed failure
    | JobEnd.Ended _ when not (unchanged workshop assignment definition) ->
        failed (changedWhileRead assignment.Cell)
    | JobEnd.Ended(Diverged(step, what), facts) -> result (Outcome.Diverged(step, what)) None facts
    | JobEnd.Ended(Finished, facts) ->
        match workshop.Store.Measure paths.Output with
        | Ok artifact -> result (Outcome.Finished artifact) (Some paths.Output) facts
        | Error(Unreadable(_, why)) -> failed (Fault.bug $"stage {assignment.Cell.Stage.Name}: {why}")
        | Error error -> failed (Fault.ofStore error)

/// The record that counts is the first of its key.
let private store workshop (assignment: CellAssignment) (product: Product) : Ended =
    match workshop.Commit product with
    | Error failure -> Ended.Failed(failure, 0L)
    | Ok committed ->
        workshop.Store.DropCheckpoint product.Record.Key

        match committed with
        | Committed.New -> Ended.Result(product.Record, Origin.Executed)
        | Committed.Same first -> Ended.Result(first, Origin.Cached)
        | Committed.Differs first ->
            workshop.Disagreement {
                Cell = assignment.Cell
                First = first
                Other = product.Record.Artifact |> Option.map _.Digest
            }

            Ended.Result(first, Origin.Cached)

let private computeAnew workshop assignment definition : Ended =
    let ended computed =
        match computed with
        | Computed.Failed(failure, reached) -> Ended.Failed(failure, reached)
        | Computed.InputLost lost -> Ended.InputLost lost
        | Computed.Stopped -> Ended.Stopped
        | Computed.Result product -> store workshop assignment product

    match openInputs workshop assignment with
    | Error computed -> ended computed
    | Ok inputs ->
        workshop.KeepCode assignment.Stage

        match newPaths workshop.Store (Key.ofDefinition definition) with
        | Error failure -> Ended.Failed(failure, 0L)
        | Ok paths ->
            try
                compute workshop assignment definition inputs paths |> ended
            finally
                // Whatever was committed has been moved away.
                for path in [ paths.Output; paths.Trail; paths.Output + ".log" ] do
                    workshop.Store.Discard path

/// With the right to work at the key, which another run may have used just before.
let private claimed workshop (assignment: CellAssignment) definition : Ended =
    match workshop.Claim(Key.ofDefinition definition) with
    | Error failure -> Ended.Failed(failure, 0L)
    | Ok(Claim.Elsewhere owner) -> Ended.Held owner
    | Ok(Claim.Mine release) ->
        try
            match find workshop assignment.Cell assignment.Inputs with
            | Error failure -> Ended.Failed(failure, 0L)
            | Ok(_, Some record) -> Ended.Result(record, Origin.Cached)
            | Ok(_, None) -> computeAnew workshop assignment definition
        finally
            release ()

/// Runs the assignment on the calling thread, up to and including the record. Two cells may turn out to have
/// the same key: the second waits for the first.
let rec private attempt (workshop: Workshop) (assignment: CellAssignment) : Ended =
    match find workshop assignment.Cell assignment.Inputs with
    | Error failure -> Ended.Failed(failure, 0L)
    | Ok(_, Some record) -> Ended.Result(record, Origin.Cached)
    | Ok(definition, None) ->
        let key = Key.ofDefinition definition
        let signal = TaskCompletionSource()
        let first = workshop.UnderWay.GetOrAdd(key, signal)

        if obj.ReferenceEquals(first, signal) then
            try
                claimed workshop assignment definition
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
    | fault -> Ended.Failed(Fault.ofException assignment.Cell.Stage.Name fault, 0L)
