/// A run's episodes in the report's scales.
module internal Plimsoll.Report.Normalised

open Plimsoll.Language
open Plimsoll.Report.Statistics

/// NaN where the returns have no scale.
let rewards (e: Episodes) =
    e.Returns |> Array.map (normaliseReward e.RewardMin e.RewardMax)

let costs (limit: double) (e: Episodes) =
    e.Costs |> Array.map (normaliseCost limit)

let ofMetric metric (limit: double) =
    match metric with
    | RewardMetric -> rewards
    | CostMetric -> costs limit
