/// Limits that nothing reaches.
module Plimsoll.Stages.Tests.LimitTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Stages.Tests.Workshop

[<TestCase "fit-cpq">]
[<TestCase "fit-bcq-lag">]
[<TestCase "fit-bear-lag">]
[<TestCase "fit-coptidice">]
let ``a limit beyond the numbers of binary32 is trained with`` (stage: string) =
    let trained (limit: double) =
        Bench.jobOf stage |> change "cost-limit" (Real limit) |> make

    let path = trained 1e300

    match PolicyFile.TryOpen path with
    | :? PolicyOpening.Opened as opened -> opened.File.Dispose()
    | other -> Assert.Fail $"no policy, but {other}"

    // All limits that nothing reaches are one.
    Assert.That(System.IO.File.ReadAllBytes path, equals (System.IO.File.ReadAllBytes(trained 1e30)))
