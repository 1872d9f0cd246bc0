/// Runs in a world in virtual time, where every command of their schedules is checked against what the world
/// knows by itself.
module Plimsoll.Engine.Tests.VirtualTime.VirtualTimeTests

open System.Collections.Concurrent
open System.Threading.Tasks
open NUnit.Framework

/// Another number tries other lives; a failure says with which seed to find it again.
let private first = 20_261_120

[<Test>]
let ``ten thousand random schedules in virtual time keep every promise`` () =
    let broken = ConcurrentBag<int * exn>()

    Parallel.For(
        first,
        first + 10_000,
        fun seed ->
            try
                Lives.live seed
            with fault ->
                broken.Add(seed, fault)
    )
    |> ignore

    if not broken.IsEmpty then
        let seed, fault = broken |> Seq.minBy fst
        Assert.Fail $"seed {seed}, and {broken.Count - 1} others: {fault.Message}\n{fault.StackTrace}"
