/// The stages of sequence models, beyond what every stage keeps.
module Plimsoll.Stages.Tests.SequenceTests

open System.IO
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Sequences
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let private conditioned (limit: double) =
    Bench.jobOf "condition-cdt"
    |> change "target" (Text "auto")
    |> change "cost-limit" (Real limit)

let private policyOf (path: string) =
    match PolicyFile.TryOpen path with
    | :? PolicyOpening.Opened as opened -> opened.File
    | other -> failwith $"{other}"

let private all =
    lazy
        (use data = Dataset.Open Bench.dataset.Value
         List.ofSeq data.Trajectories)

[<TestCase(0)>]
[<TestCase(1)>]
[<TestCase(2)>]
let ``the model is asked for the limit and the best return of the data's episodes within it`` (number: int) =
    // The limits at which an episode is just within.
    let costs = all.Value |> List.map _.Cost |> List.distinct |> List.sort
    let limit = costs[number * (costs.Length - 1) / 2]
    use file = conditioned limit |> make |> policyOf

    match file.Policy with
    | :? ConditionedPolicy as policy ->
        let best =
            all.Value
            |> List.filter (fun t -> t.Cost <= limit)
            |> List.map _.Return
            |> List.max

        Assert.That(policy.CostTarget, Is.EqualTo limit)
        Assert.That(policy.ReturnTarget, Is.EqualTo best)
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``a limit that no episode keeps is refused in the data's words`` () =
    let cheapest = all.Value |> List.map _.Cost |> List.min
    use data = Dataset.Open Bench.dataset.Value
    // Costs are whole numbers, so half of one below is below all of them; at no cost there is nothing below.
    if cheapest = 0.0 then
        let dear = fresh "dear"

        use chosen =
            data.Select [
                for i, t in Seq.indexed data.Trajectories do
                    if t.Cost > 0.0 then
                        i
            ]

        chosen.Save dear
        let job = conditioned 0.5

        let failure =
            failure {
                job with
                    Inputs = [
                        for role, path in job.Inputs -> role, (if role = "dataset" then dear else path)
                    ]
            }

        Assert.That(failure.Class, Is.EqualTo Invalid)
        Assert.That(failure.What, Does.StartWith "no episode keeps the cost limit 0.5\nwhere: DiscCircle: ")
        Assert.That(failure.Remedy, Is.EqualTo "raise the cost limit, or add safe episodes")
    else
        let failure = conditioned (cheapest - 0.5) |> failure
        Assert.That(failure.What, Does.StartWith "no episode keeps the cost limit")

[<Test>]
let ``a given return needs no episode within the limit`` () =
    let job = Bench.jobOf "condition-cdt" |> change "cost-limit" (Real 0.0)
    use file = make job |> policyOf

    match file.Policy with
    | :? ConditionedPolicy as policy ->
        Assert.That((policy.ReturnTarget, policy.CostTarget), Is.EqualTo((50.0, 0.0)))
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``OSRL's sampling has nothing to draw from dear episodes and says so`` () =
    use data = Dataset.Open Bench.crowd.Value

    let dear = [
        for i, t in Seq.indexed data.Trajectories do
            if t.Cost >= 70.0 then
                i
    ]

    Assert.That(dear, Is.Not.Empty)
    let path = fresh "dear"
    use chosen = data.Select dear
    chosen.Save path

    let job = {
        Bench.jobOf "fit-cdt" with
            Inputs = [ "dataset", path ]
    }

    make job |> ignore
    let failure = job |> change "osrl-compat" (Flag true) |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo "every episode of DiscCircle costs 70 or more, and `osrl-compat` never draws such episodes"
    )

    Assert.That(failure.Remedy, Is.EqualTo "Leave `osrl-compat` off: costs of any size are then drawn.")

[<Test>]
let ``training steps larger than memory or the random numbers are refused in these words`` () =
    let large changes =
        let job =
            (Bench.jobOf "fit-cdt", changes)
            ||> List.fold (fun job (name, value) -> change name (Whole value) job)

        let failure = failure job
        Assert.That(failure.Class, Is.EqualTo Invalid)
        failure.What, failure.Remedy

    Assert.That(
        large [ "batch", 1_000_000L; "context", 1024L ],
        Is.EqualTo(
            ("a batch of 1000000 windows of 1024 steps of width 8 takes some 1.05E+03 billion numbers, and a step may hold 4.29 billion",
             "Lower `batch`, `context`, `blocks`, or `heads` times `head-width`.")
        )
    )

    Assert.That(
        large [ "context", 1024L; "head-width", 256L ],
        Is.EqualTo(
            ("a window of 1024 steps of width 512 has 524288 numbers of a kind, and there may be 262144",
             "Lower `context`, or `heads` times `head-width`.")
        )
    )

    Assert.That(
        large [ "batch", 17L; "context", 1024L; "heads", 64L; "head-width", 1L ],
        Is.EqualTo(
            ("dropout over a batch of 17 windows of 1024 steps draws 18.3 billion random numbers a step, and there may be 17.2 billion",
             "Lower `batch`, `context` or `heads`, or set `dropout` to 0.")
        )
    )

[<Test>]
let ``episodes too long for a table of times are refused in these words`` () =
    use data = Dataset.Open Bench.dataset.Value
    let s, a = data.ObservationSize, data.ActionSize
    let builder = DatasetBuilder(s, a)
    builder.BeginTrajectory() |> ignore

    builder.Add(
        data.Observations.Slice(0, s),
        data.Actions.Slice(0, a),
        data.Rewards[0],
        data.Costs[0],
        data.NextObservations.Slice(0, s)
    )
    |> ignore

    builder.End true |> ignore
    use long = builder.Build(DatasetMetadata("Long", 2_000_000))
    let path = fresh "long"
    long.Save path

    let failure =
        failure {
            Bench.jobOf "fit-cdt" with
                Inputs = [ "dataset", path ]
        }

    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo "episodes of Long may last 2000000 steps, and a model of sequences tells 1000000 apart"
    )

    Assert.That(
        failure.Remedy,
        Is.EqualTo "Use data of shorter episodes: the longest is written in the dataset."
    )

let private asked = lazy (make (Bench.jobOf "condition-cdt"))

[<Test>]
let ``off-policy evaluation refuses a policy with a memory`` () =
    let job = Bench.jobOf "off-policy-evaluate"

    let failure =
        failure {
            job with
                Inputs = [
                    for role, path in job.Inputs -> role, (if role = "policy" then asked.Value else path)
                ]
        }

    Assert.That(failure.Class, Is.EqualTo Invalid)
    Assert.That(failure.What, Does.Contain "acts on the history of its episode")

[<Test>]
let ``a policy with a memory is evaluated, on any number of threads alike`` () =
    let job = Bench.jobOf "evaluate"

    let job = {
        job with
            Inputs = [
                for role, path in job.Inputs -> role, (if role = "policy" then asked.Value else path)
            ]
    }

    Assert.That(bytes { job with Threads = 2 }, Is.EqualTo(bytes job))
    Assert.That(File.ReadAllText(make job), Does.Contain "\"policy_mode\":\"deterministic\"")

[<Test>]
let ``a model serves all limits: only the targets differ`` () =
    let arrays (path: string) =
        let file = File.ReadAllBytes path
        let header = int (System.BitConverter.ToInt64(file, 0))
        file[8 + header ..]

    let one = conditioned 300.0 |> make
    let other = conditioned 200.0 |> make
    Assert.That(File.ReadAllBytes one, Is.Not.EqualTo(File.ReadAllBytes other))
    Assert.That(arrays one, equals (arrays other))
