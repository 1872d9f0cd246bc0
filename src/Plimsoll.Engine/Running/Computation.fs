/// One computation of a cell: from verified inputs to what is to be stored.
module internal Plimsoll.Engine.Computation

open System
open System.Diagnostics
open System.IO
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// What comes of it, before anything is stored.
[<RequireQualifiedAccess>]
type Computed =
    | Result of Product
    | Failed of StageFailure * reached: int64
    /// As of `Ended`.
    | Starved of StageFailure
    | Refused of StageFailure
    | InputLost of Digest list
    | Stopped

let private ofEngine (failure: StageFailure) =
    match Ended.ofEngine failure with
    | Ended.Starved failure -> Computed.Starved failure
    | _ -> Computed.Failed(failure, 0L)

/// Paths of the inputs, their bytes verified; otherwise what is lost, or why they cannot be read.
let private openInputs (workshop: Workshop) (assignment: CellAssignment) =
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
    | [], Some error -> Error(ofEngine (Fault.ofStore error))
    | _ ->
        lost |> List.iter (snd >> workshop.Damage)
        Error(Computed.InputLost(lost |> List.map fst))

let private record
    (workshop: Workshop)
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
let private unchanged (workshop: Workshop) (assignment: CellAssignment) definition =
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
let private log (workshop: Workshop) (assignment: CellAssignment) (output: string) =
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

let private job (workshop: Workshop) (assignment: CellAssignment) inputs paths (witness: Witness) : Job = {
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

let private compute (workshop: Workshop) (assignment: CellAssignment) definition inputs paths : Computed =
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
    | JobEnd.Starved failure -> Computed.Starved failure
    | JobEnd.Refused failure -> Computed.Refused failure
    | JobEnd.Ended(Failed failure, _) -> failed failure
    | JobEnd.Ended _ when not (unchanged workshop assignment definition) ->
        failed (changedWhileRead assignment.Cell)
    | JobEnd.Ended(Diverged(step, what), facts) -> result (Outcome.Diverged(step, what)) None facts
    | JobEnd.Ended(Finished, facts) ->
        match workshop.Store.Measure paths.Output with
        | Ok artifact -> result (Outcome.Finished artifact) (Some paths.Output) facts
        | Error(Unreadable(_, why)) when not (File.Exists paths.Output) ->
            failed (Fault.bug $"stage {assignment.Cell.Stage.Name}: {why}")
        | Error error -> ofEngine (Fault.ofStore error)

/// The files of the attempt are there until `keep` returns.
let run (workshop: Workshop) (assignment: CellAssignment) definition (keep: Computed -> Ended) : Ended =
    match openInputs workshop assignment with
    | Error computed -> keep computed
    | Ok inputs ->
        workshop.KeepCode assignment.Stage

        match newPaths workshop.Store (Key.ofDefinition definition) with
        | Error failure -> keep (ofEngine failure)
        | Ok paths ->
            try
                compute workshop assignment definition inputs paths |> keep
            finally
                // Whatever was committed has been moved away.
                for path in [ paths.Output; paths.Trail; paths.Output + ".log" ] do
                    workshop.Store.Discard path
