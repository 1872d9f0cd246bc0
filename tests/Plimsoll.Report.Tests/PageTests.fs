module Plimsoll.Report.Tests.PageTests

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open System.Xml
open System.Xml.Linq
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report

let private temporary () =
    Path.Combine(Path.GetTempPath(), "plimsoll-report-" + Guid.NewGuid().ToString "N")

let private render results =
    Report.analyse results ||> Html.render results

let private parse (page: string) =
    let settings = XmlReaderSettings(DtdProcessing = DtdProcessing.Ignore)
    use reader = XmlReader.Create(new StringReader(page), settings)
    XDocument.Load reader

let private named name (document: XDocument) =
    document.Descendants(XName.Get name) |> List.ofSeq

let private attribute (name: string) (element: XElement) =
    match element.Attribute(XName.Get name) with
    | null -> None
    | found -> Some found.Value

let private allAttributes name (document: XDocument) =
    document.Descendants() |> Seq.choose (attribute name) |> List.ofSeq

let private page = lazy (render Synthetic.results)

[<Test>]
let ``the synthetic report takes under 5 seconds and 5 MB`` () =
    let folder = temporary ()
    let clock = Stopwatch.StartNew()
    let outcome = Report.build Synthetic.results folder
    clock.Stop()

    match outcome with
    | Error problem -> Assert.Fail problem.Message
    | Ok files ->
        try
            TestContext.Out.WriteLine $"{clock.ElapsedMilliseconds} ms, {FileInfo(files.Page).Length} bytes"
            Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan 5.0)
            Assert.That(FileInfo(files.Page).Length, Is.LessThan 5_000_000L)
            Assert.That(File.ReadAllText files.TextFile, Is.EqualTo files.Text)

            for path in [ files.Page; files.ScoresCsv; files.TableCsv; files.TextFile ] do
                Assert.That(FileInfo(path).Length, Is.GreaterThan 500L, path)

            // To look at the page: name a folder.
            match Environment.GetEnvironmentVariable "PLIMSOLL_KEEP_REPORT" with
            | null -> ()
            | target ->
                Directory.CreateDirectory target |> ignore

                for file in DirectoryInfo(folder).GetFiles() do
                    file.CopyTo(Path.Combine(target, file.Name), true) |> ignore
        finally
            Directory.Delete(folder, true)

[<Test>]
let ``the page is well formed, and the same results give the same bytes`` () =
    let tables, _ = Report.analyse Synthetic.results

    let figures =
        HtmlFigures.sections (Facets.ofTables Synthetic.results tables) tables (Aggregates.build tables)

    Assert.That(parse page.Value |> named "section", Has.Length.EqualTo(8 + figures.Length))
    Assert.That(render Synthetic.results, Is.EqualTo page.Value)

let private sha256 (content: string) =
    "'sha256-"
    + Convert.ToBase64String(Security.Cryptography.SHA256.HashData(Text.Encoding.UTF8.GetBytes content))
    + "'"

[<Test>]
let ``the page asks nothing of the network`` () =
    let document = parse page.Value
    Assert.That(page.Value, Does.Not.Contain "://")
    Assert.That(page.Value, Does.Not.Contain "url(")
    Assert.That(page.Value, Does.Not.Contain "@import")
    Assert.That(allAttributes "src" document, Is.Empty)

    let outward =
        allAttributes "href" document
        |> List.filter (fun h -> not (h.StartsWith '#') && h <> "data:,")

    Assert.That(outward, Is.Empty)

[<Test>]
let ``its policy forbids everything but its own style and script, by digest`` () =
    let between (first: string) (last: string) =
        let start = page.Value.IndexOf(first, StringComparison.Ordinal) + first.Length
        page.Value.Substring(start, page.Value.IndexOf(last, start, StringComparison.Ordinal) - start)

    let style, script = between "<style>" "</style>", between "<script>" "</script>"
    Assert.That(script.Length, Is.GreaterThan 1000)
    let policy = between "Content-Security-Policy\" content=\"" "\""

    Assert.That(
        policy.Split "; ",
        Is.EqualTo<string array> [|
            "default-src 'none'"
            $"style-src {sha256 style}"
            $"script-src {sha256 script}"
            "img-src data:"
            "base-uri 'none'"
            "form-action 'none'"
        |]
    )

    let document = parse page.Value
    Assert.That(named "script" document, Has.Length.EqualTo 1)
    // The policy would forbid styles and handlers in attributes.
    Assert.That(allAttributes "style" document, Is.Empty)

    let handlers =
        document.Descendants()
        |> Seq.collect _.Attributes()
        |> Seq.filter (fun a -> a.Name.LocalName.StartsWith "on")

    Assert.That(handlers, Is.Empty)

