/// Marks, shares, intervals and claims say the same of the same episodes: on the limit, at a limit of 0, with few seeds.
module Plimsoll.Report.Tests.AgreementTests

open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private score kind arm seed limit (costs: double array) : Score = {
    Coordinates = place "T" arm "scores" (Some seed) (Some limit)
    Kind = kind
    State =
        costs
        |> Array.mapi (fun i _ -> 50.0 + double i)
        |> fun returns -> Scored(episodes (0.0, 100.0) returns costs)
    Record = link $"T/{arm}/scores seed={seed} cost_limit={limit}" true
}

let private rollout = score Rollout

let private resultsOf (scores: Score list) : Results =
    let distinct pick =
        scores |> List.map (_.Coordinates >> pick) |> List.distinct

    {
        Experiment = {
            experiment [ "T" ] (distinct _.Arm |> List.choose id) [] with
                Protocol = {
                    CostLimits = distinct _.CostLimit |> List.choose id
                    Seeds = distinct _.Seed |> List.choose id |> List.sort
                    Episodes = 2
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

let private tableOf scores =
    resultsOf scores |> Table.build |> List.exactlyOne

let private entries scores =
    let table = tableOf scores
    (table.Rollouts @ table.Estimates).Head.Entries

let private ask metric scope bound (scores: Score list) =
    let claim = {
        Metric = metric
        Arm = "a"
        Bound = bound
        For = scope
        Position = {
            File = ""
            Line = 0
            Column = 0
            Length = 0
        }
    }

    let results = {
        resultsOf scores with
            Results.Experiment.Claims = [ claim ]
    }

    Claims.answer results (Table.build results) |> List.exactlyOne

let private costClaim bound scores =
    (ask CostMetric EveryLimit bound scores).Verdict

/// Thirty steps of 0.1: a little more than 3.
let private onTheLimit = Seq.replicate 30 0.1 |> Seq.fold (+) 0.0

let private ofTwoEpisodes limit cost = [ for seed in 0L .. 2L -> rollout "a" seed limit [| cost; cost |] ]

[<Test>]
let ``on the limit mark and claim agree, to either side of rounding`` () =
    Assert.That(onTheLimit, Is.GreaterThan 3.0)

    for cost in [ onTheLimit; 3.0; 3.0 * (1.0 - 1e-12) ] do
        let scores = ofTwoEpisodes 3.0 cost
        Assert.That(Overview.verdict (entries scores).Head, Is.EqualTo Overview.Keeps)
        Assert.That(costClaim (AtMost 1.0) scores, Is.EqualTo Supported)
        Assert.That(costClaim (AtLeast 1.0) scores, Is.EqualTo Supported)

    Assert.That(costClaim (AtMost 1.0) (ofTwoEpisodes 3.0 3.001), Is.EqualTo NotSupported)
    Assert.That(costClaim (AtLeast 1.0) (ofTwoEpisodes 3.0 2.999), Is.EqualTo NotSupported)

[<Test>]
let ``an episode on the limit is within it for every number that counts episodes or runs`` () =
    let scores = ofTwoEpisodes 3.0 onTheLimit
    let v = (entries scores).Head.Values.Value
    Assert.That(v.Feasible.Value.Rate, Is.EqualTo 1.0)
    Assert.That(v.Exceedance.Value.Rate.Rate, Is.EqualTo 0.0)
    Assert.That(v.GivenFeasible.Value.Episodes, Is.EqualTo 6)
    Assert.That(v.SafeRuns.Value.Rate, Is.EqualTo 1.0)

    let data = {
        Task = "T"
        Returns = [| 1.0; 2.0 |]
        Costs = [| 0.0; onTheLimit |]
        Record = link "T/data" true
    }

    Assert.That((Table.reference (0.0, 4.0) 3.0 data).Value.Return, Is.EqualTo 2.0)

    let page =
        let results = resultsOf scores
        Report.analyse results ||> Html.render results

    Assert.That(page, Does.Contain ">2 of 2<")
    Assert.That(page, Does.Not.Contain ">0 of 2<")
    Assert.That(Findings.within 3.0 [ "a", onTheLimit ], Is.EqualTo "1 of 1 within the limit")

[<Test>]
let ``the profile of costs at the limit is the share of safe runs`` () =
    let scores = [
        for task in [ "T"; "U" ] do
            for seed, cost in [ 0L, onTheLimit; 1L, onTheLimit; 2L, 4.0 ] do
                {
                    rollout "a" seed 3.0 [| cost; cost |] with
                        Score.Coordinates.Task = task
                }
    ]

    let results = {
        resultsOf scores with
            Results.Experiment.Tasks = [ "T"; "U" ]
    }

    let entry =
        (Table.build results |> Aggregates.build |> List.exactlyOne).Rows.Head.Entries.Head

    let at = entry.CostProfile |> Array.find (fun point -> point.Tau = 1.0)
    Assert.That(entry.SafeRuns.Value.Rate, Is.EqualTo(2.0 / 3.0).Within 1e-12)
    Assert.That(at.Share, Is.EqualTo(2.0 / 3.0).Within 1e-12)

[<Test>]
let ``rollouts' costs have no lower end below no cost at all, and estimates keep theirs`` () =
    let of' kind = [
        score kind "a" 0L 10.0 [| -2.6; -2.4 |]
        score kind "a" 1L 10.0 [| 3.4; 3.6 |]
    ]

    let interval scores =
        ((entries scores).Head.Values.Value.Cost.Interval.Value,
         (ask CostMetric EveryLimit (AtLeast 0.0) scores).Findings.Head)

    let (low, _), found = interval (of' OffPolicy)
    Assert.That(low, Is.LessThan -1.0)
    Assert.That(found.Verdict, Is.EqualTo Undecided)
    Assert.That(found.Value.Value.Interval.Value |> fst, Is.EqualTo low)

    let rolled = [ rollout "a" 0L 10.0 [| 0.0; 0.1 |]; rollout "a" 1L 10.0 [| 3.4; 3.6 |] ]
    let (low, _), found = interval rolled
    Assert.That(low, Is.EqualTo 0.0)
    Assert.That(found.Verdict, Is.EqualTo Supported)

[<Test>]
let ``at a limit of 0 no cost at all is 1, and no interval begins below`` () =
    let at limit = [
        for seed, cost in [ 0L, 0.0; 1L, 0.0; 2L, 1.0 ] -> rollout "a" seed limit [| cost; cost |]
    ]

    match entries (at 0.0 @ at 10.0) |> List.map _.Values.Value with
    | [ zero; ten; average ] ->
        let lows (v: Values) =
            fst v.Cost.Interval.Value, fst v.RawCost.Interval.Value

        Assert.That(lows zero, Is.EqualTo((1.0, 0.0)))
        Assert.That(lows ten, Is.EqualTo((0.0, 0.0)))
        Assert.That(lows average, Is.EqualTo((0.5, 0.0)))
    | other -> Assert.Fail $"{other}"

    let claimed =
        (ask CostMetric AverageOfLimits (AtLeast 0.5) (at 0.0 @ at 10.0)).Findings.Head

    Assert.That(claimed.Value.Value.Interval.Value |> fst, Is.EqualTo 0.5)
    Assert.That(claimed.Verdict, Is.EqualTo Supported)
    Assert.That(costClaim (AtLeast 1.0) (at 0.0), Is.EqualTo Supported)

[<Property>]
let ``a mark without brackets is a claim that is decided`` () =
    let seeds = gen {
        let! count = Gen.choose (1, 4)
        let! each = Gen.choose (1, 3)
        let! level = Gen.elements [ 2.0; 10.0; 25.0 ]
        let cost = Gen.choose (0, 4) |> Gen.map (fun c -> level + double c)
        return! Gen.listOfLength count (Gen.arrayOfLength each cost)
    }

    Prop.forAll (Arb.fromGen seeds) (fun seeds ->
        let scores =
            seeds |> List.mapi (fun seed costs -> rollout "a" (int64 seed) 10.0 costs)

        let expected =
            match costClaim (AtMost 1.0) scores with
            | Supported -> [ Overview.Keeps ]
            | NotSupported -> [ Overview.Over ]
            | Undecided -> [ Overview.BarelyKeeps; Overview.BarelyOver ]

        List.contains (Overview.verdict (entries scores).Head) expected)

[<Test>]
let ``a single seed is marked in brackets and the answer says why`` () =
    let verdict cost =
        Overview.verdict (entries [ rollout "a" 0L 10.0 [| cost; cost |] ]).Head

    Assert.That(verdict 5.0, Is.EqualTo Overview.BarelyKeeps)
    Assert.That(verdict 15.0, Is.EqualTo Overview.BarelyOver)

    for cost in [ 5.0; 15.0 ] do
        let sentence =
            tableOf [ rollout "a" 0L 10.0 [| cost; cost |] ]
            |> Headline.sentences
            |> List.exactlyOne

        Assert.That(sentence.Remarks, Does.Contain "A single seed says nothing of another.")

[<Test>]
let ``equal seeds with one episode each are not sure`` () =
    let scores = [ for seed in [ 0L; 1L ] -> rollout "a" seed 10.0 [| 0.0 |] ]
    let entry = (entries scores).Head
    Assert.That(entry.Values.Value.Cost.Interval, Is.EqualTo None)
    Assert.That(Overview.verdict entry, Is.EqualTo Overview.BarelyKeeps)
    let found = (ask CostMetric EveryLimit (AtMost 1.0) scores).Findings.Head
    Assert.That(found.Verdict, Is.EqualTo Undecided)
    Assert.That(found.Number, Is.EqualTo "0.00; equal seeds with one episode each decide nothing")

    // With spread, or with the noise of a single seed, there is something to go by.
    let spread = [ rollout "a" 0L 10.0 [| 1.0 |]; rollout "a" 1L 10.0 [| 1.1 |] ]
    let noise = [ rollout "a" 0L 10.0 [| 1.0 |]; rollout "a" 1L 10.0 [| 0.9; 1.1 |] ]

    for scores in [ spread; noise ] do
        Assert.That(costClaim (AtMost 1.0) scores, Is.EqualTo Supported)

[<Test>]
let ``an average over limits at which different seeds have scores says that none has all`` () =
    let scores = [ rollout "a" 0L 10.0 [| 5.0; 6.0 |]; rollout "a" 1L 20.0 [| 5.0; 6.0 |] ]
    let average = entries scores |> List.last
    Assert.That(average.Values.Value.Cost.Mean, Is.EqualTo(0.4125).Within 1e-12)
    Assert.That(average.Values.Value.Cost.Error, Is.EqualTo None)
    let found = (ask CostMetric AverageOfLimits (AtMost 1.0) scores).Findings.Head
    Assert.That(found.Number, Is.EqualTo "no seed has a score at every limit (2/4 runs, 2 missing)")

[<Test>]
let ``a claim against a swept arm names each point that it is held against`` () =
    let swept value cost = [
        for seed in [ 0L; 1L ] do
            {
                rollout "b" seed 10.0 [| cost; cost + 1.0 |] with
                    Score.Coordinates.Sweep = [ "b.pessimism", Real value ]
            }
    ]

    let own = [ for seed in [ 0L; 1L ] -> rollout "a" seed 10.0 [| 5.0; 6.0 |] ]

    let numbers others =
        (ask CostMetric EveryLimit (Below("b", 0.9)) (own @ others)).Findings
        |> List.map _.Number

    match numbers (swept 0.0 9.0 @ swept 0.5 12.0) with
    | [ first; second ] ->
        Assert.That(first, Does.EndWith " against b (b.pessimism = 0)")
        Assert.That(second, Does.EndWith " against b (b.pessimism = 0.5)")
    | other -> Assert.Fail $"{other}"

    for number in numbers (swept 0.5 12.0) do
        Assert.That(number, Does.Not.Contain "against")

[<Test>]
let ``of a single seed the average over limits has its episodes' error beside their interval`` () =
    // Variances of the means 4 / 2 and 16 / 2; of their mean (2 + 8) / 4.
    let scores = [ rollout "a" 0L 10.0 [| 3.0; 7.0 |]; rollout "a" 0L 20.0 [| 4.0; 12.0 |] ]
    let raw = (entries scores |> List.last).Values.Value.RawCost
    Assert.That(raw.Interval.IsSome)
    Assert.That(snd raw.Error.Value, Is.EqualTo OverEpisodes)
    Assert.That(fst raw.Error.Value, Is.EqualTo(sqrt 5.0).Within 1e-12)

/// What one evaluation gives at two limits, under the record of the evaluation or under one of each limit.
let private atBothLimits (shared: bool) seeds = [
    for seed in seeds do
        for limit in [ 10.0; 20.0 ] do
            let costs = [| 1.0 + double seed; 9.0; 4.0 |]
            let own = rollout "a" seed limit costs

            if shared then
                {
                    own with
                        Record = link $"T/a/scores seed={seed}" true
                }
            else
                own
]

[<Test>]
let ``episodes that stand at every limit count once in the average's doubt`` () =
    for seeds in [ [ 0L ]; [ 0L; 1L; 2L ] ] do
        let both shared =
            let found = atBothLimits shared seeds |> entries

            found
            |> List.map (fun e -> e.Values.Value.Reward.Interval.Value)
            |> fun ends -> ends[0], ends[1], ends[2]

        let width (low, high) = high - low
        let at10, at20, average = both true
        Assert.That(at20, Is.EqualTo at10)
        Assert.That(width average, Is.EqualTo(width at10).Within(1e-9).Percent)

        // Different episodes at each limit know more, where their noise is all the doubt.
        let at10, _, average = both false
        Assert.That(width average, Is.LessThan(0.9 * width at10))

[<Test>]
let ``a claim over all limits counts the episodes of one evaluation once`` () =
    let interval shared =
        let answer =
            atBothLimits shared [ 0L; 1L; 2L ]
            |> ask RewardMetric AverageOfLimits (AtLeast 0.0)

        answer.Findings.Head.Value.Value.Interval.Value

    let width (low, high) = high - low
    Assert.That(width (interval true), Is.GreaterThan(1.1 * width (interval false)))
