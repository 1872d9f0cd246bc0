/// Two runs on one store at once.
module Plimsoll.Scenarios.Tests.SharingFaultTests

open System.Diagnostics
open System.IO
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment
open Plimsoll.Scenarios.Tests.FaultBench

[<Test>]
let ``two runs at once execute each cell once and end with equal reports`` () =
    needsProcesses ()

    let size = {
        quick with
            Seeds = "0..4"
            Steps = 1_000
    }

    use place = new Place()
    write size place
    use one = start place "--jobs 1 --out one"
    use other = start place "--jobs 2 --out other"

    for run in [ one; other ] do
        Assert.That(fst (run.End()), Is.Zero, run.Output + run.Aside)
        Assert.That(run.Aside, Is.Empty)

    let executed = told "done" one.Output @ told "done" other.Output
    Assert.That(executed, Is.Unique)
    Assert.That(executed.Length, Is.EqualTo((results place).Length))
    Assert.That(executed, Has.Length.EqualTo 11)

    let report (out: string) name =
        File.ReadAllText(Path.Combine(place.Folder, out, name))

    for name in [ "scores.csv"; "table.csv"; "report.txt" ] do
        Assert.That(report "other" name, Is.EqualTo(report "one" name))

    expectResults size place

[<Test>]
let ``what a killed run had is taken over at once by the other`` () =
    needsProcesses ()
    use place = new Place()
    write slow place
    use one = start place "--jobs 2 --checkpoint-every 0.1s"
    one.WaitForLine "start +DiscCircle/bc-all/policy seed=0"
    use other = start place "--jobs 2 --checkpoint-every 0.1s"
    other.WaitForLine "waiting +DiscCircle/bc-all/policy seed="
    waitFor "a checkpoint" 20.0 (fun () -> not (checkpoints place).IsEmpty)
    one.Signal SIGKILL
    let clock = Stopwatch.StartNew()
    other.WaitForLine "start +DiscCircle/bc-all/policy seed="
    // Leases expire after 30 s; here nobody had to wait for that.
    Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan 25.0)
    Assert.That(fst (other.End()), Is.Zero, other.Output + other.Aside)
    one.ExpectNobodyLeft()
    expectResults slow place
