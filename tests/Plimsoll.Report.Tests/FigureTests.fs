module Plimsoll.Report.Tests.FigureTests

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report

let private made = lazy (SyntheticTable.results ())
let private tables = lazy (fst (Report.analyse made.Value))

let private sections (results: Results) =
    let tables = Table.build results
    HtmlFigures.sections (Facets.ofTables results tables) tables (Aggregates.build tables)

let private section id results =
    sections results
    |> List.tryFind (fun (found, _, _) -> found = id)
    |> Option.map (fun (_, _, content) -> content)
    |> Option.defaultValue []

let private scatter (results: Results) (tables: TaskTable list) =
    let facets = Facets.ofTables results tables

    [
        for t in tables do
            yield! HtmlPlots.scatter results facets t Rollout
    ]

let private training (results: Results) =
    let facets = Facets.ofTables results (Table.build results)

    [
        for task in results.Experiment.Tasks do
            yield! HtmlPlots.curves results facets task
            yield! HtmlPlots.modes results facets task
    ]

let private everything =
    lazy
        (let results = made.Value

         [
             for id, _, content in sections results do
                 id, content
             "scatter", scatter results tables.Value
             "training", training results
             "sweep", section "sweeps" SyntheticVariants.swept
         ])

let private keep name (content: string) =
    match Environment.GetEnvironmentVariable "PLIMSOLL_KEEP_REPORT" with
    | null -> ()
    | folder ->
        Directory.CreateDirectory folder |> ignore
        File.WriteAllText(Path.Combine(folder, name), content)

[<Test>]
let ``the plots of a table of 15 methods are small and quickly drawn`` () =
    let processor () =
        use self = Process.GetCurrentProcess()
        self.TotalProcessorTime.TotalSeconds

    let mutable total, seconds = 0, 0.0
    let results, tables = made.Value, tables.Value
    let across = Aggregates.build tables

    let measure name draw =
        let before = processor ()
        let nodes: Markup.Node list = draw ()
        let size = (Markup.render (Markup.div "x" nodes)).Length
        let taken = processor () - before
        TestContext.Out.WriteLine $"{name}: {size} bytes, {taken:F2} s"
        total <- total + size
        seconds <- seconds + taken

    measure "figures" (fun () -> [
        for id, _, content in HtmlFigures.sections (Facets.ofTables results tables) tables across do
            TestContext.Out.WriteLine $"  {id}: {(Markup.render (Markup.div id content)).Length} bytes"
            yield! content
    ])

    measure "scatter" (fun () -> scatter results tables)
    measure "training" (fun () -> training results)
    TestContext.Out.WriteLine $"together {total} bytes, {seconds:F2} s"
    Assert.That(total, Is.LessThan 3_000_000)
    // A first run compiles as it goes; measured at about 1 s.
    Assert.That(seconds, Is.LessThan 4.0)

    for name, results in [ "table.html", results; "sweep.html", SyntheticVariants.swept ] do
        let tables, answers = Report.analyse results
        keep name (Html.render results tables answers)

[<Test>]
let ``every plot is well formed and nothing is drawn outside it`` () =
    for id, nodes in everything.Value do
        let plots = Svg.plots nodes
        Assert.That(plots, Is.Not.Empty, id)

        for plot in plots do
            let inside (x, y) =
                x >= -0.5 && y >= -0.5 && x <= plot.Width + 0.5 && y <= plot.Height + 0.5

            for d in plot.Paths do
                let outside = Svg.points d |> List.filter (inside >> not)
                Assert.That(outside, Is.Empty, $"{id}: {plot.Label.Substring(0, 60)} {d}")

            Assert.That(plot.Texts |> List.filter (inside >> not), Is.Empty, id)

[<Test>]
let ``every plot says what it shows, in words and numbers of its own`` () =
    for id, nodes in everything.Value do
        for plot in Svg.plots nodes do
            Assert.That(plot.Label.Length, Is.GreaterThan 60, id)
            Assert.That(Regex.IsMatch(plot.Label, "[0-9]"), $"{id}: {plot.Label}")
            Assert.That(plot.Label, Does.Not.Contain "NaN")

        if id <> "training" then
            Assert.That(Svg.plots nodes |> List.map _.Label, Is.Unique, id)

[<Test>]
let ``the plane has a small mark for every scored run and a large one for every method`` () =
    for t in tables.Value do
        let plots = Svg.plots (scatter made.Value [ t ])

        for limit, plot in List.zip t.Limits plots do
            let entries = t.Rollouts |> List.choose (Figures.entryAt limit)
            let runs = entries |> List.sumBy _.Seeds.Scored
            let methods = entries |> List.filter _.Values.IsSome
            Assert.That(plot.Outlines "seed", Is.EqualTo runs)
            Assert.That(plot.Outlines "mark", Is.EqualTo methods.Length)

[<Test>]
let ``the cost-limit curves have a mark for every method and limit with a score`` () =
    let plots = Svg.plots (section "limits" made.Value)
    Assert.That(plots, Has.Length.EqualTo(2 * tables.Value.Length))

    let expected = [
        for t in tables.Value do
            let entries = t.Rollouts |> List.collect _.Entries

            let scored = entries |> List.filter (fun e -> e.Limit.IsSome && e.Values.IsSome)

            let partial = scored |> List.filter (fun e -> not e.Seeds.Complete)
            for _ in 1..2 -> scored.Length, partial.Length
    ]

    let drawn = [ for p in plots -> p.Outlines "mark", p.Outlines "part" ]
    Assert.That(drawn, Is.EqualTo<(int * int) list> expected)

[<Test>]
let ``a method without a number keeps its line, and the line says so`` () =
    let plots = Svg.plots (section "across" made.Value)
    let rows = tables.Value.Head.Rollouts.Length
    let intervals = plots |> List.filter (fun p -> p.Width > 1000.0)

    for plot in intervals do
        Assert.That(plot.Of("text", "row"), Has.Length.EqualTo rows)

    let unsaid =
        intervals |> List.filter (fun p -> not (p.Label.Contains "Incomplete: "))

    let words = String.Join("\n", intervals |> List.map _.Element.Value)
    Assert.That(words, Does.Contain "no value")
    Assert.That(words, Does.Contain "diverged")
    Assert.That(words, Does.Contain "missing")
    Assert.That(unsaid.Length, Is.LessThan intervals.Length)

[<Test>]
let ``a sweep has a plot of reward and of cost for each task, setting and limit`` () =
    let plots = Svg.plots (section "sweeps" SyntheticVariants.swept)
    Assert.That(plots, Has.Length.EqualTo(2 * 2 * 3 * 2))
    // By pessimism: 4 values x 2 rules; by rule: 2 x 4; and the two arms without either, a line each.
    for plot in plots do
        Assert.That(plot.Outlines "mark", Is.EqualTo 10)
        Assert.That(plot.Label, Does.Contain "Without the setting: highest bc-")

    Assert.That(section "sweeps" made.Value, Is.Empty)

[<Test>]
let ``an experiment without scores has no plot over methods`` () =
    Assert.That(
        sections { Synthetic.results with Scores = [] }
        |> List.map (fun (id, _, _) -> id),
        Does.Not.Contain "limits"
    )
