/// Ctrl-C.
module Plimsoll.Scenarios.Tests.InterruptFaultTests

open System.IO
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment
open Plimsoll.Scenarios.Tests.FaultBench

/// Both policies have trained for a while.
let private inTheMiddle (place: Place) =
    write slower place
    let run = start place "--jobs 2 --checkpoint-every 0.1s"
    run.WaitForLine "start +DiscCircle/bc-all/policy seed=0"
    run.WaitForLine "start +DiscCircle/bc-all/policy seed=1"
    waitFor "a checkpoint of each" 30.0 (fun () -> (checkpoints place).Length = 2)
    run

/// The next run goes on inside the stages and ends as if nothing had happened.
let private expectResumed (place: Place) =
    let again = run place "--jobs 2"
    expectExit 0 again

    let resumed = events "resumed" place
    Assert.That(resumed, Has.Length.EqualTo 2)

    for event in resumed do
        Assert.That(event.GetProperty("step").GetInt64(), Is.GreaterThan 0L)

    expectResults slower place
    Assert.That(checkpoints place, Is.Empty)

[<Test>]
let ``an interrupt saves what is under way and stops, and the next run goes on from there`` () =
    needsProcesses ()
    use place = new Place()
    use run = inTheMiddle place
    run.SignalAll SIGINT
    let exit, seconds = run.End()
    Assert.That(seconds, Is.LessThan 10.0)
    Assert.That(exit, Is.EqualTo 1)

    run.Aside
    |> expectWords "stopping; what has finished is kept (Ctrl-C again ends at once)"

    run.Output
    |> expectWords "5 cells in <*> s: 1 executed, 4 left for the next run"

    Assert.That(checkpoints place, Has.Length.EqualTo 2)
    run.ExpectNobodyLeft()
    expectResumed place

[<Test>]
let ``a second interrupt ends everything at once`` () =
    needsProcesses ()
    use place = new Place()
    use run = inTheMiddle place
    run.SignalAll SIGINT
    // Otherwise both would be one.
    waitFor "an answer to the first" 30.0 (fun () -> run.Aside.Contains "stopping")
    run.SignalAll SIGINT
    let exit, seconds = run.End()
    Assert.That(seconds, Is.LessThan 5.0)
    Assert.That(exit, Is.EqualTo(128 + SIGINT).Or.EqualTo 1)
    run.ExpectNobodyLeft()
    expectResumed place
