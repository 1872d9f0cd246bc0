/// The simulators that stages touch, and the native files behind them.
module Plimsoll.Stages.Simulators

open Plimsoll.Environments
open Plimsoll.Language

/// The facts of a task that this machine can simulate, and the native files that decide what comes of it.
let find (task: string) : Result<TaskFacts * NativeFile list, StageFailure> =
    match Tasks.Find task with
    | null -> Error(FailureText.noSimulator task (Tasks.All |> Seq.map _.Name |> List.ofSeq))
    | facts ->
        match Engines.StateOf facts.Engine with
        | :? EngineState.Ready as ready -> Ok(facts, List.ofSeq ready.Files)
        | :? EngineState.Missing as missing -> Error(FailureText.engineMissing missing.What missing.Remedy)
        | other -> invalidOp $"unknown state {other}"

/// What enters the key of a cell of such a stage, whose parameter `task` says what it simulates.
let files (stage: StageSignature) (task: Value option) : Result<NativeFile list, StageFailure> =
    match stage.Environment, task with
    | (MakesData | FinalEvaluation | Hybrid), Some(Text task) -> find task |> Result.map snd
    | _ -> Ok []
