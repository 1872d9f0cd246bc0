/// What the stages of safe adaptation have in common: their parameters, and the training that these set up.
module Plimsoll.Stages.Adaptation

open System
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Safety
open Plimsoll.Learning.Schedules
open Plimsoll.Learning.Training
open Plimsoll.Numerics.Random
open Plimsoll.Numerics.Runtime
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.CriticStages
open Plimsoll.Stages.Typed

let steps = steps 2_000L
let batch = batch 256L

let policyRate =
    learningRate
        "policy-learning-rate"
        6e-4
        "Adam's learning rate of the policy at the first step; cosine to 0"

let criticRate =
    learningRate "critic-learning-rate" 6e-4 "Adam's learning rate of the critics"

let schedule =
    choice
        "temperature-schedule"
        "linear"
        [ "linear"; "constant"; "sqrt"; "sqrt-affine" ]
        "beta at step k: linear from start to end; start throughout; rate sqrt(k); or sqrt(rate k + offset)"

let first =
    real
        "temperature-start"
        0.04
        (0.0, 1e6)
        ""
        "beta at the first step of the linear schedule, or throughout of the constant one: \
         weight of the critics against the behaviour"

let last =
    real "temperature-end" 1.0 (0.0, 1e6) "" "beta at the last step of the linear schedule"

let rise =
    real "temperature-rate" 0.01 (0.0, 1e6) "" "rate of the sqrt and sqrt-affine schedules"

let offset =
    real "temperature-offset" 0.04 (0.0, 1e6) "" "offset of the sqrt-affine schedule"

let rule =
    choice
        "adaptation"
        "three-mode"
        [ "three-mode"; "crpo" ]
        "three-mode: reward, both or cost, by a band around the limit; crpo: reward up to limit + tolerance, else cost"

let tolerance =
    real
        "tolerance"
        0.0
        (-1e3, 1e3)
        "limit"
        "of crpo: how far above the limit the reward is still followed; \
         below 0: how far below it the cost is"

let rewardOnly =
    whole
        "reward-only-steps"
        0L
        (0L, 1_000_000_000L)
        "step"
        "first steps that follow the reward whatever the estimate"

let guidance =
    choice
        "guidance"
        "cost"
        [ "cost"; "pid" ]
        "what lowers the cost: the cost critic alone, or it against the reward \
         with a multiplier set by a PID controller"

let proportional =
    real "pid-proportional" 0.1 (0.0, 1e6) "" "gain of the cost value's excess over its threshold"

let integral =
    real "pid-integral" 0.003 (0.0, 1e6) "1/step" "gain of the excess summed over steps, never below 0"

let derivative =
    real "pid-derivative" 0.001 (0.0, 1e6) "step" "gain of the excess' rise since the last step"

let combination =
    choice
        "combine"
        "gradients"
        [ "gradients"; "displacements" ]
        "what equation 12 combines: raw gradients before one Adam step, or the steps of two Adams"

let slack =
    real
        "slack"
        0.2
        (0.0, 1e3)
        "limit"
        "half width of the band of the soft mode at the first step; linear to 0"

let confidence =
    real "confidence" 2.0 (0.0, 1e3) "deviation" "k of the upper confidence bound over cost critics"

let smoothing standard =
    real "smoothing" standard (0.0, 0.999999) "" "weight of the past in the running safety estimate"

/// The inputs of every such stage.
let inputs = [
    "dataset", DatasetArtifact
    "behaviour", BehaviourArtifact
    "reward-critic", RewardCriticArtifact
    "cost-critic", CostCriticArtifact
    "policy", PolicyArtifact
]

/// The parameters of every such stage but the confidence; the smoothing has a default of its own in each.
let parameters (smoothing: Typed<double>) : Parameter list = [
    costLimit.Declared
    steps.Declared
    batch.Declared
    policyRate.Declared
    criticRate.Declared
    polyak.Declared
    schedule.Declared
    first.Declared
    last.Declared
    rise.Declared
    offset.Declared
    rule.Declared
    slack.Declared
    tolerance.Declared
    rewardOnly.Declared
    guidance.Declared
    proportional.Declared
    integral.Declared
    derivative.Declared
    combination.Declared
    PolicyClasses.choice.Declared
    PolicyClasses.deviation.Declared
    smoothing.Declared
    CostCritic.pessimism.Declared
    CostCritic.penalty.Declared
    estimateOver.Declared
    weight.Declared
    guardEvery.Declared
]

