/// An arm that touched the simulator before its final evaluation is marked wherever its numbers stand.
module Plimsoll.Report.Tests.HybridTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.Synthetic

let private limit = 10.0

let private tuning: Cell = {
    Id = CellId "tuning"
    Stage = {
        Name = "adapt-hybrid"
        Inputs = []
        Output = PolicyArtifact
        Parameters = []
        Seeded = true
        Environment = Hybrid
        Reproducibility = Bitwise
        Meaning = ""
    }
    Parameters = Map.empty
    Inputs = []
    Seed = Some 0L
    Label = "T/tuned/policy seed=0"
    Coordinates = [ place "T" "tuned" "policy" (Some 0L) (Some limit) ]
}

let private scored arm reward : Score = {
    Coordinates = place "T" arm "scores" (Some 0L) (Some limit)
    Kind = Rollout
    State = Scored(episodes (0.0, 100.0) [| reward; reward |] [| 1.0; 1.0 |])
    Record = link $"T/{arm}/scores" true
}

let private results: Results = {
    Experiment = {
        experiment [ "T" ] [ "tuned"; "offline" ] [] with
            Protocol = {
                CostLimits = [ limit ]
                Seeds = [ 0L ]
                Episodes = 2
                TimeActions = []
            }
            Cells = [ tuning ]
    }
    Scores = [ scored "tuned" 90.0; scored "offline" 50.0 ]
    Curves = []
    Data = []
    ActingTimes = []
    Cells = []
    Provenance = { Facts = []; ExperimentText = None }
}

let private tables = Table.build results

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
    let text = Text.render results tables []
    Assert.That(text, Does.Contain "tuned † (hybrid)")
    Assert.That(text, Does.Contain "† hybrid: online evaluation")
    let page = Html.render results tables []
    Assert.That(page, Does.Contain "tuned † (hybrid)")
    Assert.That(page, Does.Contain Offline.footnote)

[<Test>]
let ``without such an arm there is no footnote`` () =
    let offline = {
        results with
            Experiment = { results.Experiment with Cells = [] }
    }

    let tables = Table.build offline
    Assert.That(Text.render offline tables [], Does.Not.Contain "†")
    Assert.That(Html.render offline tables [], Does.Not.Contain "†")

[<Test>]
let ``both CSV files say how each arm was trained`` () =
    for text in [ Csv.scores results; Csv.table tables ] do
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
