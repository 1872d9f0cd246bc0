/// DRCORL's safe adaptation as a stage.
module Plimsoll.Stages.AdaptStage

open System
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Schedules
open Plimsoll.Learning.Training
open Plimsoll.Numerics.Runtime
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.CriticStages
open Plimsoll.Stages.Typed

let private limit =
    requiredReal
        "cost-limit"
        (0.0, Double.MaxValue)
        "cost/episode"
        "undiscounted sum of costs over an episode"

let private steps = steps 2_000L
let private batch = batch 256L

let private policyRate =
    learningRate
        "policy-learning-rate"
        6e-4
        "Adam's learning rate of the policy at the first step; cosine to 0"

let private criticRate =
    learningRate "critic-learning-rate" 6e-4 "Adam's learning rate of the critics"

let private first =
    real
        "temperature-start"
        0.04
        (0.0, 1e6)
        ""
        "beta at the first step: weight of the critics against the behaviour"

let private last =
    real "temperature-end" 1.0 (0.0, 1e6) "" "beta at the last step; linear in between"

let private slack =
    real
        "slack"
        0.2
        (0.0, 1e3)
        "limit"
        "half width of the band of the soft mode at the first step; linear to 0"

let private confidence =
    real "confidence" 2.0 (0.0, 1e3) "deviation" "k of the upper confidence bound over cost critics"

let private smoothing =
    real "smoothing" 0.9 (0.0, 0.999999) "" "weight of the past in the running safety estimate"

let private signature =
    trains
        "adapt"
        [
            "dataset", DatasetArtifact
            "behaviour", BehaviourArtifact
            "reward-critic", RewardCriticArtifact
            "cost-critic", CostCriticArtifact
            "policy", PolicyArtifact
        ]
        PolicyArtifact
        [
            limit.Declared
            steps.Declared
            batch.Declared
            policyRate.Declared
            criticRate.Declared
            polyak.Declared
            first.Declared
            last.Declared
            slack.Declared
            confidence.Declared
            smoothing.Declared
            CostCritic.pessimism.Declared
            CostCritic.penalty.Declared
            estimateOver.Declared
            weight.Declared
            guardEvery.Declared
        ]
        "safe adaptation: reward, cost or both, by an offline estimate of the cost (DRCORL, algorithms 1 and 2)"

let private settings (request: StageRequest) (cost: CostCriticSettings) (reward: ModelFile) =
    SafeAdaptationSettings(
        steps.Of request,
        int (batch.Of request),
        policyRate.Of request,
        criticRate.Of request,
        polyak.Of request,
        reward.Real "discount",
        reward.Real "scale",
        LinearSchedule(first.Of request, last.Of request),
        SlackSchedule(slack.Of request),
        confidence.Of request,
        smoothing.Of request,
        weightOf request,
        cost
    )

let private adapt (request: StageRequest) (dataset: Dataset) (team: Team) =
    let input role = ModelFile.Open request.Inputs[role]
    use behaviour = input "behaviour"
    use reward = input "reward-critic"
    use cost = input "cost-critic"
    use warm = input "policy"
    let s, a = dataset.ObservationSize, dataset.ActionSize
    let state = new TrainingState()

    let models =
        DrcorlModels(
            state,
            Models.LoadScore(behaviour, state, s, a),
            Models.LoadCritic(reward, state, RewardCriticFit.CriticName, s, a),
            Models.LoadCritic(cost, state, CostCriticFit.CriticName, s, a),
            loadDirac s a warm state
        )

    let costSettings =
        CostCritic.settings
            request
            (cost.Numbers "hidden")
            models.Cost.Members
            (int (batch.Of request))
            (criticRate.Of request)

    // As the critic was fitted, so that critic and estimate cannot disagree.
    let horizon =
        if cost.Text "horizon" = Models.Episodic then
            CostHorizon.Episodic(dataset, limit.Of request)
        else
            CostHorizon.Endless(dataset, limit.Of request, cost.Real "discount")

    use states = statesOf request dataset (limit.Of request) horizon

    use training =
        SafeAdaptation.Build(
            DatasetTables dataset,
            models,
            settings request costSettings reward,
            horizon,
            states,
            random signature.Name request,
            team
        )

    Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
        ModelFile.Save(request.Output, training.Policy.Parameters, Policies.Describe training.Policy, curves))

let private run (request: StageRequest) =
    onDataset request (fun dataset team ->
        let needsSafeStates = estimateOver.Of request = "safe-states"

        match DatasetChecks.SafeWithin(dataset, dataset.Metadata.Task, limit.Of request) with
        | NonNull problem when needsSafeStates -> Outcomes.ofProblem problem
        | _ -> adapt request dataset team)

let stage = {
    Signature = signature
    Run = run
    Code = []
}
