/// Laws of the statistics, whatever the numbers.
module Plimsoll.Report.Tests.LawTests

open System
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Language
open Plimsoll.Report

let private near (a: double) (b: double) =
    abs (a - b) <= 1e-9 * (1.0 + abs a + abs b)

let private tame (x: NormalFloat) = Math.IEEERemainder(x.Get, 1000.0)

let private tamed (NonEmptyArray(values: NormalFloat array)) = values |> Array.map tame

/// Strata of the given scores, every run scored.
let internal strataOf (stream: uint64) (values: double array array) : Scores =
    let draws = RunDraws stream

    {
        Values = values
        Draws =
            values
            |> Array.mapi (fun task scores ->
                let ids = Array.init scores.Length (fun i -> Some(int64 i), 0)

                draws.At task {
                    RunScores.absent "" 0.0 0 with
                        Ids = ids
                        Universe = ids
                })
    }

/// One to three tasks with one to six runs each.
let private anyStrata = gen {
    let! tasks = Gen.choose (1, 3)
    let! sizes = Gen.listOfLength tasks (Gen.choose (1, 6))

    let scores size =
        Gen.choose (-40, 80)
        |> Gen.map (fun x -> double x / 40.0)
        |> Gen.arrayOfLength size

    let! strata = sizes |> List.map scores |> Gen.sequenceToList
    return List.toArray strata
}

/// Of the numbers that the page shows: every value a run of a task of its own.
let private summaryOf (values: double array) =
    RunBootstrap.summary id {
        Values = values |> Array.map Array.singleton
        Draws = [||]
    }

let private interquartileMean values = (summaryOf values).Iqm.Value
let private median values = (summaryOf values).Median.Value

[<Property>]
let ``the interquartile mean lies between the quartiles`` values =
    let values = tamed values
    let sorted = Array.sort values
    let iqm = interquartileMean values
    let slack = 1e-9 * (1.0 + abs iqm)

    Statistics.quantile 0.25 sorted <= iqm + slack
    && iqm <= Statistics.quantile 0.75 sorted + slack

[<Property>]
let ``interquartile mean and median do not depend on the order`` values =
    let values = tamed values
    let other = Array.rev values

    interquartileMean other = interquartileMean values
    && median other = median values

[<Property>]
let ``interquartile mean and median follow scale and shift`` values (NonNegativeInt a) (b: NormalFloat) =
    let values, a, b = tamed values, double a, tame b
    let moved = values |> Array.map (fun x -> a * x + b)

    near (interquartileMean moved) (a * interquartileMean values + b)
    && near (median moved) (a * median values + b)

[<Test>]
let ``of an even number of places the median is the mean of the middle two`` () =
    Assert.That(median [| 9.0; 1.0; 2.0; 4.0 |], Is.EqualTo 3.0)
    Assert.That(median [| 9.0; 1.0; 2.0 |], Is.EqualTo 2.0)

[<Test>]
let ``the interquartile mean cuts whole values as SciPy's trimmed mean does`` () =
    Assert.That(interquartileMean [| 9.0; 1.0; 2.0; 4.0 |], Is.EqualTo 3.0)
    Assert.That(interquartileMean [| 100.0; 1.0; 2.0; 4.0; 0.0; 3.0; 2.0 |], Is.EqualTo 2.4)
    Assert.That(interquartileMean [| 1.0; 2.0; 6.0 |], Is.EqualTo 3.0)

[<Property(MaxTest = 40)>]
let ``intervals of a summary stay within the scores and shift with them`` () =
    Prop.forAll (Arb.fromGen anyStrata) (fun values ->
        let summary values =
            RunBootstrap.summary (fun x -> max 0.0 (1.0 - x)) (strataOf 3UL values)

        let here = summary values
        let moved = summary (values |> Array.map (Array.map (fun x -> 2.0 * x + 1.0)))
        let low, high = Array.min (Array.concat values), Array.max (Array.concat values)

        let lawful (a: Measured) (b: Measured) =
            match a.Interval, b.Interval with
            | Some(l, h), Some(l', h') ->
                low - 1e-9 <= l
                && l <= h
                && h <= high + 1e-9
                && near l' (2.0 * l + 1.0)
                && near h' (2.0 * h + 1.0)
            | None, None -> values |> Array.exists (fun v -> v.Length = 1)
            | _ -> false

        lawful here.Mean moved.Mean
        && lawful here.Median moved.Median
        && lawful here.Iqm moved.Iqm
        && here.Gap.Value >= 0.0)

