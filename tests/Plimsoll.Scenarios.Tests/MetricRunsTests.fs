/// What a training's series become, whatever they hold.
module Plimsoll.Scenarios.Tests.MetricRunsTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Store
open Plimsoll.Cli

let private are (expected: 'a list) = Is.EqualTo(box expected)

let private coordinates: Coordinates = {
    Task = "DiscCircle"
    Arm = Some "bc"
    Node = "policy"
    Seed = Some 0L
    CostLimit = None
    Sweep = []
}

let private cell (id: string) (at: Coordinates) : Cell = {
    Id = CellId(id.PadRight(64, '0'))
    Stage = {
        Name = "fit-bc"
        Inputs = []
        Output = PolicyArtifact
        Parameters = []
        Seeded = true
        Environment = NoEnvironment
        Reproducibility = Bitwise
        Meaning = ""
    }
    Parameters = Map.empty
    Inputs = []
    Seed = None
    Label = id
    Coordinates = [ at ]
}

let private record outcome = {
    Records.ended outcome with
        Stage = "fit-bc"
        Label = "c"
}

let private finished =
    record (
        Outcome.Finished {
            Digest = Digest(String('b', 64))
            Bytes = 1L
        }
    )

/// The training whose artifact holds these series: name, steps, values.
let private trained (series: (string * float32 list * float32 list) list) =
    let folder = Directory.CreateTempSubdirectory("plimsoll-series-").FullName

    try
        let path = Path.Combine(folder, "artifact")
        let writer = SafetensorsWriter()

        for name, steps, values in series do
            writer
                .Add($"metric/{name}", [| int64 values.Length |], Array.ofList values)
                .Add($"metric/{name}/step", [| int64 steps.Length |], Array.ofList steps)
            |> ignore

        writer.Write path

        MetricRuns.ofCells [ cell "c" coordinates, Recorded(finished, Some path, false) ]
        |> List.exactlyOne
    finally
        Directory.Delete(folder, true)

[<Test>]
let ``values that are no numbers and steps that come twice are all there`` () =
    let values = [ nanf; infinityf; -infinityf; 2.0f ]
    let training = trained [ "loss", [ 1.0f; 2.0f; 2.0f; 2.0f ], values ]
    Assert.That(training.State, Is.EqualTo "finished")
    let series = List.exactlyOne training.Series

    Assert.That(
        series.Points |> Seq.map (fun (struct (step, _)) -> step) |> List.ofSeq,
        are [ 1L; 2L; 2L; 2L ]
    )

    Assert.That(series.Points |> Seq.map (fun (struct (_, value)) -> value), are values)

[<TestCase(0.5f, "0.5")>]
[<TestCase(-1.0f, "-1")>]
[<TestCase(Single.NaN, "NaN")>]
[<TestCase(Single.PositiveInfinity, "Infinity")>]
let ``a series with a broken step is left out and said, and the others are there``
    (step: float32, words: string)
    =
    let training =
        trained [ "good", [ 1.0f ], [ 5.0f ]; "wrong", [ 1.0f; step ], [ 5.0f; 6.0f ] ]

    Assert.That(training.Series |> List.map _.Tag, are [ "good" ])

    Assert.That(training.LeftOut, are [ $"series wrong: the step {words} is not a whole number from 0 on" ])

    Assert.That(training.State, Is.EqualTo("finished, but for " + training.LeftOut.Head))

[<Test>]
let ``a series without a point is said as well, and so are series of two lengths`` () =
    let empty = trained [ "empty", [], []; "good", [ 1.0f ], [ 5.0f ] ]
    Assert.That(empty.State, Is.EqualTo "finished, but for series empty: it has no point")
    let uneven = trained [ "uneven", [ 1.0f ], [ 5.0f; 6.0f ] ]
    Assert.That(uneven.State, Does.StartWith "failed: its series cannot be read: the series 'uneven'")
    Assert.That(uneven.Series, Is.Empty)
    Assert.That((trained []).State, Is.EqualTo "finished: it recorded no series")

[<Test>]
let ``a training that diverged, failed or has not run says so`` () =
    let states =
        [
            Recorded(record (Outcome.Diverged(400L, "the loss is not finite")), None, false)
            Recorded(finished, None, false)
            Recorded(finished, Some "/no/such/artifact", false)
            Broken "no luck"
            Unrecorded ""
            Unrecorded "blocked: x"
        ]
        |> List.map (fun result -> MetricRuns.ofCells [ cell "c" coordinates, result ] |> List.exactlyOne)

    Assert.That(
        states |> List.map _.State,
        are [
            "diverged: the loss is not finite (step 400)"
            "failed: the store does not have its artifact"
            states[2].State
            "failed: no luck"
            "missing"
            "missing: blocked: x"
        ]
    )

    Assert.That(states[2].State, Does.StartWith "failed: its series cannot be read: ")
    Assert.That(states |> List.map _.Series.Length, are [ 1; 0; 0; 0; 0; 0 ])

let private runs (places: Coordinates list) =
    places
    |> List.mapi (fun i at -> cell $"{char (int 'a' + i)}1234567" at, Unrecorded "")
    |> MetricRuns.ofCells
    |> List.map _.Run

[<Test>]
let ``runs have names that every file system takes, and no two are one`` () =
    let sweep value = {
        coordinates with
            Sweep = [ "bc.name", Text value ]
    }

    let found =
        runs [
            sweep "a/b:c*"
            sweep "a b c "
            sweep (String('x', 400))
            sweep (String('x', 400) + "y")
            sweep "Upper"
            sweep "upper"
            { coordinates with Arm = Some ".." }
            { coordinates with Arm = Some "größe" }
        ]

    Assert.That(found |> List.map _.ToLowerInvariant(), Is.Unique)

    for run in found do
        Assert.That(MetricRuns.isRun run, run)
        Assert.That(run, Does.Match @"^[A-Za-z0-9._=+/-]+\z")

        for part in run.Split '/' do
            Assert.That(part.Length, Is.LessThan 200)
            Assert.That([ ""; "."; ".." ], Does.Not.Contain part)

[<TestCase("")>]
[<TestCase("..")>]
[<TestCase("a/../b")>]
[<TestCase("/a")>]
[<TestCase("a//b")>]
[<TestCase(@"a\b")>]
let ``what could lead out of the folder is no run`` (text: string) =
    Assert.That(MetricRuns.isRun text, Is.False)
