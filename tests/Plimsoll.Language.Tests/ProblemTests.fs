module Plimsoll.Language.Tests.ProblemTests

open System.Text.Json
open FSharp.Reflection
open NUnit.Framework
open Plimsoll.Language

let private check (case: ProblemCases.Case) =
    let recipes = FakeCatalogue.recipesWith case.Recipes

    match Check.experiment FakeCatalogue.catalogue recipes "test.yaml" case.Text with
    | Ok _ -> []
    | Error problems -> problems

let private names = ProblemCases.all |> List.map _.Name

[<TestCaseSource(nameof names)>]
let ``each problem is worded as its golden file says`` (name: string) =
    let case = ProblemCases.all |> List.find (fun case -> case.Name = name)
    let problems = check case
    Assert.That(problems, Is.Not.Empty, "the file has no problem")
    Files.matchesGolden $"problems/{name}.txt" (ProblemText.renderAll problems)

let private cases = FSharpType.GetUnionCases typeof<Fault> |> Array.map _.Name

let private caseOf (fault: Fault) =
    (fst (FSharpValue.GetUnionFields(fault, typeof<Fault>))).Name

/// Found by whoever reads bytes and disks, so that no text can have them.
let private outside = [ "NotUtf8"; "FileNotFound" ]

[<Test>]
let ``every fault there is has a golden file`` () =
    let shown =
        ProblemCases.all
        |> List.collect check
        |> List.map (fun problem -> caseOf problem.Fault)

    let missing = cases |> Array.except (shown @ outside)
    Assert.That(missing, Is.Empty)

[<Test>]
let ``codes are unique and begin with P1`` () =
    let code (problem: Problem) =
        caseOf problem.Fault, (ProblemText.wording problem.Fault).Code

    let codes = ProblemCases.all |> List.collect check |> List.map code |> List.distinct
    Assert.That(codes |> List.map snd, Is.Unique)
    Assert.That(codes |> List.forall (fun (_, code) -> code.StartsWith "P1" && code.Length = 5))

[<Test>]
let ``a caret stands under its text even behind tabs`` () =
    let problem = {
        Fault = ListEmpty(At "x")
        Position = {
            File = "a.yaml"
            Line = 12
            Column = 4
            Length = 99
        }
        SourceLine = "\tx:\t[]"
    }

    let lines = (ProblemText.render problem).Split '\n'
    Assert.That(lines[1], Is.EqualTo "  --> a.yaml:12:4")
    Assert.That(lines[3], Is.EqualTo "12 | \tx:\t[]")
    Assert.That(lines[4], Is.EqualTo "   | \t  ^^^")

[<Test>]
let ``problems outside of a file's text have words too`` () =
    let position = {
        File = "a.yaml"
        Line = 1
        Column = 1
        Length = 1
    }

    let text fault =
        ProblemText.render {
            Fault = fault
            Position = position
            SourceLine = "tasks: { X: { file: x.hdf5 } }"
        }

    let both = text NotUtf8 + "\n\n" + text (FileNotFound(At "file", "x.hdf5")) + "\n"
    Files.matchesGolden "problems/outside.txt" both

[<Test>]
let ``problems as JSON hold the same words`` () =
    let problems = ProblemCases.all |> List.collect check
    use document = JsonDocument.Parse(ProblemText.toJson problems)
    let items = List.ofSeq (document.RootElement.EnumerateArray())
    Assert.That(items.Length, Is.EqualTo problems.Length)

    for problem, item in List.zip problems items do
        let words = ProblemText.wording problem.Fault
        Assert.That(item.GetProperty("code").GetString(), Is.EqualTo words.Code)
        Assert.That(item.GetProperty("what").GetString(), Is.EqualTo words.What)
        Assert.That(item.GetProperty("line").GetInt32(), Is.EqualTo problem.Position.Line)
        Assert.That(item.GetProperty("remedy").GetString(), Is.EqualTo words.Remedy)
        let hasSuggestion, _ = item.TryGetProperty "suggestion"
        Assert.That(hasSuggestion, Is.EqualTo words.DidYouMean.IsSome)

    let one =
        problems
        |> List.find (fun problem -> (ProblemText.wording problem.Fault).DidYouMean.IsSome)

    Files.matchesGolden "problems/one.json" (ProblemText.toJson [ one ])
