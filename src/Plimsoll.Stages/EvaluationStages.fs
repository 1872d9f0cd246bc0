/// Stages that score a policy.
module Plimsoll.Stages.EvaluationStages

open System
open System.IO
open System.Text.Json
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Rollouts
open Plimsoll.Learning.Training
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

/// Canonical JSON: keys in ordinal order, shortest round-trip numbers, no white space.
let private writeScores
    (path: string)
    (dataset: Dataset)
    kind
    policyMode
    (returns: double seq)
    (costs: double seq)
    (lengths: int seq)
    (seeds: int64 seq)
    =
    use stream = new FileStream(path, FileMode.CreateNew)
    use json = new Utf8JsonWriter(stream)
    let facts = NormalisationFacts.Of dataset

    let array (name: string) write items =
        json.WriteStartArray name
        items |> Seq.iter write
        json.WriteEndArray()

    json.WriteStartObject()
    costs |> array "costs" (fun (v: double) -> json.WriteNumberValue v)
    seeds |> array "episode_seeds" (fun (v: int64) -> json.WriteNumberValue v)
    json.WriteNumber("horizon", dataset.Metadata.Horizon)
    json.WriteString("kind", (kind: string))
    lengths |> array "lengths" (fun (v: int) -> json.WriteNumberValue v)
    json.WriteString("policy_mode", (policyMode: string))
    returns |> array "returns" (fun (v: double) -> json.WriteNumberValue v)

    [ facts.ReturnMin; facts.ReturnMax ]
    |> array "reward_range" (fun v -> json.WriteNumberValue v)

    json.WriteString("task", dataset.Metadata.Task)
    json.WriteEndObject()

/// Whether a policy draws random numbers when it is scored.
let private modeOf (policy: IPolicy) =
    match policy with
    | :? IMarkovPolicy as markov when markov.Normals > 0 -> "sampled"
    | _ -> "deterministic"

let private inputs = [ "policy", PolicyArtifact; "dataset", DatasetArtifact ]

module Evaluate =
    let private task = requiredText "task" "the task to roll the policy out in"

    let mostEpisodes = 1_000_000

    let private episodes =
        whole "episodes" 20L (1L, int64 mostEpisodes) "episode" "episodes a policy"

    let private signature = {
        Name = "evaluate"
        Inputs = inputs
        Output = ScoresArtifact
        Parameters = [ task.Declared; episodes.Declared ]
        Seeded = true
        Environment = FinalEvaluation
        Reproducibility = Bitwise
        Meaning = "undiscounted return and cost of whole episodes; episode i has seed 1000 seed + i"
    }

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            Outcomes.withTask (task.Of request) (fun facts ->
                use model = ModelFile.Open request.Inputs["policy"]
                use state = new TrainingState()
                let policy = loadPolicy facts.ObservationSize facts.ActionSize model state
                let seed = Option.get request.Seed

                let episodes =
                    Evaluator.Run(policy, facts.Name, int (episodes.Of request), seed, team)

                writeScores
                    request.Output
                    dataset
                    "rollout"
                    (modeOf policy)
                    (episodes |> Seq.map _.Return)
                    (episodes |> Seq.map _.Cost)
                    (episodes |> Seq.map _.Length)
                    (episodes |> Seq.map _.Seed)

                Finished))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }

module EvaluateOffline =
    let private steps = steps 20_000L
    let private batch = batch 256L
    let private rate = learningRate "learning-rate" 6e-4 "Adam's learning rate"

    let private members =
        whole "members" 2L (1L, 64L) "" "critics whose mean is the estimate"

    let private signature =
        trains
            "off-policy-evaluate"
            inputs
            ScoresArtifact
            [
                steps.Declared
                batch.Declared
                rate.Declared
                hidden.Declared
                members.Declared
                discount.Declared
                polyak.Declared
                costHorizon.Declared
                guardEvery.Declared
            ]
            "return and cost of a policy from data alone, by fitted Q evaluation at the episode starts"

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            use model = ModelFile.Open request.Inputs["policy"]
            use starts = StateTable.Starts(dataset)

            let settings =
                FittedQSettings(
                    hidden.Of request,
                    int (batch.Of request),
                    rate.Of request,
                    polyak.Of request,
                    int (members.Of request)
                )

            let policy = loadMarkov dataset.ObservationSize dataset.ActionSize model

            use fit =
                FittedQEvaluation.Build(
                    DatasetTables dataset,
                    Func<_, _>(policy),
                    settings,
                    horizonOf request dataset 0.0 (discount.Of request),
                    starts,
                    random signature.Name request,
                    team
                )

            Outcomes.train request (steps.Of request) (guardEvery.Of request) fit.Training (fun _ ->
                let estimate = fit.Estimate()

                writeScores
                    request.Output
                    dataset
                    "off-policy"
                    (modeOf fit.Policy)
                    estimate.Returns
                    estimate.Costs [] []))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }
