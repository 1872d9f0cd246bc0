/// Every statistic against NumPy: `golden/expected.py` reads the made-up runs of `golden/runs.csv` and writes
/// `golden/expected.csv`. Points and intervals agree to 1e-12: both draw the same numbers.
module Plimsoll.Report.Tests.NumpyTests

open System
open System.Globalization
open System.IO
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private golden name =
    Path.Combine(TestContext.CurrentContext.TestDirectory, "golden", name)
    |> File.ReadAllLines
    |> Array.skip 1
    |> Array.map _.Split(',')

let private real (text: string) =
    Double.Parse(text, CultureInfo.InvariantCulture)

let private scores = [
    for place, lines in golden "runs.csv" |> Array.groupBy (fun l -> Array.take 7 l) do
        match place with
        | [| task; low; high; arm; limit; seed; state |] ->
            let limit = if limit = "" then None else Some(real limit)

            let numbers column =
                lines |> Array.map (fun l -> real l[column])

            {
                Coordinates = Synthetic.place task arm "scores" (Some(int64 seed)) limit
                Kind = Rollout
                State =
                    match state with
                    | "scored" -> Scored(episodes (real low, real high) (numbers 7) (numbers 8))
                    | "diverged" -> Diverged "not finite"
                    | "failed" -> Failed "killed"
                    | _ -> Missing
                Record = link $"{task}/{arm}/{seed}/{limit}" true
            }
        | _ -> failwith "a line of runs.csv"
]

/// The made-up runs as results.
let results: Results =
    let arms = [ "careful"; "bold"; "blind" ]

    {
        Experiment = {
            experiment [ "Alpha"; "Beta"; "Gamma" ] arms [] with
                Protocol = {
                    CostLimits = [ 10.0; 20.0 ]
                    Seeds = [ 0L .. 3L ]
                    Episodes = 3
                    TimeActions = []
                }
        }
        Scores = scores
        Curves = []
        Data = []
        ActingTimes = []
        Cells = []
        Provenance = { Facts = []; ExperimentText = None }
    }

let tables = Table.build results
let across = Aggregates.build tables |> List.exactlyOne

let private scope (limit: double option) =
    limit |> Option.map string |> Option.defaultValue "average"

let private exceedance prefix (e: Exceedance) (g: GivenFeasible) = [
    prefix + "exceed|rate", e.Rate.Rate
    prefix + "exceed|low", e.Rate.Lower
    prefix + "exceed|high", e.Rate.Upper
    match e.Excess with
    | Some excess -> prefix + "exceed|excess", excess
    | None -> ()
    prefix + "exceed|q0.5", e.Median
    prefix + "exceed|q0.9", e.Quantile90
    prefix + "exceed|q0.95", e.Quantile95
    prefix + "exceed|q1", e.Worst
    prefix + "within|episodes", double g.Episodes
    match g.Reward with
    | Some reward -> prefix + "within|reward", reward
    | None -> ()
]

let private ends prefix (interval: (double * double) option) =
    match interval with
    | Some(low, high) -> [ prefix + "|low", low; prefix + "|high", high ]
    | None -> []

let private estimates (v: Values) = [
    "reward", v.Reward
    "cost", v.Cost
    "return", v.Return
    "raw", v.RawCost
]

/// With seed 0 alone, whose intervals are over its episodes.
let private singleValues =
    let alone: Results = {
        results with
            Experiment = {
                results.Experiment with
                    Protocol = {
                        results.Experiment.Protocol with
                            Seeds = [ 0L ]
                    }
            }
            Scores = scores |> List.filter (fun s -> s.Coordinates.Seed = Some 0L)
    }

    [
        for table in Table.build alone do
            for row in table.Rollouts do
                for entry in row.Entries do
                    match entry.Values with
                    | Some v ->
                        let prefix = $"single|{table.Task}|{row.Arm}|{scope entry.Limit}|"

                        for name, estimate in estimates v do
                            yield! ends (prefix + name) estimate.Interval

                            match estimate.Error with
                            | Some(error, _) -> prefix + name + "|se", error
                            | None -> ()
                    | None -> ()
    ]

let private taskValues = [
    for table in tables do
        for row in table.Rollouts do
            for entry in row.Entries do
                let v = entry.Values.Value
                let prefix = $"task|{table.Task}|{row.Arm}|{scope entry.Limit}|"

                for name, estimate in estimates v do
                    prefix + name + "|mean", estimate.Mean
                    yield! ends (prefix + name) estimate.Interval
                    prefix + name + "|std", estimate.Deviation.Value
                    prefix + name + "|se", fst estimate.Error.Value

                for name, share in [ "feasible", v.Feasible.Value; "safe", v.SafeRuns.Value ] do
                    $"{prefix}{name}|rate", share.Rate
                    yield! ends (prefix + name) (Some(share.Lower, share.Upper))

                prefix + "cost|drcorl", v.CostDrcorl
                prefix + "cost|drcorl_std", v.CostDrcorlDeviation.Value
                yield! exceedance prefix v.Exceedance.Value v.GivenFeasible.Value
]

