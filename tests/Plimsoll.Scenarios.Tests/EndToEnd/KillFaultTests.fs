/// kill -9 at the worst moment.
module Plimsoll.Scenarios.Tests.KillFaultTests

open System.IO
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment
open Plimsoll.Scenarios.Tests.FaultBench

let private options = "--jobs 1 --checkpoint-every 0.1s"
let private policy = "DiscCircle/bc-all/policy seed=0"

let private one = { slow with Seeds = "[0]" }

let private training (place: Place) =
    write one place
    let run = start place options
    run.WaitForLine $"start +{policy}"
    waitFor "a checkpoint" 30.0 (fun () -> (checkpoints place).Length = 1)
    run

[<Test>]
let ``after the scheduler is killed no worker is left, and the next run goes on inside the stage`` () =
    needsProcesses ()
    use place = new Place()
    use first = training place
    first.Signal SIGKILL
    first.ExpectNobodyLeft()
    Assert.That(fst (first.End()), Is.EqualTo(128 + SIGKILL))
    let second = run place options
    expectExit 0 second
    Assert.That(told "resumed" second.Output, Is.EqualTo<string list> [ policy ])

    match events "resumed" place with
    | [ event ] -> Assert.That(event.GetProperty("step").GetInt64(), Is.GreaterThan 0L)
    | other -> Assert.Fail $"it resumed {other.Length} times"

    expectResults one place

[<Test>]
let ``a worker that is killed costs an attempt and no bit`` () =
    needsProcesses ()
    use place = new Place()
    use run = training place
    run.SignalWorker(List.exactlyOne run.Workers, SIGKILL)
    Assert.That(fst (run.End()), Is.Zero, run.Output + run.Aside)

    run.Output
    |> expectWords
        $"<*> retry    {policy}  attempt 1 failed: the worker process of stage fit-bc was ended by SIGKILL \
          (signal 9): <*>; again in 0.<*> s"

    Assert.That(told "resumed" run.Output, Is.EqualTo<string list> [ policy ])
    Assert.That(recorded "attempts" policy place, Is.EqualTo 2)
    expectResults one place

[<Test>]
let ``a checkpoint with a flipped bit is told and costs time only`` () =
    needsProcesses ()
    use place = new Place()
    use first = training place
    first.SignalAll SIGKILL
    first.End() |> ignore
    let path = List.exactlyOne (checkpoints place)
    let bytes = File.ReadAllBytes path
    bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
    File.WriteAllBytes(path, bytes)
    let second = run place options
    expectExit 0 second
    Assert.That(told "resumed" second.Output, Is.Empty)

    files "runs" place
    |> List.filter _.EndsWith(".log")
    |> List.map File.ReadAllText
    |> String.concat "\n"
    |> expectWords "checkpoint <*> is damaged (its digest does not fit its content); the stage starts over"

    expectResults one place
