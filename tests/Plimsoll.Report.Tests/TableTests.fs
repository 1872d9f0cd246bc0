module Plimsoll.Report.Tests.TableTests

open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private protocol limits seeds = {
    CostLimits = limits
    Seeds = seeds
    Episodes = 2
    TimeActions = []
}

let private experimentOf limits seeds arms claims = {
    experiment [ "T" ] arms claims with
        Protocol = protocol limits seeds
}

let private scoreOf kind arm seed limit state = {
    Coordinates = place "T" arm "scores" (Some seed) limit
    Kind = kind
    State = state
    Record = link $"T/{arm}/{seed}/{limit}" true
}

let private run returns costs =
    Scored(episodes (0.0, 100.0) returns costs)

let private resultsOf experiment scores data = {
    Experiment = experiment
    Scores = scores
    Curves = []
    Data = data
    ActingTimes = []
    Cells = []
    Provenance = { Facts = []; ExperimentText = None }
}

/// Two seeds, two limits, an unsafe arm, a diverged run and a missing arm: small enough for pencil and paper.
let small =
    let rollout = scoreOf Rollout

    resultsOf (experimentOf [ 10.0; 20.0 ] [ 0L; 1L ] [ "careful"; "bold"; "absent" ] []) [
        rollout "careful" 0L (Some 10.0) (run [| 40.0; 60.0 |] [| 4.0; 8.0 |])
        rollout "careful" 1L (Some 10.0) (run [| 60.0; 80.0 |] [| 8.0; 12.0 |])
        rollout "careful" 0L (Some 20.0) (run [| 70.0; 70.0 |] [| 10.0; 10.0 |])
        rollout "careful" 1L (Some 20.0) (Diverged "loss")
        // Trained without the limit, so it counts at each.
        rollout "bold" 0L None (run [| 90.0; 90.0 |] [| 30.0; 30.0 |])
        rollout "bold" 1L None (run [| 90.0; 90.0 |] [| 34.0; 34.0 |])
    ] [
        {
            Task = "T"
            Returns = [| 0.0; 55.0; 65.0; 100.0 |]
            Costs = [| 0.0; 10.0; 15.0; 50.0 |]
            Record = link "T/data" true
        }
    ]

let private rowNamed name (table: TaskTable) =
    table.Rollouts |> List.find (fun r -> r.Arm = name)

let private entryAt limit (row: Row) =
    row.Entries |> List.find (fun e -> e.Limit = limit)

let private valuesAt limit row =
    match (entryAt limit row).Values with
    | Some v -> v
    | None -> failwith "no values"

let private onlyTable results = Table.build results |> List.exactlyOne

[<Test>]
let ``an entry has its hand values`` () =
    let v = onlyTable small |> rowNamed "careful" |> valuesAt (Some 10.0)
    Assert.That(v.Episodes, Is.EqualTo 4)
    Assert.That(v.Reward.Mean, Is.EqualTo(0.6).Within 1e-12)
    Assert.That(v.Reward.Deviation |> Option.get, Is.EqualTo(sqrt 0.02).Within 1e-12)
    Assert.That(v.RawCost.Mean, Is.EqualTo 8.0)
    Assert.That(fst v.RawCost.Error.Value, Is.EqualTo(2.0).Within 1e-12)
    Assert.That(snd v.RawCost.Error.Value, Is.EqualTo OverSeeds)
    Assert.That(v.Cost.Mean, Is.EqualTo(0.8).Within 1e-12)
    Assert.That(v.CostDrcorl, Is.EqualTo(8.0 / 10.1).Within 1e-12)
    Assert.That(v.Return.Mean, Is.EqualTo 60.0)
    Assert.That(v.Feasible.Value.Successes, Is.EqualTo 3)
    Assert.That(v.Safe)

[<Test>]
let ``the average is the mean over limits, its deviation over seeds complete at every limit`` () =
    let careful = onlyTable small |> rowNamed "careful" |> valuesAt None
    Assert.That(careful.Reward.Mean, Is.EqualTo((0.6 + 0.7) / 2.0).Within 1e-12)
    Assert.That(careful.Cost.Mean, Is.EqualTo((0.8 + 0.5) / 2.0).Within 1e-12)
    Assert.That(careful.Reward.Deviation, Is.EqualTo None)
    let bold = onlyTable small |> rowNamed "bold" |> valuesAt None
    Assert.That(bold.Cost.Mean, Is.EqualTo((3.2 + 1.6) / 2.0).Within 1e-12)
    Assert.That(bold.RawCost.Deviation.Value, Is.EqualTo(sqrt 8.0).Within 1e-12)
    Assert.That(bold.Safe, Is.False)

[<Test>]
let ``a diverged seed and an arm without scores stay visible`` () =
    let table = onlyTable small

    Assert.That(
        string (rowNamed "careful" table |> entryAt (Some 20.0)).Seeds,
        Is.EqualTo "1/2 seeds, 1 diverged"
    )

    Assert.That((rowNamed "careful" table |> entryAt None).Count, Is.EqualTo "3/4 runs, 1 diverged")

    Assert.That(
        string (rowNamed "absent" table |> entryAt (Some 10.0)).Seeds,
        Is.EqualTo "0/2 seeds, 2 missing"
    )

    Assert.That((rowNamed "absent" table |> entryAt None).Values, Is.EqualTo None)

