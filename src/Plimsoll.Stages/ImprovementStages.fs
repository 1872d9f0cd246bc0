/// Safe Policy Improvement (SPI): a guided diffusion model, and the policy that is extracted from it.
module Plimsoll.Stages.ImprovementStages

open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Diffusion
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Safety
open Plimsoll.Learning.Schedules
open Plimsoll.Learning.Training
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

module FitSpi =
    let private steps = steps 100_000L
    let private batch = batch 256L

    let private hidden =
        widths
            "hidden"
            [ 256; 256; 256 ]
            "widths of the hidden layers of the noise network and of every critic"

    let private rate =
        learningRate "learning-rate" 3e-4 "Adam's learning rate of all networks"

    let private decay =
        choice
            "learning-rate-decay"
            "constant"
            [ "constant"; "cosine" ]
            "constant, or falling to 0 over the steps by a cosine"

    let private weight name ([<Wording>] meaning: string) =
        real name (1.0 / 3.0) (0.0, 1.0) "" meaning

    let private eta =
        weight "eta" "weight of staying with the data's actions; eta + mu + phi = 1"

    let private mu = weight "mu" "weight of the reward's value"
    let private phi = weight "phi" "weight of the safety's value"

    let private denoisingSteps =
        whole
            "denoising-steps"
            5L
            (1L, int64 DdpmSchedule.MostSteps)
            "step"
            "T, steps from noise to an action; few make samples narrower than the data"

    let private growth =
        choice
            "noise-schedule"
            "vp"
            [ "vp"; "linear"; "cosine" ]
            "how the noise grows over the denoising steps: vp leaves little of the action after any number of them"

    let private gradientLimit =
        positive
            "gradient-limit"
            1.0
            (0.0, 1e9)
            ""
            "largest norm of a network's gradient; the twins of a critic are one"

    let private averageDecay =
        real
            "average-decay"
            0.995
            (0.0, 0.999999)
            ""
            "share of the past in the running average of the noise network"

    let private averageStart =
        whole
            "average-start"
            1_000L
            (0L, 1_000_000_000L)
            "step"
            "no step before it moves the running average; the first is the next multiple of `average-every`"

    let private averageEvery =
        whole "average-every" 5L (1L, 1_000_000L) "step" "steps between moves of the running average"

    let private safetyTargets =
        choice
            "safety-targets"
            "clamped"
            [ "clamped"; "free" ]
            "clamped: targets of the safety's value are held within [0, 1 / (1 - discount)], where they belong"

    let private backupSamples =
        whole
            "backup-samples"
            1L
            (1L, 100L)
            ""
            "actions drawn at a next state; each twin's next value is its largest over them"

    let private signature =
        trains
            "fit-spi"
            [ "dataset", DatasetArtifact; "safety", DatasetArtifact ]
            CapturerArtifact
            [
                eta.Declared
                mu.Declared
                phi.Declared
                steps.Declared
                batch.Declared
                rate.Declared
                decay.Declared
                hidden.Declared
                denoisingSteps.Declared
                growth.Declared
                discount.Declared
                polyak.Declared
                gradientLimit.Declared
                averageDecay.Declared
                averageStart.Declared
                averageEvery.Declared
                safetyTargets.Declared
                backupSamples.Declared
                guardEvery.Declared
            ]
            "SPI's safety distribution capturer: a diffusion model drawn towards reward and safety (Yang et al., algorithm 1)"

    let private growthOf (request: StageRequest) = NoiseGrowths.Of(growth.Of request)

    let private rateOf (request: StageRequest) : Schedule =
        match decay.Of request with
        | "cosine" -> CosineSchedule(rate.Of request)
        | _ -> ConstantSchedule(rate.Of request)

    let private average (request: StageRequest) =
        ExponentialAverage(averageDecay.Of request, averageStart.Of request, averageEvery.Of request)

    let private settings (request: StageRequest) (weights: ImprovementWeights) =
        SafePolicyImprovementSettings(
            Hidden = hidden.Of request,
            Schedule = DdpmSchedule(growthOf request, int (denoisingSteps.Of request)),
            Weights = weights,
            Steps = steps.Of request,
            Batch = int (batch.Of request),
            LearningRate = rateOf request,
            Discount = discount.Of request,
            Polyak = polyak.Of request,
            GradientLimit = gradientLimit.Of request,
            Average = average request,
            ClampsSafety = (safetyTargets.Of request = "clamped"),
            BackupSamples = int (backupSamples.Of request)
        )

    let private train (request: StageRequest) settings (dataset: Dataset) (safety: Dataset) team =
        let fit =
            SafePolicyImprovement.Build(
                DatasetTables dataset,
                DatasetTables safety,
                settings,
                random signature.Name request,
                team
            )

        use training = fit.Training

        Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
            let capturer = SafetyCapturer(fit.Capturer, fit.Reward.Target, settings.Schedule)

            ModelFile.Save(request.Output, capturer.Arrays, Capturers.Describe capturer, curves))

    let private fit (request: StageRequest) weights (dataset: Dataset) (safety: Dataset) team =
        let settings = settings request weights

        if settings.Fits(dataset.ObservationSize, dataset.ActionSize) then
            train request settings dataset safety team
        else
            let numbers = settings.Numbers(dataset.ObservationSize, dataset.ActionSize)
            Failed(FailureText.improvementTooLarge settings.Batch settings.Schedule.Steps numbers)

    let private run (request: StageRequest) =
        let eta, mu, phi = eta.Of request, mu.Of request, phi.Of request

        if not (ImprovementWeights.AreSound(eta, mu, phi)) then
            Failed(FailureText.offSimplex eta mu phi)
        elif (average request).First >= steps.Of request then
            Failed(FailureText.averageNeverMoves (average request).First (steps.Of request))
        else
            onDataset request (fun dataset team ->
                Outcomes.withDataset request.Inputs["safety"] (fun safety ->
                    match SafetySignal.Check(dataset, safety) |> Option.ofNullable with
                    | None -> fit request (ImprovementWeights(eta, mu, phi)) dataset safety team
                    | Some SafetyFault.OtherSizes ->
                        Failed(FailureText.safetyOfOtherSizes dataset.Count safety.Count)
                    | Some SafetyFault.OtherTransitions -> Failed(FailureText.safetyOfOtherData ())
                    | Some _ -> Failed(FailureText.noSafetySignal ())))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }

