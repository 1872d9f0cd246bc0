/// `rollout`: scores any policy in any task.
module Plimsoll.Cli.RolloutCommand

open System
open System.IO
open Argu
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Rollouts
open Plimsoll.Numerics.Runtime
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let private bad what where remedy =
    Error(BadInput $"{what}\n  where: {where}\n  remedy: {remedy}")

/// The task's facts and its native files.
let private task (name: string) : Result<TaskFacts * NativeFile list, Trouble> =
    match Tasks.Find name with
    | null ->
        let known = Tasks.All |> Seq.map _.Name |> List.ofSeq

        let guess =
            Suggest.nearest name known
            |> Option.map (fun near -> $"did you mean `{near}`? ")
            |> Option.defaultValue ""

        let known = String.concat ", " known
        bad $"there is no simulator of a task `{name}`" "--task" $"{guess}name one of {known}"
    | _ ->
        Simulators.find name
        |> Result.mapError (fun failure -> Surroundings $"{failure.What}\n  remedy: {failure.Remedy}")

/// A file, or the artifact of a record whose key begins so.
let private policyPath store (word: string) : Result<string, Trouble> =
    if File.Exists word then
        Ok word
    elif not (CellChoice.isDigest word) then
        bad
            "there is no such policy file"
            word
            "give a path, or at least 6 digits of the key of a record of a policy"
    else
        openToRead (storeRoot store)
        >>= fun store ->
            RecordChoice.record store word
            >>= fun record ->
                match record.Outcome with
                | Outcome.Finished artifact ->
                    store.Use artifact.Digest
                    |> Result.mapError (fun error -> Surroundings(StoreError.text error))
                | Outcome.Diverged(step, what) ->
                    bad
                        $"this record holds no policy: its training diverged by step {step}, in {what}"
                        $"{record.Label}, key {word}"
                        "name the record of another seed, or train with other parameters"

let private openPolicy (path: string) : Result<PolicyFile, Trouble> =
    match PolicyFile.TryOpen path with
    | :? PolicyOpening.Opened as opened -> Ok opened.File
    | :? PolicyOpening.Refused as refused ->
        let struct (what, remedy) = PolicyProblemText.Describe refused.Problem
        bad $"this is no policy: {what}" path remedy
    | other -> invalidOp $"opening a policy ended in {other}"

let private fits (facts: TaskFacts) path (file: PolicyFile) =
    let sizes (s: int) (a: int) =
        $"observations of {s} numbers and actions of {a}"

    let given = file.Policy.ObservationSize, file.Policy.ActionSize

    if given = (facts.ObservationSize, facts.ActionSize) then
        Ok()
    else
        bad
            $"the policy is for {given ||> sizes}; {facts.Name} has {sizes facts.ObservationSize facts.ActionSize}"
            path
            "name the task that the policy was trained for"

/// A policy that acts with NaN or breaks the simulation is at fault itself.
let private roll (facts: TaskFacts) path (file: PolicyFile) episodes seed threads =
    use team = new Team(threads, pinCaller = true)

    try
        Ok(Evaluator.Run(file.Policy, facts.Name, episodes, seed, team) |> List.ofSeq)
    with
    | :? ActionException as refused ->
        bad refused.Message path "roll out a policy whose outputs are numbers for all observations"
    | :? SimulationException as broken ->
        bad broken.Message path "roll out a policy that drives the robot less hard"

let private reference (name: string) limits =
    match DsrlTasks.Find name with
    | null -> None, limits
    | known -> Some known.Returns, (if limits = [] then List.ofSeq known.CostLimits else limits)

let rollout (arguments: ParseResults<RolloutArguments>) : Result<int, Trouble> =
    let word = arguments.GetResult RolloutArguments.Policy
    let seed = arguments.GetResult(RolloutArguments.Seed, 0L)
    let limits = arguments.GetResults Cost_Limit

    task (arguments.GetResult RolloutArguments.Task)
    >>= fun (facts, libraries) ->
        positive "episodes" (arguments.TryGetResult Episodes)
        >>= fun episodes ->
            positive "threads" (arguments.TryGetResult RolloutArguments.Threads)
            >>= fun threads ->
                if seed < 0L || seed > Int64.MaxValue / 2000L then
                    bad
                        "--seed takes a whole number from 0"
                        (string seed)
                        "give one, as in an experiment's seeds"
                elif limits |> List.exists (fun limit -> not (Double.IsFinite limit) || limit < 0.0) then
                    bad
                        "--cost-limit takes a cost of an episode, at least 0"
                        "the command line"
                        "give such a number"
                else
                    policyPath (arguments.TryGetResult RolloutArguments.Store) word
                    >>= fun path ->
                        openPolicy path
                        >>= fun file ->
                            use file = file

                            fits facts path file
                            >>= fun () ->
                                let threads = defaultArg threads Environment.ProcessorCount

                                roll facts path file (defaultArg episodes 20) seed threads
                                >>= fun episodes ->
                                    let reference, limits = reference facts.Name limits

                                    let rolled: RolloutView.Rolled = {
                                        Task = facts.Name
                                        Policy = word
                                        Digest =
                                            Fingerprint.ofFile path
                                            |> Result.map string
                                            |> Result.defaultValue ""
                                        Seed = seed
                                        Episodes = episodes
                                        Reference = reference
                                        CostLimits = limits
                                        Engine = libraries |> List.map _.Name
                                    }

                                    Console.Out.WriteLine(
                                        if arguments.Contains RolloutArguments.Json then
                                            RolloutView.json rolled
                                        else
                                            RolloutView.text rolled
                                    )

                                    Ok ExitCode.ok
