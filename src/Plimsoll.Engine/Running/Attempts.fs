/// What one attempt at a cell does, on the thread that it was given.
module Plimsoll.Engine.Attempts

open System
open System.Threading.Tasks
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

let private lookup (workshop: Workshop) key : Result<Record option, StageFailure> =
    match workshop.Store.Find key with
    | Ok(Lookup.Found record) -> Ok(Some record)
    | Ok Lookup.Absent -> Ok None
    | Ok(Lookup.Lost damage) ->
        workshop.Damage damage
        Ok None
    | Error error -> Error(Fault.ofStore error)

/// The key of a cell and its record: of a volatile stage, what was measured last.
let find (workshop: Workshop) (cell: Cell) inputs : Result<KeyDefinition * Record option, StageFailure> =
    Keying.definition workshop.Keying cell inputs
    |> Result.bind (fun definition ->
        lookup workshop (Key.ofDefinition definition)
        |> Result.map (fun record -> definition, record))

/// As `find`, with a record only where it spares the work: a volatile stage's never does.
let private reusable (workshop: Workshop) (cell: Cell) inputs =
    match cell.Stage.Reproducibility with
    | Volatile ->
        Keying.definition workshop.Keying cell inputs
        |> Result.map (fun definition -> definition, None)
    | Bitwise
    | SameMachine -> find workshop cell inputs

/// The record that counts is the first of its key.
let private store (workshop: Workshop) (assignment: CellAssignment) (product: Product) : Ended =
    workshop.KeepCode assignment.Stage

    match workshop.Commit product with
    | Error failure -> Ended.ofEngine failure
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

/// A stage found an input unsound that was sound when it was first used: its bytes may have changed since.
/// What is lost is computed again; inputs that are what they were fail the cell.
let private corrupt (workshop: Workshop) (assignment: CellAssignment) failure reached : Ended =
    let lost =
        assignment.Inputs
        |> List.map snd
        |> List.distinct
        |> List.choose (fun digest ->
            match workshop.Store.UseAnew digest with
            | Error(Damaged damage) -> Some(digest, damage)
            | _ -> None)

    lost |> List.iter (snd >> workshop.Damage)

    match lost with
    | [] -> Ended.Failed(failure, reached)
    | _ -> Ended.InputLost(lost |> List.map fst)

let private computeAnew (workshop: Workshop) assignment definition : Ended =
    Computation.run workshop assignment definition (function
        | Computation.Computed.Failed({ Class = Corrupt } as failure, reached) ->
            corrupt workshop assignment failure reached
        | Computation.Computed.Failed(failure, reached) -> Ended.Failed(failure, reached)
        | Computation.Computed.Starved failure -> Ended.Starved failure
        | Computation.Computed.Refused failure -> Ended.Refused failure
        | Computation.Computed.InputLost lost -> Ended.InputLost lost
        | Computation.Computed.Stopped -> Ended.Stopped
        | Computation.Computed.Result product -> store workshop assignment product)

/// With the right to work at the key, which another run may have used just before.
let private claimed (workshop: Workshop) (assignment: CellAssignment) definition : Ended =
    match workshop.Claim(Key.ofDefinition definition) with
    | Error failure -> Ended.ofEngine failure
    | Ok(Claim.Elsewhere owner) -> Ended.Held owner
    | Ok(Claim.Mine release) ->
        try
            match reusable workshop assignment.Cell assignment.Inputs with
            | Error failure -> Ended.ofEngine failure
            | Ok(_, Some record) -> Ended.Result(record, Origin.Cached)
            | Ok(_, None) -> computeAnew workshop assignment definition
        finally
            release ()

/// Runs the assignment on the calling thread, up to and including the record. Two cells may turn out to have
/// the same key: the second waits for the first.
let rec private attempt (workshop: Workshop) (assignment: CellAssignment) : Ended =
    match reusable workshop assignment.Cell assignment.Inputs with
    | Error failure -> Ended.ofEngine failure
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
