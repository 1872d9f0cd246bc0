/// The episodes of runs as the two-level bootstrap takes them: claims and comparisons are answered from these.
module internal Plimsoll.Report.EpisodeStrata

open Plimsoll.Language
open Plimsoll.Report.Statistics
open Plimsoll.Report.Bootstrap

let private normalised metric limit (e: Episodes) =
    match metric with
    | RewardMetric -> e.Returns |> Array.map (normaliseReward e.RewardMin e.RewardMax)
    | CostMetric -> e.Costs |> Array.map (normaliseCost limit)

/// The runs of the given limits, a run's strata adding up to its mean over them. Over several limits only
/// runs that have a score at each; a policy that does not know the limit has its episodes once.
let ofEntries metric (entries: TableEntry list) : Stratum array array =
    let weight = 1.0 / double entries.Length

    let evaluations = [
        for entry in entries do
            for run, trainedFor, episodes in entry.Runs do
                let limit = entry.Limit |> Option.defaultValue 0.0
                run, (trainedFor, normalised metric limit episodes)
    ]

    evaluations
    |> List.groupBy fst
    |> List.map snd
    |> List.filter (fun own -> own.Length = entries.Length)
    |> List.map (
        List.map snd
        >> List.groupBy fst
        >> List.map (fun (_, same) -> {
            Weight = 1.0
            Values =
                same
                |> List.map (snd >> Array.map (fun v -> weight * v))
                |> List.reduce (Array.map2 (+))
        })
        >> List.toArray
    )
    |> List.filter (
        Array.forall (fun s -> s.Values.Length > 0 && Array.forall System.Double.IsFinite s.Values)
    )
    |> List.toArray

/// The mean over runs.
let mean (runs: Stratum array array) =
    runs
    |> Array.map (Array.sumBy (fun s -> s.Weight * Statistics.mean s.Values))
    |> Statistics.mean
