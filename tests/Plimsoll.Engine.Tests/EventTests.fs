module Plimsoll.Engine.Tests.EventTests

open System
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Tests.Fakes

let private word event =
    match event with
    | Planned _ -> "planned"
    | CellStarted(cell, _) -> $"started {cell.Label}"
    | CellProgress(cell, _) -> $"progress {cell.Label}"
    | CellFinished(cell, _, origin) -> $"finished {cell.Label} %A{origin}"
    | CellDiverged(cell, _, origin) -> $"diverged {cell.Label} %A{origin}"
    | CellFailed(cell, _) -> $"failed {cell.Label}"
    | CellBlocked(cell, _) -> $"blocked {cell.Label}"
    | CellCancelled cell -> $"cancelled {cell.Label}"
    | CellNotStarted cell -> $"not started {cell.Label}"
    | CellNotSelected(cell, _) -> $"not selected {cell.Label}"
    | CellResumed(cell, step) -> $"resumed {cell.Label} at {step}"
    | CellRetrying(cell, _, attempt, _) -> $"retrying {cell.Label} after {attempt}"
    | CellElsewhere(cell, _) -> $"elsewhere {cell.Label}"
    | Disagrees found -> $"disagrees {found.Cell.Label}"
    | StoreDamage _ -> "damage"
    | RunWaiting _ -> "waiting"
    | RunHalted _ -> "halted"
    | RunFinished _ -> "run finished"

[<Test>]
let ``a run is told in order, from the plan to the summary`` () =
    let log = Log()
    let add, diverging = add log, diverging log
    let store = newStore ()
    run [ add ] store [ cell add "a" 1L [] ] |> ignore

    let cells = [
        cell add "a" 1L []
        cell add "b" 2L [ "a" ]
        bare throwing "t" []
        bare diverging "d" []
        cell add "after d" 1L [ "d" ]
    ]

    let _, events =
        runWith (optionsFor 1 cells) [ add; throwing; diverging ] store cells

    let words = events |> List.map word
    Assert.That(words[0], Is.EqualTo "planned")
    Assert.That(words[1], Is.EqualTo "finished a Cached")
    Assert.That(List.last words, Is.EqualTo "run finished")

    Assert.That(
        words[2 .. words.Length - 2],
        Is.EqualTo<string list> [
            "started d"
            "diverged d Executed"
            "blocked after d"
            "started b"
            "finished b Executed"
            "started t"
            "failed t"
        ]
    )

[<Test>]
let ``progress is told while a cell runs, coalesced, the last of it always`` () =
    let count = 10_000L

    let busy =
        stage "busy" [] (fun request ->
            for step in 1L .. count do
                request.Report {
                    Step = step
                    Steps = count
                    Metrics = [ "loss", nan ]
                    ResumedAt = None
                    SavedAt = None
                }

            File.WriteAllText(request.Output, "x")
            Finished)

    let slowly = ResizeArray<RunEvent>()
    let cells = [ bare busy "a" [] ]

    let tell event =
        slowly.Add event
        Thread.Sleep 1

    Run.run (optionsFor 1 cells) (experiment cells) [ busy ] (newStore ()) tell
    |> ignore

    let steps =
        slowly
        |> Seq.choose (function
            | CellProgress(_, progress) -> Some progress.Step
            | _ -> None)
        |> List.ofSeq

    Assert.That(List.last steps, Is.EqualTo count)
    Assert.That(steps, Is.Ordered)
    Assert.That(steps.Length, Is.LessThan 5000)
    let words = slowly |> Seq.map word |> List.ofSeq

    Assert.That(
        words[words.Length - 3 ..],
        Is.EqualTo<string list> [ "progress a"; "finished a Executed"; "run finished" ]
    )

[<Test>]
let ``a listener that throws ends the run with its exception`` () =
    let add = add (Log())
    let cells = [ cell add "a" 1L [] ]

    let act () =
        Run.run (optionsFor 1 cells) (experiment cells) [ add ] (newStore ()) (fun _ -> failwith "planted")
        |> ignore

    Assert.That(Action act, Throws.Exception.With.Message.EqualTo "planted")
