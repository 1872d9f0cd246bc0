/// Running the test projects and saying what came of it.
module Tests

open System
open System.Globalization
open System.IO
open System.Xml.Linq
open Shell

type Failure = {
    Test: string
    Message: string
    Trace: string
    Output: string
}

type Project = {
    Name: string
    Passed: int
    Failed: Failure list
    Skipped: (string * string) list
    Time: TimeSpan
}

let private ns =
    XNamespace.Get "http://microsoft.com/schemas/VisualStudio/TeamTest/2010"

let private attribute (name: string) (e: XElement) =
    e.Attribute(XName.Get name) |> Option.ofObj |> Option.map _.Value

let private text (path: string list) (e: XElement) =
    let step (e: XElement option) (name: string) =
        e |> Option.bind (fun e -> Option.ofObj (e.Element(ns + name)))

    match path |> List.fold step (Some e) with
    | Some found -> found.Value.Trim()
    | None -> ""

/// A trx file names tests by class and method in its definitions and by id in its results.
let read (file: string) : Project =
    let document = XDocument.Load file
    let results = document.Descendants(ns + "UnitTestResult") |> Seq.toList

    let names =
        document.Descendants(ns + "UnitTest")
        |> Seq.choose (fun test ->
            let className =
                test.Descendants(ns + "TestMethod")
                |> Seq.tryHead
                |> Option.bind (attribute "className")

            match attribute "id" test, attribute "name" test with
            | Some id, Some name -> Some(id, (defaultArg className "", name))
            | _ -> None)
        |> Map.ofSeq

    let name (e: XElement) =
        match attribute "testId" e |> Option.bind names.TryFind with
        | Some(className, name) -> (className.Split(',')[0]) + ": " + name
        | None -> defaultArg (attribute "testName" e) "?"

    // The full path of the assembly, in its own spelling.
    let assembly =
        document.Descendants(ns + "TestMethod")
        |> Seq.tryPick (attribute "codeBase")
        |> Option.defaultValue file

    let stated outcome =
        results |> List.filter (fun e -> attribute "outcome" e = Some outcome)

    let failed =
        stated "Failed"
        |> List.map (fun e -> {
            Test = name e
            // NUnit wants to quote the call and finds nothing to quote in F#.
            Message = (text [ "Output"; "ErrorInfo"; "Message" ] e).Replace("Assert.That(, )\n", "")
            Trace = text [ "Output"; "ErrorInfo"; "StackTrace" ] e
            Output = text [ "Output"; "StdOut" ] e
        })

    // A test host that died leaves no failed test behind, only an outcome and a text.
    let summary = document.Descendants(ns + "ResultSummary") |> Seq.tryHead

    let died =
        summary
        |> Option.bind (attribute "outcome")
        |> Option.exists (fun o -> o = "Failed" || o = "Aborted")

    let crashed =
        if died && failed.IsEmpty then
            let said =
                document.Descendants(ns + "RunInfo")
                |> Seq.map (text [ "Text" ])
                |> String.concat "\n"

            [
                {
                    Test = "the test host ended early"
                    Message = said
                    Trace = ""
                    Output = ""
                }
            ]
        else
            []

    let time =
        results
        |> List.choose (attribute "duration")
        |> List.sumBy (fun d -> TimeSpan.Parse(d, CultureInfo.InvariantCulture).TotalSeconds)
        |> TimeSpan.FromSeconds

    {
        Name = Path.GetFileNameWithoutExtension assembly
        Passed = (stated "Passed").Length
        Failed = failed @ crashed
        Skipped =
            stated "NotExecuted"
            |> List.map (fun e -> name e, text [ "Output"; "ErrorInfo"; "Message" ] e)
        Time = time
    }

let private indent (blanks: int) (text: string) =
    text.Split('\n')
    |> Array.map (fun line -> String(' ', blanks) + line.TrimEnd())
    |> String.concat "\n"

let private show (project: Project) =
    printfn
        "  %-34s %4d passed %3d failed %3d skipped %7.1f s"
        project.Name
        project.Passed
        project.Failed.Length
        project.Skipped.Length
        project.Time.TotalSeconds

    for test, why in project.Skipped do
        printfn "    skipped: %s%s" test (if why = "" then "" else $" ({why})")

let private showFailure (failure: Failure) =
    printfn "\nFAILED %s\n%s" failure.Test (indent 2 failure.Message)

    if failure.Trace <> "" then
        printfn "%s" (failure.Trace.Split('\n') |> Array.truncate 8 |> String.concat "\n" |> indent 4)

    if failure.Output <> "" then
        printfn
            "  it printed:\n%s"
            (failure.Output.Split('\n')
             |> Array.truncate 40
             |> String.concat "\n"
             |> indent 4)

type Totals = {
    Passed: int
    Failed: int
    Skipped: int
}

let add (a: Totals) (b: Totals) : Totals = {
    Passed = a.Passed + b.Passed
    Failed = a.Failed + b.Failed
    Skipped = a.Skipped + b.Skipped
}

let line (totals: Totals) =
    let skipped =
        if totals.Skipped = 0 then
            ""
        else
            $", {totals.Skipped} skipped"

    $"{totals.Passed} passed, {totals.Failed} failed{skipped}"

/// Runs the tests that the filter lets through. A run that ends badly without a failed test to show
/// for it counts as one failure.
let run (filter: string) : Totals =
    let results = Path.Combine(root, "artifacts", "test-results")

    if Directory.Exists results then
        Directory.Delete(results, true)

    let status, said =
        capture dotnet [
            "test"
            "Pipeline.sln"
            "-c"
            "Release"
            "--no-build"
            "--nologo"
            "--logger"
            "trx"
            "--results-directory"
            results
            "--filter"
            filter
        ]

    let projects =
        if Directory.Exists results then
            Directory.GetFiles(results, "*.trx")
            |> Array.map read
            |> Array.sortBy _.Name
            |> Array.toList
        else
            []

    projects
    |> List.filter (fun p -> p.Passed + p.Failed.Length + p.Skipped.Length > 0)
    |> List.iter show

    projects |> List.collect _.Failed |> List.iter showFailure
    let failed = projects |> List.sumBy _.Failed.Length
    let unexplained = status <> 0 && failed = 0

    if unexplained || projects.IsEmpty then
        printfn "\n`dotnet test` ended with %d and said:\n%s" status said

    {
        Passed = projects |> List.sumBy _.Passed
        Failed = if unexplained then 1 else failed
        Skipped = projects |> List.sumBy _.Skipped.Length
    }
