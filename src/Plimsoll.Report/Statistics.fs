/// Numbers over episodes and seeds. Everything is a pure function and gives the same bits on every machine:
/// the only library function is the square root, sums run in the order of the arrays.
module Plimsoll.Report.Statistics

/// NaN for an empty array.
let mean (values: double array) =
    let mutable sum = 0.0

    for value in values do
        sum <- sum + value

    sum / double values.Length

/// Sample standard deviation (n - 1). None below two values.
let deviation (values: double array) =
    if values.Length < 2 then
        None
    else
        let centre = mean values
        let mutable sum = 0.0

        for value in values do
            sum <- sum + (value - centre) * (value - centre)

        Some(sqrt (sum / double (values.Length - 1)))

/// Standard error of the mean: deviation / sqrt n. None below two values.
let standardError (values: double array) =
    deviation values |> Option.map (fun d -> d / sqrt (double values.Length))

/// Quantile by linear interpolation between order statistics (Hyndman and Fan 1996, definition 7).
let quantile (p: double) (sorted: double array) =
    let place = p * double (sorted.Length - 1)
    let below = int (floor place)
    let above = min (below + 1) (sorted.Length - 1)
    sorted[below] + (place - double below) * (sorted[above] - sorted[below])

/// (R - r_min) / (r_max - r_min), DSRL (Liu et al. 2024). May leave [0, 1]; NaN where the range is empty.
let normaliseReward (rewardMin: double) (rewardMax: double) (value: double) =
    if rewardMax > rewardMin then
        (value - rewardMin) / (rewardMax - rewardMin)
    else
        nan

/// DSRL's guard against a limit of zero: 1 if the limit is 0, else 0.
let costEpsilon (limit: double) = if limit = 0.0 then 1.0 else 0.0

/// (C + eps) / (limit + eps), DSRL. Safe means at most 1.
let normaliseCost (limit: double) (cost: double) =
    let epsilon = costEpsilon limit
    (cost + epsilon) / (limit + epsilon)

/// Of normalised costs (DSRL), for rounding alone: a mean of quotients that is the limit by arithmetic may come out one
/// unit in the last place above 1.
let costMargin = 1e-9

/// Whether a normalised cost keeps the limit.
let keepsLimit (cost: double) = cost <= 1.0 + costMargin

/// The same of a cost in the task's own unit.
let isWithin (limit: double) (cost: double) = normaliseCost limit cost |> keepsLimit

/// No cost at all, normalised: 0, and 1 at a limit of 0; over several limits the mean of these.
let costFloor (limits: double list) =
    limits
    |> List.map (fun limit -> normaliseCost limit 0.0)
    |> List.toArray
    |> mean

/// C / (limit + 0.1), as DRCORL's tables have it: 1 % lower than DSRL's at a limit of 10.
let normaliseCostDrcorl (limit: double) (cost: double) = cost / (limit + 0.1)

/// 97.5 % point of the standard normal distribution.
let z975 = 1.959963984540054

type Proportion = {
    Successes: int
    Trials: int
    Rate: double
    /// 95 % interval.
    Lower: double
    Upper: double
}

/// Wilson's score interval for a proportion (Wilson 1927), 95 %. None without a trial.
let wilson (successes: int) (trials: int) =
    if trials = 0 then
        None
    else
        let n = double trials
        let p = double successes / n
        let z2 = z975 * z975
        let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n)
        let half = z975 / (1.0 + z2 / n) * sqrt (p * (1.0 - p) / n + z2 / (4.0 * n * n))

        Some {
            Successes = successes
            Trials = trials
            Rate = p
            Lower = (if successes = 0 then 0.0 else max 0.0 (centre - half))
            Upper = (if successes = trials then 1.0 else min 1.0 (centre + half))
        }

/// Random numbers by counter: SplitMix64's finaliser (Steele et al. 2014) over seed + n * golden ratio.
/// Integer arithmetic only, so equal everywhere.
module Draw =
    let bits (seed: uint64) (counter: uint64) =
        let mutable z = seed + (counter + 1UL) * 0x9E3779B97F4A7C15UL
        z <- (z ^^^ (z >>> 30)) * 0xBF58476D1CE4E5B9UL
        z <- (z ^^^ (z >>> 27)) * 0x94D049BB133111EBUL
        z ^^^ (z >>> 31)

    /// Uniform over 0 .. count - 1: the upper 32 bits, scaled (bias below count / 2^32).
    let index (count: int) (bits: uint64) =
        int (((bits >>> 32) * uint64 count) >>> 32)

/// Resamples of every bootstrap in the report.
let resamples = 2000

/// Seed of every bootstrap in the report, so that a page made twice is the same page.
let bootstrapSeed = 1UL
