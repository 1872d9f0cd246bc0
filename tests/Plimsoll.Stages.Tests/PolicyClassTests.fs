/// DRCORL's policy classes through the stages: what one makes, the next takes.
module Plimsoll.Stages.Tests.PolicyClassTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Numerics.State
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let private ofClass policyClass job =
    change "policy-class" (Text policyClass) job

let private swap role path (job: Job) = {
    job with
        Inputs = [
            for given, kept in job.Inputs -> given, (if given = role then path else kept)
        ]
}

let private kind (path: string) =
    use model = ModelFile.Open path
    use state = new TrainingState()
    Policies.Load(model, state).GetType().Name

let private warm =
    lazy (Bench.jobOf "warm-start" |> ofClass "learned-gaussian" |> make)

[<Test>]
let ``a learned deviation goes from the warm start through critic and adaptation to the scores`` () =
    let critic = Bench.jobOf "fit-cost-critic" |> swap "policy" warm.Value |> make

    let adapted =
        Bench.jobOf "adapt"
        |> ofClass "learned-gaussian"
        |> swap "policy" warm.Value
        |> swap "cost-critic" critic
        |> make

    Assert.That([ kind warm.Value; kind adapted ], Is.All.EqualTo "GaussianPolicy")
    // By its mean, so without a draw: the same scores again.
    let scored = Bench.jobOf "evaluate" |> swap "policy" adapted
    Assert.That(bytes scored, Is.EqualTo(bytes scored))
    Assert.That(System.IO.File.ReadAllText(make scored), Does.Contain "\"policy_mode\":\"deterministic\"")

[<Test>]
let ``a policy of constant deviation is kept as its mean`` () =
    let policy = Bench.jobOf "warm-start" |> ofClass "gaussian" |> make
    Assert.That(kind policy, Is.EqualTo "DiracPolicy")

[<TestCase("dirac")>]
[<TestCase("gaussian")>]
let ``adaptation to another class than the warm start's is refused`` (policyClass: string) =
    let failure =
        Bench.jobOf "adapt"
        |> ofClass policyClass
        |> swap "policy" warm.Value
        |> failure

    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Does.Contain $"the policy's class is learned-gaussian, and this stage's policy-class is {policyClass}"
    )
