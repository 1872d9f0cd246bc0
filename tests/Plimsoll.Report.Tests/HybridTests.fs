/// An arm that touched the simulator before its final evaluation is marked wherever its numbers stand.
module Plimsoll.Report.Tests.HybridTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private limit = 10.0

let private seeds = [ 0L; 1L ]

let private scored arm reward seed : Score = {
    Coordinates = place "T" arm "scores" (Some seed) (Some limit)
    Kind = Rollout
    State = Scored(episodes (0.0, 100.0) [| reward; reward |] [| 1.0; 1.0 |])
    Record = link $"T/{arm}/scores seed={seed}" true
}

let private claim arm bound : Claim = {
    Metric = RewardMetric
    Arm = arm
    Bound = bound
    For = EveryLimit
    Position = {
        File = ""
        Line = 0
        Column = 0
        Length = 0
    }
}

let private claims = [
    claim "tuned" (Above("offline", 0.9))
    claim "offline" (Above("tuned", 0.9))
    claim "tuned" (AtLeast 0.5)
]

let private curve arm name = {
    Name = name
    Coordinates = [ place "T" arm "policy" (Some 0L) (Some limit) ]
    Points = [| struct (0.0, 1.0); struct (10.0, 2.0) |]
    Record = link $"T/{arm}/policy" true
}

let private time arm : ActingTime = {
    Task = "T"
    Arm = arm
    Sweep = []
    Batch = 1
    Seconds = [| 0.25 |]
    Records = []
}

let private results: Results = {
    Experiment = {
        experiment [ "T" ] [ "tuned"; "offline" ] claims with
            Protocol = {
                CostLimits = [ limit ]
                Seeds = seeds
                Episodes = 2
                TimeActions = [ 1L ]
            }
            Cells = [ tuning "T" "tuned" ]
    }
    Scores = [
        for seed in seeds do
            scored "tuned" 90.0 seed
            scored "offline" 50.0 seed
    ]
    Curves = [
        for arm in [ "tuned"; "offline" ] do
            curve arm "loss"
            curve arm CurveName.Mode
    ]
    Data = []
    ActingTimes = [ time "tuned"; time "offline" ]
    Cells = []
    Provenance = { Facts = []; ExperimentText = None }
}

let tables = Table.build results
let private answers = Claims.answer results tables

[<Test>]
let ``its name carries the mark and the offline arm's does not`` () =
    let names = tables.Head.Rollouts |> List.map _.Name
    Assert.That(names, Is.EqualTo<string list> [ "tuned † (hybrid)"; "offline" ])

[<Test>]
let ``it is not compared with offline arms, however good it is`` () =
    let best =
        tables.Head.Rollouts
        |> List.map (fun row -> row.Arm, row.Entries |> List.exists _.BestSafe)

    Assert.That(best, Is.EqualTo<(string * bool) list> [ "tuned", false; "offline", true ])
    let head = Headline.sentences tables.Head |> List.head
    Assert.That(head.Method, Is.EqualTo(Some "offline"))

[<Test>]
let ``the terminal and the page explain the mark`` () =
    let text = Text.render results tables answers
    Assert.That(text, Does.Contain "† hybrid: online evaluation")
    let page = Html.render results tables answers
    Assert.That(page, Does.Contain "tuned † (hybrid)")
    Assert.That(page, Does.Contain Offline.footnote)

[<Test>]
let ``in the terminal's table the mark is short, and the columns stay in line`` () =
    let lines = (Text.render results tables answers).Split '\n'

    let starting (start: string) =
        lines
        |> Array.find (fun line -> line.StartsWith(start, System.StringComparison.Ordinal))

    let hybrid, offline = starting "    tuned †", starting "  * offline"
    Assert.That(hybrid, Does.Not.Contain "(hybrid)")
    Assert.That(hybrid.IndexOf "0.90", Is.EqualTo(offline.IndexOf "0.50"))

