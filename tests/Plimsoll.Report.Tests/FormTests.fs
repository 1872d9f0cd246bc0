module Plimsoll.Report.Tests.FormTests

open System
open System.Globalization
open FsCheck
open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Report

/// An independent reader of RFC 4180.
let readCsv (text: string) =
    let records, record = ResizeArray(), ResizeArray<string>()
    let current = Text.StringBuilder()
    let mutable i = 0
    let mutable quoted = false

    let endField () =
        record.Add(current.ToString())
        current.Clear() |> ignore

    while i < text.Length do
        match text[i] with
        | '"' when quoted && i + 1 < text.Length && text[i + 1] = '"' ->
            current.Append '"' |> ignore
            i <- i + 1
        | '"' -> quoted <- not quoted
        | ',' when not quoted -> endField ()
        | '\r' when not quoted && text[i + 1] = '\n' ->
            endField ()
            records.Add(List.ofSeq record)
            record.Clear()
            i <- i + 1
        | c -> current.Append c |> ignore

        i <- i + 1

    List.ofSeq records

[<Property>]
let ``a CSV field reads back as it was`` (first: byte list) (second: byte list) =
    let awkward (bytes: byte list) =
        String.Join("", bytes |> List.map (fun b -> "a,\"\r\n ;é"[int b % 8]))

    let first, second = awkward first, awkward second
    readCsv (Csv.field first + "," + Csv.field second + "\r\n") = [ [ first; second ] ]

let columns (records: string list list) name =
    let index = records.Head |> List.findIndex (fun h -> h = name)
    records.Tail |> List.map (fun r -> r[index])

[<Test>]
let ``scores.csv has each episode once, and a line for each run without a score`` () =
    let records = readCsv (Csv.scores Synthetic.results)
    Assert.That(records |> List.map List.length |> List.distinct, Has.Length.EqualTo 1)
    Assert.That(records.Length - 1, Is.EqualTo(88 * 20 + 2))
    let states = columns records "state" |> List.filter (fun s -> s <> "scored")

    Assert.That(
        states,
        Is.EquivalentTo [ "diverged: loss of the cost critic is not finite at step 41000"; "missing" ]
    )

    let returns = [
        for s in Synthetic.results.Scores do
            match s.State with
            | Scored e -> yield! e.Returns
            | _ -> ()
    ]

    let written =
        columns records "return"
        |> List.filter (fun r -> r <> "")
        |> List.map (fun r -> Double.Parse(r, CultureInfo.InvariantCulture))

    Assert.That(written, Is.EqualTo<double list> returns, "every number reads back as the same double")

[<Test>]
let ``table.csv has a line per row and limit, the averages and the references`` () =
    let records = readCsv (CsvTable.render (Table.build Synthetic.results))
    Assert.That(records |> List.map List.length |> List.distinct, Has.Length.EqualTo 1)
    Assert.That(records.Length - 1, Is.EqualTo(2 * (3 * 4 + 3)))
    Assert.That(columns records "kind" |> List.filter (fun k -> k = "data"), Has.Length.EqualTo 6)
    Assert.That(columns records "cost_limit" |> List.filter (fun l -> l = "average"), Has.Length.EqualTo 6)
    Assert.That(columns records "seeds_diverged" |> List.filter (fun d -> d = "1"), Has.Length.EqualTo 2)

[<Test>]
let ``table.csv has each mean's own interval beside it`` () =
    let records = readCsv (CsvTable.render (Table.build Synthetic.results))

    let numbers name =
        columns records name
        |> List.map (fun field ->
            if field = "" then
                nan
            else
                Double.Parse(field, CultureInfo.InvariantCulture))

    for name in [ "reward_normalised"; "cost_normalised"; "return"; "cost" ] do
        let place = records.Head |> List.findIndex ((=) name)

        Assert.That(
            records.Head |> List.skip place |> List.take 5,
            Is.EqualTo<string list>(
                name :: [ for what in [ "std"; "se"; "low"; "high" ] -> $"{name}_{what}" ]
            )
        )

        let within =
            List.zip3 (numbers $"{name}_low") (numbers name) (numbers $"{name}_high")
            |> List.filter (fun (low, _, _) -> Double.IsFinite low)

        Assert.That(within, Is.Not.Empty)

        for low, mean, high in within do
            Assert.That(low <= mean && mean <= high, $"{name}: {low}, {mean}, {high}")

    for limit, raw, normalised in
        List.zip3 (columns records "cost_limit") (numbers "cost_high") (numbers "cost_normalised_high") do
        match limit with
        | "average" -> ()
        | limit -> Assert.That(raw / double limit, Is.EqualTo(normalised).Within 1e-9)

