/// What the page answers where something is not there: a score, a scale, an error, an offline method, the data.
module Plimsoll.Report.Tests.AnswerTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private range, private noRange = (0.0, 100.0), (5.0, 5.0)

/// Two episodes of the same return and the costs.
let private at task arm seed limit range reward (costs: double list) : Score = {
    Coordinates = place task arm "scores" (Some seed) (Some limit)
    Kind = Rollout
    State = Scored(episodes range [| for _ in costs -> reward |] (List.toArray costs))
    Record = link $"{task}/{arm}/scores seed={seed} cost_limit={limit}" true
}

let private missing (score: Score) : Score = {
    score with
        State = ScoreState.Missing
}

let private estimated (score: Score) : Score = { score with Kind = OffPolicy }

let private resultsOf seeds (hybrid: string list) (scores: Score list) : Results =
    let distinct pick =
        scores |> List.map (_.Coordinates >> pick) |> List.distinct

    let tasks, arms = distinct _.Task, distinct _.Arm |> List.choose id

    {
        Experiment = {
            experiment tasks arms [] with
                Protocol = {
                    CostLimits = distinct _.CostLimit |> List.choose id
                    Seeds = seeds
                    Episodes = 2
                    TimeActions = []
                }
                Cells = hybrid |> List.map (tuning tasks.Head)
        }
        Scores = scores
        Curves = []
        Data = []
        ActingTimes = []
        Cells = []
        Provenance = { Facts = []; ExperimentText = None }
    }

let private page results =
    Report.analyse results ||> Html.render results

let private headline results =
    (Report.analyse results |> fst).Head |> Headline.sentences |> List.head

let private overview results =
    (Report.analyse results |> fst |> Overview.methods |> Overview.sentence).Value

/// The same on tasks T and U at a limit of 10.
let private onTwo arm range reward costs = [
    for task in [ "T"; "U" ] -> at task arm 0L 10.0 range reward costs
]

let private safe, private over = [ 1.0; 2.0 ], [ 30.0; 32.0 ]

[<Test>]
let ``the best of a task is absent for the reason that holds`` () =
    let none = page (resultsOf [ 0L ] [] (onTwo "a" range 50.0 over))
    Assert.That(none, Does.Contain ">no method keeps it<")

    let unscored =
        page (resultsOf [ 0L ] [] (onTwo "a" range 50.0 over |> List.map missing))

    Assert.That(unscored, Does.Contain ">no method has a score<")
    Assert.That(unscored, Does.Not.Contain "no method keeps it")

    let partly =
        onTwo "a" range 50.0 over @ (onTwo "b" range 50.0 over |> List.map missing)

    Assert.That(page (resultsOf [ 0L ] [] partly), Does.Contain ">no method that has a score keeps it<")

    let noScale = page (resultsOf [ 0L ] [] (onTwo "a" noRange 5.0 safe))
    Assert.That(noScale, Does.Contain ">the reward has no scale<")
    Assert.That(noScale, Does.Not.Contain "no method keeps it")

    let mixed = onTwo "a" range 50.0 over @ onTwo "tuned" range 90.0 safe
    Assert.That(page (resultsOf [ 0L ] [ "tuned" ] mixed), Does.Contain ">no offline method keeps it<")

[<Test>]
let ``among hybrids alone the best one is the answer, with its reward`` () =
    let scores = [
        at "T" "x" 0L 10.0 range 50.0 [ 1.0; 2.0 ]
        at "T" "y" 0L 10.0 range 80.0 [ 5.0; 6.0 ]
    ]

    let found = headline (resultsOf [ 0L ] [ "x"; "y" ] scores)
    Assert.That(found.Method, Is.EqualTo(Some "y † (hybrid)"))
    Assert.That(found.Text, Does.Contain "earns the most of the 2 methods that keep the limit: reward 0.80")
    Assert.That(found.Text, Does.Not.Contain "no scale")

[<Test>]
let ``a reward without a scale is said of what keeps the limit, however cheap another is`` () =
    let found =
        headline (
            resultsOf [ 0L ] [] [ at "T" "x" 0L 10.0 noRange 5.0 safe; at "T" "y" 0L 10.0 noRange 5.0 over ]
        )

    Assert.That(found.Kept)
    Assert.That(found.Text, Does.StartWith "x keeps the limit")
    Assert.That(found.Text, Does.Contain "no scale")

[<Test>]
let ``a method that is not scored everywhere is not said to keep no limit`` () =
    let half = [
        at "T" "b" 0L 10.0 range 50.0 safe
        missing (at "U" "b" 0L 10.0 range 50.0 safe)
    ]

    let words, name = overview (resultsOf [ 0L ] [] (onTwo "a" range 50.0 over @ half))

    Assert.That(
        words,
        Does.StartWith "No method that is scored everywhere keeps the cost limit on all 2 tasks. b keeps it"
    )

    Assert.That(name, Is.EqualTo(Some "b"))
    Assert.That(overview (resultsOf [ 0L ] [] half) |> fst, Does.StartWith "No method is scored everywhere.")

    let words, name = overview (resultsOf [ 0L ] [] (List.map missing half))
    Assert.That(words, Is.EqualTo "No method has a score.")
    Assert.That(name, Is.EqualTo None)
    let words, _ = overview (resultsOf [ 0L ] [] (onTwo "a" range 50.0 safe @ half))
    Assert.That(words, Does.StartWith "Only a keeps the cost limit on all 2 tasks")
    Assert.That(words, Does.EndWith " 1 of 2 methods is not scored everywhere.")

