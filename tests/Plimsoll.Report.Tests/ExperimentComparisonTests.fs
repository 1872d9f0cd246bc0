/// Two experiments side by side.
module Plimsoll.Report.Tests.ExperimentComparisonTests

open NUnit.Framework
open Plimsoll.Report
open Plimsoll.Report.Tests.ComparisonSamples

let private ours = resultsOf "ours" tasks arms Synthetic.limits 1L 5_000L

let private both (a: Results) (b: Results) =
    ExperimentComparison.build (a, Table.build a) (b, Table.build b)

[<Test>]
let ``an experiment beside itself has the same records and no change`` () =
    let ours =
        resultsOf "ours" [ "BallCircle"; "PointNav" ] [ "bc-safe"; "drcorl" ] Synthetic.limits 1L 5_000L

    let c = both ours ours
    Assert.That(c.Changes, Is.Empty)
    Assert.That(c.OnlyA @ c.OnlyB, Is.Empty)
    Assert.That(c.Pairs.Length, Is.EqualTo(2 * 2 * 4))

    for p in c.Pairs do
        let complete = p.A.Seeds.Complete
        Assert.That(p.Same, Is.EqualTo complete, $"{p.Task} {p.Row}")
        Assert.That(p.Reward.Value.Mean, Is.Zero)
        Assert.That(p.Reward.Value.Improvement, Is.EqualTo(0.5).Within 1e-12)

let private fields (c: ExperimentComparison) =
    FormTests.readCsv (ComparisonCsv.render (WithExperiment c))

[<Test>]
let ``the same records have no difference in the CSV either`` () =
    let c = both ours ours
    Assert.That(c.Pairs |> List.exists (fun p -> p.Same && p.Reward.IsSome))
    let records = fields c

    for name in
        [
            "difference"
            "difference_low"
            "difference_high"
            "probability_b_better"
            "what"
        ] do
        let compared =
            List.zip (FormTests.columns records "same_records") (FormTests.columns records name)
            |> List.filter (fun (same, _) -> same = "true")

        Assert.That(compared, Is.Not.Empty)
        Assert.That(compared |> List.map snd |> List.distinct, Is.EqualTo<string list> [ "" ], name)

[<Test>]
let ``the text says whose the intervals are`` () =
    let words =
        (ComparisonText.render (WithExperiment(both ours ours))).Replace("\n", " ")

    Assert.That(
        words,
        Does.Contain
            "of A and B Student's over seeds (of one seed: over its episodes), of the difference Welch's over the seeds"
    )

[<Test>]
let ``records in both are counted, and said to be taken for independent`` () =
    let whole = resultsOf "whole" [ "BallCircle" ] [ "drcorl" ] [ 10.0; 20.0 ] 1L 5_000L

    let first (seeds: int64) = {
        whole with
            Scores = whole.Scores |> List.filter (fun s -> s.Coordinates.Seed.Value < seeds)
    }

    let counts a b = (both a b).Pairs |> List.map _.Shared

    Assert.That(counts (first 3L) whole, Is.EqualTo<int list> [ 3; 3; 6 ])
    Assert.That(counts (first 1L) whole, Is.EqualTo<int list> [ 1; 1; 2 ])

    let apart = {
        whole with
            Scores = [
                for s in whole.Scores ->
                    {
                        s with
                            Score.Record.Key = Some "another"
                    }
            ]
    }

    Assert.That(counts (first 3L) apart, Is.EqualTo<int list> [ 0; 0; 0 ])

    let c = both (first 3L) whole
    let words = "3 records are in both: the interval takes them for independent"
    Assert.That(ComparisonText.render (WithExperiment c), Does.Contain $"    difference: {words}\n")

    Assert.That(
        HtmlComparison.section (WithExperiment c)
        |> snd
        |> List.map Markup.render
        |> String.concat "",
        Does.Contain $"difference: {words}"
    )

    let records = fields c

    Assert.That(
        FormTests.columns records "records_in_both" |> List.take 2,
        Is.EqualTo<string list> [ "3"; "3" ]
    )

    Assert.That(FormTests.columns records "what" |> List.take 2, Is.EqualTo<string list> [ words; words ])

    let one = ComparisonText.render (WithExperiment(both (first 1L) whole))
    Assert.That(one, Does.Contain "1 record is in both: the interval takes it for independent")
    let none = ComparisonText.render (WithExperiment(both (first 3L) apart))
    Assert.That(none, Does.Not.Contain "in both:")

[<Test>]
let ``what is in one only and what differs is said by name`` () =
    let other =
        resultsOf "other" [ "CarCircle"; "PointNav" ] [ "drcorl"; "mine"; "new" ] [ 10.0; 20.0 ] 2L 7_000L

    let c = both ours other

    Assert.That(
        c.OnlyA |> List.toArray,
        Is.EqualTo<string array> [|
            "the task BallCircle"
            "CarCircle/bcq-lag"
            "CarCircle: limit 40"
            "the task DiscCircle"
        |]
    )

    Assert.That(c.OnlyB |> List.toArray, Is.EqualTo<string array> [| "CarCircle/new"; "the task PointNav" |])

    let changes =
        c.Changes
        |> List.map (fun change -> $"{change.Group.Words} {ComparisonWords.change change}")

    Assert.That(
        changes |> List.toArray,
        Is.EqualTo<string array> [|
            "protocol cost_limits: [10, 20, 40] -> [10, 20]"
            "data CarCircle/dataset.seed: 1 -> 2"
            "parameter drcorl/policy.steps: 5000 -> 7000"
            "parameter mine/policy.steps: 5000 -> 7000"
        |]
    )

    Assert.That(c.Pairs.Length, Is.EqualTo(2 * 2))