[<Test>]
let ``every link within the page has its one target`` () =
    let document = parse page.Value
    let ids = allAttributes "id" document
    Assert.That(List.distinct ids, Has.Length.EqualTo ids.Length)
    let links = allAttributes "href" document |> List.filter _.StartsWith('#')
    Assert.That(links.Length, Is.GreaterThan 100)
    let targets = set ids
    Assert.That(links |> List.filter (fun l -> not (targets.Contains(l.Substring 1))), Is.Empty)

[<Test>]
let ``every plot has a text for those who do not see it`` () =
    let plots =
        parse page.Value
        |> named "svg"
        |> List.filter (fun s -> attribute "role" s = Some "img")

    Assert.That(plots.Length, Is.GreaterThanOrEqualTo(2 * (3 + 2 + 3 + 1)))

    for plot in plots do
        match attribute "aria-label" plot with
        | Some label -> Assert.That(label.Length, Is.GreaterThan 40)
        | None -> Assert.Fail "a plot without a text"

[<Test>]
let ``no plot has a coordinate that is not a number`` () =
    Assert.That(Regex.IsMatch(page.Value, "d=\"[^\"]*(NaN|n/a|infinite)"), Is.False)

[<Test>]
let ``every record's key, digest and name is on the page, and no path of the machine that made it`` () =
    for cell in Synthetic.results.Cells do
        for text in [ cell.Record.Key; cell.Record.Artifact; Some cell.Label ] |> List.choose id do
            Assert.That(page.Value, Does.Contain text)

        match cell.Record.Command with
        | Some command -> Assert.That(page.Value, Does.Not.Contain(command.Split(' ')[2]))
        | None -> ()

[<Test>]
let ``below the mean over the limits stands at how many a method keeps the limit, where that is not all`` () =
    // At the strictest limit all cost a little more than it, at the others nothing.
    let strictest = List.min Synthetic.limits

    let results = {
        Synthetic.results with
            Scores =
                Synthetic.results.Scores
                |> List.map (fun s ->
                    match s.State with
                    | Scored e ->
                        let cost =
                            if s.Coordinates.CostLimit = Some strictest then
                                1.2 * strictest
                            else
                                0.0

                        {
                            s with
                                State =
                                    Scored {
                                        e with
                                            Costs = e.Costs |> Array.map (fun _ -> cost)
                                    }
                        }
                    | _ -> s)
    }

    let hints =
        Regex.Matches(render results, "✓</a><span class=\"small\">(\\d) of (\\d) limits</span>")
        |> Seq.map (fun m -> m.Groups[1].Value, m.Groups[2].Value)
        |> List.ofSeq

    let tables, _ = Report.analyse results

    let expected = [
        for kind in [ Rollout; OffPolicy ] do
            for table in tables do
                for row in (if kind = Rollout then table.Rollouts else table.Estimates) do
                    let safe (entry: TableEntry) = entry.Values |> Option.exists _.Safe
                    let limits = row.Entries |> List.filter _.Limit.IsSome
                    let kept = limits |> List.filter safe |> List.length

                    if
                        row.Entries |> List.exists (fun e -> e.Limit.IsNone && safe e)
                        && kept < limits.Length
                    then
                        string kept, string limits.Length
    ]

    Assert.That(expected, Is.Not.Empty)
    Assert.That(hints, Is.EquivalentTo expected)

[<Test>]
let ``every number of a table leads to its records`` () =
    let tables =
        parse page.Value
        |> named "table"
        |> List.filter (fun t -> (attribute "class" t |> Option.defaultValue "").StartsWith "scores")

    Assert.That(tables.Length, Is.GreaterThan 5)

    for table in tables do
        for cell in table.Descendants(XName.Get "td") do
            if cell.Value |> Seq.exists Char.IsAsciiDigit then
                Assert.That(cell.Descendants(XName.Get "a"), Is.Not.Empty, cell.Value)

[<Test>]
let ``what diverged and what is missing is said`` () =
    Assert.That(page.Value, Does.Contain "4/5 seeds, 1 diverged")
    Assert.That(page.Value, Does.Contain "4/5 seeds, 1 missing")
    Assert.That(page.Value, Does.Contain "loss of the cost critic is not finite at step 41000")
    Assert.That(page.Value, Does.Contain "no series")

[<Test>]
let ``hostile names stay text`` () =
    let name = "<b onclick=\"x()\">&amp;\u0001'"
    let small = TableTests.small
    let rename arm = if arm = "careful" then name else arm

    let results = {
        small with
            Experiment = {
                small.Experiment with
                    Arms = small.Experiment.Arms |> List.map rename
            }
            Scores =
                small.Scores
                |> List.map (fun s -> {
                    s with
                        Score.Coordinates.Arm = Option.map rename s.Coordinates.Arm
                })
    }

    let document = parse (render results)
    Assert.That(allAttributes "onclick" document, Is.Empty)
    let heads = named "th" document |> List.map _.Value.Trim()
    Assert.That(heads, Does.Contain "<b onclick=\"x()\">&amp;\uFFFD'")

