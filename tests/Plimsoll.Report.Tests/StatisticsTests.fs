module Plimsoll.Report.Tests.StatisticsTests

open System
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Report

let private near (tolerance: double) (a: double) (b: double) =
    abs (a - b) <= tolerance * (1.0 + abs a + abs b)

/// Finite, and tame enough that rounding stays small.
let private tame (x: NormalFloat) = Math.IEEERemainder(x.Get, 1000.0)

[<Test>]
let ``mean, deviation, standard error and quantile have their hand values`` () =
    let values = [| 2.0; 4.0; 4.0; 4.0; 5.0; 5.0; 7.0; 9.0 |]
    Assert.That(Statistics.mean values, Is.EqualTo 5.0)
    Assert.That(Statistics.deviation values, Is.EqualTo(Some(sqrt (32.0 / 7.0))))
    Assert.That(Statistics.standardError values, Is.EqualTo(Some(sqrt (32.0 / 7.0) / sqrt 8.0)))
    Assert.That(Statistics.deviation [| 3.0 |], Is.EqualTo None)
    Assert.That(Statistics.quantile 0.25 [| 1.0; 2.0; 3.0; 4.0 |], Is.EqualTo 1.75)
    Assert.That(Statistics.quantile 1.0 [| 1.0; 2.0; 3.0; 4.0 |], Is.EqualTo 4.0)

[<Property>]
let ``P-EV-1: the data's range maps to 0 and 1, and normalising is affine``
    (a: NormalFloat)
    (PositiveInt width)
    (x: NormalFloat)
    (y: NormalFloat)
    =
    let low, high = tame a, tame a + double width
    let normalise = Statistics.normaliseReward low high
    let middle = normalise ((tame x + tame y) / 2.0)

    normalise low = 0.0
    && normalise high = 1.0
    && near 1e-9 middle ((normalise (tame x) + normalise (tame y)) / 2.0)

[<Property>]
let ``normalising the mean equals the mean of the normalised values``
    (NonEmptyArray values)
    (PositiveInt limit)
    =
    let values = values |> Array.map tame
    let limit = double limit
    let direct = Statistics.normaliseCost limit (Statistics.mean values)
    near 1e-9 direct (values |> Array.map (Statistics.normaliseCost limit) |> Statistics.mean)

[<Property>]
let ``P-EV-2: a cost equal to a positive limit is 1`` (PositiveInt limit) =
    Statistics.normaliseCost (double limit) (double limit) = 1.0

[<Test>]
let ``P-EV-3: at a limit of zero no cost is 1 and so safe, any cost is not`` () =
    Assert.That(Statistics.normaliseCost 0.0 0.0, Is.EqualTo 1.0)
    Assert.That(Statistics.normaliseCost 0.0 1.0, Is.EqualTo 2.0)

[<Property>]
let ``P-EV-4: DRCORL's form is below DSRL's for any cost`` (PositiveInt cost) (NonNegativeInt limit) =
    limit = 0
    || Statistics.normaliseCostDrcorl (double limit) (double cost) <
        Statistics.normaliseCost (double limit) (double cost)

[<Test>]
let ``an empty reward range gives no number`` () =
    Assert.That(Statistics.normaliseReward 3.0 3.0 3.0, Is.NaN)

[<Test>]
let ``Wilson's interval has its published values`` () =
    match Statistics.wilson 8 10, Statistics.wilson 0 20, Statistics.wilson 0 0 with
    | Some some, Some none, None ->
        Assert.That(some.Lower, Is.EqualTo(0.4901624715366418).Within 1e-12)
        Assert.That(some.Upper, Is.EqualTo(0.9433178485456248).Within 1e-12)
        Assert.That(none.Lower, Is.EqualTo 0.0)
        Assert.That(none.Upper, Is.EqualTo(0.16112515805281938).Within 1e-12)
    | other -> Assert.Fail $"{other}"

