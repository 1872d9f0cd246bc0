/// The manual against the program: its stage tables, its experiments and its links.
module Plimsoll.Stages.Tests.DocumentationTests

open System
open System.IO
open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages

let private root =
    let rec up (folder: DirectoryInfo) =
        if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
            folder.FullName
        else
            match folder.Parent with
            | null -> failwith "Pipeline.sln is in no folder above the tests"
            | parent -> up parent

    up (DirectoryInfo AppContext.BaseDirectory)

let private accepting = Environment.GetEnvironmentVariable "PLIMSOLL_ACCEPT" = "1"

/// The manual's pages, as paths from the root.
let private pages =
    [
        Path.Combine(root, "README.md")
        Path.Combine(root, "src", "README.md")
        yield! Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
        Path.Combine(root, "experiments", "README.md")
    ]
    |> List.filter File.Exists
    |> List.map (fun path -> Path.GetRelativePath(root, path).Replace('\\', '/'))
    |> List.sortWith (fun a b -> String.CompareOrdinal(a, b))

let private read (page: string) =
    File.ReadAllText(Path.Combine(root, page)).Replace("\r\n", "\n")

let private shipped (name: string) =
    let path = Path.Combine(root, "experiments", "recipes", name + ".yaml")

    if File.Exists path then
        Ok(File.ReadAllText path, name + ".yaml")
    else
        Error "there is no such recipe"

let private fenced (language: string) (text: string) =
    Regex.Matches(text, $"^```{language}\n(.*?)^```", RegexOptions.Multiline ||| RegexOptions.Singleline)
    |> Seq.map _.Groups[1].Value
    |> List.ofSeq

let private blocksOf language (first: string) = [
    for page in pages do
        for number, block in List.indexed (fenced language (read page)) do
            if block.StartsWith(first, StringComparison.Ordinal) then
                TestCaseData(block).SetName $"{page}, block {number + 1}"
]

/// A shipped recipe, or one that a page spells out under this file's name.
let private recipe (name: string) =
    let written = [
        for page in pages do
            for text in fenced "yaml" (read page) do
                if
                    text.StartsWith(
                        $"recipe: {Path.GetFileNameWithoutExtension name}\n",
                        StringComparison.Ordinal
                    )
                then
                    text, name
    ]

    match written with
    | text :: _ when name.Contains '/' -> Ok text
    | _ -> shipped name

let experiments = blocksOf "yaml" "experiment:"
let recipes = blocksOf "yaml" "recipe:"

let private accepted (result: Result<'checked', Problem list>) =
    match result with
    | Ok _ -> ()
    | Error problems -> Assert.Fail(ProblemText.renderAll problems)

[<Test>]
let ``the page of stages says what the catalogue says`` () =
    let page = Path.Combine(root, "docs", "stages.md")
    let expected = StagePage.text Catalogue.language

    if accepting then
        File.WriteAllText(page, expected)

    Assert.That(
        read "docs/stages.md",
        Is.EqualTo expected,
        "run this test with PLIMSOLL_ACCEPT=1 and read the difference"
    )

[<TestCaseSource(nameof experiments)>]
let ``an experiment in the manual has no problems`` (text: string) =
    Check.experiment Catalogue.language recipe "manual.yaml" text |> accepted

[<TestCaseSource(nameof recipes)>]
let ``a recipe in the manual has no problems`` (text: string) =
    Check.recipe Catalogue.language "manual.yaml" text |> accepted

[<Test>]
let ``the experiments of the manual are really found`` () =
    Assert.That(experiments, Is.Not.Empty)
    Assert.That(recipes, Is.Not.Empty)

[<TestCaseSource(nameof pages)>]
let ``every link leads to a file`` (page: string) =
    let folder =
        Path.Combine(root, page)
        |> Path.GetDirectoryName
        |> Option.ofObj
        |> Option.defaultValue root

    let broken = [
        for link in Regex.Matches(read page, @"\]\(([^)#\s]+)(#[^)]*)?\)") do
            let target = link.Groups[1].Value

            if not (target.Contains "://" || Path.Exists(Path.Combine(folder, target))) then
                target
    ]

    Assert.That(broken, Is.Empty)

