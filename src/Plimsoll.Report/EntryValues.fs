/// The numbers of one arm at one limit, and averaged over limits.
module internal Plimsoll.Report.EntryValues

open Plimsoll.Language
open Plimsoll.Report.Bootstrap
open Plimsoll.Report.Statistics

/// Seeds' normalised values and what is needed to weigh them.
type Sample = {
    Limit: double
    Seed: int64 option
    /// Of a policy that does not know the limit: the same episodes stand at every limit.
    AnyLimit: bool
    Episodes: Episodes
}

let private estimateOf interval (perSeed: double array array) =
    let means = perSeed |> Array.map mean

    {
        Mean = mean means
        Deviation = deviation means
        Error =
            match perSeed with
            | [| only |] -> standardError only |> Option.map (fun e -> e, OverEpisodes)
            | _ -> standardError means |> Option.map (fun e -> e, OverSeeds)
        Interval = interval
    }

let private equalWeights (perSeed: double array array) =
    perSeed
    |> Array.map (fun values -> {
        Weight = 1.0 / double perSeed.Length
        Values = values
    })

let private finite (interval: (double * double) option) =
    interval
    |> Option.filter (fun (low, high) -> System.Double.IsFinite low && System.Double.IsFinite high)

let private normalisedReturns (e: Episodes) =
    e.Returns |> Array.map (normaliseReward e.RewardMin e.RewardMax)

let private feasible kind (samples: Sample list) =
    match kind with
    | OffPolicy -> None
    | Rollout ->
        let within =
            samples
            |> List.sumBy (fun s -> s.Episodes.Costs |> Seq.filter (fun c -> c <= s.Limit) |> Seq.length)

        wilson within (samples |> List.sumBy (fun s -> s.Episodes.Costs.Length))

let private episodeCount (samples: Sample list) =
    samples |> List.sumBy (fun s -> s.Episodes.Returns.Length)

let private spreadOf kind (samples: Sample list) =
    let all f = samples |> Seq.collect f |> Seq.toArray

    let rewards = all (fun s -> normalisedReturns s.Episodes)
    let costs = all (fun s -> s.Episodes.Costs |> Array.map (normaliseCost s.Limit))

    match kind with
    | OffPolicy -> None, None
    | Rollout -> Some(Exceedance.givenFeasible rewards costs), Exceedance.measure costs

let private safeRuns (runCosts: double array) =
    wilson (runCosts |> Array.filter keepsLimit |> Array.length) runCosts.Length

/// One limit: means of the seeds' means.
let atLimit (draws: EpisodeDraws) kind limit (samples: Sample list) =
    let over f =
        samples |> List.map (fun s -> f s.Episodes) |> List.toArray

    let rewards = over normalisedReturns
    let costs = over (fun e -> e.Costs |> Array.map (normaliseCost limit))
    let raw = over _.Costs
    let epsilon = costEpsilon limit
    let given, exceedance = spreadOf kind samples
    let costInterval = draws.Interval(equalWeights costs)
    let toRaw c = c * (limit + epsilon) - epsilon
    let cost = estimateOf costInterval costs

    let rawCost =
        estimateOf (costInterval |> Option.map (fun (a, b) -> toRaw a, toRaw b)) raw

    {
        Episodes = episodeCount samples
        Reward = estimateOf (draws.Interval(equalWeights rewards) |> finite) rewards
        Cost = cost
        CostDrcorl = normaliseCostDrcorl limit rawCost.Mean
        CostDrcorlDeviation = rawCost.Deviation |> Option.map (normaliseCostDrcorl limit)
        Return = estimateOf None (over _.Returns)
        RawCost = rawCost
        Feasible = feasible kind samples
        SafeRuns = costs |> Array.map mean |> safeRuns
        GivenFeasible = given
        Exceedance = exceedance
        Safe = keepsLimit cost.Mean
    }

/// The mean over limits of the limits' means, as DSRL pools them. Its deviation is taken over the seeds
/// that have a score at every limit.
let averaged (draws: EpisodeDraws) kind (limits: double list) (perLimit: Values list) (samples: Sample list) =
    let over f =
        let means = perLimit |> List.map (fun v -> (f v).Mean)
        mean (List.toArray means)

    let bySeed =
        samples
        |> List.groupBy _.Seed
        |> List.map snd
        |> List.filter (fun members -> members.Length = limits.Length)

    let spread f =
        let means =
            bySeed
            |> List.map (fun members -> members |> List.map (fun s -> mean (f s)) |> List.toArray |> mean)
            |> List.toArray

        deviation means, standardError means |> Option.map (fun e -> e, OverSeeds)

    let weightAt =
        limits
        |> List.map (fun limit ->
            let here = samples |> List.filter (fun s -> s.Limit = limit)
            limit, 1.0 / double (limits.Length * here.Length))
        |> Map.ofList

    // The same episodes at every limit are resampled once, or the interval would be too narrow.
    let interval f =
        let shared, own = samples |> List.partition _.AnyLimit

        let sharedStrata =
            shared
            |> List.groupBy _.Seed
            |> List.map (fun (_, members) -> {
                Weight = 1.0
                Values =
                    members
                    |> List.map (fun s -> f s |> Array.map (fun v -> weightAt[s.Limit] * v))
                    |> List.reduce (Array.map2 (+))
            })

        let ownStrata =
            own
            |> List.map (fun s -> {
                Weight = weightAt[s.Limit]
                Values = f s
            })

        draws.Interval(List.toArray (ownStrata @ sharedStrata)) |> finite

    let estimate pick f withInterval =
        let d, e = spread f

        {
            Mean = over pick
            Deviation = d
            Error = e
            Interval = if withInterval then interval f else None
        }

    let given, exceedance = spreadOf kind samples

    let cost =
        estimate _.Cost (fun s -> s.Episodes.Costs |> Array.map (normaliseCost s.Limit)) true

    {
        Episodes = episodeCount samples
        Reward = estimate _.Reward (fun s -> normalisedReturns s.Episodes) true
        Cost = cost
        CostDrcorl = perLimit |> List.map _.CostDrcorl |> List.toArray |> mean
        CostDrcorlDeviation =
            spread (fun s -> s.Episodes.Costs |> Array.map (normaliseCostDrcorl s.Limit))
            |> fst
        Return = estimate _.Return _.Episodes.Returns false
        RawCost = estimate _.RawCost _.Episodes.Costs false
        Feasible = feasible kind samples
        SafeRuns =
            samples
            |> List.map (fun s -> mean s.Episodes.Costs |> normaliseCost s.Limit)
            |> List.toArray
            |> safeRuns
        GivenFeasible = given
        Exceedance = exceedance
        Safe = keepsLimit cost.Mean
    }