[<Test>]
let ``the best safe row is the safe one with the highest reward, never an unsafe one`` () =
    let table = onlyTable small
    Assert.That((rowNamed "careful" table |> entryAt (Some 10.0)).BestSafe)
    Assert.That((rowNamed "bold" table |> entryAt (Some 10.0)).BestSafe, Is.False)

[<Test>]
let ``the reference is the best trajectory within the limit`` () =
    match (onlyTable small).References with
    | [ _, Some at10; _, Some at20 ] ->
        Assert.That((at10.Return, at10.Cost, at10.Within), Is.EqualTo((55.0, 10.0, 2)))
        Assert.That((at20.Return, at20.Reward, at20.Of), Is.EqualTo((65.0, 0.65, 4)))
    | other -> Assert.Fail $"{other}"

    let unsafe = {
        Task = "T"
        Returns = [| 1.0 |]
        Costs = [| 11.0 |]
        Record = link "T" true
    }

    Assert.That(Table.reference (0.0, 1.0) 10.0 unsafe, Is.EqualTo None)

[<Test>]
let ``off-policy estimates stand apart from rollouts and have no feasible rate`` () =
    let scores = [
        scoreOf Rollout "a" 0L (Some 10.0) (run [| 50.0 |] [| 5.0 |])
        scoreOf OffPolicy "a" 0L (Some 10.0) (run [| 90.0 |] [| 1.0 |])
    ]

    let table =
        onlyTable (resultsOf (experimentOf [ 10.0 ] [ 0L ] [ "a" ] []) scores [])

    let rollout = table.Rollouts |> List.exactlyOne |> valuesAt (Some 10.0)
    let estimate = table.Estimates |> List.exactlyOne |> valuesAt (Some 10.0)
    Assert.That((rollout.Reward.Mean, rollout.Feasible.IsSome), Is.EqualTo((0.5, true)))
    Assert.That((estimate.Reward.Mean, estimate.Feasible.IsSome), Is.EqualTo((0.9, false)))

[<Test>]
let ``a sweep has a row for each point`` () =
    let at value =
        let score = scoreOf Rollout "a" 0L (Some 10.0) (run [| 50.0 |] [| 5.0 |])

        {
            score with
                Score.Coordinates.Sweep = [ "a.pessimism", Real value ]
        }

    let table =
        onlyTable (resultsOf (experimentOf [ 10.0 ] [ 0L ] [ "a" ] []) [ at 0.0; at 0.2 ] [])

    Assert.That(
        table.Rollouts |> List.map _.Name,
        Is.EqualTo<string list> [ "a (a.pessimism = 0)"; "a (a.pessimism = 0.2)" ]
    )

let private states =
    Gen.elements [
        Missing
        Failed "out of memory"
        Diverged "loss"
        run [| 10.0; 20.0 |] [| 1.0; 2.0 |]
        run [| 30.0; 90.0 |] [| 40.0; 2.0 |]
    ]

/// Some of the places of a protocol, in any state.
let private anyScores = gen {
    let! kept =
        [
            for arm in [ "a"; "b" ] do
                for limit in [ 10.0; 20.0 ] do
                    for seed in [ 0L; 1L; 2L ] do
                        for kind in [ Rollout; OffPolicy ] -> kind, arm, seed, limit
        ]
        |> Gen.subListOf

    let! states = Gen.listOfLength kept.Length states

    return
        List.zip (List.ofSeq kept) states
        |> List.map (fun ((kind, arm, seed, limit), state) -> scoreOf kind arm seed (Some limit) state)
}

[<Property>]
let ``nothing is dropped: every score and every seed of the protocol is counted`` () =
    Prop.forAll (Arb.fromGen anyScores) (fun scores ->
        let results =
            resultsOf (experimentOf [ 10.0; 20.0 ] [ 0L; 1L; 2L ] [ "a"; "b" ] []) scores []

        let table = onlyTable results

        let entries =
            table.Rollouts @ table.Estimates
            |> List.collect _.Entries
            |> List.filter _.Limit.IsSome

        let tally pick =
            entries |> List.sumBy (fun e -> pick e.Seeds)

        let number test =
            scores |> List.filter (fun s -> test s.State) |> List.length

        let arms (rows: Row list) = rows |> List.map _.Arm |> set

        let balanced (e: TableEntry) =
            let s = e.Seeds
            s.Expected = 3 && s.Scored + s.Diverged + s.Failed + s.Missing = 3

        let laws = [
            ("members", scores.Length = (entries |> List.sumBy _.Members.Length))
            ("scored", tally _.Scored = number _.IsScored)
            ("diverged", tally _.Diverged = number _.IsDiverged)
            ("failed", tally _.Failed = number _.IsFailed)
            ("all seeds", List.forall balanced entries)
            ("all arms", Set.union (arms table.Rollouts) (arms table.Estimates) = set [ "a"; "b" ])
        ]

        laws |> List.forall (fun (what, holds) -> holds || failwith what))

