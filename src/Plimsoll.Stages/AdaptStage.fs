/// DRCORL's safe adaptation as a stage, on data alone.
module Plimsoll.Stages.AdaptStage

open Plimsoll.Language
open Plimsoll.Stages.Common

let private smoothing = Adaptation.smoothing 0.9

let private signature =
    trains
        "adapt"
        Adaptation.inputs
        PolicyArtifact
        (Adaptation.parameters smoothing @ [ Adaptation.confidence.Declared ])
        "safe adaptation: reward, cost or both, by an offline estimate of the cost \
         (DRCORL, algorithms 1 and 2)"

let stage = {
    Signature = signature
    Run = Adaptation.run signature.Name smoothing Adaptation.Offline
    Code = []
}
