/// Whether workers can be had, and why not.
module Plimsoll.Engine.Tests.TrialTests

open System
open NUnit.Framework
open Plimsoll.Engine.Workers
open Plimsoll.Engine.Probe

[<Test>]
let ``a trial says how long a worker takes to answer, and leaves none`` () =
    match Trial.run (Jobs.options 1) with
    | Ok trial ->
        Assert.That(trial.Hello, Is.GreaterThan TimeSpan.Zero)
        Assert.That(trial.Allowed, Is.Not.Empty)
    | Error failure -> Assert.Fail $"%A{failure}"

[<Test>]
let ``a trial says what keeps a worker from starting`` () =
    let failing command = {
        Jobs.options 1 with
            Command = command
    }

    let words command =
        match Trial.run (failing command) with
        | Ok _ -> failwith "it started"
        | Error failure -> failure.What

    Assert.That(
        words ("/no/such/program", [ "worker" ]),
        Is.EqualTo
            "a worker process could not be started with `/no/such/program worker`: there is no such program"
    )

    Assert.That(
        words ("sh", [ "-c"; "echo no library >&2; exit 3" ]),
        Is.EqualTo "a worker process ended before it said hello, with exit code 3; its last words: no library"
    )