[<Property>]
let ``the ends of Wilson's interval are where the score test just rejects``
    (NonNegativeInt a)
    (PositiveInt b)
    =
    let k, n = a, a + b

    match Statistics.wilson k n with
    | None -> false
    | Some interval ->
        let solves p =
            let z = (interval.Rate - p) / sqrt (p * (1.0 - p) / double n)
            near 1e-9 (abs z) Statistics.z975

        (k = 0 || solves interval.Lower)
        && solves interval.Upper
        && interval.Lower <= interval.Rate

[<Test>]
let ``the generator gives SplitMix64's published sequence`` () =
    let expected = [ 0xE220A8397B1DCDAFUL; 0x6E789E6AA1B965F4UL; 0x06C45D188009454FUL ]
    Assert.That([ for i in 0UL .. 2UL -> Statistics.Draw.bits 0UL i ], Is.EqualTo<uint64 list> expected)

[<Test>]
let ``the bootstrap interval is to the bit what an independent implementation gives`` () =
    let strata: Bootstrap.Stratum array = [|
        {
            Weight = 0.5
            Values = [| 0.1; 0.7; 0.25; 1.5; 3.0 |]
        }
        {
            Weight = 0.5
            Values = [| 2.0; 0.3; 0.9 |]
        }
    |]

    Assert.That(Bootstrap.EpisodeDraws().Interval strata, Is.EqualTo(Some(0.499875, 1.7333333333333334)))

[<Test>]
let ``without spread the bootstrap interval is the weighted mean alone`` () =
    let stratum weight value : Bootstrap.Stratum = {
        Weight = weight
        Values = Array.create 20 value
    }

    Assert.That(
        Bootstrap.EpisodeDraws().Interval [| stratum 0.25 4.0; stratum 0.75 8.0 |],
        Is.EqualTo(Some(7.0, 7.0))
    )

    Assert.That(Bootstrap.EpisodeDraws().Interval [| { Weight = 1.0; Values = [||] } |], Is.EqualTo None)

[<Test>]
let ``the bootstrap interval covers the true mean about as often as it says`` () =
    let covered =
        [
            for set in 1..200 ->
                let values = Array.init 40 (fun i -> Synthetic.normal $"coverage {set}" i)

                match Bootstrap.EpisodeDraws().Interval [| { Weight = 1.0; Values = values } |] with
                | Some(low, high) when low <= 0.0 && 0.0 <= high -> 1
                | _ -> 0
        ]
        |> List.sum

    // Binomial(200, 0.94): three standard deviations to each side.
    Assert.That(covered, Is.InRange(177, 198))

[<Test>]
let ``Student's quantiles are the printed ones`` () =
    // Abramowitz and Stegun 1964, table 26.10.
    for degrees, printed in [ 1, 12.706; 2, 4.303; 3, 3.182; 4, 2.776; 9, 2.262; 19, 2.093; 120, 1.980 ] do
        Assert.That(Student.quantile975 degrees, Is.EqualTo(printed).Within 5.1e-4, $"{degrees}")

    // One degree is Cauchy's distribution, and two has the closed form (1 + t / sqrt(2 + t^2)) / 2.
    for t in [ -1e300; -30.0; -1.0; -1e-3; 0.0; 0.2; 1.0; 7.5; 1e12; infinity ] do
        Assert.That(Student.cumulative 1 t, Is.EqualTo(0.5 + atan t / System.Math.PI).Within 1e-14, $"{t}")

        if abs t < 1e100 then
            let closed = (1.0 + t / sqrt (2.0 + t * t)) / 2.0
            Assert.That(Student.cumulative 2 t, Is.EqualTo(closed).Within 1e-14, $"{t}")

[<Property>]
let ``Student's distribution rises from 0 to 1 about one half`` (PositiveInt degrees) (t: NormalFloat) =
    let t = tame t
    let at x = Student.cumulative degrees x

    near 1e-12 (at t + at -t) 1.0
    && at t <= at (t + 0.01) + 1e-15
    && 0.0 <= at t
    && at t <= 1.0

/// Seeds whose episodes are all alike.
let private sure (means: double array) : Student.SeedMean array =
    means |> Array.map (fun m -> { Mean = m; Noise = Some 0.0 })

