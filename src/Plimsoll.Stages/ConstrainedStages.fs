/// Baselines that learn critics of reward and cost, a model of the behaviour and a policy within the limit, all in
/// one stage.
module Plimsoll.Stages.ConstrainedStages

open System.Collections.Generic
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Losses
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Safety
open Plimsoll.Learning.Training
open Plimsoll.Numerics.Random
open Plimsoll.Numerics.Runtime
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

let private batch = batch 512L

let private vaeHidden =
    widths "vae-hidden" [ 400; 400 ] "widths of the hidden layers of the behaviour's encoder and decoder"

let private draws =
    whole "draws" 10L (1L, 1000L) "action" "actions drawn in a state where several are"

let private actorRate standard =
    learningRate "actor-learning-rate" standard "Adam's learning rate of the policy"

let private criticRate =
    learningRate "critic-learning-rate" 1e-3 "Adam's learning rate of both critics"

let private vaeRate =
    learningRate "vae-learning-rate" 1e-3 "Adam's learning rate of the behaviour's model"

let private beta =
    positive "beta" 0.5 (0.0, 1e6) "" "weight of the divergence in the behaviour's model"

let private rewardScale =
    positive "reward-scale" 0.1 (0.0, 1e6) "" "factor on every reward while training"

/// In the order that they are listed in, around those of one method.
let private declared (steps: Typed<int64>) (actorRate: Typed<double>) own =
    [
        costLimit.Declared
        steps.Declared
        batch.Declared
        hidden.Declared
        vaeHidden.Declared
        draws.Declared
        actorRate.Declared
        criticRate.Declared
        vaeRate.Declared
        beta.Declared
        discount.Declared
        polyak.Declared
        rewardScale.Declared
    ]
    @ own
    @ [ osrlCompat.Declared; guardEvery.Declared ]

let private common (actorRate: Typed<double>) (request: StageRequest) =
    ConstrainedSettings(
        Hidden = hidden.Of request,
        VaeHidden = vaeHidden.Of request,
        Batch = int (batch.Of request),
        Draws = int (draws.Of request),
        ActorLearningRate = actorRate.Of request,
        CriticLearningRate = criticRate.Of request,
        VaeLearningRate = vaeRate.Of request,
        Beta = beta.Of request,
        Polyak = polyak.Of request,
        RewardScale = rewardScale.Of request
    )

let private rule (request: StageRequest) (dataset: Dataset) =
    BackupRule.Of(dataset, costLimit.Of request, discount.Of request, osrlCompat.Of request)

let private mixing =
    real
        "mixing"
        0.75
        (0.0, 1.0)
        ""
        "weight of the careful one of two critics in targets; the other one has the rest"

let private proportional =
    real "proportional" 0.1 (0.0, 1e6) "" "gain of the multiplier's controller on the excess"

let private integral =
    real "integral" 0.003 (0.0, 1e6) "" "gain of the multiplier's controller on the sum of the excess"

let private derivative =
    real "derivative" 0.001 (0.0, 1e6) "" "gain of the multiplier's controller on the rise of the excess"

let private normalise =
    flag
        "normalise"
        false
        "divide the policy's loss by 1 + multiplier, so that a large one does not make large steps"

/// Of the methods with a multiplier.
let private controlled = [
    mixing.Declared
    proportional.Declared
    integral.Declared
    derivative.Declared
    normalise.Declared
]

let private lagrangian (actorRate: Typed<double>) (request: StageRequest) =
    LagrangianSettings(
        common actorRate request,
        mixing.Of request,
        PidGains(proportional.Of request, integral.Of request, derivative.Of request),
        normalise.Of request
    )

let private signature name declared ([<Wording>] meaning: string) =
    trains name [ "dataset", DatasetArtifact ] PolicyArtifact declared meaning

/// What a method builds: its training, and its policy as it is saved.
type private Built = {
    Training: GraphTraining
    Policy: IReadOnlyList<StateArray>
    Sizes: Dictionary<string, string>
}

/// Trains what a method builds for the dataset and keeps its policy.
let private fitting
    (signature: StageSignature)
    (steps: Typed<int64>)
    (build: DatasetTables -> BackupRule -> RandomRoot -> Team -> Built)
    (request: StageRequest)
    =
    onDataset request (fun dataset team ->
        let built =
            build (DatasetTables dataset) (rule request dataset) (random signature.Name request) team

        use training = built.Training

        Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
            ModelFile.Save(request.Output, built.Policy, built.Sizes, curves)))

