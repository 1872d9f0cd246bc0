/// The filters' stage: what it refuses, what it takes from DSRL's table, npz, and which range its result keeps.
module Plimsoll.Stages.Tests.PreprocessTests

open System
open System.Globalization
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let private alone (settings: (string * Value) list) (dataset: string) =
    job "preprocess" settings [ "dataset", dataset ]

/// Episodes of one step with CarRun's sizes, over its plane of returns and costs.
let private carRun =
    lazy
        (let builder = DatasetBuilder(7, 2)
         let observation = Array.zeroCreate<float32> 7

         for index in 0..1599 do
             let reward = 205.0f + float32 (index % 20) * 18.0f
             let cost = float32 (index / 20 % 20 * 2)

             builder
                 .BeginTrajectory()
                 .Add(observation.AsSpan(), ReadOnlySpan [| 0.5f; 0.0f |], reward, cost, observation.AsSpan())
                 .End
                 false
             |> ignore

         use built = builder.Build(DatasetMetadata("CarRun", 200))
         let path = fresh "car-run"
         built.Save path
         path)

[<Test>]
let ``the grid of DSRL's table thins its task`` () =
    use before = Dataset.Open carRun.Value

    use half =
        Dataset.Open(make (alone [ "density", Real 0.5; "cost-limit", Real 10.0 ] carRun.Value))

    use most =
        Dataset.Open(make (alone [ "density", Real 0.75; "cost-limit", Real 10.0 ] carRun.Value))

    let count (dataset: Dataset) = dataset.Trajectories.Count
    Assert.That(count before, Is.EqualTo 1600)
    // Most of the 10 by 20 cells hold 8 trajectories; they keep 6 and 11.
    Assert.That(count half, Is.InRange(1, count most - 1))
    Assert.That(count half, Is.LessThanOrEqualTo(6 * 11 * 21))

[<TestCase(0.25)>]
[<TestCase(0.6)>]
let ``a density that the table lacks is refused`` (density: double) =
    let failure = alone [ "density", Real density ] carRun.Value |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Does.StartWith "DSRL has no density grid for this task and density\nwhere: CarRun\nwhy: "
    )

[<Test>]
let ``a density is refused for a task that is none of DSRL's`` () =
    let failure = alone [ "density", Real 0.5 ] Bench.dataset.Value |> failure
    Assert.That(failure.What, Does.StartWith "DSRL has no density grid")

[<Test>]
let ``two grids, ranges that are not in fours, and a missing limit are refused`` () =
    let what (settings: (string * Value) list) =
        (alone settings Bench.crowd.Value |> failure).What

    Assert.That(
        what [ "density", Real 0.5; "cost-cells", Whole 3L ],
        Does.StartWith "both a density and a grid"
    )

    Assert.That(what [ "inpaint", Items [ Real 0.5 ] ], Does.StartWith "inpaint does not hold four numbers")
    Assert.That(what [ "epsilon", Real 1.0 ], Does.StartWith "preprocessing needs a cost limit")
    Assert.That(what [ "outlier-share", Real 0.1 ], Does.StartWith "preprocessing needs a cost limit")

[<Test>]
let ``the result is scored by the range of the data that came in`` () =
    use before = Dataset.Open Bench.crowd.Value

    let result =
        make (alone [ "epsilon", Real 100.0; "cost-limit", Real 1000.0 ] Bench.crowd.Value)

    use after = Dataset.Open result
    let own = NormalisationFacts.Extremes before
    Assert.That(NormalisationFacts.Extremes(after).ReturnMax, Is.LessThan own.ReturnMax)
    Assert.That(NormalisationFacts.Of(after).ReturnMax, Is.EqualTo own.ReturnMax)

    Assert.That(
        after.Metadata.Facts[ReturnRange.MostFact],
        Is.EqualTo(own.ReturnMax.ToString("R", CultureInfo.InvariantCulture))
    )

/// The same episodes with their own range recorded, as data are that were collected here.
let private ownCarRun =
    lazy
        (use data = ReturnRange.Record(Dataset.Open carRun.Value, "the collected data")
         let path = fresh "own-car-run"
         data.Save path
         path)

[<Test>]
let ``the grid and the range of DSRL are not for data that were made elsewhere`` () =
    let failure = alone [ "density", Real 0.5 ] ownCarRun.Value |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)
    Assert.That(failure.What, Does.StartWith "DSRL's density grid is asked for, and the data are not DSRL's")

    // Costs go up to 38 here and to 40 in the table: half of both lies between two costs.
    let share = [ "outlier-share", Real 1.0; "cost-limit", Real 10.0 ]

    let where dataset =
        (alone share dataset |> Workshop.failure).What

    Assert.That(where carRun.Value, Does.Contain "a cost of at least 20 and a return of at least 287.327")
    Assert.That(where ownCarRun.Value, Does.Contain "a cost of at least 19 and a return of at least 273.5")

[<Test>]
let ``with every filter off the bytes stay`` () =
    Assert.That(
        bytes (alone [] carRun.Value),
        Is.EqualTo(
            System.IO.File.ReadAllBytes carRun.Value
            |> Security.Cryptography.SHA256.HashData
            |> Convert.ToHexString
        )
    )
