module Plimsoll.Language.Tests.ReaderTests

open System
open System.Text
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit // after NUnit, whose Property is another
open Plimsoll.Language

let private read text =
    let findings = Findings()
    Reader.read findings "test.yaml" text, findings.Problems

let rec private nodes (node: Node) =
    node
    :: match node.Shape with
       | Sequence items -> List.collect nodes items
       | Mapping entries -> entries |> List.collect (fun entry -> nodes entry.Value)
       | _ -> []

let private nodesOf text =
    read text |> fst |> Option.map nodes |> Option.defaultValue []

/// The text that a position covers.
let private covered (text: string) (position: Position) =
    let line = (text.Split '\n')[position.Line - 1]
    line.Substring(position.Column - 1, position.Length)

[<Test>]
let ``positions cover what was written`` () =
    let text =
        "a: { b: 300_000, 'c': 'q' }  # x\nd:\n  - 1\n  - 0..4\ne: [k: v]\nf: \"é\" \n"

    let shown = nodesOf text |> List.map (fun node -> covered text node.Position)

    shown
    |> Files.equal [
        "a"
        "{ b: 300_000, 'c': 'q' }"
        "300_000"
        "'q'"
        "-"
        "1"
        "0..4"
        "[k: v]"
        "k"
        "v"
        "\"é\""
    ]

[<Test>]
let ``line ends of all systems count the same`` () =
    let lines (text: string) =
        nodesOf text |> List.map (fun node -> node.Position.Line)

    let text = "a: 1\nb:\n  c: 2\n"
    lines (text.Replace("\n", "\r\n")) |> Files.equal (lines text)
    lines (text.Replace("\n", "\r")) |> Files.equal (lines text)

[<Test>]
let ``a byte order mark is no part of the text`` () =
    let text = "\uFEFFa: x"
    Assert.That(nodesOf text |> List.map _.Shape |> List.last, Is.EqualTo(Plain "x"))

[<Test>]
let ``bytes that are not UTF-8 are refused`` () =
    Reader.decode [| 0x61uy; 0xFFuy |] |> Files.equal (Error NotUtf8)
    Reader.decode (Encoding.UTF8.GetBytes "é") |> Files.equal (Ok "é")

/// Problems are sorted by position, and each points into the text.
let private sound (text: string) =
    let tree, problems = read text

    let lines =
        text.TrimStart('\uFEFF').Split([| "\r\n"; "\n"; "\r" |], StringSplitOptions.None)

    let places =
        problems
        |> List.map (fun problem -> problem.Position.Line, problem.Position.Column)

    (tree.IsSome || not problems.IsEmpty)
    && places = List.sort places
    && problems
       |> List.forall (fun problem ->
           let position = problem.Position

           position.Line >= 1
           && position.Line <= lines.Length
           && position.Column >= 1
           && position.Column <= lines[position.Line - 1].Length + 1
           && position.Length >= 1
           && ProblemText.render problem <> "")

[<Property(MaxTest = 500)>]
let ``arbitrary bytes never crash`` (bytes: byte[]) =
    match Reader.decode bytes with
    | Error fault -> fault = NotUtf8
    | Ok text -> sound text

/// YAML's own signs and the language's: text made of them meets the corners of the parser.
let private pieces =
    let visible =
        "a b : { } [ ] , &x *x !t << ' \" | > # @ ` ~ é 😀 0..4 1e9 $dataset \\ \\u \\UFFFFFFFF"

    let spaced = [
        " "
        ": "
        "- "
        "? "
        "\n"
        "\n  "
        "\n    "
        "\r"
        "\t"
        "---\n"
        "...\n"
        "%YAML 1.2\n"
    ]

    let hidden = [ "\u0000"; "\u2028"; string (char 0xD83D) ]
    List.ofArray (visible.Split ' ') @ spaced @ hidden

let private yamlLike =
    Gen.elements pieces |> Gen.listOf |> Gen.map String.Concat |> Arb.fromGen

[<Test>]
let ``arbitrary YAML never crashes`` () =
    let config = Config.QuickThrowOnFailure.WithMaxTest 3000
    Check.One(config, Prop.forAll yamlLike sound)

[<Test>]
let ``arbitrary YAML in place of a section never crashes a check`` () =
    let property (text: string) =
        let whole = Examples.small + "claims: " + text

        match FakeCatalogue.experiment whole with
        | Ok _ -> true
        | Error problems -> not problems.IsEmpty

    Check.One(Config.QuickThrowOnFailure.WithMaxTest 500, Prop.forAll yamlLike property)

/// A text with a few random cuts and insertions.
let private damaged (text: string) = gen {
    let! edits = Gen.choose (1, 4)
    let mutable result = text

    for _ in 1..edits do
        let! start = Gen.choose (0, result.Length)
        let! length = Gen.choose (0, min 12 (result.Length - start))

        let! piece =
            Gen.elements ([ ""; "x"; "9"; "."; "drcorl"; "$cost-limit"; "policy" ] @ pieces)

        result <- result.Substring(0, start) + piece + result.Substring(start + length)

    return result
}

[<Test>]
let ``damaged files never crash a check`` () =
    let recipe =
        """recipe: own
parameters: { size: { default: 3, for: policy.width } }
stages:
  a: { stage: filter, dataset: $dataset, cost-limit: $cost-limit }
  policy: { stage: fit-bc, dataset: a }
result: policy
"""

    let text =
        Examples.small
        + "  own: { recipe: ./own.yaml, a.mode: all }\nsweep: { own.size: [4, 5] }\nclaims: []\n"

    let files = gen {
        let! experiment = damaged text
        let! recipe = damaged recipe
        return experiment, recipe
    }

    let property (text, recipe) =
        let recipes = FakeCatalogue.recipesWith [ "./own.yaml", recipe ]

        match Check.definition FakeCatalogue.catalogue recipes "test.yaml" text with
        | Ok definition ->
            not (Check.expand FakeCatalogue.catalogue definition).Cells.IsEmpty
            && Resolved.print definition <> ""
        | Error problems -> not problems.IsEmpty && ProblemText.renderAll problems <> ""

    Check.One(Config.QuickThrowOnFailure.WithMaxTest 1000, Prop.forAll (Arb.fromGen files) property)

[<Test>]
let ``deep nesting is an error and no stack overflow`` () =
    let _, problems = read (String('[', 100_000))
    Assert.That(problems |> List.map _.Fault, Does.Contain(TooDeep 64))