/// What a heading is called in a link to it: lower case, no punctuation, hyphens for spaces.
let private anchors (page: string) =
    let plain =
        Regex.Replace(read page, "^```.*?^```", "", RegexOptions.Multiline ||| RegexOptions.Singleline)

    Regex.Matches(plain, @"^#+ (.*)$", RegexOptions.Multiline)
    |> Seq.map (fun heading ->
        let words =
            Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", "")

        words.Replace(' ', '-'))
    |> Set.ofSeq

[<TestCaseSource(nameof pages)>]
let ``every link to a part of a page leads to a heading`` (page: string) =
    let folder =
        Path.GetDirectoryName(Path.Combine(root, page))
        |> Option.ofObj
        |> Option.defaultValue root

    let broken = [
        for link in Regex.Matches(read page, @"\]\(([^)#\s:]*)#([^)]+)\)") do
            let target =
                if link.Groups[1].Value = "" then
                    page
                else
                    Path.GetRelativePath(root, Path.Combine(folder, link.Groups[1].Value))

            if target.EndsWith ".md" && not ((anchors target).Contains link.Groups[2].Value) then
                link.Value
    ]

    Assert.That(broken, Is.Empty)

/// The stage behind each node that an algorithm's page speaks of.
let private stagesOf (recipeName: string) =
    match recipe recipeName with
    | Ok(text, file) ->
        match Check.recipe Catalogue.language file text with
        | Ok recipe -> [ for node in recipe.Nodes -> node.Name, node.Signature ]
        | Error problems -> failwith (ProblemText.renderAll problems)
    | Error _ -> [
        for stage in Catalogue.language.Stages do
            if stage.Name = Catalogue.language.EvaluateOffline then
                "evaluate", stage
      ]
    |> Map.ofList

/// Whether a cell of a table holds a default: thousands may be separated.
let private holds (cell: string) (value: Value) =
    let plain = Regex.Replace(cell, @",(?=\d{3}\b)", "")
    let value = Regex.Escape(Literal.print value)
    Regex.IsMatch(plain, $@"(?<![\d.]){value}(?![\d.])")

[<TestCase("drcorl", "drcorl")>]
[<TestCase("behaviour-cloning", "bc-all")>]
[<TestCase("cpq", "cpq")>]
[<TestCase("coptidice", "coptidice")>]
[<TestCase("td3-bc", "td3-bc")>]
[<TestCase("bcq-lag", "bcq-lag")>]
[<TestCase("bear-lag", "bear-lag")>]
[<TestCase("cdt", "cdt")>]
[<TestCase("fitted-q-evaluation", "")>]
let ``the defaults on an algorithm's page are the program's`` (page: string, recipeName: string) =
    let stages = stagesOf recipeName

    let rows =
        Regex.Matches(
            read $"docs/algorithms/{page}.md",
            @"^\| (`[a-z-]+\.[^|]*) \| ([^|]*) \|",
            RegexOptions.Multiline
        )

    let wrong = [
        for row in rows do
            for name in Regex.Matches(row.Groups[1].Value, @"`([a-z-]+)\.([a-z-]+)`") do
                let standard =
                    stages.TryFind name.Groups[1].Value
                    |> Option.bind (fun stage ->
                        stage.Parameters |> List.tryFind (fun p -> p.Name = name.Groups[2].Value))
                    |> Option.bind _.Default

                match standard with
                | Some value when holds row.Groups[2].Value value -> ()
                | _ -> row.Value
    ]

    Assert.That(rows.Count, Is.GreaterThan 3)
    Assert.That(wrong, Is.Empty)

[<TestCase "cpq">]
[<TestCase "coptidice">]
[<TestCase "td3-bc">]
[<TestCase "bcq-lag">]
[<TestCase "bear-lag">]
let ``every parameter of a method has a row on its page`` (page: string) =
    let rows =
        Regex.Matches(read $"docs/algorithms/{page}.md", @"^\| (`[^|]*) \|", RegexOptions.Multiline)
        |> Seq.map _.Groups[1].Value
        |> String.concat " "

    let missing = [
        for node, signature in Map.toList (stagesOf page) do
            for parameter in signature.Parameters do
                if
                    not (List.contains parameter.Name [ "cost-limit"; "guard-every" ])
                    && not (rows.Contains $"`{node}.{parameter.Name}`")
                then
                    parameter.Name
    ]

    Assert.That(missing, Is.Empty)
