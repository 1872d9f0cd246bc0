/// What every stage of the catalogue keeps, run for real.
module Plimsoll.Stages.Tests.ConformanceTests

open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Stages.Tests.Workshop

let stages = Bench.names

/// All but those that measure: no two measurements are equal, and so they are never cached.
let repeatable =
    stages
    |> List.filter (fun name -> (Workshop.stage name).Signature.Reproducibility <> Volatile)

[<TestCaseSource(nameof repeatable)>]
let ``a stage gives the same bytes again`` (name: string) =
    let job = Bench.jobOf name
    Assert.That(bytes job, Is.EqualTo(Bench.digest name))

[<TestCaseSource(nameof repeatable)>]
let ``a stage gives the same bytes on two threads`` (name: string) =
    let job = Bench.jobOf name
    Assert.That(bytes { job with Threads = 2 }, Is.EqualTo(Bench.digest name))

[<TestCaseSource(nameof repeatable)>]
let ``a seed changes the bytes of a stage that draws and of no other`` (name: string) =
    let job = Bench.jobOf name
    let other = bytes { job with Seed = Some 4L }

    if job.Stage.Signature.Seeded then
        Assert.That(other, Is.Not.EqualTo(Bench.digest name))
    else
        Assert.That(other, Is.EqualTo(Bench.digest name))

[<TestCaseSource(nameof stages)>]
let ``a stage leaves its inputs as they were`` (name: string) =
    let job = Bench.jobOf name
    let before = job.Inputs |> List.map (snd >> File.ReadAllBytes)
    make job |> ignore
    Assert.That(job.Inputs |> List.map (snd >> File.ReadAllBytes), equals before)

let private opens (kind: ArtifactKind) (path: string) =
    match kind with
    | DatasetArtifact ->
        use data = Dataset.Open path
        Assert.That(data.Trajectories, Is.Not.Empty)
    | ScoresArtifact ->
        use json = JsonDocument.Parse(File.ReadAllText path)

        let array (key: string) =
            json.RootElement.GetProperty(key).EnumerateArray() |> Seq.toList

        Assert.That(array "costs", Is.Not.Empty)
        Assert.That((array "returns").Length, Is.EqualTo((array "costs").Length))
        Assert.That((array "reward_range").Length, Is.EqualTo 2)
    | TimingsArtifact ->
        use json = JsonDocument.Parse(File.ReadAllText path)

        let seconds =
            json.RootElement.GetProperty("seconds_per_1000_actions").EnumerateArray()

        Assert.That([| for s in seconds -> s.GetDouble() |], Has.Length.EqualTo(2).And.All.GreaterThan 0.0)
    | model ->
        use file = ModelFile.Open path

        let expected =
            match model with
            | BehaviourArtifact -> "score-network"
            | RewardCriticArtifact
            | CostCriticArtifact -> "critic"
            | PolicyArtifact -> "policy"
            | CapturerArtifact -> "capturer"
            | SequenceModelArtifact -> "sequence-model"
            | DatasetArtifact
            | ScoresArtifact
            | TimingsArtifact -> invalidOp "opened above"

        Assert.That(file.Text "kind", Does.EndWith expected)

[<TestCaseSource(nameof stages)>]
let ``a stage's artifact opens with the reader of its kind`` (name: string) =
    let job = Bench.jobOf name
    opens job.Stage.Signature.Output (make job)

[<Test>]
let ``a loaded dataset is the exported one`` () =
    let loaded = make (Bench.jobOf "load-dataset")
    use one = Dataset.Open Bench.dataset.Value
    use other = Dataset.Open loaded
    Assert.That(other.Observations.ToArray(), equals (one.Observations.ToArray()))
    Assert.That(other.Costs.ToArray(), equals (one.Costs.ToArray()))

[<Test>]
let ``a loaded dataset follows from the file's content, not from its path`` () =
    let job = Bench.jobOf "load-dataset"
    let copy = fresh "copy.hdf5"

    match setting job "file" with
    | Text path -> File.Copy(path, copy)
    | other -> failwith $"{other} is no path"

    Assert.That(bytes (change "file" (Text copy) job), Is.EqualTo(bytes job))
