/// The page at the size of a paper's table.
module Plimsoll.Report.Tests.ScaleTests

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open System.Xml
open System.Xml.Linq
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report

let private results = lazy (SyntheticTable.results ())

/// Of this process: what else the machine does is no matter.
let private processorTime () =
    use self = Process.GetCurrentProcess()
    self.TotalProcessorTime

let private page =
    lazy
        (let folder =
            Path.Combine(Path.GetTempPath(), "plimsoll-table-" + Guid.NewGuid().ToString "N")

         let results = results.Value
         let before = processorTime ()

         try
             match Report.build results folder with
             | Ok files -> File.ReadAllText files.Page, processorTime () - before
             | Error problem -> failwith problem.Message
         finally
             Directory.Delete(folder, true))

let private document =
    lazy
        (let settings = XmlReaderSettings(DtdProcessing = DtdProcessing.Ignore)
         use reader = XmlReader.Create(new StringReader(fst page.Value), settings)
         XDocument.Load reader)

let private attribute (name: string) (element: XElement) =
    match element.Attribute(XName.Get name) with
    | null -> None
    | found -> Some found.Value

let private named name (element: XContainer) =
    element.Descendants(XName.Get name) |> List.ofSeq

[<Test>]
let ``the made-up table is 15 methods x 4 tasks x 3 limits x 5 seeds`` () =
    Assert.That(results.Value.Scores, Has.Length.EqualTo(15 * 4 * 3 * 5))
    Assert.That(SyntheticJobs.arms, Is.Unique)

    let episodes =
        results.Value.Scores
        |> List.sumBy (fun s ->
            match s.State with
            | Scored e -> e.Returns.Length
            | _ -> 0)

    Assert.That(episodes, Is.InRange(17_000, 18_000))
    Assert.That(results.Value.Scores |> List.exists _.State.IsMissing)
    Assert.That(results.Value.Scores |> List.exists _.State.IsFailed)
    Assert.That(results.Value.Scores |> List.exists _.State.IsDiverged)

[<Test>]
let ``its report takes under 5 seconds of a processor and its page under 5 MB`` () =
    let text, taken = page.Value
    TestContext.Out.WriteLine $"{taken.TotalSeconds:F2} s, {text.Length} characters"
    Assert.That(taken.TotalSeconds, Is.LessThan 5.0)
    Assert.That(Text.Encoding.UTF8.GetByteCount text, Is.LessThan 5_000_000)

[<Test>]
let ``every policy of the experiment appears, in its group, with its record`` () =
    let rows =
        named "tr" document.Value
        |> List.choose (fun row -> attribute "id" row |> Option.map (fun id -> id, row))
        |> dict

    let links = named "a" document.Value |> List.choose (attribute "href") |> set

    for score in results.Value.Scores do
        let anchor = Anchors.cell score.Record.Cell
        Assert.That(links.Contains("#" + anchor), score.Record.Label)
        Assert.That(rows.ContainsKey anchor, score.Record.Label)

    for cell in results.Value.Cells do
        let text = rows[Anchors.cell cell.Record.Cell].Value
        Assert.That(text, Does.Contain cell.Label)

        for digest in List.choose id [ cell.Record.Key; cell.Record.Artifact ] do
            Assert.That(text, Does.Contain digest)

