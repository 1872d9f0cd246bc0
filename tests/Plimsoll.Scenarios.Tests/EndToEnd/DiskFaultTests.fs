/// A disk that is full or cannot be written to.
module Plimsoll.Scenarios.Tests.DiskFaultTests

open System.IO
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment
open Plimsoll.Scenarios.Tests.FaultBench
open Plimsoll.Scenarios.Tests.TemporaryDisk

let private diskOf (place: Place) =
    new Disk(Path.Combine(place.Folder, ".plimsoll"))

/// An artifact of about 280 KiB, a checkpoint of about three times as much.
let private wide = {
    quick with
        Hidden = 256
        Batch = 16
        Seeds = "[0]"
}

[<Test>]
let ``a full disk is told and costs no finished cell, and the next run goes on when there is space`` () =
    use place = new Place()
    write wide place
    use disk = diskOf place
    run place "--until *dataset" |> expectExit 0
    let before = results place
    disk.Leave 0L
    let first = run place ""
    expectExit 3 first

    first.Aside
    |> expectWords
        """
  remedy: make space and run again: what has finished is kept
"""

    first.Aside
    |> expectWords "<*>the store's disk is full\n  where: <*>\n  why: no space left, or a quota is used up"
    // Enough to begin with, not enough to store what was trained.
    disk.Leave 128L
    let second = run place "--jobs 1"
    expectExit 3 second

    second.Aside
    |> expectWords
        """
FAILED  DiscCircle/bc-all/policy seed=0
  the disk is full: the artifact could not be written
  remedy: make space and run again: what has finished is kept
blocked  DiscCircle/bc-all/scores seed=0 cost_limit=10: DiscCircle/bc-all/policy seed=0 failed
"""

    Assert.That(told "retry" second.Output, Has.Length.EqualTo 2, second.Output)
    Assert.That((results place = before), Is.True, "what had finished is there")
    disk.Leave 4096L
    let third = run place ""
    expectExit 0 third
    Assert.That(told "done" third.Output, Has.Length.EqualTo 2, third.Output)
    expectResults wide place

[<Test>]
let ``a disk that takes no checkpoint costs no result`` () =
    let size = { wide with Steps = 1_500 }
    use place = new Place()
    // The listing of the stage's code, which is kept once, is there before space is short.
    write { size with Steps = 20 } place
    use disk = diskOf place
    run place "" |> expectExit 0
    write size place
    disk.Leave 600L
    let answer = run place "--checkpoint-every 0.05s"
    expectExit 0 answer
    Assert.That(told "done" answer.Output, Does.Contain "DiscCircle/bc-all/policy seed=0")

    let printed =
        files "runs" place
        |> List.filter _.EndsWith(".log")
        |> List.map File.ReadAllText
        |> String.concat "\n"

    printed
    |> expectWords
        "checkpoint <*> cannot be written (No space left on device<*>); the stage goes on and tries again later"

    Assert.That(
        Set.isSubset (set (expected size)) (set (results place)),
        "the result is that of a larger disk"
    )

[<Test>]
let ``a store that may only be read is told, and serves as long as nothing is missing`` () =
    use place = new Place()
    write quick place
    use disk = diskOf place
    run place "--until *policy*" |> expectExit 0
    let before = results place
    disk.ReadOnly()
    let refused = run place ""
    expectExit 3 refused

    refused.Aside
    |> expectWords
        """
the store cannot be written to
  where: <*>/.plimsoll/store
  why: Read-only file system : <*>
  remedy: give this user write access, or name another folder with --store
"""

    Assert.That((results place = before), Is.True)
    disk.Writable()
    run place "" |> expectExit 0
    disk.ReadOnly()
    let cached = run place "--out elsewhere"
    expectExit 0 cached
    cached.Output |> expectWords "5 cells in <*> s: 5 cached"
    Assert.That(File.Exists(Path.Combine(place.Folder, "elsewhere", "report.html")))
    Assert.That(cached.Aside, Is.Empty)
    expectResults quick place
