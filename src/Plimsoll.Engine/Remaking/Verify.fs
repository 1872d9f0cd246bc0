/// Makes artifacts again, away from the store, and compares the bytes.
module Plimsoll.Engine.Verify

open System
open System.IO
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// Where two hash trails part: the cause lies in the steps after `LastEqual`, up to `Step`.
type TrailDifference = {
    Step: int64
    LastEqual: int64
    /// What differs there: the losses or the state.
    Kind: string
}

/// What recomputing needs. Outputs lie in `Folder`, which the caller makes and removes.
type Bench = {
    Keying: Keying.Keying
    Store: Store
    RunStage: StageRunner
    Folder: string
    Threads: int
    Report: Cell -> Progress -> unit
    Cancelled: CancellationToken
    /// Where two hash trails part; None where they agree or cannot be compared.
    Trails: string -> string -> TrailDifference option
}

/// What came of one recomputation.
[<RequireQualifiedAccess>]
type Again =
    | Artifact of Digest * path: string * trail: string option
    | Diverged of step: int64 * what: string
    | Stopped

type Mismatch = {
    /// As the record says.
    Stored: Outcome
    First: Again
    /// A second recomputation, which tells a stage that does not repeat itself from another cause.
    Second: Again option
    /// By the hash trails, where both are there.
    Trail: TrailDifference option
    Where: ArtifactDifference.Difference option
    /// The record's machine is another one.
    OtherMachine: bool
}

[<RequireQualifiedAccess>]
type Verdict =
    | Same of seconds: double
    | Different of Mismatch
    /// The artifact in the store is not what was written.
    | Damaged of Damage
    | NotDone of StageFailure
    | Stopped

let private inputs (bench: Bench) (record: Record) : Result<Map<string, string>, StageFailure> =
    let named = [
        for part in record.Parts do
            if part.Kind = InputPart then
                part.Name, bench.Store.Use(Digest part.Value)
    ]

    match
        named
        |> List.tryPick (function
            | _, Error error -> Some error
            | _ -> None)
    with
    | Some error -> Error(Fault.ofStore error)
    | None ->
        named
        |> List.choose (fun (role, path) -> path |> Result.toOption |> Option.map (fun path -> role, path))
        |> Map.ofList
        |> Ok

let private recompute (bench: Bench) (cell: Cell) (stage: Stage) inputs : Result<Again, StageFailure> =
    let name = Guid.NewGuid().ToString "N"
    let output = Path.Combine(bench.Folder, name)
    let trail = output + ".trail"

    let ended =
        bench.RunStage {
            Cell = cell
            Stage = stage
            Attempt = 1
            Slots = [ for cpu in 0 .. bench.Threads - 1 -> Cpu cpu ]
            Limits = Limits.none
            Log = output + ".log"
            Request = {
                Parameters = Keying.parameters bench.Keying cell
                Inputs = inputs
                Output = output
                Seed = cell.Seed
                Threads = bench.Threads
                Report = bench.Report cell
                Cancelled = bench.Cancelled
                Checkpoint = None
                CheckpointEvery = StageRequest.checkpointEvery
                Trail = Some trail
            }
        }

    match ended with
    | JobEnd.Stopped -> Ok Again.Stopped
    | JobEnd.Starved failure
    | JobEnd.Refused failure
    | JobEnd.Ended(Failed failure, _) -> Error failure
    | JobEnd.Ended(Diverged(step, what), _) -> Ok(Again.Diverged(step, what))
    | JobEnd.Ended(Finished, _) ->
        match bench.Store.Measure output with
        | Ok artifact ->
            let trail = if File.Exists trail then Some trail else None
            Ok(Again.Artifact(artifact.Digest, output, trail))
        | Error error -> Error(Fault.ofStore error)

/// Whether two endings are the same result.
let private same (outcome: Outcome) (again: Again) =
    match outcome, again with
    | Outcome.Finished artifact, Again.Artifact(digest, _, _) -> artifact.Digest = digest
    | Outcome.Diverged(step, what), Again.Diverged(step', what') -> step = step' && what = what'
    | _ -> false

/// Whether a second recomputation came out as the first.
let agree (first: Again) (second: Again) =
    match first, second with
    | Again.Artifact(a, _, _), Again.Artifact(b, _, _) -> a = b
    | Again.Diverged(a, what), Again.Diverged(b, what') -> a = b && what = what'
    | _ -> false

let private mismatch (bench: Bench) (record: Record) trail stored first second =
    let parting =
        match trail, first with
        | Some old, Again.Artifact(_, _, Some now) -> bench.Trails old now
        | _ -> None

    let where =
        match stored, first with
        | Some old, Again.Artifact(_, now, _) -> Some(ArtifactDifference.between old now)
        | _ -> None

    {
        Stored = record.Outcome
        First = first
        Second = second
        Trail = parting
        Where = where
        OtherMachine = record.Machine <> Machine.current ()
    }

let private discard (again: Again) =
    match again with
    | Again.Artifact(_, path, trail) ->
        File.Delete path
        trail |> Option.iter File.Delete
    | Again.Diverged _
    | Again.Stopped -> ()

let private compareWith bench (cell: Cell) stage (record: Record) trail stored : Verdict =
    let clock = Diagnostics.Stopwatch.StartNew()

    match inputs bench record |> Result.bind (recompute bench cell stage) with
    | Error failure -> Verdict.NotDone failure
    | Ok Again.Stopped -> Verdict.Stopped
    | Ok first when same record.Outcome first ->
        discard first
        Verdict.Same clock.Elapsed.TotalSeconds
    | Ok first ->
        let second =
            match inputs bench record |> Result.bind (recompute bench cell stage) with
            | Ok second -> Some second
            | Error _ -> None

        let found = mismatch bench record trail stored first second
        discard first
        second |> Option.iter discard
        Verdict.Different found

/// Checks one recorded cell: first the bytes in the store, then the stage. `trail` is the path of the trail
/// that was stored with the record.
let cell (bench: Bench) (cell: Cell) (record: Record) (trail: string option) : Verdict =
    match Keying.stageOf bench.Keying cell with
    | Error failure -> Verdict.NotDone failure
    | Ok stage ->
        match record.Outcome with
        | Outcome.Diverged _ -> compareWith bench cell stage record trail None
        | Outcome.Finished artifact ->
            match bench.Store.Use artifact.Digest with
            | Error(Damaged damage) -> Verdict.Damaged damage
            | Error error -> Verdict.NotDone(Fault.ofStore error)
            | Ok stored -> compareWith bench cell stage record trail (Some stored)
