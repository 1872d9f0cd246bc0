module Plimsoll.Engine.Tests.PlanTests

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Store.Tests
open Plimsoll.Engine.Tests.Fakes

let private planOf stages store cells =
    Run.plan (optionsFor 1 cells) (experiment cells) stages store |> fst

let private names (plan: Plan) =
    plan.Cells
    |> List.map (fun (cell, plan) ->
        let word =
            match plan with
            | CellPlan.Cached _ -> "cached"
            | CellPlan.WillRun _ -> "will run"
            | CellPlan.MeasuresAnew _ -> "measures anew"
            | CellPlan.MayRun -> "may run"
            | CellPlan.Blocked _ -> "blocked"
            | CellPlan.NotSelected _ -> "not selected"

        cell.Label, word)

let private expect (expected: (string * string) list) plan =
    Assert.That(names plan, Is.EqualTo<(string * string) list> expected)

[<Test>]
let ``in an empty store the first cells will run and those after them may`` () =
    let add = add (Log())
    let cells = [ cell add "a" 1L []; cell add "b" 2L [ "a" ]; cell add "c" 3L [ "b" ] ]

    planOf [ add ] (newStore ()) cells
    |> expect [ "a", "will run"; "b", "may run"; "c", "may run" ]

[<Test>]
let ``what has run is cached, and what changed will run`` () =
    let add = add (Log())
    let store = newStore ()
    let cells number = [ cell add "a" 1L []; cell add "b" number [ "a" ]; cell add "c" 3L [ "b" ] ]
    run [ add ] store (cells 2L) |> ignore

    planOf [ add ] store (cells 2L)
    |> expect [ "a", "cached"; "b", "cached"; "c", "cached" ]

    planOf [ add ] store (cells 5L)
    |> expect [ "a", "cached"; "b", "will run"; "c", "may run" ]

[<Test>]
let ``what depends on a diverged cell is blocked by it, however far`` () =
    let log = Log()
    let add, diverging = add log, diverging log
    let store = newStore ()
    let cells = [ bare diverging "d" []; cell add "b" 1L [ "d" ]; cell add "c" 1L [ "b" ] ]
    run [ add; diverging ] store cells |> ignore
    let plan = planOf [ add; diverging ] store cells
    expect [ "d", "cached"; "b", "blocked"; "c", "blocked" ] plan
    Assert.That(snd plan.Cells[2], Is.EqualTo(CellPlan.Blocked(Obstacle.InputDiverged(idOf "d"))))

[<Test>]
let ``a missing file blocks its cell and those after it`` () =
    let log = Log()
    let add, readFile = add log, readFile log

    let cells = [
        cellWith readFile "f" [ "file", Text "no-such.hdf5" ] []
        cell add "b" 1L [ "f" ]
    ]

    let plan = planOf [ add; readFile ] (newStore ()) cells

    match snd plan.Cells[0] with
    | CellPlan.Blocked(Obstacle.Unusable failure) ->
        Assert.That(failure.Class, Is.EqualTo Invalid)
        Assert.That(failure.What, Does.StartWith "parameter 'file' of f names the file 'no-such.hdf5'")
    | other -> Assert.Fail $"%A{other}"

    Assert.That(snd plan.Cells[1], Is.EqualTo(CellPlan.Blocked(Obstacle.InputFailed(idOf "f"))))

[<Test>]
let ``a volatile cell measures anew, and what it measured last is known`` () =
    let log = Log()
    let add, measuring = add log, volatileAdd log
    let store = newStore ()
    let cells = [ cell add "a" 1L []; cell measuring "v" 2L [ "a" ] ]

    planOf [ add; measuring ] store cells
    |> expect [ "a", "will run"; "v", "may run" ]

    let summary = run [ add; measuring ] store cells
    let plan = planOf [ add; measuring ] store cells
    expect [ "a", "cached"; "v", "measures anew" ] plan
    Assert.That((plan.Cached, plan.MeasuresAnew, plan.WillRun), Is.EqualTo((1, 1, 0)))

    let last =
        match snd plan.Cells[1] with
        | CellPlan.MeasuresAnew(_, Some record) -> record.Artifact.Value.Digest
        | other -> failwith $"%A{other}"

    Assert.That(last, Is.EqualTo(digestOf summary "v"))

    // Whoever asks for other cells still sees it.
    match snd (Plan.restrict (fun id -> id <> idOf "v") plan).Cells[1] with
    | CellPlan.NotSelected(Some record) -> Assert.That(record.Artifact.Value.Digest, Is.EqualTo last)
    | other -> Assert.Fail $"%A{other}"

    // Another measurement is another key: nothing is known of it.
    match snd (planOf [ add; measuring ] store [ cells[0]; cell measuring "v" 3L [ "a" ] ]).Cells[1] with
    | CellPlan.MeasuresAnew(_, None) -> ()
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``planning changes nothing in the store`` () =
    let add = add (Log())
    let store = newStore ()
    planOf [ add ] store [ cell add "a" 1L [] ] |> ignore
    Assert.That(fst (Result.defaultValue ([], []) (store.Records())), Is.Empty)

let private ok result =
    match result with
    | Ok value -> value
    | Error error -> failwith $"%A{error}"

/// Stores a made-up result of every cell, as a run would.
let private store10000 (store: Store) (stage: Stage) (cells: Cell list) =
    let keying = Keying.make id [ stage ]
    let artifacts = Dictionary<CellId, Artifact>()

    for cell in cells do
        let inputs = cell.Inputs |> List.map (fun (role, id) -> role, artifacts[id].Digest)
        let definition = Keying.definition keying cell inputs |> ok
        let output = store.NewOutput() |> ok
        File.WriteAllText(output, cell.Label)
        let artifact = store.Measure output |> ok
        artifacts[cell.Id] <- artifact

        let record = {
            Key = Key.ofDefinition definition
            Cell = cell.Id
            Stage = cell.Stage.Name
            Label = cell.Label
            Parts = Key.parts definition
            Outcome = Outcome.Finished artifact
            Attempts = 1
            Machine = Machine.current ()
            Started = DateTimeOffset.UnixEpoch
            Ended = DateTimeOffset.UnixEpoch
            Seconds = 1.0
            PeakMemory = 1L
            Threads = 1
            Provenance = {
                Source = None
                Sdk = "10"
                Lock = None
            }
            Command = ""
        }

        store.Commit(Some output, record, None) |> ok |> ignore

[<Test>]
let ``a fully cached experiment of 10,000 cells is planned in under two seconds`` () =
    let add = add (Log())
    let root = Path.Combine(Folders.fresh (), "store")

    let cells = [
        for data in 0..99 do
            cell add $"data {data}" data []

            for fit in 1..99 do
                cell add $"fit {data} {fit}" fit [ $"data {data}" ]
    ]

    let unsynced = PlainFileSystem(false, (fun _ -> true))
    store10000 (Store.OpenOn(unsynced, root, ReadWrite) |> ok) add cells
    let clock = Stopwatch.StartNew()
    use self = Process.GetCurrentProcess()
    let before = self.TotalProcessorTime
    let plan = planOf [ add ] (openStore root) cells
    self.Refresh()
    // Processor time: planning runs on one thread, and whatever else the machine does is not its fault.
    let seconds = (self.TotalProcessorTime - before).TotalSeconds
    TestContext.Out.WriteLine $"planned in {clock.Elapsed.TotalSeconds:F2} s, {seconds:F2} s of a processor"
    Assert.That(plan.Cached, Is.EqualTo 10_000)
    Assert.That(seconds, Is.LessThan 2.0)