[<Test>]
let ``it is marked in claims, in titles of curves and among the times`` () =
    let marked = "tuned † (hybrid)"
    let text = Text.render results tables answers
    Assert.That(text, Does.Contain $"reward of {marked} is at least 0.5")
    Assert.That(text, Does.Contain $"reward of offline is above that of {marked}")
    Assert.That(text, Does.Match $"T +tuned † \\(hybrid\\) +1: 250")
    let page = Html.render results tables answers
    Assert.That(page, Does.Contain $"reward of {marked} is at least 0.5")
    // The title stands over the curves and over the modes.
    Assert.That(page.Split $"<b>{marked} / policy</b>", Has.Length.EqualTo 3)
    Assert.That(page.Split "<b>offline / policy</b>", Has.Length.EqualTo 3)
    Assert.That(page, Does.Contain $"<th scope=\"row\">{marked}</th>")
    Assert.That(Csv.acting results, Does.Contain "T,tuned,,1,0.25,hybrid\r\nT,offline,,1,0.25,offline\r\n")

[<Test>]
let ``a claim between it and an offline arm is undecided, with the number and the reason`` () =
    match answers with
    | [ above; below; alone ] ->
        for mixed in [ above; below ] do
            Assert.That(mixed.Verdict, Is.EqualTo Undecided)
            let finding = mixed.Findings |> List.exactlyOne
            Assert.That(finding.Number, Does.Contain "probability")
            Assert.That(finding.Number, Does.Contain "mixed")
            Assert.That(finding.Row + finding.Number, Does.Contain "tuned † (hybrid)")

        // Against a number it stands alone.
        Assert.That(alone.Verdict, Is.EqualTo Supported)
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``a claim between two of a kind is answered`` () =
    let offline = {
        results with
            Experiment = { results.Experiment with Cells = [] }
    }

    let verdicts = Claims.answer offline (Table.build offline) |> List.map _.Verdict

    Assert.That(verdicts, Is.EqualTo<Verdict list> [ Supported; NotSupported; Supported ])

[<Test>]
let ``a single seed decides no claim`` () =
    let single = {
        results with
            Experiment = {
                results.Experiment with
                    Cells = []
                    Protocol = {
                        results.Experiment.Protocol with
                            Seeds = [ 0L ]
                    }
            }
            Scores = [ scored "tuned" 90.0 0L; scored "offline" 50.0 0L ]
    }

    for answer in Claims.answer single (Table.build single) do
        Assert.That(answer.Verdict, Is.EqualTo Undecided)
        Assert.That((List.exactlyOne answer.Findings).Number, Does.Contain "a single seed decides nothing")

[<Test>]
let ``without such an arm there is no footnote`` () =
    let offline = {
        results with
            Experiment = { results.Experiment with Cells = [] }
    }

    let tables = Table.build offline
    let answers = Claims.answer offline tables
    Assert.That(Text.render offline tables answers, Does.Not.Contain "†")
    Assert.That(Html.render offline tables answers, Does.Not.Contain "†")

[<Test>]
let ``both CSV files say how each arm was trained`` () =
    for text in [ Csv.scores results; CsvTable.render tables ] do
        let records = FormTests.readCsv text

        let column name =
            records.Head |> List.findIndex ((=) name)

        let trained =
            records.Tail
            |> List.map (fun record -> record[column "arm"], record[column "training"])
            |> List.distinct

        Assert.That(trained, Is.EqualTo<(string * string) list> [ "tuned", "hybrid"; "offline", "offline" ])

        for record in records.Tail do
            Assert.That(record.Length, Is.EqualTo records.Head.Length)

[<Test>]
let ``a line of the data is of no training, and as long as the others`` () =
    let withData = {
        results with
            Data = [
                {
                    Task = "T"
                    Returns = [| 10.0; 60.0 |]
                    Costs = [| 1.0; 2.0 |]
                    Record = link "T/dataset" true
                }
            ]
    }

    let records = FormTests.readCsv (CsvTable.render (Table.build withData))

    let column name =
        records.Head |> List.findIndex ((=) name)

    let line =
        records.Tail
        |> List.filter (fun record -> record[column "kind"] = "data")
        |> List.exactlyOne

    Assert.That(line.Length, Is.EqualTo records.Head.Length)
    Assert.That(line[column "return"], Is.EqualTo "60")
    Assert.That(line[column "training"], Is.EqualTo "")
