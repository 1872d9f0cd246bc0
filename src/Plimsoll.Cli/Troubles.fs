/// From what the layers below say went wrong to how a command ends.
module Plimsoll.Cli.Troubles

open System
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Stages

let refused what where why remedy =
    Error(BadInput $"{what}\n  where: {where}\n  why: {why}\n  remedy: {remedy}")

/// A missing library or a place that cannot be written to: the machine's, not the data's.
let private isOfMachine (problem: DatasetProblem) =
    match problem with
    | :? DatasetProblem.LibraryMissing
    | :? DatasetProblem.NotWritable -> true
    | _ -> false

let ofProblems (problems: DatasetProblem list) : Trouble =
    let words = DataView.problems problems

    if problems |> List.exists isOfMachine then
        Surroundings words
    else
        BadInput words

/// How a command ends that has found these and told of them in its own way.
let codeOf (problems: DatasetProblem list) =
    ExitCode.ofTrouble (ofProblems problems)

let private words (failure: StageFailure) =
    $"{Display.indented 2 failure.What}\n  remedy: {failure.Remedy}"

let ofFailure (failure: StageFailure) : Trouble =
    let words = words failure

    match failure.Class with
    | Invalid
    | Deterministic -> BadInput words
    | Bug -> OwnFault words
    | Transient
    | Resource
    | Corrupt
    | Cancelled -> Surroundings words

/// A task's facts and the native files of its simulator, which this machine has.
let simulated (name: string) : Result<TaskFacts * NativeFile list, Trouble> =
    let known = Tasks.All |> Seq.map _.Name |> List.ofSeq

    if not (List.contains name known) then
        let guess =
            Suggest.nearest name known
            |> Option.map (fun near -> $"did you mean `{near}`? ")
            |> Option.defaultValue ""

        let known = String.concat ", " known

        refused
            $"there is no simulator of a task `{name}`"
            $"--task {name}"
            "simulators are part of the program; a file of data brings none, and an experiment scores its policies \
             from the data"
            $"{guess}name one of {known}"
    else
        // The task is known, so its engine is missing.
        Simulators.find name |> Result.mapError (words >> Surroundings)

/// An option of the command line whose value is not what it takes.
let option (name: string) (takes: string) (given: string) (why: string) (example: string) =
    refused $"{name} takes {takes}, not `{given}`" $"{name} {given}" why $"write it as in `{name} {example}`"

/// Something must be named: an empty word names nothing.
let named (what: string) (word: string) : Result<string, Trouble> =
    if String.IsNullOrWhiteSpace word then
        refused
            $"{what} takes a name, not an empty text"
            $"{what} ''"
            "an empty text names nothing; a variable of the shell may be empty"
            "write the name"
    else
        Ok word

let namedIfGiven (what: string) (word: string option) : Result<string option, Trouble> =
    match word with
    | None -> Ok None
    | Some word -> named what word |> Result.map Some

/// A value that has to be as in an experiment.
let fitting (what: string) (expected: ValueType) (value: Value) : Result<unit, Trouble> =
    if Literal.fits expected value then
        Ok()
    else
        refused
            $"{what} takes {Words.valueType expected}, not {Literal.print value}"
            $"{what} {Literal.print value}"
            "an experiment file takes no other value in its place"
            "choose a value that it takes"
