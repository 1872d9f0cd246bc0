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
