module Plimsoll.Store.Tests.OwnerTests

open System
open System.Diagnostics
open NUnit.Framework
open Plimsoll.Store

let private self = Owner.ofThisProcess

/// As this process would be named with another number.
let private numbered (id: int) =
    let parts = self.Split '.'
    parts[1] <- string id
    String.Join('.', parts)

[<Test>]
let ``a process lives while it runs and is gone when it has ended`` () =
    if OperatingSystem.IsWindows() then
        Assert.Ignore "there is no program sleep"

    use started = Process.Start("sleep", "60")
    // Numbers are given out again: only the start tells that it is another.
    Assert.That(Owner.mayLive (numbered started.Id), Is.False)
    let host = self.Split('.')[0]
    Assert.That(Owner.mayLive $"{host}.{started.Id}")
    started.Kill()
    started.WaitForExit()
    Assert.That(Owner.mayLive $"{host}.{started.Id}", Is.False)
    Assert.That(Owner.mayLive (numbered started.Id), Is.False)
    Assert.That(Owner.mayLive self)

[<Test>]
let ``a process that cannot be seen lives as long as the system knows its number`` () =
    let hidden isKnown =
        Owner.mayLiveAmong (fun _ -> None) (fun _ -> isKnown)

    Assert.That(hidden true self)
    Assert.That(hidden false self, Is.False)

[<Test>]
let ``a process whose start can be seen is judged by it`` () =
    let start = self.Split('.')[3]

    let seen start =
        Owner.mayLiveAmong (fun _ -> Some start) (fun _ -> true)

    Assert.That(seen start self)
    Assert.That(seen (start + "x") self, Is.False)
