/// Parameters and habits that the training stages share.
module Plimsoll.Stages.Common

open System
open System.IO
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Diffusion
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Training
open Plimsoll.Numerics.Random
open Plimsoll.Numerics.Runtime
open Plimsoll.Numerics.State
open Plimsoll.Stages.Typed

let costLimit =
    requiredReal
        "cost-limit"
        (0.0, Double.MaxValue)
        "cost/episode"
        "undiscounted sum of costs over an episode"

let steps standard =
    whole "steps" standard (1L, 1_000_000_000L) "step" "gradient steps"

let batch standard =
    whole "batch" standard (1L, 1_000_000L) "transition" "transitions a gradient step"

let hidden = widths "hidden" [ 256; 256 ] "widths of the hidden layers"

let learningRate name standard ([<Wording>] meaning: string) =
    positive name standard (0.0, 1.0) "1/step" meaning

let polyak =
    positive "polyak" 0.005 (0.0, 1.0) "1/step" "rate at which target networks follow"

let discount =
    real "discount" 0.99 (0.0, 0.999999) "1/step" "discount of the next step's value"

let guardEvery =
    whole
        "guard-every"
        1000L
        (1L, 1_000_000_000L)
        "step"
        "steps between looks for non-finite numbers; each look is a point of the curves"

let osrlCompat =
    flag
        "osrl-compat"
        false
        "the behaviour that the baseline's numbers were published with, its defects included"

let costHorizon =
    choice
        "cost-horizon"
        "auto"
        [ "auto"; "endless"; "episodic" ]
        "endless: discounted, through time-outs; episodic: undiscounted sum of an episode; \
         auto: episodic where episodes can end early"

let estimateOver =
    choice
        "estimate-over"
        "auto"
        [ "auto"; "states"; "safe-states"; "starts" ]
        "where the cost to go is averaged: all states of the data, those of trajectories within the limit, \
         or episode starts; auto: starts when episodic, else states"

let weight =
    choice
        "weight"
        "vds"
        [ "vds"; "stable"; "score" ]
        "w(t) of the pull towards the behaviour: sigma^2, 1 or alpha/sigma"

let weightOf (request: StageRequest) =
    match weight.Of request with
    | "stable" -> DiffusionWeight.Stable
    | "score" -> DiffusionWeight.Score
    | _ -> DiffusionWeight.Vds

/// The task's own facts decide where it has a simulator; otherwise the data do.
let private endsEarly (dataset: Dataset) =
    match Tasks.Find dataset.Metadata.Task with
    | null -> dataset.Trajectories |> Seq.exists _.Terminated
    | facts -> facts.EndsEarly

let horizonOf (request: StageRequest) (dataset: Dataset) costLimit discount =
    let episodic =
        match costHorizon.Of request with
        | "episodic" -> true
        | "endless" -> false
        | _ -> endsEarly dataset

    if episodic then
        CostHorizon.Episodic(dataset, costLimit)
    else
        CostHorizon.Endless(dataset, costLimit, discount)

/// Where the safety estimate is read; null means all states of the data.
let statesOf (request: StageRequest) (dataset: Dataset) costLimit (horizon: CostHorizon) : StateTable | null =
    match estimateOver.Of request with
    | "states" -> null
    | "safe-states" -> StateTable.Within(dataset, costLimit)
    | "starts" -> StateTable.Starts dataset
    | _ ->
        if horizon.StopsAtTimeouts then
            StateTable.Starts dataset
        else
            null

/// The root of a stage's random numbers: run seed and stage name.
let random (signature: string) (request: StageRequest) =
    match request.Seed with
    | Some seed -> RandomRoot.Of(seed, signature)
    | None -> invalidOp $"{signature} draws random numbers and was started without a seed"

/// A signature of a training stage: seeded, no simulator, the same bits everywhere.
let trains name inputs output (parameters: Parameter list) ([<Wording>] meaning: string) = {
    Name = name
    Inputs = inputs
    Output = output
    Parameters = parameters
    Seeded = true
    Environment = NoEnvironment
    Reproducibility = Bitwise
    Meaning = meaning
}

/// Runs a stage body on the dataset input with a team of the lent threads.
let onDataset (request: StageRequest) body =
    Outcomes.withDataset request.Inputs["dataset"] (fun dataset ->
        Outcomes.withTeam request (fun team -> Outcomes.guarding request (fun () -> body dataset team)))

/// A policy for observations and actions of these sizes.
let private sized observationSize actionSize (policy: #IPolicy) =

    let sizes (s: int, a: int) =
        $"observations of {s} numbers and actions of {a}"

    let given, wanted =
        (policy.ObservationSize, policy.ActionSize), (observationSize, actionSize)

    if given <> wanted then
        raise (InvalidDataException $"the policy is for {sizes given}, not for {sizes wanted}")

    policy

/// The policy of a model file, of whatever kind.
let loadPolicy observationSize actionSize (model: ModelFile) (state: TrainingState) =
    Policies.Load(model, state) |> sized observationSize actionSize

/// The same, where a surrogate loss trains it further.
let loadSurrogate observationSize actionSize (model: ModelFile) (state: TrainingState) =
    Policies.LoadSurrogate(model, state) |> sized observationSize actionSize

/// The same, where an action must follow from the observation alone.
let loadMarkov observationSize actionSize (model: ModelFile) (state: TrainingState) =
    match loadPolicy observationSize actionSize model state with
    | :? IMarkovPolicy as policy -> policy
    | _ ->
        raise (
            InvalidDataException
                "the policy acts on the history of its episode; \
                 fitted Q evaluation takes one that acts on the observation"
        )
