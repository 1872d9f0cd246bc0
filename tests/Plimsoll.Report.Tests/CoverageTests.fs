/// Whether 95 % intervals hold the truth 95 times in 100, on made-up experiments whose truth is known.
module Plimsoll.Report.Tests.CoverageTests

open NUnit.Framework
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private experiments = 300

/// Eight tasks with ten runs each around means that lie evenly about 0.5.
let private scores stream shift experiment =
    Array.init 8 (fun task ->
        Array.init 10 (fun run ->
            0.36
            + 0.04 * double task
            + shift
            + 0.05 * normal $"run {experiment} {stream} {task}" run))

let private covered truth (intervals: (double * double) option list) =
    intervals
    |> List.filter (function
        | Some(low, high) -> low <= truth && truth <= high
        | None -> false)
    |> List.length

/// Resampling ten runs underestimates the variance by a tenth: 93.7 % are to be expected of 95 %. Four standard
/// deviations of the count to each side.
let private assertCovers (what: string) truth intervals =
    let share = double (covered truth intervals) / double experiments
    Assert.That(share, Is.InRange(0.88, 0.985), what)

[<Test>]
let ``intervals over runs hold the true mean, median, interquartile mean and gap`` () =
    let strata = LawTests.strataOf 3UL (scores 0 0.0 0)

    let summaries = [
        for e in 1..experiments ->
            RunBootstrap.summary (fun x -> max 0.0 (1.0 - x)) { strata with Values = scores 0 0.0 e }
    ]

    // The means are symmetric about 0.5 and far below 1.
    assertCovers "mean" 0.5 (summaries |> List.map _.Mean.Interval)
    assertCovers "median" 0.5 (summaries |> List.map _.Median.Interval)
    assertCovers "IQM" 0.5 (summaries |> List.map _.Iqm.Interval)
    assertCovers "gap" 0.5 (summaries |> List.map _.Gap.Interval)

[<Test>]
let ``bands of a performance profile hold the true share`` () =
    let strata = LawTests.strataOf 3UL (scores 0 0.0 0)

    [
        for e in 1..experiments ->
            let point =
                RunBootstrap.profile [| 0.5 |] { strata with Values = scores 0 0.0 e }
                |> Array.exactlyOne

            Some(point.Lower, point.Upper)
    ]
    |> assertCovers "share above 0.5" 0.5

[<Test>]
let ``the interval of the probability of improvement holds the true one`` () =
    let x, y =
        LawTests.strataOf 4UL (scores 1 0.0 0), LawTests.strataOf 5UL (scores 2 0.0 0)
    // The difference of two runs is above 0 with 75 %: 0.6745 standard deviations of sqrt 2 * 0.05.
    let shift = 0.674489750196082 * sqrt 2.0 * 0.05

    [
        for e in 1..experiments ->
            let strata =
                Improvements.perStratum { x with Values = scores 1 shift e } {
                    y with
                        Values = scores 2 0.0 e
                }

            (Improvements.measured true strata).Interval
    ]
    |> assertCovers "probability of improvement" 0.75

[<Test>]
let ``Wilson's interval holds the true rate, by the binomial distribution itself`` () =
    for n in [ 20; 60; 180 ] do
        let coverage p =
            // P(k) from P(k - 1).
            let mutable mass = Seq.replicate n (1.0 - p) |> Seq.fold (*) 1.0
            let mutable held = 0.0

            for k in 0..n do
                let interval = (Statistics.wilson k n).Value

                if interval.Lower <= p && p <= interval.Upper then
                    held <- held + mass

                mass <- mass * double (n - k) / double (k + 1) * p / (1.0 - p)

            held

        let all = [| for i in 10..90 -> coverage (double i / 100.0) |]
        Assert.That(Array.min all, Is.GreaterThan 0.92)
        Assert.That(Statistics.mean all, Is.InRange(0.945, 0.96))

/// The cells with few runs: the others take long.
let private fewSeeds: obj[] list = [
    for seeds, shares in FewSeeds.coverage do
        for tasks, share in List.zip FewSeeds.tasks shares do
            if seeds * tasks <= 24 then
                [| seeds; tasks; share |]
]

/// Across tasks the interval is Agarwal et al.'s, whose 95 % is less with few seeds.
[<TestCaseSource(nameof fewSeeds)>]
let ``across tasks with few seeds an interval covers what is said of it``
    (seeds: int, tasks: int, percent: int)
    =
    let scores e =
        Array.init tasks (fun task ->
            Array.init seeds (fun seed -> normal $"{e} of {seeds}, {task} of {tasks}" seed))

    let strata = LawTests.strataOf 3UL (scores 0)

    let covered =
        [ 1..experiments ]
        |> List.map (fun e -> (RunBootstrap.summary id { strata with Values = scores e }).Mean.Interval)
        |> covered 0.0

    // Three standard deviations.
    let said = double percent / 100.0
    let slack = 3.0 * sqrt (said * (1.0 - said) / double experiments)
    Assert.That(double covered / double experiments, Is.EqualTo(said).Within slack)

[<Test>]
let ``the manual has the table of coverage that the report warns by`` () =
    let manual =
        System.IO.File.ReadAllText(System.IO.Path.Combine(Golden.repository (), "docs", "statistics.md"))

    let line (seeds: int, shares: int list) =
        let cells = shares |> List.map (fun share -> $" {share} %% |") |> String.concat ""
        $"  | {seeds} |{cells}\n"

    let heads =
        FewSeeds.tasks
        |> List.map (fun n -> " " + Format.plural n "task" + " |")
        |> String.concat ""

    let table =
        $"  | seeds |{heads}\n  | --- | --- | --- | --- |\n"
        + (FewSeeds.coverage |> List.map line |> String.concat "")

    Assert.That(manual, Does.Contain(table + "\n"))