let private acrossValues = [
    for row in across.Rows do
        for entry in row.Entries do
            let prefix = $"across|{scope entry.Limit}|{row.Arm}|"

            for name, summary in [ "reward", entry.Reward.Value; "cost", entry.Cost.Value ] do
                for key, m in
                    [
                        "mean", summary.Mean
                        "median", summary.Median
                        "iqm", summary.Iqm
                        "gap", summary.Gap
                    ] do
                    prefix + name + "|" + key, m.Value
                    yield! ends (prefix + name + "|" + key) m.Interval

            yield! exceedance prefix entry.Exceedance.Value entry.GivenFeasible.Value

            for name, points in [ "reward", entry.RewardProfile; "cost", entry.CostProfile ] do
                for p in points do
                    let key = $"profile|{scope entry.Limit}|{row.Arm}|{name}|{p.Tau}"
                    key, p.Share
                    yield! ends key (Some(p.Lower, p.Upper))

    for i in across.Improvements do
        let metric = if i.Metric = RewardMetric then "reward" else "cost"
        let key = $"improvement|{scope i.Limit}|{i.Row}|{i.Over}|{metric}"
        key, i.Probability.Value.Value
        yield! ends key i.Probability.Value.Interval
]

let private metrics = [ "reward", RewardMetric; "cost", CostMetric ]

let private nowhere = {
    File = ""
    Line = 0
    Column = 0
    Length = 0
}

/// What the second experiment calls so.
let private other =
    Map.ofList [ "careful", "bold"; "bold", "blind"; "blind", "careful" ]

let private claimValues = [
    for name, metric in metrics do
        for arm in results.Experiment.Arms do
            for scope in [ EveryLimit; AverageOfLimits ] do
                for bound in [ AtMost 1.0; Below(other[arm], 0.95) ] do
                    let claim = {
                        Metric = metric
                        Arm = arm
                        Bound = bound
                        For = scope
                        Position = nowhere
                    }

                    let asked = {
                        results with
                            Results.Experiment.Claims = [ claim ]
                    }

                    for f in (Claims.answer asked tables |> List.exactlyOne).Findings do
                        let limit = f.Limit |> Option.map string |> Option.defaultValue "average"
                        let key = $"claim|{limit}|{name}|{f.Task}|{arm}"

                        match bound with
                        | AtMost _ ->
                            key + "|value", f.Value.Value.Value
                            yield! ends key f.Value.Value.Interval
                        | _ -> $"{key}|below|{other[arm]}", f.Value.Value.Value
]

let private comparedValues = [
    let second = {
        results with
            Scores = [
                for s in scores do
                    for now in results.Experiment.Arms do
                        if s.Coordinates.Arm = Some other[now] then
                            {
                                s with
                                    Score.Coordinates.Arm = Some now
                            }
            ]
    }

    for p in (ExperimentComparison.build (results, tables) (second, Table.build second)).Pairs do
        for name, difference in [ "reward", p.Reward; "cost", p.Cost ] do
            let d = difference.Value
            let key = $"compare|{scope p.Limit}|{name}|{p.Task}|{p.Arm}"
            key + "|mean", d.Mean
            key + "|better", d.Improvement
            yield! ends key d.Interval
]

[<Test>]
let ``every number and every interval is NumPy's to 1e-12`` () =
    let ours =
        Map.ofList (taskValues @ singleValues @ acrossValues @ claimValues @ comparedValues)

    let expected = golden "expected.csv"
    Assert.That(expected.Length, Is.GreaterThan 1000)

    let wrong = [
        for line in expected do
            let theirs = real line[1]

            match ours |> Map.tryFind line[0] with
            | None -> $"{line[0]}: we have none, NumPy {theirs}"
            | Some own when not (abs (own - theirs) <= 1e-12 * max 1.0 (abs theirs)) ->
                $"{line[0]}: {own}, NumPy {theirs}"
            | Some _ -> ()
    ]

    // The profile is one of many points, and of a pair of methods NumPy has one order.
    let order = results.Experiment.Arms |> List.mapi (fun i arm -> arm, i) |> Map.ofList

    let known = expected |> Array.map Array.head |> set

    let unchecked =
        ours.Keys
        |> Seq.filter (fun key ->
            not (known.Contains key)
            && match key.Split '|' |> List.ofArray with
               | "profile" :: _ -> false
               | "improvement" :: _ :: row :: over :: _ -> order[row] < order[over]
               | _ -> true)

    Assert.That(unchecked, Is.Empty)
    Assert.That(wrong, Is.Empty, String.Join("\n", wrong |> List.truncate 20))
