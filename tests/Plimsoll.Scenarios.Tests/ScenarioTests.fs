module Plimsoll.Scenarios.Tests.ScenarioTests

open System
open System.IO
open NUnit.Framework

[<assembly: LevelOfParallelism 2>]
do ()

/// Set it to write what the program answers over what was expected; read the difference before committing it.
let private accepting = Environment.GetEnvironmentVariable "PLIMSOLL_ACCEPT" = "1"

let scenarios =
    Scenario.names |> List.map (fun name -> TestCaseData(name).SetName name)

[<TestCaseSource(nameof scenarios)>]
[<Parallelizable(ParallelScope.All)>]
let ``the program answers as expected`` (scenario: string) =
    match Scenario.needs scenario with
    | Some library when Libraries.missing library -> Assert.Ignore $"the library {library} is not installed"
    | _ -> ()

    let path = Scenario.file scenario "expected"
    let actual = Scenario.run scenario
    let expected = if File.Exists path then File.ReadAllText path else ""

    if not (Scenario.matches expected actual) then
        if accepting then
            File.WriteAllText(path, actual)

        Assert.Fail $"expected:\n{expected}\nbut the program answered:\n{actual}"

[<TestCase("a\nb\n", "a\nb\n", true)>]
[<TestCase("a\nb\n", "a\nc\n", false)>]
[<TestCase("took <*> s\n", "took 0.31 s\n", true)>]
[<TestCase("took <*> s\n", "took 0.31\n", false)>]
[<TestCase("a\n<...>\nz\n", "a\nb\nc\nz\n", true)>]
[<TestCase("a\n<...>\nz\n", "a\nz\n", true)>]
[<TestCase("a\n<...>\nz\n", "a\nb\n", false)>]
[<TestCase("<...>\n", "a\nb\n", true)>]
[<TestCase("a.c\n", "abc\n", false)>]
let ``expected text matches exactly but for its placeholders``
    (expected: string, actual: string, same: bool)
    =
    Assert.That(Scenario.matches expected actual, Is.EqualTo same)