let private answerTo scope bound metric (scores: Score list) =
    let nowhere = {
        File = ""
        Line = 0
        Column = 0
        Length = 0
    }

    let claim = {
        Metric = metric
        Arm = "a"
        Bound = bound
        For = scope
        Position = nowhere
    }

    let limits =
        scores
        |> List.choose _.Coordinates.CostLimit
        |> List.append [ 10.0 ]
        |> List.distinct

    let results =
        resultsOf (experimentOf limits [ 0L; 1L ] [ "a"; "b" ] [ claim ]) scores []

    Claims.answer results (Table.build results) |> List.exactlyOne

let private verdictOf bound metric (scores: Score list) =
    (answerTo EveryLimit bound metric scores).Verdict

[<Test>]
let ``claims are supported, not supported or undecided by their intervals`` () =
    let at arm seed costs =
        scoreOf Rollout arm seed (Some 10.0) (run [| 50.0; 52.0 |] costs)

    let safe = [ at "a" 0L [| 5.0; 5.1 |]; at "a" 1L [| 5.1; 5.2 |] ]
    let over = [ at "a" 0L [| 15.0; 15.1 |]; at "a" 1L [| 15.1; 15.2 |] ]
    let between = [ at "a" 0L [| 5.0; 16.0 |]; at "a" 1L [| 4.0; 17.0 |] ]

    let halved = [
        at "a" 0L [| 5.0; 6.0 |]
        scoreOf Rollout "a" 1L (Some 10.0) (Diverged "loss")
    ]

    Assert.That(verdictOf (AtMost 1.0) CostMetric safe, Is.EqualTo Supported)
    Assert.That(verdictOf (AtMost 1.0) CostMetric over, Is.EqualTo NotSupported)
    Assert.That(verdictOf (AtMost 1.0) CostMetric between, Is.EqualTo Undecided)
    Assert.That(verdictOf (AtMost 1.0) CostMetric halved, Is.EqualTo Undecided)
    Assert.That(verdictOf (AtMost 1.0) CostMetric [], Is.EqualTo Undecided)
    let rival = [ at "b" 0L [| 9.0; 9.5 |]; at "b" 1L [| 9.0; 9.5 |] ]
    Assert.That(verdictOf (Below("b", 0.95)) CostMetric (safe @ rival), Is.EqualTo Supported)
    Assert.That(verdictOf (Below("b", 0.95)) CostMetric (over @ rival), Is.EqualTo NotSupported)
    Assert.That(verdictOf (Above("b", 0.95)) CostMetric (over @ rival), Is.EqualTo Supported)
    Assert.That(verdictOf (AtLeast 0.4) RewardMetric safe, Is.EqualTo Supported)

[<Test>]
let ``a claim is asked at every limit, at one, or of their mean`` () =
    let at arm seed limit cost =
        scoreOf Rollout arm seed (Some limit) (run [| 50.0; 52.0 |] [| cost; cost |])

    // Over at 10, well within 20: on average (1.1 + 0.5) / 2.
    let scores = [
        for seed in [ 0L; 1L ] do
            at "a" seed 10.0 11.0
            at "a" seed 20.0 10.0
            at "b" seed 10.0 12.0
            at "b" seed 20.0 9.0
    ]

    let ask scope bound =
        let answer = answerTo scope bound CostMetric scores
        answer.Verdict, answer.Findings |> List.map (fun f -> f.Limit, f.Value |> Option.map _.Value)

    let equal expected (actual: Verdict * (double option * double option) list) =
        let close (a: double option) (b: double option) =
            match a, b with
            | Some a, Some b -> abs (a - b) < 1e-12
            | _ -> a = b

        let verdict, found = actual
        Assert.That((verdict = fst expected), $"{verdict}")

        Assert.That(
            found.Length = (snd expected |> List.length)
            && List.forall2 (fun (l, v) (l', v') -> l = l' && close v v') found (snd expected),
            $"%A{found}"
        )

    ask EveryLimit (AtMost 1.0)
    |> equal (NotSupported, [ Some 10.0, Some 1.1; Some 20.0, Some 0.5 ])

    ask (OneLimit 20.0) (AtMost 1.0) |> equal (Supported, [ Some 20.0, Some 0.5 ])
    ask AverageOfLimits (AtMost 1.0) |> equal (Supported, [ None, Some 0.8 ])

    ask (OneLimit 10.0) (Below("b", 0.9))
    |> equal (Supported, [ Some 10.0, Some 1.0 ])

    ask (OneLimit 20.0) (Below("b", 0.9))
    |> equal (NotSupported, [ Some 20.0, Some 0.0 ])

    ask (OneLimit 20.0) (Above("b", 0.9))
    |> equal (Supported, [ Some 20.0, Some 1.0 ])

    ask AverageOfLimits (Below("b", 0.9)) |> equal (Supported, [ None, Some 1.0 ])
