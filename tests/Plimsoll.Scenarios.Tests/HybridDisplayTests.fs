/// What is not offline, and what measures anew, is named so wherever cells are.
module Plimsoll.Scenarios.Tests.HybridDisplayTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli

let private cell stage : Cell = {
    Id = CellId stage
    Stage =
        Plimsoll.Stages.Catalogue.language.Stages
        |> List.find (fun known -> known.Name = stage)
    Parameters = Map.empty
    Inputs = []
    Seed = None
    Label = $"DiscCircle/{stage}/policy"
    Coordinates = []
}

let private plan stages : Plan =
    let cells = stages |> List.map cell

    {
        Experiment = {
            Name = "e"
            File = "e.yaml"
            Protocol = {
                CostLimits = []
                Seeds = []
                Episodes = 1
                TimeActions = []
            }
            Tasks = []
            Arms = []
            Claims = []
            Cells = cells
        }
        Cells = cells |> List.map (fun cell -> cell, CellPlan.MayRun)
    }

[<Test>]
let ``a plan marks each hybrid cell, counts them and marks no other`` () =
    let text = PlanView.text false (plan [ "adapt"; "adapt-hybrid"; "evaluate" ])
    Assert.That(text, Does.Contain "DiscCircle/adapt-hybrid/policy (hybrid)")
    Assert.That(text, Does.Contain "hybrid: 1 cell in the simulator while training (online evaluation)")
    Assert.That(text, Does.Not.Contain "DiscCircle/adapt/policy (hybrid)")
    Assert.That(text, Does.Not.Contain "DiscCircle/evaluate/policy (hybrid)")

[<Test>]
let ``a plan without any says nothing of them`` () =
    Assert.That(PlanView.text false (plan [ "adapt"; "evaluate" ]), Does.Not.Contain "hybrid")

/// Whether each of the objects in an array says that it is hybrid.
let private flags (name: string) (json: string) =
    use document = JsonDocument.Parse json

    [
        for item in document.RootElement.GetProperty(name).EnumerateArray() ->
            string (item.GetProperty("stage").GetString()), item.GetProperty("hybrid").GetBoolean()
    ]

[<Test>]
let ``the plan's JSON says of each cell whether it is hybrid`` () =
    let found =
        plan [ "adapt"; "adapt-hybrid"; "evaluate" ] |> PlanView.toJson |> flags "cells"

    Assert.That(
        found,
        Is.EqualTo<(string * bool) list> [ "adapt", false; "adapt-hybrid", true; "evaluate", false ]
    )

[<Test>]
let ``a run's progress names them`` () =
    let out = new StringWriter()
    let plain = PlainProgress.Plain(out, 1)
    plain.Tell(Planned(plan [ "adapt"; "adapt-hybrid" ]))
    plain.Tell(CellStarted(cell "adapt", 1))
    plain.Tell(CellStarted(cell "adapt-hybrid", 1))
    let text = string out
    Assert.That(text, Does.Contain "start    DiscCircle/adapt-hybrid/policy (hybrid)  (1 thread)")
    Assert.That(text, Does.Contain "start    DiscCircle/adapt/policy  (1 thread)")

    let mutable tally = Tally.empty 1

    for event in [ Planned(plan [ "adapt-hybrid" ]); CellStarted(cell "adapt-hybrid", 1) ] do
        tally <- Tally.update TimeSpan.Zero event tally

    let screen = LiveProgress.lines 100 TimeSpan.Zero "" tally |> String.concat "\n"

    Assert.That(screen, Does.Contain "DiscCircle/adapt-hybrid/policy (hybrid)")

[<Test>]
let ``verify and explain name them`` () =
    let hybrid = cell "adapt-hybrid"
    let label = "DiscCircle/adapt-hybrid/policy (hybrid)"

    let verified =
        VerifyView.text hybrid (Records.ended (Outcome.Diverged(1L, ""))) VerifyView.Skipped

    Assert.That(verified, Does.Contain label)

    let root: Explain.Root = {
        Cause = Explain.Cause.New
        At = [ hybrid ]
        Touches = [ hybrid ]
    }

    let explained = ExplainView.allText (fun _ -> "") "e" 1 [ root ]
    Assert.That(explained.Split label, Has.Length.EqualTo 3, explained)

[<Test>]
let ``remaking what is volatile promises no equal bytes`` () =
    let before, after =
        Records.ended (Outcome.Diverged(1L, "a")), Records.ended (Outcome.Diverged(2L, "b"))

    let word reproducibility =
        let word, _, exit = Remaking.verdict reproducibility before (Some after) ""
        word, exit

    Assert.That(word Volatile, Is.EqualTo(("skipped", ExitCode.ok)))
    Assert.That(word Bitwise, Is.EqualTo(("different", ExitCode.cellsFailed)))
    let failed, _, _ = Remaking.verdict Volatile before None ""
    Assert.That(failed, Is.EqualTo "failed")

[<Test>]
let ``what measures anew is named so, with what it measured last`` () =
    let measured = Records.ended (Outcome.Diverged(1L, "a"))

    let cells = [
        cell "time-acting", CellPlan.MeasuresAnew(measured.Key, Some measured)
        cell "adapt", CellPlan.MayRun
    ]

    let plan = { plan [] with Cells = cells }
    Assert.That(PlanView.text false plan, Does.Contain "measures anew  DiscCircle/time-acting/policy")
    use document = JsonDocument.Parse(PlanView.toJson plan)
    let counts = document.RootElement.GetProperty "counts"
    Assert.That(counts.GetProperty("measures-anew").GetInt32(), Is.EqualTo 1)
    Assert.That(counts.GetProperty("cached").GetInt32(), Is.Zero)
    let first = document.RootElement.GetProperty("cells")[0]
    Assert.That(first.GetProperty("key").GetString(), Is.EqualTo(string measured.Key))

[<Test>]
let ``the status names them while they run and after`` () =
    let time = DateTimeOffset.UnixEpoch

    let running: RunView.RunningCell = {
        Label = "DiscCircle/mine/policy"
        Stage = "adapt-hybrid"
        Threads = 1
        Attempt = 1
        Since = time
        Heard = time
        Step = None
        Metrics = []
    }

    let snapshot: RunView.Snapshot = {
        Experiment = "e"
        Began = Some time
        Host = "here"
        Process = 1
        Jobs = 1
        Planned = 2
        Stages = Map [ "adapt-hybrid", 1; "adapt", 1 ]
        Ended = Map.empty
        Running = Map [ running.Label, running ]
        Retries = Map.empty
        Failures = []
        Times = Map.empty
        Seconds = None
    }

    let folder: RunFolder = {
        Id = "run"
        Path = "run"
        Started = time
        Owner = None
    }

    let json =
        Json.text (fun writer -> RunView.write writer time folder RunHistory.Live snapshot)

    Assert.That(flags "running" json, Is.EqualTo<(string * bool) list> [ "adapt-hybrid", true ])

    let lines = RunView.lines time folder RunHistory.Live snapshot |> String.concat "\n"
    Assert.That(lines, Does.Contain "DiscCircle/mine/policy (hybrid)")

    let ended =
        RunView.lines time folder RunHistory.Ended snapshot |> String.concat "\n"

    Assert.That(ended, Does.Contain "hybrid: 1 cell in the simulator while training")