[<Property(MaxTest = 40)>]
let ``a performance profile falls from one to zero and lies within its band's range`` () =
    Prop.forAll (Arb.fromGen anyStrata) (fun values ->
        let points =
            RunBootstrap.profile [| for i in -22 .. 42 -> double i / 20.0 |] (strataOf 3UL values)

        let falls pick =
            points
            |> Array.pairwise
            |> Array.forall (fun (a, b) -> pick a >= pick b - 1e-12)

        points[0].Share = 1.0
        && (Array.last points).Share = 0.0
        && falls _.Share
        && falls _.Lower
        && falls _.Upper
        && points
           |> Array.forall (fun p -> 0.0 <= p.Lower && p.Lower <= p.Upper && p.Upper <= 1.0))

[<Property(MaxTest = 40)>]
let ``P(x over y) and P(y over x) add up to one, ties and resamples included`` () =
    Prop.forAll (Arb.fromGen (Gen.two anyStrata)) (fun (a, b) ->
        let tasks = min a.Length b.Length
        let x, y = strataOf 4UL (Array.take tasks a), strataOf 5UL (Array.take tasks b)
        let there, back = Improvements.perStratum x y, Improvements.perStratum y x

        Array.forall2 (Array.forall2 (fun p q -> near (p + q) 1.0 && p >= 0.0 && q >= 0.0)) there back)

[<Property>]
let ``Wilson's interval holds the rate, stays within 0 and 1 and shrinks with trials``
    (NonNegativeInt k)
    (NonNegativeInt more)
    =
    let n = max 1 (k + more)
    let interval = (Statistics.wilson k n).Value
    let tenfold = (Statistics.wilson (10 * k) (10 * n)).Value

    0.0 <= interval.Lower
    && interval.Lower <= interval.Rate
    && interval.Rate <= interval.Upper
    && interval.Upper <= 1.0
    && tenfold.Upper - tenfold.Lower < interval.Upper - interval.Lower

[<Property>]
let ``exceedance and what is within share the episodes out, and units do not change what it says`` values =
    let costs = tamed values |> Array.map (fun c -> abs c / 100.0)
    let e = (Exceedance.measure costs).Value
    let given = Exceedance.givenFeasible costs costs
    let raw = e.InUnits 20.0

    given.Episodes + e.Rate.Successes = costs.Length
    && given.Of = e.Rate.Trials
    && e.Excess.IsSome = (e.Rate.Successes > 0)
    && e.Excess |> Option.forall (fun x -> 0.0 < x && x <= e.Worst - 1.0 + 1e-9)
    && given.Reward |> Option.forall (fun r -> r <= 1.0)
    && e.Median <= e.Quantile90
    && e.Quantile90 <= e.Quantile95
    && e.Quantile95 <= e.Worst
    && near raw.Worst (20.0 * e.Worst)
    && near raw.Quantile90 (20.0 * e.Quantile90)

/// What a run may become, other than scored. None: it is not even listed.
let private losses = [
    Some Missing, (fun (s: SeedCount) -> s.Missing)
    Some(Failed "killed"), _.Failed
    Some(Diverged "not finite"), _.Diverged
    None, _.Missing
]

[<Test>]
let ``whichever run is lost, every number that it was in says so`` () =
    let whole = NumpyTests.results
    let before = NumpyTests.across
    let scored = whole.Scores |> List.filter _.State.IsScored
    // Some of the runs, each with every loss.
    for at in 0..11 .. scored.Length - 1 do
        let lost = scored[at]

        for becomes, count in losses do
            let results = {
                whole with
                    Scores =
                        whole.Scores
                        |> List.choose (fun s ->
                            if s = lost then
                                becomes |> Option.map (fun state -> { s with State = state })
                            else
                                Some s)
            }

            let after = Aggregates.build (Table.build results) |> List.exactlyOne

            for rowBefore, rowAfter in List.zip before.Rows after.Rows do
                for a, b in List.zip rowBefore.Entries rowAfter.Entries do
                    let places =
                        a.Places
                        |> List.filter (fun p ->
                            Some rowBefore.Arm = lost.Coordinates.Arm
                            && p.Task = lost.Coordinates.Task
                            && lost.Coordinates.CostLimit |> Option.forall (fun l -> l = p.Limit))
                        |> List.length

                    Assert.That(b.Runs.Expected, Is.EqualTo a.Runs.Expected)
                    Assert.That(b.Runs.Scored, Is.EqualTo(a.Runs.Scored - places))
                    Assert.That(count b.Runs, Is.EqualTo(count a.Runs + places))

                    let total (n: SeedCount) =
                        n.Scored + n.Diverged + n.Failed + n.Missing

                    Assert.That(total b.Runs, Is.EqualTo b.Runs.Expected)
                    Assert.That(SeedCount.Sum(b.Places |> List.map _.Seeds), Is.EqualTo b.Runs)

            for a, b in List.zip before.Improvements after.Improvements do
                let touched = a.Runs <> b.Runs || a.OverRuns <> b.OverRuns

                if not touched then
                    Assert.That(b, Is.EqualTo a)

