/// From a cell and its input artifacts to its key.
module Plimsoll.Engine.Keying

open System
open System.Collections.Generic
open Plimsoll.Engine.Code
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// What the keys of one run have in common.
type Keying = {
    Stages: IReadOnlyDictionary<string, Stage>
    Code: IReadOnlyDictionary<string, (string * Digest) list>
    /// What the digest of a stage's reachable code was made of.
    Listings: IReadOnlyDictionary<string, Lazy<Listing>>
    FileOf: string -> string
}

/// The part of a key that stands for the code that a stage can reach.
let reachableCode = "reachable code"

/// Follows each stage's code, unless the cache knows what comes of it.
///
/// Which program this is, is settled first: should it be rebuilt after that, its new workers are refused, as
/// their results would not belong under these keys.
let makeWith (cache: CodeCache) (fileOf: string -> string) (stages: Stage list) : Keying =
    Workers.Build.current () |> ignore
    let code = StageCode.ofStages cache stages

    let byName project =
        dict [ for stage in stages -> stage.Signature.Name, project stage ]
        |> Dictionary

    {
        Stages = byName id
        Code =
            byName (fun stage -> [
                reachableCode, Digest code[stage.Signature.Name].Digest
                yield! Fingerprint.ofAssemblies stage.Code
            ])
        Listings = byName (fun stage -> code[stage.Signature.Name].Listing)
        FileOf = fileOf
    }

/// Whether the keys of the stage stand for this listing.
let isReachable (keying: Keying) (stage: string) (listing: Listing) : bool =
    keying.Code[stage]
    |> List.contains (reachableCode, Digest(Listing.digest listing))

let make (fileOf: string -> string) (stages: Stage list) : Keying = makeWith CodeCache.memory fileOf stages

let stageOf (keying: Keying) (cell: Cell) : Result<Stage, StageFailure> =
    match keying.Stages.TryGetValue cell.Stage.Name with
    | true, stage -> Ok stage
    | _ ->
        Error {
            Class = Invalid
            What = $"this program has no stage '{cell.Stage.Name}' (cell {cell.Label})"
            Remedy = "use a version of the program that has it"
        }

let private typeOf (cell: Cell) name =
    cell.Stage.Parameters
    |> List.tryFind (fun parameter -> parameter.Name = name)
    |> Option.map _.Type

/// Maps every file name in a value, however deep.
let rec private mapFiles onFile onOther valueType value =
    match valueType, value with
    | Some FileType, Text file -> onFile file
    | Some(ItemsType item), Items values ->
        onOther (Choice2Of2(values |> List.map (mapFiles onFile onOther (Some item))))
    | Some declared, _ -> onOther (Choice1Of2(Key.typed declared value))
    | None, _ -> onOther (Choice1Of2 value)

/// The parameters as the stage sees them: files by full path.
let parameters (keying: Keying) (cell: Cell) : Map<string, Value> =
    let onOther =
        function
        | Choice1Of2 value -> value
        | Choice2Of2 values -> Items values

    cell.Parameters
    |> Map.map (fun name setting -> mapFiles (keying.FileOf >> Text) onOther (typeOf cell name) setting.Value)

let private allOk (results: Result<'a, 'error> list) : Result<'a list, 'error> =
    List.foldBack
        (fun result rest -> Result.bind (fun head -> rest |> Result.map (fun tail -> head :: tail)) result)
        results
        (Ok [])

let private unreadable (cell: Cell) name file why = {
    Class = Invalid
    What = $"parameter '{name}' of {cell.Label} names the file '{file}', which cannot be read: {why}"
    Remedy = "paths are relative to the experiment file"
}

/// The native files behind a cell that touches a simulator.
let private libraries (cell: Cell) : Result<(string * Digest) list, StageFailure> =
    let task = cell.Parameters.TryFind Reserved.taskParameter |> Option.map _.Value

    Simulators.files cell.Stage task
    |> Result.bind (
        List.map (fun (file: NativeFile) ->
            Fingerprint.ofFile file.Path
            |> Result.map (fun digest -> file.Name, digest)
            |> Result.mapError (FailureText.libraryUnreadable cell.Label file.Name))
        >> allOk
    )

let private keyValue keying (cell: Cell) name (value: Value) : Result<KeyValue, StageFailure> =
    let onFile file =
        Fingerprint.ofFile (keying.FileOf file)
        |> Result.map Content
        |> Result.mapError (unreadable cell name file)

    let onOther =
        function
        | Choice1Of2 value -> Ok(Known value)
        | Choice2Of2 values -> values |> allOk |> Result.map Several

    mapFiles onFile onOther (typeOf cell name) value

/// Everything that can change the cell's output.
let definition
    (keying: Keying)
    (cell: Cell)
    (inputs: (string * Digest) list)
    : Result<KeyDefinition, StageFailure> =
    stageOf keying cell
    |> Result.bind (fun _ ->
        cell.Parameters
        |> Map.toList
        |> List.map (fun (name, setting) ->
            keyValue keying cell name setting.Value |> Result.map (fun value -> name, value))
        |> allOk)
    |> Result.bind (fun parameters ->
        libraries cell
        |> Result.map (fun libraries -> {
            Stage = cell.Stage.Name
            Code = keying.Code[cell.Stage.Name]
            Parameters = parameters
            Inputs = inputs
            Seed = cell.Seed
            Libraries = libraries
        }))
