/// COptiDICE as a stage.
module Plimsoll.Stages.CoptidiceStage

open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Losses
open Plimsoll.Learning.Safety
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

let private steps = steps 100_000L
let private batch = batch 512L

let private rate =
    learningRate "learning-rate" 1e-4 "Adam's learning rate of both value networks and the actor"

let private scalarRate =
    learningRate "scalar-learning-rate" 1e-4 "Adam's learning rate of multiplier and temperature"

let private alpha =
    positive "alpha" 0.5 (0.0, 1e6) "scaled reward" "price of an occupancy that differs from the data's"

let private radius =
    real
        "cost-radius"
        0.01
        (0.0, 1e3)
        "nat"
        "how far from the batch the upper bound of the cost looks; 0: the batch's own mean"

let private divergence =
    choice
        "divergence"
        "soft-chi-square"
        [ "soft-chi-square"; "chi-square"; "kl" ]
        "f, what the distance to the data's occupancy is measured in"

let private rewardScale =
    positive "reward-scale" 0.1 (0.0, 1e6) "" "factor on every reward; acts together with alpha"

let private noise =
    real
        "noise"
        0.1
        (0.0, 10.0)
        "deviation"
        "noise on the observations that the actor is fitted on, in deviations of the data"

let private timeouts =
    choice
        "timeouts"
        "through"
        [ "through"; "stop" ]
        "whether values reach through time-outs; the limit per step follows: limit/L, or (1 - discount^L) limit/L; \
         with osrl-compat they always stop and this is not read"

let private signature =
    trains
        "fit-coptidice"
        [ "dataset", DatasetArtifact ]
        PolicyArtifact
        [
            costLimit.Declared
            steps.Declared
            batch.Declared
            rate.Declared
            scalarRate.Declared
            hidden.Declared
            discount.Declared
            alpha.Declared
            radius.Declared
            divergence.Declared
            rewardScale.Declared
            noise.Declared
            timeouts.Declared
            osrlCompat.Declared
            guardEvery.Declared
        ]
        "COptiDICE: a cost-constrained correction of the data's occupancy, and the policy that it weights"

let private settings (request: StageRequest) (dataset: Dataset) =
    let compat = osrlCompat.Of request

    let bootstrapping =
        if compat || timeouts.Of request = "stop" then
            Bootstrapping.StopsAtTimeouts
        else
            Bootstrapping.ThroughTimeouts

    let divergence =
        match divergence.Of request with
        | "chi-square" -> FDivergenceKind.ChiSquare
        | "kl" -> FDivergenceKind.KullbackLeibler
        | _ -> FDivergenceKind.SoftChiSquare

    CoptidiceSettings(
        hidden.Of request,
        int (batch.Of request),
        rate.Of request,
        scalarRate.Of request,
        alpha.Of request,
        radius.Of request,
        divergence,
        rewardScale.Of request,
        noise.Of request,
        CostLimit(costLimit.Of request, dataset.Metadata.Horizon, discount.Of request, bootstrapping),
        compat
    )

let private run (request: StageRequest) =
    onDataset request (fun dataset team ->
        use starts = StateTable.Starts dataset

        let fit =
            Coptidice.Build(
                Plimsoll.Learning.Training.DatasetTables dataset,
                settings request dataset,
                starts,
                random signature.Name request,
                team
            )

        use training = fit.Training

        Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
            ModelFile.Save(request.Output, fit.Policy.Parameters, Policies.Describe fit.Policy, curves)))

let stage = {
    Signature = signature
    Run = run
    Code = []
}