[<Test>]
let ``where a place has no score there is no number, and the place is named`` () =
    let whole = NumpyTests.results

    let results = {
        whole with
            Scores =
                whole.Scores
                |> List.map (fun s ->
                    if
                        s.Coordinates.Task = "Beta"
                        && s.Coordinates.Arm = Some "bold"
                        && s.Coordinates.CostLimit = Some 20.0
                    then
                        { s with State = Failed "killed" }
                    else
                        s)
    }

    let across = Aggregates.build (Table.build results) |> List.exactlyOne
    let bold = across.Rows |> List.find (fun r -> r.Arm = "bold")

    for entry, complete in List.zip bold.Entries [ true; false; false ] do
        Assert.That(entry.Reward.IsSome, Is.EqualTo complete)
        Assert.That(entry.Cost.IsSome, Is.EqualTo complete)
        Assert.That(entry.RewardProfile.Length > 0, Is.EqualTo complete)
        // Shares of the episodes that are left would be shares of another set of places.
        Assert.That(entry.Feasible.IsSome, Is.EqualTo complete)
        Assert.That(entry.GivenFeasible.IsSome, Is.EqualTo complete)
        Assert.That(entry.Exceedance.IsSome, Is.EqualTo complete)
        Assert.That(entry.SafeRuns.IsSome, Is.EqualTo complete)

        let named = entry.Absent |> List.map (fun p -> p.Task, p.Limit)
        Assert.That((named = (if complete then [] else [ "Beta", 20.0 ])))

    for i in across.Improvements do
        let whole = i.Limit = Some 10.0 || (i.Row <> "bold" && i.Over <> "bold")
        Assert.That(i.Probability.IsSome, Is.EqualTo whole)

[<Test>]
let ``estimates from data do not touch the numbers of rollouts`` () =
    let whole = NumpyTests.results

    let estimates = whole.Scores |> List.map (fun s -> { s with Kind = OffPolicy })

    let both =
        Aggregates.build (
            Table.build {
                whole with
                    Scores = whole.Scores @ estimates
            }
        )

    Assert.That((both.Head = NumpyTests.across), "rollouts as without the estimates")
    Assert.That(both |> List.map _.Kind, Is.EqualTo<ScoreKind list> [ Rollout; OffPolicy ])

    Assert.That(
        both[1].Rows
        |> List.forall (fun r -> r.Entries |> List.forall _.Exceedance.IsNone)
    )

[<Test>]
let ``a policy that does not know the limit is as uncertain on average as at one limit`` () =
    for table in NumpyTests.tables do
        let blind = table.Rollouts |> List.find (fun r -> r.Arm = "blind")
        let interval (e: TableEntry) = e.Values.Value.Reward.Interval.Value
        let lowOne, highOne = interval blind.Entries[0]
        let lowAll, highAll = interval (List.last blind.Entries)
        Assert.That(lowAll, Is.EqualTo(lowOne).Within 1e-12)
        Assert.That(highAll, Is.EqualTo(highOne).Within 1e-12)

[<Test>]
let ``a comparison with a hybrid arm is marked`` () =
    // Two hybrid arms and one that is offline: pairs of each kind.
    let whole = NumpyTests.results

    let improvements =
        Table.build {
            whole with
                Results.Experiment.Cells = [
                    for arm in [ "careful"; "blind" ] -> Synthetic.tuning "Alpha" arm
                ]
        }
        |> Aggregates.build
        |> List.collect _.Improvements

    let marked (name: string) = name.EndsWith Offline.mark

    Assert.That(
        improvements
        |> List.map (fun i -> marked i.Row, marked i.Over, i.Mixed)
        |> List.distinct
        |> List.toArray,
        Is.EquivalentTo [| false, true, true; true, false, true; true, true, false |]
    )