module ExtractArgmax =
    let private candidates =
        whole
            "candidates"
            50L
            (1L, int64 CandidatePolicy.MostCandidates)
            ""
            "actions drawn at a state, of which the reward's value chooses one"

    let private extraction =
        choice
            "extraction"
            "argmax"
            [ "argmax"; "softmax" ]
            "argmax: the best candidate; softmax: one drawn in proportion to exp(value)"

    let private signature = {
        Name = "extract-argmax"
        Inputs = [ "capturer", CapturerArtifact ]
        Output = PolicyArtifact
        Parameters = [ candidates.Declared; extraction.Declared ]
        Seeded = false
        Environment = NoEnvironment
        Reproducibility = Bitwise
        Meaning = "the policy of a capturer: the best of several draws (SPI, equation 12)"
    }

    let private run (request: StageRequest) =
        Outcomes.guarding request (fun () ->
            use model = ModelFile.Open request.Inputs["capturer"]
            use state = new TrainingState()
            let capturer = Capturers.Load(model, state)
            let count = int (candidates.Of request)

            let steps, actions = capturer.Schedule.Steps, capturer.Network.ActionSize

            if CandidatePolicy.Fits(count, steps, actions) then
                let way = Extractions.Of(extraction.Of request)
                let policy = CandidatePolicies.Extract(capturer, state, count, way)
                ModelFile.Save(request.Output, policy.Arrays, Policies.Describe policy, TrainingCurves())
                Finished
            else
                let draws = int64 count * (int64 steps * int64 actions + 2L)
                Failed(FailureText.tooManyCandidates count draws CandidatePolicy.MostNormals))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }
