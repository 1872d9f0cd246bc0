/// SPI's stages: weights, the safety signal that belongs to the data, and what can be done with the policy.
module Plimsoll.Stages.Tests.ImprovementTests

open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Numerics.State
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let private weighted (eta: double) (mu: double) (phi: double) =
    Bench.jobOf "fit-spi"
    |> change "eta" (Real eta)
    |> change "mu" (Real mu)
    |> change "phi" (Real phi)

let private withSafety (path: string) (job: Job) = {
    job with
        Inputs = [
            for role, given in job.Inputs -> role, (if role = "safety" then path else given)
        ]
}

[<TestCase(0.4, 0.4, 0.4, "eta, mu and phi are 0.4, 0.4 and 0.4; together they are 1.2000000000000002, not 1")>]
[<TestCase(0.0, 0.0, 0.0, "eta, mu and phi are 0, 0 and 0; together they are 0, not 1")>]
[<TestCase(0.5, 0.25, 0.0, "eta, mu and phi are 0.5, 0.25 and 0; together they are 0.75, not 1")>]
let ``weights off the simplex are refused in these words``
    (eta: double, mu: double, phi: double, words: string)
    =
    let failure = failure (weighted eta mu phi)
    Assert.That(failure.Class, Is.EqualTo Invalid)
    Assert.That(failure.What, Is.EqualTo words)
    Assert.That(failure.Remedy, Is.EqualTo "Choose three weights of at least 0 whose sum is 1.")

[<Test>]
let ``a running average that never moves is refused in these words`` () =
    let averaged start every =
        Bench.jobOf "fit-spi"
        |> change "average-start" (Whole start)
        |> change "average-every" (Whole every)

    for start, every, first in [ 6L, 1L, 6; 5L, 4L, 8; 1L, 1_000_000L, 1_000_000 ] do
        let failure = failure (averaged start every)
        Assert.That(failure.Class, Is.EqualTo Invalid)

        Assert.That(
            failure.What,
            Is.EqualTo
                $"the running average first moves at step {first}, and there are only 6: it would be the network as it was drawn"
        )

        Assert.That(
            failure.Remedy,
            Is.EqualTo "Raise `steps` to many times `average-start`, or lower that and `average-every`."
        )

    averaged 4L 5L |> make |> ignore

[<Test>]
let ``steps that would hold more than memory does are refused in these words`` () =
    let failure =
        Bench.jobOf "fit-spi"
        |> change "batch" (Whole 1_000_000L)
        |> change "hidden" (Items [ Whole 4096L ])
        |> failure

    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo
            "a batch of 1000000 over 3 denoising steps takes some 198 billion numbers, and a step may hold 4.29 billion"
    )

    Assert.That(failure.Remedy, Is.EqualTo "Lower `batch`, `denoising-steps`, `hidden` or `backup-samples`.")

[<Test>]
let ``acting on more at once than memory holds is refused in these words`` () =
    let policy =
        Bench.jobOf "extract-argmax" |> change "candidates" (Whole 1000L) |> make

    let timing = Bench.jobOf "time-acting"

    let failure =
        {
            timing with
                Inputs = [
                    for role, path in timing.Inputs -> role, (if role = "policy" then policy else path)
                ]
        }
        |> change "batches" (Items [ Whole 1L; Whole 100_000L ])
        |> failure

    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo
            "100000 actions at once take 600000000 numbers of random draws or of history, and there may be 268435456"
    )

    Assert.That(
        failure.Remedy,
        Is.EqualTo "Lower `batches`, or the policy's number of candidates or steps of context."
    )

[<Test>]
let ``every corner of the simplex and its middle give something of their own`` () =
    let digests =
        [
            1.0, 0.0, 0.0
            0.0, 1.0, 0.0
            0.0, 0.0, 1.0
            0.5, 0.5, 0.0
            0.5, 0.0, 0.5
            1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0
        ]
        |> List.map (fun (eta, mu, phi) -> bytes (weighted eta mu phi))

    Assert.That(List.distinct digests, Has.Length.EqualTo digests.Length)

[<Test>]
let ``a safety signal of fewer rows is refused in these words`` () =
    use whole = Dataset.Open Bench.dataset.Value
    use part = whole.Select [ 0 ]
    let path = fresh "part"
    part.Save path
    let failure = Bench.jobOf "fit-spi" |> withSafety path |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo
            $"the safety signal has {part.Count} rows and the dataset {whole.Count}, or they are of other sizes"
    )

    Assert.That(failure.Remedy, Is.EqualTo "Make the signal by `remap-cost` from the very dataset.")

[<Test>]
let ``a safety signal of other transitions is refused in these words`` () =
    use whole = Dataset.Open Bench.dataset.Value
    // The same episodes in another order.
    use turned = whole.Select [ for i in whole.Trajectories.Count - 1 .. -1 .. 0 -> i ]
    let path = fresh "turned"
    turned.Save path
    let failure = Bench.jobOf "fit-spi" |> withSafety path |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(failure.What, Is.EqualTo "the safety signal belongs to other transitions than the dataset's")

[<Test>]
let ``the dataset itself is no safety signal`` () =
    let failure = Bench.jobOf "fit-spi" |> withSafety Bench.dataset.Value |> failure

    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo "the safety signal leaves [0, 1], or is not 1 where nothing is paid: it is no 1 - f(c)"
    )

[<Test>]
let ``more draws than an action may take are refused in these words`` () =
    let capturer =
        Bench.jobOf "fit-spi"
        |> change "denoising-steps" (Whole 100L)
        |> change "steps" (Whole 2L)
        |> change "batch" (Whole 2L)
        |> make

    let failure =
        job "extract-argmax" [ "candidates", Whole 1000L ] [ "capturer", capturer ]
        |> failure

    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo "1000 candidates take 202000 random numbers an action, and there may be 131072"
    )

    Assert.That(failure.Remedy, Is.EqualTo "Lower `candidates`, or the capturer's `denoising-steps`.")

let private extracted = lazy (make (Bench.jobOf "extract-argmax"))

[<TestCase "evaluate">]
[<TestCase "off-policy-evaluate">]
let ``the extracted policy is scored, the same on two threads`` (stage: string) =
    let job = Bench.jobOf stage

    let scored = {
        job with
            Inputs = [
                for role, path in job.Inputs -> role, (if role = "policy" then extracted.Value else path)
            ]
    }

    let scores = make scored
    use json = JsonDocument.Parse(File.ReadAllText scores)
    Assert.That(json.RootElement.GetProperty("costs").GetArrayLength(), Is.GreaterThan 0)
    Assert.That(bytes { scored with Threads = 2 }, Is.EqualTo(bytes scored))

[<Test>]
let ``a capturer holds its running average and the critic, and nothing of the optimisers`` () =
    use model = ModelFile.Open Bench.capturer.Value
    use state = new TrainingState()
    let capturer = Capturers.Load(model, state)
    Assert.That(capturer.Schedule.Steps, Is.EqualTo 3)
    Assert.That(capturer.Network.ActionSize, Is.EqualTo 2)
    use file = SafetensorsFile.Open Bench.capturer.Value

    let strangers =
        file.Names
        |> Seq.filter (fun name ->
            not (
                name.StartsWith "capturer/"
                || name.StartsWith "reward-q-target/"
                || name.StartsWith "metric/"
            ))

    Assert.That(strangers, Is.Empty)
