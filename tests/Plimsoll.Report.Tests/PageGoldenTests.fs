/// The page's markup against a file that people have read, and what its anchors and tables are made of.
module Plimsoll.Report.Tests.PageGoldenTests

open System
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open System.Xml
open System.Xml.Linq
open NUnit.Framework
open Plimsoll.Report

let private render results =
    Report.analyse results ||> Html.render results

let private parse (page: string) =
    let settings = XmlReaderSettings(DtdProcessing = DtdProcessing.Ignore)
    use reader = XmlReader.Create(new StringReader(page), settings)
    XDocument.Load reader

let private attribute (name: string) (element: XElement) =
    match element.Attribute(XName.Get name) with
    | null -> ""
    | found -> found.Value

let private named name (element: XContainer) =
    element.Descendants(XName.Get name) |> List.ofSeq

let private textOf (page: string) =
    match (parse page).Root with
    | null -> ""
    | root -> root.Value

/// Without the style, the script and their digests, and an element a line, so that a change is seen where it is.
let private skeleton (page: string) =
    let without (name: string) (text: string) =
        Regex.Replace(text, $"<{name}>.*?</{name}>", $"<{name}/>", RegexOptions.Singleline)

    let text = page |> without "style" |> without "script"

    // How a line runs is not markup.
    let text = Regex.Replace(text, " d=\"[^\"]{30,}\"", " d=\"...\"")

    Regex.Replace(text, "'sha256-[^']*'", "'sha256'").Replace("><", ">\n<")

[<Test>]
let ``the markup of a small page is the golden one`` () =
    render TableTests.small |> skeleton |> Golden.matches "small.html"

[<Test>]
let ``the table of episodes over the limit holds what the entries hold`` () =
    let results = Synthetic.results
    let tables, _ = Report.analyse results

    let drawn =
        parse (render results)
        |> named "table"
        |> List.filter (fun t -> (attribute "class" t).Split ' ' |> Array.contains "beyond")

    Assert.That(drawn, Has.Length.EqualTo tables.Length)

    let number (cell: XElement) =
        let found = Regex.Match(cell.Value, "^-?[0-9.]+")

        if found.Success then
            Double.Parse(found.Value, CultureInfo.InvariantCulture)
        else
            nan

    for table, element in List.zip tables drawn do
        let rows = (named "tbody" element).Head |> named "tr"

        for row, line in List.zip table.Rollouts rows do
            let cells = named "td" line |> List.map number |> List.chunkBySize 4

            for entry, shown in List.zip row.Entries cells do
                let e = entry.Values.Value.Exceedance.Value

                let e =
                    match entry.Limit with
                    | Some limit -> e.InUnits limit
                    | None -> e

                let expected = [
                    100.0 * e.Rate.Rate
                    e.Excess |> Option.defaultValue nan
                    e.Quantile95
                    e.Worst
                ]

                for value, cell in List.zip expected shown do
                    // Three digits, or whole percents.
                    if Double.IsNaN value then
                        Assert.That(cell, Is.NaN)
                    else
                        Assert.That(cell, Is.EqualTo(value).Within(max 0.51 (0.01 * abs value)))

[<Test>]
let ``plots of episodes over the limit hold what the entries hold`` () =
    let tables, _ = Report.analyse Synthetic.results

    for table in tables do
        for row in table.Rollouts do
            for entry in row.Entries do
                match entry.Limit, entry.Values with
                | Some limit, Some v ->
                    let sample = ExceedancePlot.sample limit row entry
                    Assert.That(sample.Costs, Has.Length.EqualTo v.Episodes)
                    Assert.That(sample.Costs, Is.Ordered)
                    Assert.That(sample.Given, Is.EqualTo v.GivenFeasible.Value)
                    let over = sample.Costs |> Array.filter (fun c -> c > limit)

                    Assert.That(
                        sample.Exceedance.Value.Rate.Rate * double v.Episodes,
                        Is.EqualTo(double over.Length).Within 1e-9
                    )

                    if over.Length > 0 then
                        Assert.That(
                            sample.Exceedance.Value.Excess.Value,
                            Is.EqualTo(Array.average over - limit).Within 1e-9
                        )
                | _ -> ()

[<Test>]
let ``a method with estimates alone, where others were run, is named below the marks`` () =
    let results = SyntheticVariants.both

    let onlyFirst = {
        results with
            Experiment = {
                results.Experiment with
                    Tasks = [ "DiscCircle" ]
            }
            Scores = results.Scores |> List.filter (fun s -> s.Coordinates.Task = "DiscCircle")
            Curves = []
            Data = results.Data |> List.filter (fun d -> d.Task = "DiscCircle")
            Cells = results.Cells |> List.filter (fun c -> c.Label.StartsWith "DiscCircle")
    }

    let words = textOf (render onlyFirst)
    Assert.That(words, Does.Contain "estimates alone where others were run: bc-all.")

    Assert.That(textOf (render results), Does.Contain "On PointNav all is estimated from data alone")

[<Test>]
let ``every entry of a table has one anchor, apart for rollouts and estimates`` () =
    let document = parse (render SyntheticVariants.both)

    let ids =
        document.Descendants()
        |> Seq.map (attribute "id")
        |> Seq.filter ((<>) "")
        |> List.ofSeq

    Assert.That(List.distinct ids, Has.Length.EqualTo ids.Length)
    let known = set ids
    let tables, answers = Report.analyse SyntheticVariants.both

    for table in tables do
        for kind, rows in [ Rollout, table.Rollouts; OffPolicy, table.Estimates ] do
            for row in rows do
                Assert.That(known.Contains(Anchors.across kind row.Name), row.Name)

                for entry in row.Entries do
                    Assert.That(known.Contains(Anchors.group table.Task kind row entry.Limit), row.Name)

    // A finding about estimates knows that it is.
    for finding in answers |> List.collect _.Findings do
        let expected =
            if finding.Task = "PointNav" || finding.Row = "bc-all" then
                OffPolicy
            else
                Rollout

        Assert.That(finding.Kind, Is.EqualTo expected)

[<Test>]
let ``where the axis of cost profiles ends is said, and who goes on beyond it`` () =
    let words = textOf (render Synthetic.results)
    Assert.That(words, Does.Contain "The axis of costs ends at τ = 3, that many times the limit")
    Assert.That(words, Does.Match "what a curve lacks there to 1 costs more: bc-all [0-9]+\u00A0?%")
    Assert.That(words, Does.Contain "no run costs more")
