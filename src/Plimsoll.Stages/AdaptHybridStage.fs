/// DRCORL's safe adaptation by measured cost: not offline.
module Plimsoll.Stages.AdaptHybridStage

open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

let private task =
    requiredText "task" "the task to roll the policy out in while it is trained"

let private rollouts =
    whole "rollouts" 1L (1L, 1_000L) "episode" "episodes of each measurement, which cannot be interrupted"

let private every =
    whole "every" 1L (1L, 1_000_000_000L) "step" "steps from one measurement to the next"

// A measurement is a mean of episodes already, and the code of DRCORL takes it as it is.
let private smoothing = Adaptation.smoothing 0.0

let private signature = {
    trains
        "adapt-hybrid"
        Adaptation.inputs
        PolicyArtifact
        (Adaptation.parameters smoothing
         @ [ task.Declared; rollouts.Declared; every.Declared ])
        "safe adaptation by the cost of rollouts in the simulator (DRCORL, appendix B.3): not offline; \
         critics learn from the data alone" with
        Environment = Hybrid
}

/// A cost measured in another task than the data's says nothing of the limit.
let private refuse (facts: TaskFacts) (dataset: Dataset) =
    let simulated = facts.Name, facts.ObservationSize, facts.ActionSize

    let recorded = dataset.Metadata.Task, dataset.ObservationSize, dataset.ActionSize

    if simulated = recorded then
        None
    else
        Some(FailureText.simulatorOfOtherTask simulated recorded)

let private run (request: StageRequest) =
    Outcomes.withTask (task.Of request) (fun facts ->
        let settings =
            MeasuredCostSettings(facts.Name, int (rollouts.Of request), every.Of request)

        let measuring: Adaptation.Measuring = {
            Refuse = refuse facts
            Make = fun policy root team -> new MeasuredCost(policy, settings, root, team)
        }

        Adaptation.run signature.Name smoothing (Adaptation.Measured measuring) request)

let stage = {
    Signature = signature
    Run = run
    Code = []
}
