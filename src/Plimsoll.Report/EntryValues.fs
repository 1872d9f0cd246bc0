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

/// How far seeds' means can be trusted: Student's over seeds, which is about another set of seeds; of a single seed
/// only the bootstrap over its episodes is left.
let private intervalOver
    (centre: double)
    (seeds: Student.SeedMean array)
    (ofOne: unit -> (double * double) option)
    =
    match seeds.Length with
    | 1 -> ofOne ()
    | _ -> Student.halfWidth seeds |> Option.map (fun half -> centre - half, centre + half)

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

/// Of the sum of the strata's means. A single episode says nothing of the next.
let private overEpisodes (draws: EpisodeDraws) (strata: double array list) =
    if strata |> List.forall (fun values -> values.Length > 1) then
        draws.Interval [| for values in strata -> { Weight = 1.0; Values = values } |]
    else
        None

let private estimateOf (draws: EpisodeDraws) (perSeed: double array array) =
    let means = perSeed |> Array.map mean
    let centre = mean means

    {
        Mean = centre
        Deviation = deviation means
        Error =
            match perSeed with
            | [| only |] -> standardError only |> Option.map (fun e -> e, OverEpisodes)
            | _ -> standardError means |> Option.map (fun e -> e, OverSeeds)
        Interval =
            intervalOver
                centre
                (perSeed |> Array.map (fun values -> Student.seedMean [ None, values ]))
                (fun () -> overEpisodes draws [ perSeed[0] ])
            |> finite
    }

let private ofCosts (estimate: Estimate) = {
    estimate with
        Interval = estimate.Interval |> Student.costInterval estimate.Mean
}

/// One limit: means of the seeds' means.
let atLimit (draws: EpisodeDraws) kind limit (samples: Sample list) =
    let over f =
        samples |> List.map (fun s -> f s.Episodes) |> List.toArray

    let rewards = over normalisedReturns
    let costs = over (fun e -> e.Costs |> Array.map (normaliseCost limit))
    let raw = over _.Costs
    let given, exceedance = spreadOf kind samples
    let cost = estimateOf draws costs |> ofCosts
    let rawCost = estimateOf draws raw |> ofCosts

    {
        Episodes = episodeCount samples
        Reward = estimateOf draws rewards
        Cost = cost
        CostDrcorl = normaliseCostDrcorl limit rawCost.Mean
        CostDrcorlDeviation = rawCost.Deviation |> Option.map (normaliseCostDrcorl limit)
        Return = estimateOf draws (over _.Returns)
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

    let means f =
        bySeed
        |> List.map (fun members ->
            members
            |> List.map (fun s -> (if s.AnyLimit then None else Some s.Limit), f s)
            |> Student.seedMean)
        |> List.toArray

    let spread f =
        let means = means f |> Array.map _.Mean
        deviation means, standardError means |> Option.map (fun e -> e, OverSeeds)

    // Of a single seed. The same episodes at every limit are resampled once, or the interval would be too narrow.
    let ofOne f () =
        let weighted (s: Sample) =
            f s |> Array.map (fun v -> v / double limits.Length)

        let shared, own = samples |> List.partition _.AnyLimit

        let strata = [
            for s in own do
                weighted s
            if not shared.IsEmpty then
                shared |> List.map weighted |> List.reduce (Array.map2 (+))
        ]

        if samples |> List.forall (fun s -> s.Seed = samples.Head.Seed) then
            overEpisodes draws strata
        else
            None

    let estimate pick f =
        let d, e = spread f
        let centre = over pick

        {
            Mean = centre
            Deviation = d
            Error = e
            Interval = intervalOver centre (means f) (ofOne f) |> finite
        }

    let given, exceedance = spreadOf kind samples

    let cost =
        estimate _.Cost (fun s -> s.Episodes.Costs |> Array.map (normaliseCost s.Limit))
        |> ofCosts

    {
        Episodes = episodeCount samples
        Reward = estimate _.Reward (fun s -> normalisedReturns s.Episodes)
        Cost = cost
        CostDrcorl = perLimit |> List.map _.CostDrcorl |> List.toArray |> mean
        CostDrcorlDeviation =
            spread (fun s -> s.Episodes.Costs |> Array.map (normaliseCostDrcorl s.Limit))
            |> fst
        Return = estimate _.Return _.Episodes.Returns
        RawCost = estimate _.RawCost _.Episodes.Costs |> ofCosts
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