[<Test>]
let ``Welch's numbers are those of a worked example`` () =
    // Squared errors 1/3 and 1; Satterthwaite's degrees 1 / ((1/4)^2 / 2 + (3/4)^2 / 3) = 4.57, so 4.
    let a, b = [| 1.0; 2.0; 3.0 |], [| 5.0 - sqrt 6.0; 5.0; 5.0; 5.0 + sqrt 6.0 |]
    let a, b = sure a, sure b
    let found = (Student.difference a b).Value
    let half = 2.7764451 * sqrt (1.0 / 3.0 + 1.0)
    Assert.That(fst found.Interval, Is.EqualTo(3.0 - half).Within 1e-6)
    Assert.That(snd found.Interval, Is.EqualTo(3.0 + half).Within 1e-6)
    Assert.That((Student.difference b a).Value.Above, Is.EqualTo(1.0 - found.Above).Within 1e-14)

[<Test>]
let ``the probability of being above is 1, one half and 0 in the clear cases, and none with a single seed``
    ()
    =
    let above a b =
        Student.difference (sure b) (sure a) |> Option.map _.Above

    let seeds low = [| for s in 0..4 -> low + 0.01 * double s |]
    Assert.That((above (seeds 1.0) (seeds 0.0)).Value, Is.GreaterThan 0.999999)
    Assert.That((above (seeds 0.0) (seeds 1.0)).Value, Is.LessThan 0.000001)
    Assert.That(above (seeds 1.0) (seeds 1.0), Is.EqualTo(Some 0.5))
    // Without any spread.
    Assert.That(above [| 2.0; 2.0 |] [| 1.0; 1.0 |], Is.EqualTo(Some 1.0))
    Assert.That(above [| 1.0; 1.0 |] [| 2.0; 2.0 |], Is.EqualTo(Some 0.0))
    Assert.That(above [| 1.0; 1.0 |] [| 1.0; 1.0 |], Is.EqualTo(Some 0.5))
    // Hardly any spread.
    Assert.That(above [| 1.0; 1.0 + 1e-160 |] [| 0.0; 1e-160 |], Is.EqualTo(Some 1.0))
    Assert.That(above [| 3.0 |] (seeds 0.0), Is.EqualTo None)
    Assert.That(Student.interval (sure [| 3.0 |]), Is.EqualTo None)

[<Test>]
let ``seeds that happen to have equal means are as unsure as their episodes`` () =
    let seeds: Student.SeedMean array = Array.create 4 { Mean = 1.0; Noise = Some 0.09 }
    let low, high = (Student.interval seeds).Value
    Assert.That(high - low, Is.EqualTo(2.0 * 3.1824463 * sqrt (0.09 / 4.0)).Within 1e-6)
    let above = (Student.difference (sure [| 0.9; 0.9 |]) seeds).Value.Above
    Assert.That(above, Is.EqualTo(Student.cumulative 3 (0.1 / 0.15)).Within 1e-12)

[<Test>]
let ``a mean cost that is the limit keeps it, however the quotients round`` () =
    let mutable rounded = 0

    for limit in [ 10; 20; 40 ] do
        for trial in 1..300 do
            let drawn i =
                Statistics.Draw.index (2 * limit + 1) (Statistics.Draw.bits (uint64 trial) (uint64 i))

            let costs = Array.init 59 drawn
            let last = 60 * limit - Array.sum costs

            if last >= 0 then
                let normalised =
                    Array.append costs [| last |]
                    |> Array.map (double >> Statistics.normaliseCost (double limit))

                let mean =
                    normalised
                    |> Array.chunkBySize 20
                    |> Array.map Statistics.mean
                    |> Statistics.mean

                if mean > 1.0 then
                    rounded <- rounded + 1

                Assert.That(Statistics.keepsLimit mean, Is.True, $"{limit}, {trial}")

    Assert.That(rounded, Is.GreaterThan 10, "hardly a mean came out above 1, so nothing was tested")
    Assert.That(Statistics.keepsLimit 1.000001, Is.False)
