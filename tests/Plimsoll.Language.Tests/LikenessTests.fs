/// Arms that take over what an arm above says.
module Plimsoll.Language.Tests.LikenessTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Language.Tests.Examples
open Plimsoll.Language.Tests.ExpandTests
open Plimsoll.Language.Tests.FakeCatalogue

[<Test>]
let ``an arm like another has its recipe and settings, and its own above them`` () =
    let arms text =
        smallWith "  drcorl: {}\n  bc-safe: {}" text |> cells

    let alike =
        arms (
            "  drcorl: { pessimism: 0.3, policy.steps: 7 }\n"
            + "  brief: { like: drcorl, policy.steps: 3 }\n"
            + "  briefer: { like: brief, pessimism: 0.5 }"
        )

    let spelt =
        arms (
            "  drcorl: { pessimism: 0.3, policy.steps: 7 }\n"
            + "  brief: { recipe: drcorl, pessimism: 0.3, policy.steps: 3 }\n"
            + "  briefer: { recipe: drcorl, pessimism: 0.5, policy.steps: 3 }"
        )

    alike |> List.map _.Id |> Files.equal (spelt |> List.map _.Id)

[<Test>]
let ``a value that is taken over is known by where it was written`` () =
    let cell =
        smallWith "  bc-safe: {}" "  brief: { like: drcorl, policy.steps: 3 }\n  bc-safe: {}"
        |> fun text -> text.Replace("drcorl: {}", "drcorl: { pessimism: 0.3 }")
        |> cells
        |> ofNode (Some "brief") "policy"
        |> List.head

    match cell.Parameters["pessimism"].Source with
    | FromFile position -> Assert.That(position.Line, Is.EqualTo 6)
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``a short name of an arm and a dotted one of the arm it is like do not clash`` () =
    let cells =
        smallWith "  bc-safe: {}" "  other: { like: drcorl, policy.pessimism: 0.7 }"
        |> fun text -> text.Replace("drcorl: {}", "drcorl: { pessimism: 0.3 }")
        |> cells

    let policy = ofNode (Some "other") "policy" cells |> List.head
    let critic = ofNode (Some "other") "cost-critic" cells |> List.head
    Assert.That((policy.Parameters["pessimism"].Value = Real 0.7), Is.True)
    Assert.That((critic.Parameters["pessimism"].Value = Real 0.3), Is.True)

let private alikeWith (arms: string) (sweep: string) =
    smallWith "  drcorl: {}\n  bc-safe: {}\n" arms + sweep

[<Test>]
let ``an axis replaces what an arm takes over`` () =
    let cells =
        alikeWith
            "  drcorl: { pessimism: 0.3, policy.steps: 7 }\n  swept: { like: drcorl }\n"
            "sweep: { swept.pessimism: [0, 1] }\n"
        |> cells

    let values arm node =
        ofNode (Some arm) node cells
        |> List.map _.Parameters["pessimism"].Value
        |> List.distinct

    values "drcorl" "policy" |> Files.equal [ Real 0.3 ]
    values "swept" "policy" |> Files.equal [ Real 0.0; Real 1.0 ]
    values "swept" "cost-critic" |> Files.equal [ Real 0.0; Real 1.0 ]

    // What is not swept is taken over still.
    for cell in ofNode (Some "swept") "policy" cells do
        Files.equal (Whole 7L) cell.Parameters["steps"].Value

[<Test>]
let ``an inherited setting that is swept reads back from the resolved text`` () =
    let text =
        alikeWith
            "  drcorl: { pessimism: 0.3 }\n  swept: { like: drcorl }\n"
            "sweep: { swept.pessimism: [0, 1] }\n"

    match Check.definition catalogue recipes "test.yaml" text with
    | Error problems -> failwith (ProblemText.renderAll problems)
    | Ok definition -> Resolved.print definition |> ids |> Files.equal (ids text)

[<Test>]
let ``axes of the arm above are not taken over`` () =
    let cells =
        alikeWith
            "  drcorl: { policy.steps: 7 }\n  plain: { like: drcorl }\n"
            "sweep: { drcorl.pessimism: [0, 1] }\n"
        |> cells

    Assert.That(count "drcorl" "policy" cells, Is.EqualTo(3 * 2 * 2))
    Assert.That(count "plain" "policy" cells, Is.EqualTo(3 * 2))

    for cell in ofNode (Some "plain") "policy" cells do
        Assert.That(cell.Coordinates |> List.forall _.Sweep.IsEmpty, Is.True)
        // The recipe's own default.
        Files.equal (Real 0.5) cell.Parameters["pessimism"].Value

[<Test>]
let ``an arm like another may have another recipe or stages of its own`` () =
    let cells =
        alikeWith
            ("  bc-safe: { policy.width: 8 }\n"
             + "  all: { like: bc-safe, recipe: bc-all }\n"
             + "  own: { like: bc-safe, stages: { policy: { stage: fit-bc, dataset: $dataset } }, result: policy }\n")
            ""
        |> cells

    for arm in [ "all"; "own" ] do
        for cell in ofNode (Some arm) "policy" cells do
            Files.equal (Whole 8L) cell.Parameters["width"].Value
