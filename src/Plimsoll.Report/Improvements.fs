/// How often one method's runs do better than another's (probability of improvement, Agarwal et al. 2021,
/// section 4.3).
module internal Plimsoll.Report.Improvements

open System
open Plimsoll.Report.Statistics

/// Merged ranks of the runs of two methods at one task and limit; equal scores have equal ranks.
let private ranks (x: double array) (y: double array) =
    let distinct = Array.append x y |> Array.distinct |> Array.sort
    let rank v = Array.BinarySearch(distinct, v)
    Array.map rank x, Array.map rank y, distinct.Length

/// P(x > y) + P(x = y) / 2 over all pairs of runs: of the given runs, then of every resample. Counting is in
/// whole numbers, so P(x over y) + P(y over x) is 1.
let private wins (x: double array, drawsX: int array) (y: double array, drawsY: int array) : double array =
    let rankX, rankY, count = ranks x y
    let countX, countY = Array.zeroCreate<int> count, Array.zeroCreate<int> count
    let scale = 2.0 * double x.Length * double y.Length

    let share () =
        let mutable below = 0
        let mutable twice = 0L

        for k in 0 .. count - 1 do
            twice <- twice + int64 countX[k] * int64 (2 * below + countY[k])
            below <- below + countY[k]

        double twice / scale

    Array.init (resamples + 1) (fun r ->
        Array.Clear countX
        Array.Clear countY

        if r = 0 then
            for k in rankX do
                countX[k] <- countX[k] + 1

            for k in rankY do
                countY[k] <- countY[k] + 1
        else
            for i in (r - 1) * x.Length .. r * x.Length - 1 do
                let k = rankX[drawsX[i]]
                countX[k] <- countX[k] + 1

            for i in (r - 1) * y.Length .. r * y.Length - 1 do
                let k = rankY[drawsY[i]]
                countY[k] <- countY[k] + 1

        share ())

/// For each stratum (task and limit) the probability that a run of x scores higher than one of y: `.[0]` of the
/// runs themselves, the others of the resamples.
let perStratum (x: Scores) (y: Scores) : double array array =
    Array.init x.Values.Length (fun s -> wins (x.Values[s], x.Draws[s]) (y.Values[s], y.Draws[s]))

/// The mean over the given strata, with its interval. None of an interval where a stratum has a single run.
let measured resampled (strata: double array array) : Measured =
    let mean r =
        let mutable sum = 0.0

        for stratum in strata do
            sum <- sum + stratum[r]

        sum / double strata.Length

    {
        Value = mean 0
        Interval =
            if resampled then
                Some(Bootstrap.interval95 (Array.init resamples (fun r -> mean (r + 1))))
            else
                None
    }

/// The same, of y over x.
let opposite (m: Measured) : Measured = {
    Value = 1.0 - m.Value
    Interval = m.Interval |> Option.map (fun (low, high) -> 1.0 - high, 1.0 - low)
}
