/// The bootstrap over runs within tasks (stratified bootstrap, Agarwal et al. 2021, section 4.1), and what it
/// says of the numbers across tasks. Pure, and the same bits everywhere.
namespace Plimsoll.Report

open System
open System.Collections.Generic
open Plimsoll.Report.Statistics

/// Which runs each resample takes. A run is drawn once for all limits of its task, because its policies share
/// training; where the drawn run has no score at a limit, it is drawn again there, so that each limit's draws
/// are uniform over the runs that have a score. Depends on which runs have scores and on nothing else; methods
/// with the same runs share the draws, which leaves each interval as it is by itself.
type internal RunDraws(stream: uint64) =
    let start = Draw.bits bootstrapSeed stream
    let kept = Dictionary<struct (int * string), int array>()

    let draw task (present: bool array) =
        let universe = present.Length
        let number = Array.scan (fun n here -> if here then n + 1 else n) 0 present
        let count = number[universe]
        let taskStart = Draw.bits start (uint64 task)
        let table = Array.zeroCreate<int>(resamples * count)

        for r in 0 .. resamples - 1 do
            for j in 0 .. count - 1 do
                let counter = uint64 (r * universe + j)
                let mutable attempt = 0UL
                let mutable run = -1

                while run < 0 do
                    let drawn = Draw.index universe (Draw.bits (Draw.bits taskStart attempt) counter)

                    if present[drawn] then
                        run <- number[drawn]

                    attempt <- attempt + 1UL

                table[r * count + j] <- run

        table

    /// resamples x scored runs: places in the place's own runs. `task` is the task's number.
    member _.At (task: int) (place: PlaceRuns) : int array =
        let present = place.Universe |> Array.map (fun id -> Array.contains id place.Ids)

        let key =
            struct (task, String(present |> Array.map (fun p -> if p then '1' else '0')))

        match kept.TryGetValue key with
        | true, table -> table
        | _ ->
            let table = draw task present
            kept[key] <- table
            table

/// The scores of one metric, a stratum for each task and limit. Every stratum has a run.
type internal Scores = {
    Values: double array array
    Draws: int array array
}

