/// Datasets at the edge of what a stage can use: a result, or a failure that says what is wrong.
module Plimsoll.Stages.Tests.OddDataTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let private saved (data: Dataset) =
    let path = fresh "odd"
    data.Save path
    path

let private whole = lazy (Dataset.Open Bench.dataset.Value)

let private withCost (cost: float32) =
    let data = whole.Value
    let s, a = data.ObservationSize, data.ActionSize
    let builder = DatasetBuilder(s, a)

    for trajectory in data.Trajectories do
        builder.BeginTrajectory() |> ignore

        for row in trajectory.Start .. trajectory.Start + trajectory.Length - 1 do
            builder.Add(
                data.Observations.Slice(row * s, s),
                data.Actions.Slice(row * a, a),
                data.Rewards[row],
                cost,
                data.NextObservations.Slice(row * s, s)
            )
            |> ignore

        builder.End trajectory.Terminated |> ignore

    use built = builder.Build data.Metadata
    saved built

/// By name, saved when first asked for.
let datasets =
    Map [
        "one trajectory",
        lazy
            (use one = whole.Value.Select [ 0 ]
             saved one)
        "one trajectory of one step",
        lazy
            (let builder = DatasetBuilder(whole.Value.ObservationSize, whole.Value.ActionSize)

             let observation =
                 whole.Value.Observations.Slice(0, whole.Value.ObservationSize).ToArray()

             builder
                 .BeginTrajectory()
                 .Add(observation.AsSpan(), ReadOnlySpan [| 0.5f; -0.5f |], 1f, 0f, observation.AsSpan())
                 .End
                 false
             |> ignore

             use built = builder.Build whole.Value.Metadata
             saved built)
        "all safe", lazy (withCost 0f)
        "all unsafe", lazy (withCost 1f)
    ]

let cases = [
    for stage in Bench.names do
        if
            (Workshop.stage stage).Signature.Inputs
            |> List.exists (fun (role, _) -> role = "dataset")
        then
            for data in datasets.Keys -> TestCaseData(stage, data).SetName $"{stage} on {data}"
]

let private on (data: string) (job: Job) = {
    job with
        Inputs = [
            for role, path in job.Inputs do
                match role with
                | "dataset" -> role, datasets[data].Value
                | "safety" -> role, make (Workshop.job "remap-cost" [] [ "dataset", datasets[data].Value ])
                | _ -> role, path
        ]
}

let private areFinite (scores: string) =
    use json = JsonDocument.Parse(File.ReadAllText scores)

    for key in [ "costs"; "returns"; "reward_range" ] do
        for value in json.RootElement.GetProperty(key).EnumerateArray() do
            Assert.That(Double.IsFinite(value.GetDouble()), Is.True, key)

[<TestCaseSource(nameof cases)>]
let ``a stage copes with an odd dataset`` (stage: string, data: string) =
    let job = Bench.jobOf stage |> on data

    let job =
        match stage with
        | "filter" -> change "mode" (Text "all") job
        | "preprocess" ->
            job
            |> change "cost-cells" (Whole 0L)
            |> change "outlier-share" (Real 0.0)
            |> change "inpaint" (Items [])
            |> change "epsilon" (Real 0.0)
        | _ -> job

    match run job with
    | Finished, output ->
        if job.Stage.Signature.Output = ScoresArtifact then
            areFinite output
    | outcome, _ -> Assert.Fail $"{outcome}"

let private filter (mode: string) (data: string) =
    Bench.jobOf "filter"
    |> change "mode" (Text mode)
    |> change "cost-limit" (Real 20.0)
    |> on data
    |> failure

[<Test>]
let ``no safe trajectory is refused in these words`` () =
    let failure = filter "safe" "all unsafe"
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo(
            "no episode keeps the cost limit 20\nwhere: DiscCircle: the lowest cost of its "
            + $"{whole.Value.Trajectories.Count} episodes is 200\nwhy: there is no safe behaviour to learn from"
        )
    )

    Assert.That(failure.Remedy, Is.EqualTo "raise the cost limit, or add safe episodes")

[<TestCase("risky", "risky (cost at least 40)")>]
[<TestCase("boundary", "boundary (cost above 10, at most 30)")>]
let ``a filter that keeps nothing of safe data is refused in these words`` (mode: string, described: string) =
    let failure = filter mode "all safe"
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo(
            $"no episode passes the filter {described}\nwhere: DiscCircle: the costs of its "
            + $"{whole.Value.Trajectories.Count} episodes lie between 0 and 0\nwhy: "
            + "a policy cannot be fitted to no data"
        )
    )

    Assert.That(failure.Remedy, Is.EqualTo "choose another filter or cost limit")

[<TestCase(0.0)>]
[<TestCase(1e300)>]
let ``adaptation takes any limit there is`` (limit: double) =
    for data in [ "all safe"; "all unsafe" ] do
        let job = Bench.jobOf "adapt" |> change "cost-limit" (Real limit) |> on data

        match run job with
        | Finished, _ -> ()
        | outcome, _ -> Assert.Fail $"{data}: {outcome}"

[<Test>]
let ``an estimate over safe states needs a safe episode`` () =
    let job =
        Bench.jobOf "adapt"
        |> change "cost-limit" (Real 20.0)
        |> change "estimate-over" (Text "safe-states")

    match run (on "all unsafe" job) with
    | Failed failure, _ ->
        Assert.That(failure.Class, Is.EqualTo Invalid)
        Assert.That(failure.What, Does.StartWith "no episode keeps the cost limit 20")
    | outcome, _ -> Assert.Fail $"{outcome}"

/// Measured costs need no states; the multiplier is set at those that `estimate-over` names, by the critic.
[<Test>]
let ``where the cost is measured, only the multiplier needs a safe episode`` () =
    let job =
        Bench.jobOf "adapt-hybrid"
        |> change "cost-limit" (Real 20.0)
        |> change "estimate-over" (Text "safe-states")
        |> on "all unsafe"

    make job |> ignore
    let failure = job |> change "guidance" (Text "pid") |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)
    Assert.That(failure.What, Does.StartWith "no episode keeps the cost limit 20")

[<Test>]
let ``one step of collection is one trajectory and no error`` () =
    let path = Bench.collect |> change "steps" (Whole 1L) |> make
    use data = Dataset.Open path
    Assert.That(data.Trajectories.Count, Is.EqualTo 1)
