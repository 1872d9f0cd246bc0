/// DRCORL's safe adaptation by measured cost: not offline.
module Plimsoll.Stages.AdaptHybridStage

open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

let private task =
    requiredText "task" "the task to roll the policy out in while it is trained"

let private rollouts =
    whole "rollouts" 1L (1L, 10_000L) "episode" "episodes of each measurement"

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
        "safe adaptation by the cost of rollouts in the simulator (DRCORL, appendix B.3): not offline; critics learn from the data alone" with
        Environment = Hybrid
}

let private measuring (request: StageRequest) : Adaptation.Estimate =
    Adaptation.Measured(MeasuredCostSettings(task.Of request, int (rollouts.Of request), every.Of request))

let private run (request: StageRequest) =
    Outcomes.withTask (task.Of request) (fun _ ->
        Adaptation.run signature.Name smoothing (measuring request) request)

let stage = {
    Signature = signature
    Run = run
    Code = []
}
