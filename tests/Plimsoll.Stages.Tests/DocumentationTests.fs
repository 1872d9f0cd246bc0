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
        yield! Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
        Path.Combine(root, "experiments", "README.md")
    ]
    |> List.filter File.Exists
    |> List.map (fun path -> Path.GetRelativePath(root, path).Replace('\\', '/'))
    |> List.sortWith (fun a b -> String.CompareOrdinal(a, b))

let private read (page: string) =
    File.ReadAllText(Path.Combine(root, page)).Replace("\r\n", "\n")

let private recipe (name: string) =
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
        Path.Combine(root, page) |> Path.GetDirectoryName |> Option.ofObj |> Option.defaultValue root

    let broken = [
        for link in Regex.Matches(read page, @"\]\(([^)#\s]+)(#[^)]*)?\)") do
            let target = link.Groups[1].Value

            if not (target.Contains "://" || Path.Exists(Path.Combine(folder, target))) then
                target
    ]

    Assert.That(broken, Is.Empty)

[<TestCaseSource(nameof pages)>]
let ``a page names only parameters that a stage has`` (page: string) =
    let known =
        Catalogue.language.Stages
        |> List.collect (fun stage -> stage.Parameters |> List.map _.Name)
        |> Set.ofList

    // Rows of a table of parameters: a name with its node or stage before the dot.
    let unknown = [
        for row in Regex.Matches(read page, @"^\| `([a-z-]+)\.([a-z-]+)`", RegexOptions.Multiline) do
            if not (known.Contains row.Groups[2].Value) then
                row.Value
    ]

    Assert.That(unknown, Is.Empty)
