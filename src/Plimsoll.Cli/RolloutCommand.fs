/// `rollout`: scores any policy in any task.
module Plimsoll.Cli.RolloutCommand

open System
open Argu
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Rollouts
open Plimsoll.Numerics.Runtime
open Plimsoll.Stages
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let private fits (facts: TaskFacts) path (file: PolicyFile) =
    let sizes (s: int) (a: int) =
        $"observations of {s} numbers and actions of {a}"

    let given = file.Policy.ObservationSize, file.Policy.ActionSize

    if given = (facts.ObservationSize, facts.ActionSize) then
        Ok()
    else
        Troubles.refused
            $"the policy is for {given ||> sizes}; {facts.Name} has {sizes facts.ObservationSize facts.ActionSize}"
            path
            "a policy acts in tasks of its own sizes only"
            "name the task that the policy was trained for"

/// A policy that acts with NaN or breaks the simulation is at fault itself.
let private roll (facts: TaskFacts) path (file: PolicyFile) episodes seed threads =
    use team = new Team(threads, pinCaller = true)

    try
        Ok(Evaluator.Run(file.Policy, facts.Name, episodes, seed, team) |> List.ofSeq)
    with
    | :? ActionException as refused ->
        Troubles.refused
            refused.Message
            path
            "the policy's outputs are the actions of the task"
            "roll out a policy whose outputs are numbers for all observations"
    | :? SimulationException as broken ->
        Troubles.refused
            broken.Message
            path
            "the simulation could not go on from what the policy did"
            "roll out a policy that drives the robot less hard"

let private reference (name: string) limits =
    match DsrlTasks.Find name with
    | null -> None, limits
    | known -> Some known.Returns, (if limits = [] then List.ofSeq known.CostLimits else limits)

/// What the command line asks for, checked as far as it goes without a policy.
type private Asked = {
    Facts: TaskFacts
    Libraries: NativeFile list
    Policy: string
    Episodes: int
    Seed: int64
    Threads: int
    CostLimits: double list
    Store: string option
    AsJson: bool
}

let private limits (given: double list) : Result<double list, Trouble> =
    if given |> List.forall (fun limit -> Double.IsFinite limit && limit >= 0.0) then
        Ok given
    else
        Troubles.refused
            "--cost-limit takes a cost of an episode, at least 0"
            "the command line"
            "a limit below 0 can be kept by nothing, and one that is not finite bounds nothing"
            "give such a number"

let private asked (arguments: ParseResults<RolloutArguments>) : Result<Asked, Trouble> =
    let episodes = arguments.GetResult(Episodes, 20)
    let seed = arguments.GetResult(RolloutArguments.Seed, 0L)
    let episodesType = WholeType(1L, int64 EvaluationStages.Evaluate.mostEpisodes)

    Troubles.named "--task" (arguments.GetResult RolloutArguments.Task)
    >>= Troubles.simulated
    >>= fun (facts, libraries) ->
        Troubles.named "--policy" (arguments.GetResult RolloutArguments.Policy)
        >>= fun policy ->
            Troubles.fitting "--episodes" episodesType (Whole(int64 episodes))
            >>= fun () -> Troubles.fitting "--seed" ProtocolSection.seedType (Whole seed)
            >>= fun () -> positive "threads" (arguments.TryGetResult RolloutArguments.Threads)
            >>= fun threads ->
                limits (arguments.GetResults Cost_Limit)
                |> Result.map (fun limits -> {
                    Facts = facts
                    Libraries = libraries
                    Policy = policy
                    Episodes = episodes
                    Seed = seed
                    Threads = defaultArg threads Environment.ProcessorCount
                    CostLimits = limits
                    Store = arguments.TryGetResult RolloutArguments.Store
                    AsJson = arguments.Contains RolloutArguments.Json
                })

/// The episodes of the policy in a file.
let private scored
    (asked: Asked)
    (chosen: PolicyChoice.Chosen)
    (file: PolicyFile)
    : Result<RolloutView.Rolled, Trouble> =
    fits asked.Facts chosen.Path file
    >>= fun () -> roll asked.Facts chosen.Path file asked.Episodes asked.Seed asked.Threads
    |> Result.map (fun episodes ->
        let reference, limits = reference asked.Facts.Name asked.CostLimits

        {
            Task = asked.Facts.Name
            Policy = asked.Policy
            Digest = chosen.Digest
            Seed = asked.Seed
            Episodes = episodes
            Reference = reference
            CostLimits = limits
            Engine = asked.Libraries |> List.map _.Name
        })

let private run (asked: Asked) : Result<int, Trouble> =
    PolicyChoice.find asked.Store asked.Policy
    >>= fun chosen ->
        PolicyChoice.openPolicy chosen.Path
        >>= fun file ->
            use file = file

            scored asked chosen file
            |> Result.map (fun rolled ->
                let view = if asked.AsJson then RolloutView.json else RolloutView.text
                Console.Out.WriteLine(view rolled)
                ExitCode.ok)

let rollout (arguments: ParseResults<RolloutArguments>) : Result<int, Trouble> = asked arguments >>= run