[<TestCase(-3.0)>]
[<TestCase(-0.4)>]
[<TestCase(0.4)>]
[<TestCase(3.0)>]
let ``a shift moves the difference, its interval and the probability`` (shift: double) =
    let one = resultsOf "one" [ "BallCircle" ] [ "drcorl" ] [ 10.0 ] 1L 5_000L

    let moved = {
        one with
            Scores =
                one.Scores
                |> List.map (fun s ->
                    match s.State with
                    | Scored e ->
                        let by = shift * (e.RewardMax - e.RewardMin)

                        {
                            s with
                                State =
                                    Scored {
                                        e with
                                            Returns = e.Returns |> Array.map ((+) by)
                                    }
                        }
                    | _ -> s)
    }

    let d = (both one moved).Pairs.Head.Reward.Value
    let low, high = d.Interval.Value
    Assert.That(d.Mean, Is.EqualTo(shift).Within 1e-9)
    Assert.That(low < d.Mean && d.Mean < high)
    Assert.That(low * high, Is.Positive)
    Assert.That(d.Improvement, Is.EqualTo(if shift > 0.0 then 1.0 else 0.0))

/// The first task and arm alone, scored by the given nodes.
let private scoredBy (nodes: string list) =
    let whole = resultsOf "scored" [ "BallCircle" ] [ "drcorl" ] [ 10.0 ] 1L 5_000L

    {
        whole with
            Scores = [
                for node in nodes do
                    for s in whole.Scores -> { s with Score.Coordinates.Node = node }
            ]
    }

[<Test>]
let ``an arm with one scorer meets the same among several, and one scorer meets another`` () =
    let one, two = scoredBy [ "scores" ], scoredBy [ "scores"; "late" ]
    let met = both one two
    Assert.That(met.Pairs.Length, Is.EqualTo 1)
    Assert.That(met.OnlyA, Is.Empty)
    Assert.That(met.OnlyB |> List.toArray, Is.EqualTo<string array> [| "BallCircle/drcorl / late" |])
    Assert.That((both two one).Pairs.Length, Is.EqualTo 1)
    Assert.That((both one (scoredBy [ "late" ])).Pairs.Length, Is.EqualTo 1)
    Assert.That((both (scoredBy [ "late"; "last" ]) one).Pairs, Is.Empty)

[<Test>]
let ``rows without a member are not the same records`` () =
    let none = {
        scoredBy [ "scores" ] with
            Scores = []
    }

    let met = both none none
    Assert.That(met.Pairs |> List.map _.Same, Is.EqualTo<bool list> [ false ])

[<Test>]
let ``what has no record is not called the same`` () =
    let recorded = {
        scoredBy [ "scores" ] with
            Data = [ Synthetic.data "BallCircle" ]
            Provenance = {
                Facts = [ "program", "Plimsoll 0.1.0" ]
                ExperimentText = None
            }
    }

    let bare = {
        recorded with
            Data = []
            Provenance = { Facts = []; ExperimentText = None }
    }

    let words a b =
        ComparisonText.render (WithExperiment(both a b))

    Assert.That(words recorded recorded, Does.Contain "Protocol, data, parameters and programs are the same.")
    let lacking = words recorded bare
    Assert.That(lacking, Does.Contain "Protocol and parameters are the same.")
    Assert.That(lacking, Does.Contain "  data not compared: B has no record of the data of BallCircle\n")
    Assert.That(lacking, Does.Contain "  program not compared: B has no record\n")
    Assert.That(words bare bare, Does.Contain "  program not compared: A and B have no record\n")

    let elsewhere =
        resultsOf "elsewhere" [ "CarCircle" ] [ "drcorl" ] [ 10.0 ] 1L 5_000L

    Assert.That(
        words recorded elsewhere,
        Does.Contain "  parameter not compared: no arm is in both on the same task\n"
    )

[<Test>]
let ``a difference over fewer seeds than its columns says over which`` () =
    let whole = resultsOf "whole" [ "BallCircle" ] [ "drcorl" ] [ 10.0; 20.0 ] 1L 5_000L

    let lacking = {
        whole with
            Scores =
                whole.Scores
                |> List.map (fun s ->
                    if s.Coordinates.Seed = Some 0L && s.Coordinates.CostLimit = Some 20.0 then
                        { s with State = Missing }
                    else
                        s)
    }

    let c = both whole lacking

    let overAt limit =
        (c.Pairs |> List.find (fun p -> p.Limit = limit)).Cost.Value.Over

    Assert.That(overAt (Some 20.0), Is.EqualTo((None, None)))
    Assert.That(overAt None, Is.EqualTo((None, Some "over the 4 seeds with a score at every limit")))

    Assert.That(
        ComparisonText.render (WithExperiment c),
        Does.Contain "difference: B over the 4 seeds with a score at every limit"
    )

    let csv = (ComparisonCsv.render (WithExperiment c)).Split "\r\n"

    Assert.That(
        csv
        |> Array.filter _.EndsWith(",B over the 4 seeds with a score at every limit"),
        Has.Length.EqualTo 2
    )

    Assert.That(csv |> Array.exists _.StartsWith("data not compared,"))