let private temperature (request: StageRequest) : Schedule =
    match schedule.Of request with
    | "constant" -> ConstantSchedule(first.Of request)
    | "sqrt" -> SqrtSchedule(rise.Of request)
    | "sqrt-affine" -> SqrtAffineSchedule(rise.Of request, offset.Of request)
    | _ -> LinearSchedule(first.Of request, last.Of request)

/// A cost that is measured instead of estimated from the data.
type Measuring = {
    /// What keeps these data from being adapted on by such measurements.
    Refuse: Dataset -> StageFailure option
    Make: IPolicy -> RandomRoot -> Team -> IMeasuredEstimate
}

/// Where the estimate of the policy's cost comes from. A value that only the hybrid stage makes, so that the code of
/// a simulator is within that stage's reach and not within the other's.
type Estimate =
    /// The critics, so the data alone.
    | Offline
    /// Episodes in the task's simulator.
    | Measured of Measuring

/// The critics' deviation counts where they are the estimate; beside measurements their mean is recorded.
let private confidenceOf (estimate: Estimate) (request: StageRequest) =
    match estimate with
    | Offline -> confidence.Of request
    | Measured _ -> 0.0

let private settings
    (request: StageRequest)
    (smoothing: Typed<double>)
    (estimate: Estimate)
    (cost: CostCriticSettings)
    (reward: ModelFile)
    =
    SafeAdaptationSettings(
        steps.Of request,
        int (batch.Of request),
        policyRate.Of request,
        criticRate.Of request,
        polyak.Of request,
        reward.Real "discount",
        reward.Real "scale",
        temperature request,
        SlackSchedule(slack.Of request),
        confidenceOf estimate request,
        smoothing.Of request,
        weightOf request,
        cost,
        Rule =
            (if rule.Of request = "crpo" then
                 AdaptationRule.Crpo
             else
                 AdaptationRule.ThreeModes),
        Tolerance = tolerance.Of request,
        RewardOnlySteps = rewardOnly.Of request,
        Guidance =
            (if guidance.Of request = "pid" then
                 CostGuidance.PidLagrangian
             else
                 CostGuidance.Cost),
        Gains = PidGains(proportional.Of request, integral.Of request, derivative.Of request),
        Combination =
            (if combination.Of request = "displacements" then
                 Combination.Displacements
             else
                 Combination.Gradients),
        Deviation = PolicyClasses.drawn request
    )

let private adapt (name: string) smoothing estimate (request: StageRequest) (dataset: Dataset) (team: Team) =
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
            loadSurrogate s a warm state |> PolicyClasses.require request
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
            CostHorizon.Episodic(dataset, costLimit.Of request)
        else
            CostHorizon.Endless(dataset, costLimit.Of request, cost.Real "discount")

    let settings = settings request smoothing estimate costSettings reward
    use states = statesOf request dataset (costLimit.Of request) horizon
    let root = random name request

    // Belongs to the training, whether that can be built or not.
    let measured: IMeasuredEstimate | null =
        match estimate with
        | Offline -> null
        | Measured measuring -> measuring.Make models.Policy root team

    use training =
        SafeAdaptation.Build(DatasetTables dataset, models, settings, horizon, states, root, team, measured)

    Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
        ModelFile.Save(request.Output, training.Policy.Parameters, Policies.Describe training.Policy, curves))

/// Whether more than a curve is read at the states that `estimate-over` names.
let private needsSafeStates (estimate: Estimate) (request: StageRequest) =
    estimateOver.Of request = "safe-states"
    && (estimate.IsOffline || guidance.Of request = "pid")

/// Runs such a stage of this name.
let run (name: string) (smoothing: Typed<double>) (estimate: Estimate) (request: StageRequest) =
    onDataset request (fun dataset team ->
        let task = dataset.Metadata.Task

        let refused =
            match estimate with
            | Offline -> None
            | Measured measuring -> measuring.Refuse dataset

        match refused, DatasetChecks.SafeWithin(dataset, task, costLimit.Of request) with
        | Some failure, _ -> Failed failure
        | None, NonNull problem when needsSafeStates estimate request -> Outcomes.ofProblem problem
        | None, _ -> adapt name smoothing estimate request dataset team)
