/// Which project may know which.
module Plimsoll.Architecture.Tests.ProjectTests

open System.Xml.Linq
open NUnit.Framework

/// The whole of it. Another arrow is a decision: it needs a page in docs/decisions and a line here.
let private arrows =
    Map [
        "Plimsoll.Numerics", []
        "Plimsoll.Data", []
        "Plimsoll.Environments", []
        "Plimsoll.Language", []
        "Plimsoll.Learning", [ "Plimsoll.Data"; "Plimsoll.Environments"; "Plimsoll.Numerics" ]
        "Plimsoll.Store", [ "Plimsoll.Language" ]
        "Plimsoll.Stages", [ "Plimsoll.Language"; "Plimsoll.Learning" ]
        "Plimsoll.Engine", [ "Plimsoll.Stages"; "Plimsoll.Store" ]
        // Curves and tables lie in artifacts, and Data reads those.
        "Plimsoll.Report", [ "Plimsoll.Data"; "Plimsoll.Store" ]
        // Policies and curves in the formats of others: docs/decisions/2026-11-20-exports-in-their-own-project.md.
        "Plimsoll.Export", [ "Plimsoll.Learning" ]
        "Plimsoll.Cli", [ "Plimsoll.Engine"; "Plimsoll.Export"; "Plimsoll.Report" ]
    ]

/// Packages beyond FSharp.Core. C# projects that stages reach have none at all.
let private packages =
    Map [
        "Plimsoll.Export", [ "Google.Protobuf" ]
        "Plimsoll.Language", [ "YamlDotNet" ]
        "Plimsoll.Cli",
        [
            "Argu"
            "Spectre.Console"
            "System.Configuration.ConfigurationManager"
            "System.Security.Cryptography.ProtectedData"
            "YamlDotNet"
        ]
    ]

let private projects (folder: string) =
    Repository.under folder [ ".csproj"; ".fsproj" ]

let private name (project: string) = Repository.stem project

let private references (project: string) =
    (XDocument.Parse(Repository.read project)).Descendants(XName.Get "ProjectReference")
    |> Seq.choose (fun reference -> Option.ofObj (reference.Attribute(XName.Get "Include")))
    |> Seq.map (fun included -> Repository.stem (included.Value.Replace('\\', '/')))
    |> Seq.sort
    |> Seq.toList

[<Test>]
let ``each source project references exactly the projects of the design`` () =
    let line (project: string, known: string list) =
        project + " -> " + String.concat ", " known

    let found = projects "src" |> List.map (fun p -> line (name p, references p))
    let expected = arrows |> Map.toList |> List.map line

    // Arrays, because NUnit shows where two of them differ.
    Assert.That(
        found |> List.sort |> List.toArray,
        Is.EqualTo<string array>(expected |> List.sort |> List.toArray)
    )

[<Test>]
let ``each source project uses exactly the packages it was given`` () =
    for project in projects "src" do
        let file = project[.. project.LastIndexOf '/'] + "paket.references"

        let found =
            Repository.lines file
            |> Array.map _.Trim()
            |> Array.filter (fun line -> line <> "" && line <> "FSharp.Core")
            |> Array.sort

        Assert.That(
            found,
            Is.EqualTo<string array>(packages.TryFind(name project) |> Option.defaultValue [] |> List.toArray),
            project
        )

/// docs/decisions/2026-11-20-benchmarkdotnet-where-asked-for.md: neither restored nor built but by its own command.
let private apart = [ "tests/Plimsoll.Benchmarks.DotNet/Plimsoll.Benchmarks.DotNet.csproj" ]

let private restored () =
    projects "src" @ projects "tests" |> List.except apart

[<Test>]
let ``no project takes a package past Paket`` () =
    let taken =
        restored ()
        |> List.filter (fun p ->
            (XDocument.Parse(Repository.read p)).Descendants(XName.Get "PackageReference")
            |> Seq.isEmpty
            |> not)

    Assert.That(taken, Is.Empty)

[<Test>]
let ``each source project has a test project that references it`` () =
    for project in projects "src" |> List.map name do
        // The program is tested from outside, by scenarios.
        let tests =
            if project = "Plimsoll.Cli" then
                "Plimsoll.Scenarios.Tests"
            else
                project + ".Tests"

        match projects "tests" |> List.tryFind (fun p -> name p = tests) with
        | None -> Assert.Fail $"{project} has no {tests}"
        | Some found -> Assert.That(references found, Does.Contain project, found)

[<Test>]
let ``each project stands in the solution`` () =
    let solution = (Repository.read "Pipeline.sln").Replace('\\', '/')

    for project in restored () do
        Assert.That(solution, Does.Contain project)