[<Test>]
let ``an experiment without any result still has a page`` () =
    let empty = {
        Synthetic.results with
            Scores = []
            Curves = []
            Data = []
            ActingTimes = []
            Cells = []
    }

    let text = render empty
    parse text |> ignore
    Assert.That(text, Does.Contain "0/5 seeds, 5 missing")

[<Test>]
let ``a task without a simulator shows estimates, labelled as such, and no feasible rate`` () =
    let estimated = {
        TableTests.small with
            Scores = TableTests.small.Scores |> List.map (fun s -> { s with Kind = OffPolicy })
    }

    let document = parse (render estimated)
    let titles = named "h3" document |> List.map _.Value
    Assert.That(titles, Does.Contain "T: off-policy estimates")
    Assert.That(titles, Does.Not.Contain "T")
    let answers = named "dd" document |> List.map _.Value
    Assert.That(answers.Head, Does.Contain "(estimated from data alone)")
    let cells = named "td" document |> List.map _.Value
    Assert.That(cells |> List.filter _.EndsWith("within"), Is.Empty)

[<Test>]
let ``a reward range without width gives no number and no broken plot`` () =
    let flat = {
        TableTests.small with
            Scores =
                TableTests.small.Scores
                |> List.map (fun s ->
                    match s.State with
                    | Scored e -> {
                        s with
                            State =
                                Scored {
                                    e with
                                        RewardMin = 1.0
                                        RewardMax = 1.0
                                }
                      }
                    | _ -> s)
    }

    let whole = render flat
    parse whole |> ignore
    let text = whole.Substring(0, whole.IndexOf("<script>", StringComparison.Ordinal))
    Assert.That(text, Does.Contain "n/a")
    Assert.That(text, Does.Not.Contain "NaN")

let private firstWith change =
    match TableTests.small.Scores with
    | first :: rest -> {
        TableTests.small with
            Scores = change first :: rest
      }
    | [] -> failwith "no score"

[<Test>]
let ``a score that would be lost is refused`` () =
    let refused results =
        match Report.text results with
        | Error problem -> problem.Message
        | Ok _ -> "accepted"

    let elsewhere =
        firstWith (fun s -> {
            s with
                Score.Coordinates.CostLimit = Some 11.0
        })

    Assert.That(refused elsewhere, Does.Contain "11 is not among the experiment's cost limits")

    let stranger =
        firstWith (fun s -> {
            s with
                Score.Coordinates.Arm = Some "x"
        })

    Assert.That(refused stranger, Does.Contain "no arm 'x'")

    let broken returns costs =
        firstWith (fun s -> {
            s with
                State = Scored(Synthetic.episodes (0.0, 1.0) returns costs)
        })

    Assert.That(refused (broken [| 1.0 |] [||]), Does.Contain "1 returns and 0 costs")
    Assert.That(refused (broken [| nan |] [| 1.0 |]), Does.Contain "not finite")
    Assert.That(refused (broken [||] [||]), Does.Contain "no episode")

[<Test>]
let ``a folder that cannot be written is a problem with a remedy`` () =
    let file = temporary ()
    File.WriteAllText(file, "")

    try
        match Report.build TableTests.small (Path.Combine(file, "report")) with
        | Error(Unwritable _ as problem) -> Assert.That(problem.Message, Does.Contain "Choose another folder")
        | other -> Assert.Fail $"{other}"
    finally
        File.Delete file

[<TestCase(0.0, 10.0, 2.0)>]
[<TestCase(0.0, 97.0, 20.0)>]
[<TestCase(-0.3, 1.1, 0.5)>]
[<TestCase(0.0, 0.007, 0.002)>]
let ``ticks are round, within the range and evenly spaced`` (low: double, high: double, step: double) =
    let ticks = Axes.niceTicks 5 low high
    Assert.That(ticks.Length, Is.InRange(3, 7))
    Assert.That(ticks |> List.pairwise |> List.forall (fun (a, b) -> abs (b - a - step) < 1e-9))
    Assert.That(List.head ticks >= low - 1e-9 && List.last ticks <= high + 1e-9)

[<Test>]
let ``a curve's bins keep its mean and leave out what is not finite`` () =
    let points = [| for i in 0..999 -> struct (double i, (if i = 500 then nan else double i)) |]
    let bins = CurvePlot.binned 10 (0.0, 999.0) points
    Assert.That(bins |> Array.forall Double.IsFinite)
    Assert.That(bins[0], Is.EqualTo(49.5).Within 0.6)
