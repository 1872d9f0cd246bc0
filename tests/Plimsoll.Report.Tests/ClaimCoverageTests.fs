/// Whether what claims and comparisons of experiments call 95 % is, with as few seeds as people run.
module Plimsoll.Report.Tests.ClaimCoverageTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private tasks = [ for t in 1..400 -> string t ]

/// Two methods that are the same, at a normalised reward of 0.5, on as many tasks as there are experiments.
/// `episode` gives an episode's return from the seed's.
let private results (seeds: int) (spread: double) (episode: string -> int -> double -> double) : Results =
    let nowhere = {
        File = ""
        Line = 0
        Column = 0
        Length = 0
    }

    let claim bound = {
        Metric = RewardMetric
        Arm = "a"
        Bound = bound
        For = EveryLimit
        Position = nowhere
    }

    {
        Experiment = {
            experiment tasks [ "a"; "b" ] [ claim (AtMost 0.0); claim (Above("b", 0.95)) ] with
                Protocol = {
                    CostLimits = [ 10.0 ]
                    Seeds = [ 0L .. int64 seeds - 1L ]
                    Episodes = 4
                    TimeActions = []
                }
        }
        Scores = [
            for task in tasks do
                for arm in [ "a"; "b" ] do
                    for seed in 1..seeds do
                        let label = $"{task} {arm} {seed} of {seeds} within {spread}"
                        let trained = 50.0 + spread * normal label 0
                        let returns = Array.init 4 (fun e -> episode label (e + 1) trained)

                        {
                            Coordinates = place task arm "scores" (Some(int64 seed - 1L)) (Some 10.0)
                            Kind = Rollout
                            State = Scored(episodes (0.0, 100.0) returns [| 1.0; 1.0; 1.0; 1.0 |])
                            Record = link label true
                        }
        ]
        Curves = []
        Data = []
        ActingTimes = []
        Cells = []
        Provenance = { Facts = []; ExperimentText = None }
    }

/// Noise of episodes of so many.
let private noise (width: double) label e trained = trained + width * normal label e

/// Nothing or everything.
let private coin label e (_: double) =
    if normal label e < 0.0 then 0.0 else 100.0

let private regimes = [
    "training varies", 10.0, noise 1.0
    "both vary", 5.0, noise 10.0
    "episodes vary", 0.1, noise 10.0
    "coins", 0.0, coin
]

/// Three standard deviations of a count of 400 experiments above and below 95 %.
let private lowest, private highest = 0.917, 0.983

[<TestCase 3>]
[<TestCase 5>]
let ``what a claim calls 95 % holds the truth, and equal methods are told apart in one of ten`` (seeds: int) =
    for name, spread, episode in regimes do
        let results = results seeds spread episode

        match Claims.answer results (Table.build results) with
        | [ bounded; compared ] ->
            let share test (findings: Finding list) =
                double (findings |> List.filter test |> List.length) / double findings.Length

            let covered =
                bounded.Findings
                |> share (fun f ->
                    match f.Value.Value.Interval with
                    | Some(low, high) -> low <= 0.5 && 0.5 <= high
                    | None -> false)

            Assert.That(bounded.Findings.Length, Is.EqualTo tasks.Length)
            Assert.That(covered, Is.GreaterThanOrEqualTo lowest, name)

            if name = "training varies" then
                Assert.That(covered, Is.LessThanOrEqualTo highest, name)

            // 5 % to each side, and three standard deviations.
            let decided = compared.Findings |> share (fun f -> f.Verdict <> Undecided)
            Assert.That(decided, Is.InRange(0.005, 0.145), name)
            TestContext.Out.WriteLine $"{seeds} seeds, {name}: covers {covered}, tells apart {decided}"
        | other -> Assert.Fail $"{other}"

[<TestCase(3, 3)>]
[<TestCase(3, 5)>]
let ``the interval of a difference of experiments holds the true one`` (seedsA: int) (seedsB: int) =
    for name, spread, episode in [ regimes[0]; regimes[3] ] do
        let a, b = results seedsA spread episode, results seedsB spread episode
        // The other arm of B: its numbers are independent of A's.
        let b = {
            b with
                Scores =
                    b.Scores
                    |> List.map (fun s -> {
                        s with
                            Score.Coordinates.Arm = Some(if s.Coordinates.Arm = Some "a" then "b" else "a")
                    })
        }

        let pairs =
            (ExperimentComparison.build (a, Table.build a) (b, Table.build b)).Pairs
            |> List.filter (fun p -> p.Arm = "a")

        let covered =
            pairs
            |> List.filter (fun p ->
                let low, high = p.Reward.Value.Interval.Value
                low <= 0.0 && 0.0 <= high)
            |> List.length

        Assert.That(double covered / double pairs.Length, Is.GreaterThanOrEqualTo lowest, name)