module internal RunBootstrap =
    /// A single run in a stratum has no spread to resample.
    let canResample (scores: Scores) =
        scores.Values |> Array.forall (fun v -> v.Length > 1)

    /// The runs of all strata together, in order of strata and sorted, and each one's place among the sorted.
    let private ranked (scores: Scores) =
        let flat = Array.concat scores.Values
        let sorted = Array.copy flat
        let order = Array.init flat.Length id
        Array.Sort(sorted, order)
        let rank = Array.zeroCreate<int> flat.Length
        order |> Array.iteri (fun place run -> rank[run] <- place)
        struct (flat, sorted, rank)

    /// Mean; median of the strata's means (of an even number the mean of the middle two); IQM: the mean of all runs
    /// without the floor(n / 4) lowest and as many highest, as scipy.stats.trim_mean(x, 0.25) has it; mean of the gaps.
    /// Each of the given runs and of every resample. `gap` is the shortfall or excess of one run.
    let summary (gap: double -> double) (scores: Scores) : Summary =
        let strata = scores.Values.Length
        let struct (flat, sorted, rank) = ranked scores
        let runs = flat.Length
        let gaps = Array.map gap flat
        let cut = runs / 4
        let counts = Array.zeroCreate<int> runs
        let strataMeans = Array.zeroCreate<double> strata

        /// `pick stratum j`: the run that stands at place j.
        let measure (pick: int -> int -> int) =
            Array.Clear counts
            let mutable first = 0
            let mutable means = 0.0
            let mutable shortfall = 0.0

            for s in 0 .. strata - 1 do
                let length = scores.Values[s].Length
                let mutable sum = 0.0
                let mutable gapSum = 0.0

                for j in 0 .. length - 1 do
                    let run = first + pick s j
                    sum <- sum + flat[run]
                    gapSum <- gapSum + gaps[run]
                    counts[rank[run]] <- counts[rank[run]] + 1

                first <- first + length
                strataMeans[s] <- sum / double length
                means <- means + strataMeans[s]
                shortfall <- shortfall + gapSum / double length

            let mutable middle = 0.0
            let mutable at = 0

            for place in 0 .. runs - 1 do
                let next = at + counts[place]
                let taken = min next (runs - cut) - max at cut

                if taken > 0 then
                    middle <- middle + double taken * sorted[place]

                at <- next

            Array.Sort strataMeans
            let n = double strata
            struct (means / n, quantile 0.5 strataMeans, middle / double (runs - 2 * cut), shortfall / n)

        let struct (mean, median, iqm, gapMean) = measure (fun _ j -> j)

        let interval =
            if canResample scores then
                let kept = Array.init 4 (fun _ -> Array.zeroCreate<double> resamples)

                for r in 0 .. resamples - 1 do
                    let struct (a, b, c, d) =
                        measure (fun s j -> scores.Draws[s][r * scores.Values[s].Length + j])

                    kept[0][r] <- a
                    kept[1][r] <- b
                    kept[2][r] <- c
                    kept[3][r] <- d

                fun i -> Some(Bootstrap.interval95 kept[i])
            else
                fun _ -> None

        {
            Mean = { Value = mean; Interval = interval 0 }
            Median = {
                Value = median
                Interval = interval 1
            }
            Iqm = { Value = iqm; Interval = interval 2 }
            Gap = {
                Value = gapMean
                Interval = interval 3
            }
        }

    /// The share of runs with a score above each tau (performance profile, Agarwal et al. 2021, equation 1): the
    /// mean over strata of the strata's shares, with pointwise percentile bands.
    let profile (taus: double array) (scores: Scores) : ProfilePoint array =
        let strata = scores.Values.Length
        let struct (_, sorted, rank) = ranked scores
        let runs = sorted.Length
        let weights = Array.zeroCreate<double> runs

        /// Writes the share of runs at rank p and above to `shares p`.
        let above (pick: int -> int -> int) (write: int -> double -> unit) =
            Array.Clear weights
            let mutable first = 0

            for s in 0 .. strata - 1 do
                let length = scores.Values[s].Length
                let weight = 1.0 / double (strata * length)

                for j in 0 .. length - 1 do
                    let place = rank[first + pick s j]
                    weights[place] <- weights[place] + weight

                first <- first + length

            let mutable share = 0.0

            for place in runs - 1 .. -1 .. 1 do
                share <- share + weights[place]
                write place (min 1.0 share)

        // A tau matters only through how many runs are at most tau.
        let below tau =
            let mutable count = 0

            while count < runs && sorted[count] <= tau do
                count <- count + 1

            count

        let places = taus |> Array.map below
        let shares = Array.zeroCreate<double> runs
        above (fun _ j -> j) (fun p share -> shares[p] <- share)
        let asked = places |> Array.distinct |> Array.filter (fun p -> p > 0 && p < runs)
        let bands = Dictionary<int, double * double>()

        if canResample scores then
            let kept = Array.create runs Array.empty<double>

            for p in asked do
                kept[p] <- Array.zeroCreate resamples

            for r in 0 .. resamples - 1 do
                above (fun s j -> scores.Draws[s][r * scores.Values[s].Length + j]) (fun p share ->
                    if kept[p].Length > 0 then
                        kept[p][r] <- share)

            for p in asked do
                bands[p] <- Bootstrap.interval95 kept[p]

        Array.map2
            (fun tau p ->
                let share =
                    if p = 0 then 1.0
                    elif p = runs then 0.0
                    else shares[p]

                let low, high =
                    match bands.TryGetValue p with
                    | true, band -> band
                    | _ -> share, share

                {
                    Tau = tau
                    Share = share
                    Lower = low
                    Upper = high
                })
            taus
            places
