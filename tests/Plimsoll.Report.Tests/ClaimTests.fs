/// What claims and the table say of numbers that are not all there.
module Plimsoll.Report.Tests.ClaimTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private nowhere = {
    File = ""
    Line = 0
    Column = 0
    Length = 0
}

let private claim metric arm bound scope : Claim = {
    Metric = metric
    Arm = arm
    Bound = bound
    For = scope
    Position = nowhere
}

let private range, private noRange = (0.0, 100.0), (5.0, 5.0)

/// Three episodes a little apart.
let private score kind arm seed limit range (reward: double) (cost: double) : Score = {
    Coordinates = place "T" arm "scores" (Some seed) (Some limit)
    Kind = kind
    State = Scored(episodes range [| reward - 1.0; reward; reward + 1.0 |] [| cost; cost; cost |])
    Record = link $"T/{arm}/scores seed={seed} cost_limit={limit}" true
}

let private resultsOf seeds claims (scores: Score list) : Results =
    let distinct pick =
        scores |> List.map (_.Coordinates >> pick) |> List.distinct

    {
        Experiment = {
            experiment (distinct _.Task) (distinct _.Arm |> List.choose id) claims with
                Protocol = {
                    CostLimits = distinct _.CostLimit |> List.choose id
                    Seeds = seeds
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

let private threeSeeds = [ 0L; 1L; 2L ]

let private findings seeds claim scores =
    let results = resultsOf seeds [ claim ] scores
    (Claims.answer results (Table.build results) |> List.exactlyOne).Findings

[<Test>]
let ``an arm with rollouts beside one that has estimates alone is said not to be compared`` () =
    for mine, other, words in
        [
            Rollout, OffPolicy, "no rollouts of b to compare with, only off-policy estimates"
            OffPolicy, Rollout, "no off-policy estimates of b to compare with, only rollouts"
        ] do
        let scores = [
            for seed in threeSeeds do
                score mine "a" seed 10.0 range 50.0 5.0
                score other "b" seed 10.0 range 40.0 5.0
        ]

        let found =
            findings threeSeeds (claim RewardMetric "a" (Above("b", 0.9)) EveryLimit) scores
            |> List.exactlyOne

        Assert.That((found.Verdict, found.Number, found.Value), Is.EqualTo((Undecided, words, None)))

[<Test>]
let ``an average over limits says which seeds it is over where not all are`` () =
    // The column beside is over all: (0.5 + 0.6) / 2 at 10 and 0.8 at 20. The claim compares seeds at equal limits.
    let scores = [
        score Rollout "a" 0L 10.0 range 50.0 5.0
        score Rollout "a" 1L 10.0 range 51.0 5.0
        score Rollout "a" 2L 10.0 range 70.0 5.0
        score Rollout "a" 0L 20.0 range 80.0 5.0
        score Rollout "a" 1L 20.0 range 81.0 5.0
    ]

    let ask scores =
        findings threeSeeds (claim RewardMetric "a" (AtLeast 0.1) AverageOfLimits) scores
        |> List.exactlyOne

    let partial, whole =
        ask scores, ask (score Rollout "a" 2L 20.0 range 80.0 5.0 :: scores)

    Assert.That(
        partial.Number,
        Does.StartWith "0.66 over the 2 seeds with a score at every limit, 95 % interval ["
    )

    Assert.That(partial.Number, Does.EndWith "; only 5/6 runs, 1 missing")
    Assert.That(partial.Verdict, Is.EqualTo Undecided)
    Assert.That(whole.Number, Does.StartWith "0.69, 95 % interval [")
    Assert.That(whole.Verdict, Is.EqualTo Supported)

[<Test>]
let ``a single seed has a number and no interval`` () =
    let scores = [
        score Rollout "a" 0L 10.0 range 50.0 5.0
        score Rollout "b" 0L 10.0 range 20.0 5.0
    ]

    let ask bound =
        findings [ 0L ] (claim RewardMetric "a" bound EveryLimit) scores
        |> List.exactlyOne

    let bounded, compared = ask (AtLeast 0.1), ask (Above("b", 0.9))
    Assert.That(bounded.Number, Is.EqualTo "0.50; a single seed decides nothing")
    Assert.That((bounded.Verdict, bounded.Value.Value.Interval), Is.EqualTo((Undecided, None)))
    Assert.That(compared.Number, Is.EqualTo "0.50 and 0.20; a single seed decides nothing")
    Assert.That((compared.Verdict, compared.Value), Is.EqualTo((Undecided, None)))

[<Test>]
let ``a reward without a scale decides no claim, and is not called a missing score`` () =
    let scores = [
        for seed in threeSeeds do
            for arm in [ "a"; "b" ] -> score Rollout arm seed 10.0 noRange 5.0 5.0
    ]

    for bound in [ AtLeast 0.5; Above("b", 0.9) ] do
        let found =
            findings threeSeeds (claim RewardMetric "a" bound EveryLimit) scores
            |> List.exactlyOne

        Assert.That(
            (found.Verdict, found.Number),
            Is.EqualTo((Undecided, "the reward has no scale: all returns of the data are the same"))
        )

    let cost =
        findings threeSeeds (claim CostMetric "a" (AtMost 1.0) EveryLimit) scores
        |> List.exactlyOne

    Assert.That(cost.Verdict, Is.EqualTo Supported)

let private fieldsOf (csv: string) =
    let lines = csv.Split("\r\n", System.StringSplitOptions.RemoveEmptyEntries)
    let header = lines[0].Split ','

    [ for line in lines[1..] -> Map.ofArray (Array.zip header (line.Split ',')) ]

[<Test>]
let ``without a scale of rewards the table has costs, and no numbers for rewards`` () =
    let data: DataFacts = {
        Task = "T"
        Returns = [| 5.0; 5.0 |]
        Costs = [| 1.0; 20.0 |]
        Record = link "T/dataset" true
    }

    let results = {
        resultsOf threeSeeds [] [
            for seed in threeSeeds -> score Rollout "a" seed 10.0 noRange 5.0 (4.0 + double seed)
        ] with
            Data = [ data ]
    }

    let tables = Table.build results
    let entry = tables.Head.Rollouts.Head.Entries.Head
    let v = entry.Values.Value
    Assert.That(v.Reward.Mean, Is.NaN)
    Assert.That((v.Reward.Interval, v.GivenFeasible.Value.Reward), Is.EqualTo((None, None)))
    Assert.That((v.Safe, entry.BestSafe), Is.EqualTo((true, false)))
    Assert.That(v.Cost.Mean, Is.EqualTo(0.5).Within 1e-12)

    let text = Text.render results tables []
    Assert.That(text, Does.Contain "    a                    n/a           0.50 safe")
    Assert.That(text, Does.Contain "    best in data         n/a           0.10")
    Assert.That(text, Does.Not.Contain "NaN")

    for line in fieldsOf (CsvTable.render tables) do
        for name in
            [
                "reward_normalised"
                "reward_normalised_std"
                "reward_normalised_se"
                "reward_normalised_low"
            ] do
            Assert.That(line[name], Is.Empty, name)

        Assert.That(line["cost_normalised"], Is.Not.Empty)

    let across = Aggregates.build tables |> List.exactlyOne
    let all = across.Rows.Head.Entries.Head
    Assert.That((all.Reward, all.Cost.IsSome, all.SafePlaces), Is.EqualTo((None, true, 1)))

    let beside = ExperimentComparison.build (results, tables) (results, tables)
    Assert.That((beside.Pairs.Head.Reward, beside.Pairs.Head.Cost.IsSome), Is.EqualTo((None, true)))

[<Test>]
let ``at a limit of zero only no cost at all is safe, in every number`` () =
    let scores = [
        for seed in threeSeeds do
            score Rollout "free" seed 0.0 range 50.0 0.0
            score Rollout "dear" seed 0.0 range 80.0 1.0
    ]

    let data: DataFacts = {
        Task = "T"
        Returns = [| 20.0; 60.0; 90.0 |]
        Costs = [| 0.0; 0.0; 1.0 |]
        Record = link "T/dataset" true
    }

    let results = {
        resultsOf threeSeeds [] scores with
            Data = [ data ]
    }

    let tables = Table.build results

    let values =
        tables.Head.Rollouts |> List.map (fun row -> row.Entries.Head.Values.Value)

    let numbers =
        values
        |> List.map (fun v ->
            v.Cost.Mean,
            v.CostDrcorl,
            v.RawCost.Mean,
            v.Safe,
            v.Feasible.Value.Successes,
            v.SafeRuns.Value.Successes)

    Assert.That(
        numbers |> List.toArray,
        Is.EqualTo<(double * double * double * bool * int * int) array> [|
            1.0, 0.0, 0.0, true, 9, 3
            2.0, 10.0, 1.0, false, 0, 0
        |]
    )

    let dear = values[1].Exceedance.Value
    Assert.That((dear.Rate.Rate, dear.Excess, dear.Worst), Is.EqualTo((1.0, Some 1.0, 2.0)))
    let raw = dear.InUnits 0.0
    Assert.That((raw.Excess, raw.Worst), Is.EqualTo((Some 1.0, 1.0)))

    match tables.Head.References with
    | [ 0.0, Some best ] -> Assert.That((best.Return, best.Cost, best.Within), Is.EqualTo((60.0, 0.0, 2)))
    | other -> Assert.Fail $"{other}"

    let text = (Text.render results tables []).Split '\n'

    let line (start: string) =
        text |> Array.find _.StartsWith(start, System.StringComparison.Ordinal)

    Assert.That(line "limit 0 ", Does.Contain "raw cost")
    Assert.That(line "  * free", Does.Contain "1.00 safe  0.00    0.0 ± 0.0")
    Assert.That(line "    dear", Does.Contain "2.00 over  10.00   1.0 ± 0.0")

    for row in fieldsOf (CsvTable.render tables) do
        Assert.That(row["cost_limit"], Is.EqualTo "0")
        Assert.That(row["cost_normalised"], Is.EqualTo(if row["arm"] = "dear" then "2" else "1"))

    let claims = [
        for arm in [ "free"; "dear" ] -> claim CostMetric arm (AtMost 1.0) EveryLimit
    ]

    let answers =
        Claims.answer
            {
                results with
                    Results.Experiment.Claims = claims
            }
            tables

    Assert.That(answers |> List.map _.Verdict, Is.EqualTo<Verdict list> [ Supported; NotSupported ])

[<Test>]
let ``the terminal tells data that was not read from data in which nothing keeps the limit`` () =
    let results =
        resultsOf threeSeeds [] [ for seed in threeSeeds -> score Rollout "a" seed 10.0 range 50.0 5.0 ]

    let text data =
        let results = { results with Data = data }
        Text.render results (Table.build results) []

    Assert.That(text [], Does.Contain "best in data         data not read")

    let over: DataFacts = {
        Task = "T"
        Returns = [| 1.0; 2.0 |]
        Costs = [| 11.0; 12.0 |]
        Record = link "T/dataset" true
    }

    Assert.That(text [ over ], Does.Contain "best in data         none keeps it")
    Assert.That(text [ over ], Does.Not.Contain "not read")

[<Test>]
let ``across tasks few seeds are warned of, and ten are not`` () =
    let warning count =
        let seeds = [ 0L .. int64 count - 1L ]

        let table =
            Table.build (
                resultsOf seeds [] [
                    for seed in seeds -> score Rollout "a" seed 10.0 range (double (50L + seed)) 5.0
                ]
            )

        (Aggregates.build table |> List.exactlyOne).FewSeeds

    Assert.That(
        warning 3,
        Is.EqualTo(
            Some
                "Few seeds (3 at some place): bootstraps called 95 % hold about 75 % with one task, 84 % with four."
        )
    )

    Assert.That((warning 4).Value, Does.Contain "hold about 79 % with one task, 88 % with four.")
    Assert.That((warning 5).Value, Does.Contain "hold about 84 % with one task, 91 % with four.")
    // Between two numbers of the table.
    Assert.That((warning 9).Value, Does.Contain "hold at least about 84 % with one task, 91 % with four.")
    // A single seed has no interval to be warned of.
    Assert.That((warning 1, warning 10), Is.EqualTo((None, None)))
