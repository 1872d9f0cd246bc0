/// Percentile intervals by resampling episodes. Every draw comes from a counter, so the same numbers give the same
/// interval, bit for bit, in any order of asking.
module Plimsoll.Report.Bootstrap

open System.Collections.Generic
open Plimsoll.Report.Statistics

/// Episodes of one policy at one limit, with the weight of their mean in the estimate.
[<Struct>]
type Stratum = { Weight: double; Values: double array }

/// The 2.5 % and 97.5 % quantiles. Sorts in place.
let interval95 (resampled: double array) =
    System.Array.Sort resampled
    quantile 0.025 resampled, quantile 0.975 resampled

/// Tables above this many episodes are drawn anew at each use instead of being kept.
let private keptEpisodes = 2_000

/// The places drawn for strata of given sizes. They depend on nothing but the sizes, so rows of the same
/// shape share them: drawing is most of the work. Each interval by itself is as if drawn for it alone.
type EpisodeDraws() =
    let kept = Dictionary<string, int array>()

    let draw (lengths: int array) (episodes: int) =
        let table = Array.zeroCreate<int>(resamples * episodes)

        for r in 0 .. resamples - 1 do
            let mutable at = r * episodes
            let mutable first = 0

            for length in lengths do
                for _ in 1..length do
                    table[at] <- first + Draw.index length (Draw.bits bootstrapSeed (uint64 at))
                    at <- at + 1

                first <- first + length

        table

    let tableOf (lengths: int array) (episodes: int) =
        let key = System.String.Join(' ', lengths)

        match kept.TryGetValue key with
        | true, table -> table
        | _ ->
            let table = draw lengths episodes

            if episodes <= keptEpisodes then
                kept[key] <- table

            table

    /// 95 % percentile interval of sum_i weight_i * mean_i. Episodes are resampled within their stratum
    /// (stratified bootstrap, Efron and Tibshirani 1993): the policies are taken as given, so this is the doubt
    /// left by a finite number of episodes, not by the training. None without an episode.
    member _.Interval(strata: Stratum array) : (double * double) option =
        if strata.Length = 0 || strata |> Array.exists (fun s -> s.Values.Length = 0) then
            None
        else
            let lengths = strata |> Array.map _.Values.Length
            let values = strata |> Array.collect _.Values
            let table = tableOf lengths values.Length
            let means = Array.zeroCreate<double> resamples
            let mutable at = 0

            for r in 0 .. resamples - 1 do
                let mutable total = 0.0

                for s in 0 .. strata.Length - 1 do
                    let length = lengths[s]
                    let mutable sum = 0.0

                    for i in at .. at + length - 1 do
                        sum <- sum + values[table[i]]

                    at <- at + length
                    total <- total + strata[s].Weight * sum / double length

                means[r] <- total

            Some(interval95 means)
