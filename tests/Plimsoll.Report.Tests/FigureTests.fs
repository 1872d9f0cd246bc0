module Plimsoll.Report.Tests.FigureTests

open System
open System.Diagnostics
open System.IO
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report

let private made = lazy (SyntheticTable.results ())
let private table = lazy (Report.analyse made.Value)

/// As an experiment that sweeps two settings: one of numbers, one of words.
let private swept =
    lazy
        (let results = Synthetic.results

         let settings = [
             for pessimism in [ 0.05; 0.2; 0.8; 3.2 ] do
                 for rule in [ "mean"; "worst" ] ->
                     [ "pessimism", Value.Real pessimism; "combine", Value.Text rule ]
         ]

         let scores =
             results.Scores
             |> List.collect (fun score ->
                 if score.Coordinates.Arm <> Some "drcorl" then
                     [ score ]
                 else
                     settings
                     |> List.mapi (fun i sweep -> {
                         score with
                             Coordinates = { score.Coordinates with Sweep = sweep }
                             State =
                                 match score.State with
                                 | Scored e ->
                                     let factor = 1.6 - 0.15 * double i

                                     Scored {
                                         e with
                                             Costs = e.Costs |> Array.map (fun c -> round (factor * c))
                                             Returns = e.Returns |> Array.map (fun r -> r + 6.0 * double i)
                                     }
                                 | other -> other
                     }))

         { results with Scores = scores })

let private keep name (content: string) =
    match Environment.GetEnvironmentVariable "PLIMSOLL_KEEP_REPORT" with
    | null -> ()
    | folder ->
        Directory.CreateDirectory folder |> ignore
        File.WriteAllText(Path.Combine(folder, name), content)

[<Test>]
let ``the figures of a table of 15 methods are small and quickly drawn`` () =
    let results = made.Value
    let tables, answers = table.Value
    let clock = Stopwatch.StartNew()
    let across = Aggregates.build tables
    let counted = clock.ElapsedMilliseconds
    clock.Restart()
    let facets = Facets.ofTables results tables
    let sections = HtmlFigures.sections facets tables across

    let size (nodes: Markup.Node list) =
        (Markup.render (Markup.div "x" nodes)).Length

    for id, _, content in sections do
        TestContext.Out.WriteLine $"{id}: {size content} bytes"

    TestContext.Out.WriteLine $"aggregates {counted} ms, figures {clock.ElapsedMilliseconds} ms"
    clock.Restart()

    let scatter = [
        for t in tables do
            yield! HtmlPlots.scatter results (fun row -> facets.Place row.Name) t Rollout
    ]

    TestContext.Out.WriteLine $"scatter: {size scatter} bytes, {clock.ElapsedMilliseconds} ms"
    clock.Restart()

    let curves = [
        for t in results.Experiment.Tasks do
            yield! HtmlPlots.curves results t
    ]

    TestContext.Out.WriteLine $"curves: {size curves} bytes, {clock.ElapsedMilliseconds} ms"
    clock.Restart()

    let modes = [
        for t in results.Experiment.Tasks do
            yield! HtmlPlots.modes results t
    ]

    TestContext.Out.WriteLine $"modes: {size modes} bytes, {clock.ElapsedMilliseconds} ms"
    keep "table.html" (Html.render results tables answers)

[<Test>]
let ``a sweep has its section, and an experiment without one has none`` () =
    let tables, answers = Report.analyse swept.Value
    keep "sweep.html" (Html.render swept.Value tables answers)

    let ids results =
        HtmlFigures.sections results [] |> List.map (fun (id, _, _) -> id)

    Assert.That(ids tables, Does.Contain "sweeps")
    Assert.That(ids (fst table.Value), Does.Not.Contain "sweeps")