[<Test>]
let ``a record says what its key is made of, attempts, machine, time and the command`` () =
    let within (element: XElement) =
        element.Ancestors(XName.Get "details") |> Seq.map _.Elements() |> Seq.concat

    for cell in
        results.Value.Cells
        |> List.indexed
        |> List.filter (fun (i, _) -> i % 97 = 0)
        |> List.map snd do
        let anchor = Anchors.cell cell.Record.Cell

        let row =
            named "tr" document.Value |> List.find (fun r -> attribute "id" r = Some anchor)

        // Its own and what the folds around it say of all.
        let said =
            row.Value
            + String.Join(" ", within row |> Seq.filter (fun e -> e.Name.LocalName = "p") |> Seq.map _.Value)

        match cell.Made with
        | None -> ()
        | Some made ->
            for part in made.Parts do
                match part.Kind with
                | Plimsoll.Store.StagePart -> ()
                | Plimsoll.Store.InputPart ->
                    Assert.That(said, Does.Contain $"{part.Name} = {part.Value.Substring(0, 12)}")
                | Plimsoll.Store.SeedPart -> Assert.That(said, Does.Contain $"seed = {part.Value}")
                | _ -> Assert.That(said, Does.Contain $"{part.Name} = {part.Value}")

            Assert.That(said, Does.Match "machine [12]")
            Assert.That(said, Does.Contain "program 1")
            Assert.That(said, Does.Contain $"threads {made.Threads}")
            Assert.That(said, Does.Contain(made.Started.ToString "yyyy-MM-dd HH:mm"))
            Assert.That(said, Does.Contain "--only 'LABEL'")

            if made.Attempts > 1 then
                Assert.That(said, Does.Contain $"attempts {made.Attempts}")

[<Test>]
let ``no long text is written more than a few times`` () =
    let text = fst page.Value

    let digests =
        Regex.Matches(text, "[0-9a-f]{64}")
        |> Seq.map _.Value
        |> Seq.countBy id
        |> Seq.toList

    Assert.That(digests.Length, Is.GreaterThan 3000)
    // Artifacts and keys once, the digests of code once a stage.
    Assert.That(digests |> List.filter (fun (_, n) -> n > 30), Is.Empty)
    Assert.That(digests |> List.filter (fun (_, n) -> n > 1) |> List.length, Is.LessThan 10)

[<Test>]
let ``every link within the page has its one target`` () =
    let ids = document.Value.Descendants() |> Seq.choose (attribute "id") |> List.ofSeq
    Assert.That(List.distinct ids, Has.Length.EqualTo ids.Length)
    let targets = set ids

    let lost =
        named "a" document.Value
        |> List.choose (attribute "href")
        |> List.filter (fun h -> not (targets.Contains(h.Substring 1)))

    Assert.That(lost, Is.Empty)

[<Test>]
let ``who keeps which limit counts as the tables do`` () =
    let tables, _ = Report.analyse results.Value
    let methods = Overview.methods tables
    Assert.That(methods, Has.Length.EqualTo 15)

    for m in methods do
        let safe =
            tables
            |> List.collect _.Rollouts
            |> List.filter (fun row -> row.Name = m.Name)
            |> List.collect _.Entries
            |> List.filter (fun e ->
                e.Limit.IsSome
                && (match e.Values with
                    | Some v -> v.Safe
                    | None -> false))

        Assert.That(m.Kept, Is.EqualTo safe.Length)
        Assert.That(m.Places, Has.Length.EqualTo 12)

    // What is not offline stands last, and the answer is never about it.
    Assert.That((List.last methods).Hybrid)
    let words, name = (Overview.sentence methods).Value

    Assert.That(
        words,
        Does.Contain "of 14 offline methods keep the cost limit at all 3 limits on all 4 tasks"
    )

    Assert.That(name.Value, Does.Not.Contain "hybrid")

[<Test>]
let ``doubt is an interval that holds the limit`` () =
    let entry cost half : TableEntry =
        let cell = (Report.analyse TableTests.small |> fst).Head.Rollouts.Head.Entries.Head

        {
            cell with
                Limit = Some 10.0
                Values =
                    cell.Values
                    |> Option.map (fun v -> {
                        v with
                            Cost = {
                                Mean = cost
                                Deviation = Some 0.1
                                Error = None
                                Interval = Some(cost - half, cost + half)
                            }
                            Safe = cost <= 1.0
                    })
        }

    let verdict cost half = Overview.verdict (entry cost half)
    Assert.That(verdict 0.75 0.25, Is.EqualTo Overview.Keeps)
    Assert.That(verdict 0.75 0.26, Is.EqualTo Overview.BarelyKeeps)
    Assert.That(verdict 1.25 0.25, Is.EqualTo Overview.BarelyOver)
    Assert.That(verdict 1.25 0.24, Is.EqualTo Overview.Over)
    Assert.That(Overview.verdict { entry 1.0 1.0 with Values = None }, Is.EqualTo Overview.NoScore)