[<Test>]
let ``numbers do not depend on the culture`` () =
    let before = CultureInfo.CurrentCulture

    let comma =
        match CultureInfo.InvariantCulture.Clone() with
        | :? CultureInfo as culture -> culture
        | _ -> failwith "a culture is a culture"

    comma.NumberFormat.NumberDecimalSeparator <- ","
    comma.NumberFormat.NegativeSign <- "~"

    let render () =
        let tables, answers = Report.analyse TableTests.small

        CsvTable.render tables
        + Csv.scores TableTests.small
        + Text.render TableTests.small tables answers
        + Html.render TableTests.small tables answers

    let expected = render ()

    try
        CultureInfo.CurrentCulture <- comma
        Assert.That((0.5).ToString(), Is.EqualTo "0,5", "the culture is in force")
        Assert.That(render (), Is.EqualTo expected)
    finally
        CultureInfo.CurrentCulture <- before

[<Test>]
let ``minus zero and missing numbers are worded`` () =
    Assert.That(Format.decimals 2 -0.001, Is.EqualTo "0.00")
    Assert.That(Format.decimals 2 nan, Is.EqualTo "n/a")
    Assert.That(Format.short 0.0345, Is.EqualTo "0.035")
    Assert.That((Format.within 34.41 1.4).Replace(Format.tie, " "), Is.EqualTo "34.4 ± 1.4")

[<Test>]
let ``the terminal's table is the golden one`` () =
    Report.analyse TableTests.small
    ||> Text.render TableTests.small
    |> Golden.matches "small.txt"

[<Test>]
let ``the terminal's lines across tasks are the golden ones`` () =
    let text = Report.analyse NumpyTests.results ||> Text.render NumpyTests.results

    text.Substring(text.IndexOf("Across", StringComparison.Ordinal))
    |> Golden.matches "across.txt"

[<Test>]
let ``aggregates.csv has every row at every limit and over all, with its counts and its seed`` () =
    let records = readCsv (CsvAggregates.aggregates [ NumpyTests.across ])
    Assert.That(records |> List.map List.length |> List.distinct, Has.Length.EqualTo 1)
    let entries = NumpyTests.across.Rows |> List.collect _.Entries
    Assert.That(records.Length - 1, Is.EqualTo entries.Length)

    let same (name: string) (pick: AggregateEntry -> string) =
        Assert.That(columns records name, Is.EqualTo<string list>(entries |> List.map pick), name)

    let exact (x: double) =
        x.ToString("R", CultureInfo.InvariantCulture)

    same "runs_expected" (fun e -> string e.Runs.Expected)
    same "runs_diverged" (fun e -> string e.Runs.Diverged)
    same "reward_iqm" (fun e -> exact e.Reward.Value.Iqm.Value)
    same "cost_gap_high" (fun e -> exact (snd e.Cost.Value.Gap.Interval.Value))
    same "exceedance" (fun e -> exact e.Exceedance.Value.Rate.Rate)
    same "resamples" (fun _ -> "2000")
    same "bootstrap_seed" (fun _ -> "1")

[<Test>]
let ``improvement.csv has both directions of every pair, profiles.csv every point`` () =
    let pairs = readCsv (CsvAggregates.improvements [ NumpyTests.across ])
    // 6 ordered pairs, 2 metrics, 2 limits and both.
    Assert.That(pairs.Length - 1, Is.EqualTo(6 * 2 * 3))
    Assert.That(pairs |> List.map List.length |> List.distinct, Has.Length.EqualTo 1)
    let points = readCsv (CsvAggregates.profiles [ NumpyTests.across ])
    Assert.That(points |> List.map List.length |> List.distinct, Has.Length.EqualTo 1)

    let expected =
        NumpyTests.across.Rows
        |> List.collect _.Entries
        |> List.sumBy (fun e -> e.RewardProfile.Length + e.CostProfile.Length)

    Assert.That(points.Length - 1, Is.EqualTo expected)

[<Test>]
let ``claims.csv has the number behind every finding`` () =
    let tables = Table.build Synthetic.results
    let answers = Claims.answer Synthetic.results tables
    let records = readCsv (CsvAggregates.claims Set.empty answers)
    let findings = answers |> List.collect _.Findings
    Assert.That(records.Length - 1, Is.EqualTo findings.Length)
    Assert.That(columns records "value" |> List.forall (fun v -> v <> ""))
    Assert.That(columns records "finding", Is.EqualTo<string list>(findings |> List.map _.Verdict.Words))
