/// Stages that learn values from the data.
module Plimsoll.Stages.CriticStages

open System
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Training
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

module FitRewardCritic =
    let private steps = steps 50_000L
    let private batch = batch 256L
    let private rate = learningRate "learning-rate" 6e-4 "Adam's learning rate"

    let private expectile =
        positive "expectile" 0.7 (0.0, 0.999999) "" "tau of the value loss; 0.5 is the mean"

    let private range =
        positive
            "return-range"
            1000.0
            (0.0, 1e9)
            "reward/episode"
            "rewards are scaled so that the data's best and worst returns differ by this"

    let private signature =
        trains
            "fit-reward-critic"
            [ "dataset", DatasetArtifact ]
            RewardCriticArtifact
            [
                steps.Declared
                batch.Declared
                rate.Declared
                hidden.Declared
                expectile.Declared
                discount.Declared
                polyak.Declared
                range.Declared
                guardEvery.Declared
            ]
            "twin action values of the reward by implicit Q-learning (DRCORL, equations 16 and 17)"

    let private scale (request: StageRequest) (dataset: Dataset) =
        let facts = NormalisationFacts.Extremes dataset
        let width = facts.ReturnMax - facts.ReturnMin
        if width > 0.0 then range.Of request / width else 1.0

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            let scale = scale request dataset

            let settings =
                RewardCriticSettings(
                    hidden.Of request,
                    int (batch.Of request),
                    rate.Of request,
                    expectile.Of request,
                    discount.Of request,
                    polyak.Of request,
                    scale
                )

            let fit =
                RewardCriticFit.Build(DatasetTables dataset, settings, random signature.Name request, team)

            use training = fit.Training

            Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
                ModelFile.Save(
                    request.Output,
                    fit.Critic.Arrays,
                    Models.Describe(fit.Critic, discount.Of request, scale, false),
                    curves
                )))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }

/// What the cost critic's own stage and adaptation have in common.
module CostCritic =
    let members = whole "members" 4L (1L, 64L) "" "critics in the ensemble"

    let pessimism =
        real "pessimism" 0.2 (0.0, 1e6) "" "alpha: raises the cost of the policy's actions (equation 18)"

    let penalty =
        choice "penalty" "centred" [ "centred"; "plain" ] "centred: the penalty's mean over the data is zero"

    let settings (request: StageRequest) hidden members batch rate =
        CostCriticSettings(
            hidden,
            members,
            batch,
            rate,
            polyak.Of request,
            pessimism.Of request,
            (penalty.Of request = "centred")
        )

module FitCostCritic =
    let private steps = steps 50_000L
    let private batch = batch 256L
    let private rate = learningRate "learning-rate" 6e-4 "Adam's learning rate"

    let private signature =
        trains
            "fit-cost-critic"
            [ "dataset", DatasetArtifact; "policy", PolicyArtifact ]
            CostCriticArtifact
            [
                steps.Declared
                batch.Declared
                rate.Declared
                hidden.Declared
                CostCritic.members.Declared
                discount.Declared
                polyak.Declared
                CostCritic.pessimism.Declared
                CostCritic.penalty.Declared
                costHorizon.Declared
                guardEvery.Declared
            ]
            "a pessimistic ensemble of action values of the cost (DRCORL, equation 18)"

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            use model = ModelFile.Open request.Inputs["policy"]
            let members = int (CostCritic.members.Of request)

            let settings =
                CostCritic.settings
                    request
                    (hidden.Of request)
                    members
                    (int (batch.Of request))
                    (rate.Of request)
            // The limit plays no part in a critic's fit; any stands for it.
            let horizon = horizonOf request dataset 0.0 (discount.Of request)

            let policy state =
                loadSurrogate dataset.ObservationSize dataset.ActionSize model state :> IMarkovPolicy

            let fit =
                CostCriticFit.Build(
                    DatasetTables dataset,
                    Func<_, _>(policy),
                    settings,
                    horizon,
                    random signature.Name request,
                    team
                )

            use training = fit.Training

            Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
                ModelFile.Save(
                    request.Output,
                    fit.Critic.Arrays,
                    Models.Describe(fit.Critic, horizon.Discount, 1.0, horizon.StopsAtTimeouts),
                    curves
                )))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }
