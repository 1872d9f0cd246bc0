/// Laws of the forms that plots are made of.
module Plimsoll.Report.Tests.PlotFormTests

open System
open NUnit.Framework
open FsCheck
open FsCheck.NUnit
open FsCheck.FSharp
open Plimsoll.Language
open Plimsoll.Report

let private close (a: double, b: double) (c, d) =
    abs (a - c) < 0.051 && abs (b - d) < 0.051

[<Property>]
let ``a path leads through its points, to a tenth and without drift`` (places: (int16 * int16) list) =
    let points = places |> List.map (fun (x, y) -> double x / 37.0, double y / 37.0)

    // Points that round to the one before are left out.
    let places (x: double, y: double) = round (10.0 * x), round (10.0 * y)

    let distinct =
        points
        |> List.map places
        |> List.fold (fun kept p -> if List.tryHead kept = Some p then kept else p :: kept) []
        |> List.rev

    let read = Svg.points (Axes.path points)
    let read = if distinct.Length = 1 then List.truncate 1 read else read

    read.Length = distinct.Length
    && List.forall2 close read (distinct |> List.map (fun (x, y) -> x / 10.0, y / 10.0))

[<Property>]
let ``dots are written where they are`` (places: (int16 * int16) list) =
    let points = places |> List.map (fun (x, y) -> double x / 37.0, double y / 37.0)

    let read =
        Svg.points (Axes.points points)
        |> List.indexed
        |> List.filter (fun (i, _) -> i % 2 = 0)

    read.Length = points.Length
    && List.forall2 (fun (_, a) b -> close a b) read points

[<Property>]
let ``runs keep every point, in order, and part where one is missing`` (points: int option list) =
    let runs = Figures.runs points

    let starts =
        points |> List.pairwise |> List.filter (fun (a, b) -> a.IsNone && b.IsSome)

    let first = if points <> [] && points.Head.IsSome then 1 else 0

    List.concat runs = List.choose id points && runs.Length = starts.Length + first

[<Property>]
let ``an exceedance curve is the share of episodes that cost more, everywhere`` (costs: NonEmptyArray<byte>) =
    let costs = costs.Get |> Array.map (fun c -> double c / 4.0) |> Array.sort
    let curve = ExceedancePlot.curve costs 100.0

    let at x =
        match curve |> List.tryFindBack (fun p -> p.X <= x) with
        | Some p -> p.Y
        | None -> 1.0

    [ 0.0; 0.1 ] @ List.ofArray costs @ [ 33.3; 99.0 ]
    |> List.forall (fun x ->
        let share =
            double (costs |> Array.filter (fun c -> c > x) |> Array.length)
            / double costs.Length

        abs (at x - share) < 1e-12)

[<Property>]
let ``an axis of amounts holds every amount and the limit`` (limit: byte) (values: byte list) =
    let limit = double limit
    let values = values |> List.map double
    let (low, high), _ = LinePlot.amounts limit values
    limit :: values |> List.forall (fun v -> low <= v && v <= max high 0.0)

[<Property>]
let ``a curve's band holds every finite value, however many there are`` (seeds: NonEmptyArray<int16 array>) =
    let series =
        seeds.Get
        |> Array.map (Array.mapi (fun i v -> struct (double i, (if v = 7s then nan else double v))))
        |> List.ofArray

    let values = [
        for points in series do
            for struct (_, v) in points do
                if Double.IsFinite v then
                    v
    ]

    let line = CurvePlot.line "x" 0 (CurvePlot.stepRange series) series

    line.Steps.Length <= CurvePlot.bins
    && (if values.IsEmpty then
            line.Mean.Length = 0
        else
            Array.min line.Low = List.min values && Array.max line.High = List.max values)
    && Array.forall2 (<=) line.Low line.High

[<Test>]
let ``a spike of one step in ten thousand keeps its height`` () =
    let points = [| for i in 0..9999 -> struct (double i, (if i = 5001 then 1e4 else 1.0)) |]
    let line = CurvePlot.line "x" 0 (0.0, 9999.0) [ points ]
    Assert.That(Array.max line.High, Is.EqualTo 1e4)
    Assert.That(Array.max line.Mean, Is.LessThan 200.0)

[<Test>]
let ``numbers stand where they belong, by powers of ten where they span much, and words side by side`` () =
    let numbers = SweepPlot.placement [ Value.Real 1.0; Value.Whole 3L; Value.Real 2.0 ]
    Assert.That(numbers.Spacing, Is.EqualTo Axes.Linear)
    Assert.That(List.map snd numbers.Places, Is.EqualTo<string list> [ "1"; "2"; "3" ])
    Assert.That(numbers.At(Value.Whole 3L), Is.EqualTo 3.0)

    let wide = SweepPlot.placement [ Value.Real 0.001; Value.Real 1.0 ]
    Assert.That(wide.Spacing, Is.EqualTo Axes.Logarithmic)
    Assert.That(fst wide.Range < 0.001 && snd wide.Range > 1.0)

    let words = SweepPlot.placement [ Value.Text "b"; Value.Text "a"; Value.Whole 1L ]
    Assert.That(words.Places, Is.EqualTo<(double * string) list> [ 0.0, "b"; 1.0, "a"; 2.0, "1" ])

[<Test>]
let ``a ranking names the ends, and those without a value`` () =
    let number = Format.decimals 1
    let ranked = Findings.ranking number [ "a", 1.0; "b", 3.0; "c", 2.0; "d", nan ]
    Assert.That(ranked, Is.EqualTo "highest b 3.0, then c 2.0; lowest a 1.0; without a value: d")
    Assert.That(Findings.ranking number [], Is.EqualTo "no value")
    Assert.That(Findings.within 2.0 [ "a", 1.0; "b", 3.0; "c", 2.5 ], Is.EqualTo "1 of 3 within the limit: a")

    Assert.That(
        Findings.within 2.0 [ "a", 1.0; "b", 3.0; "c", 2.0 ],
        Is.EqualTo "2 of 3 within the limit, over it: b"
    )

let private square = {
    MatrixPlot.Title = "t"
    MatrixPlot.About = "about"
    MatrixPlot.Methods = [
        for style, name in List.indexed [ "a"; "b"; "c" ] ->
            {
                MatrixPlot.Name = name
                MatrixPlot.Style = style
                MatrixPlot.Origin = {
                    Markup.Target = name
                    Markup.Belongs = [ "data-method", string style ]
                }
            }
    ]
    MatrixPlot.At =
        fun row column ->
            if row = 2 then
                None
            else
                Some {
                    Value = 0.5 + 0.1 * double (row - column)
                    Interval = Some(0.3, 0.6 + 0.2 * double row)
                    Mixed = false
                }
}

[<Test>]
let ``a square has a number for every pair that has one, and none on the diagonal`` () =
    let plot = Svg.plots [ MatrixPlot.draw square ] |> List.exactlyOne

    let numbers =
        plot.Element.Descendants() |> Seq.filter (fun e -> e.Name.LocalName = "title")

    Assert.That(numbers |> Seq.length, Is.EqualTo 4)
    Assert.That(plot.Element.Value, Does.Contain "a over b: 0.40 [0.30, 0.60]")
    // A head for each column and each row, and the row's numbers with it.
    Assert.That(plot.Element.Descendants(Xml.Linq.XName.Get "a") |> Seq.length, Is.EqualTo 6)