module FitCpq =
    let private steps = steps 100_000L
    let private actorRate = actorRate 1e-4

    let private raise =
        real
            "penalty-threshold"
            1.5
            (0.0, 1e6)
            "threshold"
            "the cost that actions unlike the data's are raised to"

    let private quantile =
        real "ood-quantile" 0.75 (0.0, 1.0) "" "share of the policy's actions that counts as like the data's"

    let private dualRate =
        learningRate "penalty-learning-rate" 1e-4 "rate of the logarithm of the penalty's weight"

    let private signature =
        signature
            "fit-cpq"
            (declared steps actorRate [ raise.Declared; quantile.Declared; dualRate.Declared ])
            "constraints-penalised Q-learning (CPQ): rewards count where the cost critic allows, \
             which is wary of actions unlike the data's"

    let private settings (request: StageRequest) =
        ConstraintsPenalisedQSettings(
            common actorRate request,
            raise.Of request,
            quantile.Of request,
            dualRate.Of request
        )

    let private build request tables rule random team =
        let fit = ConstraintsPenalisedQ.Build(tables, settings request, rule, random, team)

        {
            Training = fit.Training
            Policy = fit.Policy.Parameters
            Sizes = Policies.Describe fit.Policy
        }

    let stage = {
        Signature = signature
        Run = fun request -> fitting signature steps (build request) request
        Code = []
    }

module FitBcqLag =
    let private steps = steps 100_000L
    let private actorRate = actorRate 1e-3

    let private reach =
        real
            "reach"
            0.05
            (0.0, double PerturbationActor.LargestReach)
            ""
            "phi: how far an action may be moved from one that the behaviour's model proposes"

    let private proposals =
        whole
            "best-of"
            1L
            (1L, int64 BatchConstrainedLagrangian.MostProposals)
            "action"
            "proposals that the finished policy chooses among by the reward critic; with 1 it acts as it was trained"

    let private signature =
        signature
            "fit-bcq-lag"
            (declared steps actorRate (controlled @ [ reach.Declared; proposals.Declared ]))
            "batch-constrained Q-learning with a multiplier (BCQ-Lag): perturbed actions of a model of the behaviour"

    let private settings (request: StageRequest) =
        BatchConstrainedLagrangianSettings(
            lagrangian actorRate request,
            reach.Of request,
            int (proposals.Of request)
        )

    let private build request tables rule random team =
        let fit =
            BatchConstrainedLagrangian.Build(tables, settings request, rule, random, team)

        {
            Training = fit.Training
            Policy = fit.Policy.Parameters
            Sizes = Policies.Describe fit.Policy
        }

    let stage = {
        Signature = signature
        Run = fun request -> fitting signature steps (build request) request
        Code = []
    }

module FitBearLag =
    let private steps = steps 300_000L
    let private actorRate = actorRate 1e-3

    let private matched =
        whole
            "matched-draws"
            10L
            (1L, 1000L)
            "action"
            "draws in a state by which policy and behaviour are compared"

    let private kernel =
        choice
            "kernel"
            "gaussian"
            [ "gaussian"; "laplacian" ]
            "of the comparison: by squared or by absolute distance"

    let private bandwidth =
        positive
            "bandwidth"
            50.0
            (0.0, 1e6)
            ""
            "sigma of the kernel, not squared; actions count before their tanh"

    let private discrepancy =
        real "discrepancy" 0.05 (0.0, 1e6) "" "how far the policy may be from the behaviour's model"

    let private dualRate =
        learningRate "discrepancy-learning-rate" 1e-3 "rate of the logarithm of the discrepancy's weight"

    let private rewardFrom =
        whole
            "reward-from"
            0L
            (0L, 1_000_000_000L)
            "step"
            "first step at which the policy follows the reward; before it comes near the data"

    let private signature =
        signature
            "fit-bear-lag"
            (declared
                steps
                actorRate
                (controlled
                 @ [
                     matched.Declared
                     kernel.Declared
                     bandwidth.Declared
                     discrepancy.Declared
                     dualRate.Declared
                     rewardFrom.Declared
                 ]))
            "a policy near the behaviour with a multiplier (BEAR-Lag): free within a kernel discrepancy of its model"

    let private settings (request: StageRequest) =
        BearLagrangianSettings(
            lagrangian actorRate request,
            int (matched.Of request),
            (if kernel.Of request = "laplacian" then
                 MmdKernel.Laplacian
             else
                 MmdKernel.Gaussian),
            bandwidth.Of request,
            discrepancy.Of request,
            dualRate.Of request,
            rewardFrom.Of request
        )

    let private build request tables rule random team =
        let fit = BearLagrangian.Build(tables, settings request, rule, random, team)

        {
            Training = fit.Training
            Policy = fit.Policy.Parameters
            Sizes = Policies.Describe fit.Policy
        }

    let stage = {
        Signature = signature
        Run = fun request -> fitting signature steps (build request) request
        Code = []
    }
