/// `load-dataset`: every format, and what the file says of itself.
module Plimsoll.Stages.Tests.LoadTests

open System.IO
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let private load (task: string) (file: string) =
    job "load-dataset" [ "task", Text task; "file", Text file ] []

let private export (dataset: Dataset) (ending: string) =
    let path = fresh ("data" + ending)

    match DatasetExport.Write(dataset, path) with
    | :? ExportOutcome.Exported -> ()
    | outcome -> Assert.Ignore $"{outcome}"

    path

[<TestCase(".hdf5")>]
[<TestCase(".npz")>]
[<TestCase(".safetensors")>]
let ``collected data are the same data after an export, scale and horizon with them`` (ending: string) =
    use before = Dataset.Open Bench.dataset.Value
    let loaded = make (load "DiscCircle" (export before ending))
    Assert.That(before.Metadata.Facts[ReturnRange.FromFact], Is.EqualTo "the collected data")
    Assert.That(File.ReadAllBytes loaded, equals (File.ReadAllBytes Bench.dataset.Value))
    use after = Dataset.Open loaded
    Assert.That(NormalisationFacts.Of after, Is.EqualTo(NormalisationFacts.Of before))

[<Test>]
let ``data of one task are not loaded as another's`` () =
    let failure = load "PointNav" Bench.dataset.Value |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Does.StartWith "the data say that their task is DiscCircle, and PointNav is asked for\nwhere: "
    )

[<Test>]
let ``a file that names no task gets the given one`` () =
    use data = Dataset.Open Bench.dataset.Value
    let path = fresh "nameless.npz"

    let write () =
        use writer = new NpzWriter(path)
        let n, s, a = int64 data.Count, int64 data.ObservationSize, int64 data.ActionSize
        let add (name: string) (shape: int64 array) (values: float32 array) = writer.Add(name, shape, values)
        add "observations" [| n; s |] (data.Observations.ToArray())
        add "next_observations" [| n; s |] (data.NextObservations.ToArray())
        add "actions" [| n; a |] (data.Actions.ToArray())
        add "rewards" [| n |] (data.Rewards.ToArray())
        add "costs" [| n |] (data.Costs.ToArray())
        add "terminals" [| n |] (data.Terminals.ToArray())
        add "timeouts" [| n |] (data.Timeouts.ToArray())

    write ()

    for name in [ "One"; "Another" ] do
        use loaded = Dataset.Open(make (load name path))
        Assert.That(loaded.Metadata.Task, equals name)

[<Test>]
let ``an artifact that is damaged is refused in the data layer's words`` () =
    let path = fresh "cut.safetensors"
    let whole = File.ReadAllBytes Bench.dataset.Value
    File.WriteAllBytes(path, whole[.. whole.Length - 5])
    let failure = load "DiscCircle" path |> failure
    Assert.That(failure.What, Does.StartWith "the dataset file is damaged")

[<Test>]
let ``agents record the range of what was kept of their lives`` () =
    use data = Dataset.Open(make (Bench.jobOf "collect-agents"))
    let own = NormalisationFacts.Extremes data
    let range = ReturnRange(own.ReturnMin, own.ReturnMax, "the collected data")
    Assert.That(ReturnRange.In data.Metadata.Facts, Is.EqualTo range)
