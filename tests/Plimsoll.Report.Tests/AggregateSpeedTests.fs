module Plimsoll.Report.Tests.AggregateSpeedTests

open System.Diagnostics
open NUnit.Framework
open Plimsoll.Report

/// Seconds that the process had a processor: others on the machine do not count.
let private time (work: unit -> 'a) =
    let spent () =
        use self = Process.GetCurrentProcess()
        self.TotalProcessorTime.TotalSeconds

    let before = spent ()
    let result = work ()
    result, spent () - before

[<Test>]
let ``15 methods on 4 tasks at 3 limits with 5 seeds are summed up in seconds`` () =
    let results = SyntheticTable.results ()
    let tables, first = time (fun () -> Table.build results)
    let across, second = time (fun () -> Aggregates.build tables)
    let _, third = time (fun () -> Claims.answer results tables)
    TestContext.Out.WriteLine $"tables {first:F2} s, across tasks {second:F2} s, claims {third:F2} s"
    Assert.That(across.Head.Rows.Length, Is.EqualTo 15)
    // 1.2 s on a busy machine of two cores, compiling included; the rest is for slower ones.
    Assert.That(first + second + third, Is.LessThan 6.0)
