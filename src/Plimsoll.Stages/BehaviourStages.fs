/// Stages that learn from the data what was done in it.
module Plimsoll.Stages.BehaviourStages

open System
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Training
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

module FitBc =
    let private steps = steps 100_000L
    let private batch = batch 512L
    let private rate = learningRate "learning-rate" 1e-3 "Adam's learning rate"

    let private signature =
        trains
            "fit-bc"
            [ "dataset", DatasetArtifact ]
            PolicyArtifact
            [
                steps.Declared
                batch.Declared
                rate.Declared
                hidden.Declared
                guardEvery.Declared
            ]
            "behaviour cloning: a deterministic policy by mean squared error"

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            let settings =
                BehaviourCloningSettings(hidden.Of request, int (batch.Of request), rate.Of request)

            let fit =
                BehaviourCloning.Build(DatasetTables dataset, settings, random signature.Name request, team)

            use training = fit.Training

            Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
                ModelFile.Save(request.Output, fit.Policy.Parameters, Policies.Describe fit.Policy, curves)))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }

module FitDiffusion =
    let private steps = steps 50_000L
    let private batch = batch 1024L
    let private rate = learningRate "learning-rate" 3e-4 "AdamW's learning rate"

    let private decay =
        real "weight-decay" 0.01 (0.0, 1.0) "" "AdamW's decoupled weight decay"

    let private width =
        whole "width" 256L (1L, 4096L) "unit" "width of the trunk; its blocks are four times as wide"

    let private blocks = whole "blocks" 3L (0L, 64L) "" "residual blocks"

    let private embedding =
        whole "embedding" 128L (1L, 4096L) "unit" "width of the time embedding"

    let private frequencies =
        whole "frequencies" 32L (1L, 4096L) "" "random Fourier frequencies of the time"

    let private dropout =
        real "dropout" 0.1 (0.0, 0.9) "" "probability of dropping an element while training"

    let private signature =
        trains
            "fit-diffusion"
            [ "dataset", DatasetArtifact ]
            BehaviourArtifact
            [
                steps.Declared
                batch.Declared
                rate.Declared
                decay.Declared
                width.Declared
                blocks.Declared
                embedding.Declared
                frequencies.Declared
                dropout.Declared
                guardEvery.Declared
            ]
            "a diffusion model of the behaviour policy (DRCORL, equation 5)"

    let private sizes (request: StageRequest) =
        ScoreNetworkSizes(
            int (width.Of request),
            int (blocks.Of request),
            int (embedding.Of request),
            int (frequencies.Of request),
            float32 (dropout.Of request)
        )

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            let settings =
                DiffusionFitSettings(
                    sizes request,
                    int (batch.Of request),
                    rate.Of request,
                    decay.Of request
                )

            let fit =
                DiffusionFit.Build(DatasetTables dataset, settings, random signature.Name request, team)

            use training = fit.Training

            Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
                ModelFile.Save(request.Output, fit.Network.Arrays, Models.Describe fit.Network, curves)))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }

module WarmStart =
    let private steps = steps 5_000L
    let private batch = batch 256L
    let private rate = learningRate "learning-rate" 6e-4 "Adam's learning rate"

    let private signature =
        trains
            "warm-start"
            [ "dataset", DatasetArtifact; "behaviour", BehaviourArtifact ]
            PolicyArtifact
            [
                steps.Declared
                batch.Declared
                rate.Declared
                hidden.Declared
                PolicyClasses.choice.Declared
                PolicyClasses.deviation.Declared
                weight.Declared
                guardEvery.Declared
            ]
            "a policy close to the behaviour model (DRCORL, equation 21 without critics)"

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            use model = ModelFile.Open request.Inputs["behaviour"]

            let settings =
                WarmStartSettings(
                    hidden.Of request,
                    int (batch.Of request),
                    rate.Of request,
                    weightOf request,
                    Class = PolicyClasses.ofRequest request,
                    Deviation = PolicyClasses.drawn request
                )

            let behaviour state =
                Models.LoadScore(model, state, dataset.ObservationSize, dataset.ActionSize)

            let fit =
                WarmStart.Build(
                    DatasetTables dataset,
                    Func<_, _>(behaviour),
                    settings,
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
