module Plimsoll.Scenarios.Tests.RunFlagsTests

open NUnit.Framework
open Plimsoll.Engine
open Plimsoll.Cli

[<TestCase("90s", 90.0)>]
[<TestCase("15min", 900.0)>]
[<TestCase("15m", 900.0)>]
[<TestCase("2h", 7200.0)>]
[<TestCase("1h30min", 5400.0)>]
[<TestCase("1.5h", 5400.0)>]
[<TestCase("2d", 172800.0)>]
let ``durations have units`` (text: string, seconds: double) =
    Assert.That(RunFlags.duration text, Is.EqualTo(Some seconds))

[<TestCase("")>]
[<TestCase("90")>]
[<TestCase("0s")>]
[<TestCase("-1s")>]
[<TestCase("1e3s")>]
[<TestCase("2 h")>]
[<TestCase("2h\n")>]
let ``what is no duration is none`` (text: string) =
    Assert.That(RunFlags.duration text, Is.EqualTo None)

[<TestCase("800MiB", 838860800L)>]
[<TestCase("800M", 838860800L)>]
[<TestCase("2g", 2147483648L)>]
[<TestCase("1.5GiB", 1610612736L)>]
[<TestCase("2GB", 2000000000L)>]
let ``sizes have units`` (text: string, bytes: int64) =
    Assert.That(RunFlags.size text, Is.EqualTo(Some bytes))

[<TestCase("")>]
[<TestCase("800")>]
[<TestCase("0G")>]
[<TestCase("2 GiB")>]
[<TestCase("two")>]
let ``what is no size is none`` (text: string) =
    Assert.That(RunFlags.size text, Is.EqualTo None)

[<Test>]
let ``limits are general or of a stage, and the later one counts`` () =
    let found =
        RunFlags.limits [ "adapt"; "collect" ] [ "1h"; "adapt=2h"; "adapt=3h" ] [ "adapt=1G" ]

    let expected =
        { Seconds = Some 3600.0; Memory = None },
        Map [
            "adapt",
            {
                Seconds = Some 10800.0
                Memory = Some 1073741824L
            }
        ]

    Assert.That(found, Is.EqualTo(Ok expected: Result<Limits * Map<string, Limits>, Trouble>))

[<Test>]
let ``a run gives up as it is told to`` () =
    let parsed text =
        match RunFlags.onFailure text with
        | Ok policy -> Some policy
        | Error _ -> None

    Assert.That(parsed None, Is.EqualTo(Some Schedule.Continue))
    Assert.That(parsed (Some "continue"), Is.EqualTo(Some Schedule.Continue))
    Assert.That(parsed (Some "stop"), Is.EqualTo(Some(Schedule.StopAfter 1)))
    Assert.That(parsed (Some "stop-after=3"), Is.EqualTo(Some(Schedule.StopAfter 3)))
    Assert.That(parsed (Some "stop-after=0"), Is.EqualTo None)
    Assert.That(parsed (Some "never"), Is.EqualTo None)
