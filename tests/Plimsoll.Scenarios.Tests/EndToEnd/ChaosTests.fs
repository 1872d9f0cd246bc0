/// Nothing is lost and no bit changes, whatever is killed.
module Plimsoll.Scenarios.Tests.ChaosTests

open System
open System.Diagnostics
open System.IO
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

let private needsProc () =
    if not (Directory.Exists "/proc/self/task") then
        Assert.Ignore "the test finds workers through /proc, which this system has not"

let private told (toll: Chaos.Toll) =
    $"killed {toll.Workers} workers and {toll.Schedulers} schedulers"

/// Pass after pass, each in a store of its own, until the time is over.
let private passesFor (time: TimeSpan) (trouble: TimeSpan) expected =
    let clock = Stopwatch.StartNew()
    let mutable seed = Environment.TickCount
    let mutable passes = 0
    let mutable workers = 0
    let mutable schedulers = 0

    while clock.Elapsed < time do
        let toll = Chaos.pass expected seed trouble
        TestContext.Progress.WriteLine $"pass {passes + 1}, seed {seed}: {told toll}"
        passes <- passes + 1
        seed <- seed + 1
        workers <- workers + toll.Workers
        schedulers <- schedulers + toll.Schedulers

    TestContext.Progress.WriteLine
        $"{passes} passes, killed {workers} workers and {schedulers} schedulers, every artifact equal"

    Assert.That(workers + schedulers, Is.Positive, "nothing was killed")

[<Test>]
let ``killing workers and schedulers changes no artifact`` () =
    needsProc ()
    use place = new Place()
    let expected = Chaos.undisturbed place
    Assert.That(expected.Length, Is.GreaterThanOrEqualTo 60)
    passesFor (TimeSpan.FromSeconds 60.0) (TimeSpan.FromSeconds 20.0) expected

/// Minutes of the long one; an hour unless PLIMSOLL_SOAK_MINUTES says otherwise.
let private minutes =
    match Double.TryParse(Environment.GetEnvironmentVariable "PLIMSOLL_SOAK_MINUTES") with
    | true, minutes -> minutes
    | _ -> 60.0

[<Test; Category "Soak">]
let ``an hour of killing changes no artifact`` () =
    needsProc ()
    use place = new Place()
    let expected = Chaos.undisturbed place
    passesFor (TimeSpan.FromMinutes minutes) (TimeSpan.FromSeconds 60.0) expected