[<Test>]
let ``nobody earns the most where no reward has a scale`` () =
    let words, _ =
        overview (resultsOf [ 0L ] [] (onTwo "a" noRange 5.0 safe @ onTwo "b" noRange 5.0 safe))

    Assert.That(words, Is.EqualTo "2 of 2 methods keep the cost limit on all 2 tasks.")

[<Test>]
let ``doubt is said of nothing that has no interval, and seeds that lack are named`` () =
    let single, _ = overview (resultsOf [ 0L ] [] (onTwo "a" range 50.0 [ 1.0 ]))
    Assert.That(single, Does.EndWith "A single seed says nothing of another.")
    Assert.That(single, Does.Not.Contain "rests on")

    let twoSeeds = [
        for task in [ "T"; "U" ] do
            for seed in [ 0L; 1L ] do
                at task "a" seed 10.0 range 50.0 [ 1.0; 1.1 ]
    ]

    let several, _ = overview (resultsOf [ 0L; 1L ] [] twoSeeds)
    Assert.That(several, Does.Contain "It does so with the whole 95\u00A0% interval of each mean cost.")

    let lacking, _ = overview (resultsOf seeds [] (onTwo "a" range 50.0 safe))
    Assert.That(lacking, Does.Contain "This rests on 1/5 seeds, 4 missing in each case.")

[<Test>]
let ``one limit is not all 1 limits, and one task not all 1 tasks`` () =
    let tasks, _ = overview (resultsOf [ 0L ] [] (onTwo "a" range 50.0 safe))
    Assert.That(tasks, Does.StartWith "Only a keeps the cost limit on all 2 tasks")

    let limits, _ =
        overview (resultsOf [ 0L ] [] [ for limit in [ 10.0; 20.0 ] -> at "T" "a" 0L limit range 50.0 safe ])

    Assert.That(limits, Does.StartWith "Only a keeps the cost limit at all 2 limits, with")

[<Test>]
let ``the runs are counted with one task and limit too, rollouts and estimates alike`` () =
    let rollout = at "T" "a" 0L 10.0 range 50.0 safe
    let count scores = page (resultsOf [ 0L ] [] scores)
    Assert.That(count [ rollout ], Does.Contain "The only run has a score.")
    Assert.That(count [ rollout; estimated rollout ], Does.Contain "All 2 runs have a score.")

    let lacking = count [ rollout; missing (estimated rollout) ]
    Assert.That(lacking, Does.Contain "1 of 2 runs have a score; ")
    Assert.That(lacking, Does.Contain "1 does not")

[<Test>]
let ``a reward without a scale is not one without all scores`` () =
    let noScale = page (resultsOf [ 0L ] [] (onTwo "a" noRange 5.0 safe))
    // Of all tasks, and of who keeps which limit.
    Assert.That(noScale.Split ">no scale<", Has.Length.GreaterThanOrEqualTo 3)
    Assert.That(noScale, Does.Not.Contain "not all scored")

    let half = [
        at "T" "a" 0L 10.0 range 50.0 safe
        missing (at "U" "a" 0L 10.0 range 50.0 safe)
    ]

    Assert.That(page (resultsOf [ 0L ] [] half), Does.Contain ">not all scored<")

[<Test>]
let ``data that was not read is not data in which nothing keeps the limit`` () =
    let dataOf task costs : DataFacts = {
        Task = task
        Returns = [| 10.0; 60.0 |]
        Costs = costs
        Record = link $"{task}/dataset" true
    }

    let results = resultsOf [ 0L ] [] (onTwo "a" range 50.0 safe)
    let reads data = page { results with Data = data }
    let unread = reads [ dataOf "T" [| 1.0; 2.0 |] ]
    Assert.That(unread, Does.Contain ">data not read<")
    Assert.That(unread, Does.Not.Contain ">none keeps it<")
    let none = reads [ dataOf "T" [| 1.0; 2.0 |]; dataOf "U" [| 50.0; 60.0 |] ]
    Assert.That(none, Does.Contain ">none keeps it<")
    Assert.That(none, Does.Not.Contain ">data not read<")

[<Test>]
let ``beside a doubtful best stands the best that is sure`` () =
    let on arm reward costs = [
        for task in [ "T"; "U" ] do
            for seed, cost in List.indexed costs do
                at task arm (int64 seed) 10.0 range reward [ cost; cost + 0.1 ]
    ]

    let doubtful, sure, poorer =
        on "bold" 90.0 [ 2.0; 9.0 ], on "calm" 50.0 [ 1.0; 1.1 ], on "slow" 40.0 [ 1.0; 1.1 ]

    let words, name = overview (resultsOf [ 0L; 1L ] [] (doubtful @ poorer @ sure))
    Assert.That(name, Is.EqualTo(Some "bold"))
    Assert.That(words, Does.Contain "calm does so with all of its intervals, with a mean reward of 0.50.")

    let words, _ =
        overview (resultsOf [ 0L; 1L ] [] (doubtful @ on "rash" 80.0 [ 2.0; 9.0 ]))

    Assert.That(words, Does.Contain "No method does so with all of its intervals.")

    let words, _ = overview (resultsOf [ 0L; 1L ] [] (sure @ poorer))
    Assert.That(words, Does.Not.Contain "all of its intervals")
