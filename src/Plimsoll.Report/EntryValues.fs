/// The numbers of one arm at one limit, and averaged over limits.
module internal Plimsoll.Report.EntryValues

open Plimsoll.Language
open Plimsoll.Report.Bootstrap
open Plimsoll.Report.Statistics

/// Seeds' normalised values and what is needed to weigh them.
type Sample = {
    Limit: double
    Seed: int64 option
    /// Samples of one evaluation have the same episodes, at several limits.
    Evaluation: string
    Episodes: Episodes
}

let private finite (interval: (double * double) option) =
    interval
    |> Option.filter (fun (low, high) -> System.Double.IsFinite low && System.Double.IsFinite high)

/// How far seeds' means can be trusted: Student's over seeds, which is about another set of seeds; of a single seed
/// only its episodes are left, for its error and the bootstrap of `ofOne`. `centre` is over all seeds, also those that
/// the doubt does not know.
let private estimateOf (centre: double) (seeds: Student.SeedMean array) ofOne =
    let means = seeds |> Array.map _.Mean

    let error, interval =
        match seeds with
        | [| only |] ->
            match ofOne with
            | Some bootstrap -> only.Noise |> Option.map (fun noise -> sqrt noise, OverEpisodes), bootstrap ()
            | None -> None, None
        | _ -> standardError means |> Option.map (fun e -> e, OverSeeds), Student.around centre seeds

    {
        Mean = centre
        Deviation = deviation means
        Error = error
        Interval = finite interval
    }

/// No episode costs less than nothing. Critics may estimate that it does.
let private ofCosts kind floor (estimate: Estimate) =
    match kind with
    | OffPolicy -> estimate
    | Rollout -> {
        estimate with
            Interval = estimate.Interval |> Student.above floor
      }

let private feasible kind (samples: Sample list) =
    match kind with
    | OffPolicy -> None
    | Rollout ->
        let within =
            samples
            |> List.sumBy (fun s -> s.Episodes.Costs |> Seq.filter (isWithin s.Limit) |> Seq.length)

        wilson within (samples |> List.sumBy (fun s -> s.Episodes.Costs.Length))

let private episodeCount (samples: Sample list) =
    samples |> List.sumBy (fun s -> s.Episodes.Returns.Length)

let private spreadOf kind (samples: Sample list) =
    let all f = samples |> Seq.collect f |> Seq.toArray

    let rewards = all (fun s -> Normalised.rewards s.Episodes)
    let costs = all (fun s -> Normalised.costs s.Limit s.Episodes)

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

/// One limit: means of the seeds' means.
let atLimit (draws: EpisodeDraws) kind limit (samples: Sample list) =
    let over f =
        samples |> List.map (fun s -> f s.Episodes) |> List.toArray

    let estimate (perSeed: double array array) =
        estimateOf
            (perSeed |> Array.map mean |> mean)
            (perSeed |> Array.map (fun values -> Student.seedMean [ "", values ]))
            (Some(fun () -> overEpisodes draws [ perSeed[0] ]))

    let costs = over (Normalised.costs limit)
    let given, exceedance = spreadOf kind samples
    let cost = estimate costs |> ofCosts kind (costFloor [ limit ])
    let rawCost = over _.Costs |> estimate |> ofCosts kind 0.0

    {
        Episodes = episodeCount samples
        Reward = over Normalised.rewards |> estimate
        Cost = cost
        CostDrcorl = normaliseCostDrcorl limit rawCost.Mean
        CostDrcorlDeviation = rawCost.Deviation |> Option.map (normaliseCostDrcorl limit)
        Return = over _.Returns |> estimate
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
        |> List.map (fun members -> members |> List.map (fun s -> s.Evaluation, f s) |> Student.seedMean)
        |> List.toArray

    let isSingle = samples |> List.forall (fun s -> s.Seed = samples.Head.Seed)

    // The same episodes at every limit are resampled once, or the interval would be too narrow.
    let ofOne f () =
        let weighted (s: Sample) =
            f s |> Array.map (fun v -> v / double limits.Length)

        samples
        |> List.groupBy _.Evaluation
        |> List.map (fun (_, same) -> same |> List.map weighted |> List.reduce (Array.map2 (+)))
        |> overEpisodes draws

    let estimate pick f =
        estimateOf (over pick) (means f) (if isSingle then Some(ofOne f) else None)

    let given, exceedance = spreadOf kind samples

    let cost =
        estimate _.Cost (fun s -> Normalised.costs s.Limit s.Episodes)
        |> ofCosts kind (costFloor limits)

    {
        Episodes = episodeCount samples
        Reward = estimate _.Reward (fun s -> Normalised.rewards s.Episodes)
        Cost = cost
        CostDrcorl = perLimit |> List.map _.CostDrcorl |> List.toArray |> mean
        CostDrcorlDeviation =
            means (fun s -> s.Episodes.Costs |> Array.map (normaliseCostDrcorl s.Limit))
            |> Array.map _.Mean
            |> deviation
        Return = estimate _.Return _.Episodes.Returns
        RawCost = estimate _.RawCost _.Episodes.Costs |> ofCosts kind 0.0
        Feasible = feasible kind samples
        SafeRuns =
            samples
            |> List.map (fun s -> Normalised.costs s.Limit s.Episodes |> mean)
            |> List.toArray
            |> safeRuns
        GivenFeasible = given
        Exceedance = exceedance
        Safe = keepsLimit cost.Mean
    }
