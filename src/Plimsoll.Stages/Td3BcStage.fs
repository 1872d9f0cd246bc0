/// TD3+BC as a stage: a baseline that knows rewards and no cost.
module Plimsoll.Stages.Td3BcStage

open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Training
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

let private steps = steps 1_000_000L
let private batch = batch 256L

let private rate =
    learningRate "learning-rate" 3e-4 "Adam's learning rate of policy and critics"

let private alpha =
    real "alpha" 2.5 (0.0, 1e6) "" "weight of the value against the data's actions; 0 is behaviour cloning"

let private signature =
    trains
        "fit-td3-bc"
        [ "dataset", DatasetArtifact ]
        PolicyArtifact
        [
            steps.Declared
            batch.Declared
            rate.Declared
            hidden.Declared
            discount.Declared
            polyak.Declared
            alpha.Declared
            guardEvery.Declared
        ]
        "TD3+BC: a deterministic policy of high value close to the data's actions; reads no cost"

let private run (request: StageRequest) =
    onDataset request (fun dataset team ->
        let settings =
            Td3BcSettings(
                hidden.Of request,
                int (batch.Of request),
                rate.Of request,
                discount.Of request,
                polyak.Of request,
                alpha.Of request
            )

        let fit =
            Td3Bc.Build(DatasetTables dataset, settings, random signature.Name request, team)

        use training = fit.Training

        Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
            use state = new TrainingState()
            let policy = fit.Policy state
            ModelFile.Save(request.Output, policy.Parameters, Policies.Describe policy, curves)))

let stage = {
    Signature = signature
    Run = run
    Code = []
}
