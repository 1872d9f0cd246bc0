/// Training that diverges and training that is cancelled.
module Plimsoll.Stages.Tests.OutcomeTests

open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let trained =
    Catalogue.stages
    |> List.filter (fun stage -> stage.Signature.Parameters |> List.exists (fun p -> p.Name = "guard-every"))
    |> List.map (fun stage -> stage.Signature.Name)

/// Costs of 1e20 a step, as a dataset in a wrong unit has them: their squares leave binary32.
let private enormous =
    lazy
        (use data = Dataset.Open Bench.dataset.Value
         let s, a = data.ObservationSize, data.ActionSize
         let builder = DatasetBuilder(s, a)

         for trajectory in data.Trajectories do
             builder.BeginTrajectory() |> ignore

             for row in trajectory.Start .. trajectory.Start + trajectory.Length - 1 do
                 builder.Add(
                     data.Observations.Slice(row * s, s),
                     data.Actions.Slice(row * a, a),
                     data.Rewards[row],
                     1e20f,
                     data.NextObservations.Slice(row * s, s)
                 )
                 |> ignore

             builder.End false |> ignore

         let path = fresh "enormous"
         use built = builder.Build data.Metadata
         built.Save path
         path)

let diverging =
    lazy
        (let job =
            job "fit-cost-critic" (Bench.training @ [ Bench.hidden; "learning-rate", Real 1.0 ]) [
                "dataset", enormous.Value
                "policy", Bench.policy.Value
            ]

         job, run job)

[<Test>]
let ``a learning rate of 1 on enormous costs diverges at a guard and names the step and what failed`` () =
    let job, (outcome, output) = diverging.Value

    match outcome with
    | Diverged(step, what) ->
        Assert.That(step, Is.EqualTo 3L, "the first guard")
        use file = SafetensorsFile.Open output
        Assert.That(file.Metadata["diverged_step"], Is.EqualTo(string step))
        Assert.That(file.Metadata["diverged_what"], Is.EqualTo what)
        Assert.That(what, Is.EqualTo "critic-loss")
    | other -> Assert.Fail $"{job.Stage.Signature.Name} gave {other}"

[<Test>]
let ``what a diverged run leaves holds curves and no model`` () =
    let _, (_, output) = diverging.Value
    use file = SafetensorsFile.Open output
    Assert.That(file.Names, Is.Not.Empty)
    Assert.That(file.Names, Is.All.StartsWith "metric/")
    Assert.That(file.Metadata.ContainsKey "kind", Is.False)

[<Test>]
let ``divergence repeats to the byte`` () =
    let job, (_, output) = diverging.Value

    match run { job with Threads = 2 } with
    | Diverged _, again -> Assert.That(File.ReadAllBytes again, equals (File.ReadAllBytes output))
    | other -> Assert.Fail $"{other}"

[<TestCaseSource(nameof trained)>]
let ``a stage that is cancelled before it begins says so and leaves nothing`` (name: string) =
    let outcome, output = runWith ignore (CancellationToken true) (Bench.jobOf name)

    match outcome with
    | Failed {
                 Class = Cancelled
                 What = what
                 Remedy = remedy
             } ->
        Assert.That(what, Is.EqualTo "the stage was cancelled")
        Assert.That(remedy, Is.EqualTo "Run again: what had finished is kept.")
    | other -> Assert.Fail $"{other}"

    Assert.That(File.Exists output, Is.False)

[<TestCaseSource(nameof trained)>]
let ``a stage that is cancelled under way stops at the next guard`` (name: string) =
    use source = new CancellationTokenSource()
    let mutable reports = 0

    let report (progress: Progress) =
        reports <- reports + 1
        Assert.That(progress.Step, Is.EqualTo 3L)
        Assert.That(progress.Steps, Is.EqualTo 6L)
        source.Cancel()

    let outcome, output = runWith report source.Token (Bench.jobOf name)

    match outcome with
    | Failed { Class = Cancelled } -> ()
    | other -> Assert.Fail $"{other}"

    Assert.That(reports, Is.EqualTo 1)
    Assert.That(File.Exists output, Is.False)

[<TestCaseSource(nameof trained)>]
let ``progress comes at every guard with finite metrics`` (name: string) =
    let reports = ResizeArray()
    runWith reports.Add CancellationToken.None (Bench.jobOf name) |> ignore
    Assert.That(reports |> Seq.map _.Step, equals [ 3L; 6L ])

    for progress in reports do
        Assert.That(progress.Metrics, Is.Not.Empty)
        Assert.That(progress.Metrics |> List.forall (snd >> System.Double.IsFinite), Is.True)

[<Test>]
let ``agents that are cancelled say so, leave nothing and report no more than one each`` () =
    use source = new CancellationTokenSource()
    let reports = ResizeArray()

    let report (progress: Progress) =
        reports.Add progress
        source.Cancel()

    let outcome, output =
        Bench.jobOf "collect-agents"
        |> change "steps" (Whole 100_000L)
        |> runWith report source.Token

    match outcome with
    | Failed { Class = Cancelled } -> ()
    | other -> Assert.Fail $"{other}"

    Assert.That(File.Exists output, Is.False)
    Assert.That(reports.Count, Is.EqualTo 1)
    Assert.That(reports[0].Steps, Is.EqualTo 100_000L)
    Assert.That(reports[0].Step, Is.EqualTo 400L, "two environments, one episode")
    Assert.That(reports[0].Metrics |> List.map fst, equals [ "penalty"; "return"; "cost" ])

[<Test>]
let ``scripted controllers that are cancelled say so, leave nothing and stop at the end of the episode`` () =
    use source = new CancellationTokenSource()
    let reports = ResizeArray()

    let report (progress: Progress) =
        reports.Add progress

        if reports.Count = 2 then
            source.Cancel()

    let outcome, output =
        Bench.collect |> change "steps" (Whole 100_000L) |> runWith report source.Token

    match outcome with
    | Failed { Class = Cancelled } -> ()
    | other -> Assert.Fail $"{other}"

    Assert.That(File.Exists output, Is.False)

    Assert.That(
        reports |> Seq.map (fun progress -> progress.Step, progress.Steps),
        equals [ 200L, 100_000L; 400L, 100_000L ]
    )

[<Test>]
let ``an agent that diverges fails the stage in these words`` () =
    let failure =
        Bench.jobOf "collect-agents"
        |> change "penalties" (Items [ Real 1.0; Real 1e6 ])
        |> change "learning-rate" (Real 1.0)
        |> change "discount" (Real 0.0)
        |> change "hidden" (Items(List.replicate 60 (Whole 64L)))
        |> failure

    // Nobody should spend the same minutes on the same end.
    Assert.That(failure.Class, Is.EqualTo Invalid)
    Assert.That(failure.What, Does.Match @"^the agent of penalty .* diverged: .* was not finite after \d+")
    Assert.That(failure.Remedy, Does.Contain "`learning-rate`")
