module Plimsoll.Engine.Tests.SelectionTests

open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Engine.Selection
open Plimsoll.Engine.Tests.Fakes

let private stage = add (Log())

let private at arm node seed (cell: Cell) =
    let place = {
        Task = "Disc"
        Arm = arm
        Node = node
        Seed = seed
        CostLimit = None
        Sweep = []
    }

    {
        cell with
            Coordinates = [ place ]
            Label = CellIdentity.label place
    }

let private named name stage = {
    stage with
        Plimsoll.Stages.Stage.Signature = { stage.Signature with Name = name }
}

/// data -> (bc: policy -> scores for two seeds) and (drcorl: critic -> policy -> scores).
let private cells = [
    cell stage "data" 0L [] |> at None "dataset" None
    cell (named "fit-bc" stage) "bc 0" 0L [ "data" ]
    |> at (Some "bc") "policy" (Some 0L)
    cell (named "fit-bc" stage) "bc 1" 1L [ "data" ]
    |> at (Some "bc") "policy" (Some 1L)
    cell (named "evaluate" stage) "bc scores 0" 0L [ "bc 0" ]
    |> at (Some "bc") "scores" (Some 0L)
    cell (named "evaluate" stage) "bc scores 1" 1L [ "bc 1" ]
    |> at (Some "bc") "scores" (Some 1L)
    cell (named "fit-critic" stage) "critic" 0L [ "data" ]
    |> at (Some "drcorl") "critic" (Some 0L)
    cell (named "adapt" stage) "policy" 0L [ "critic" ]
    |> at (Some "drcorl") "policy" (Some 0L)
    cell (named "evaluate" stage) "scores" 0L [ "policy" ]
    |> at (Some "drcorl") "scores" (Some 0L)
]

let private chosen only until =
    match choose { Only = only; Until = until } (experiment cells) with
    | Ok selected -> cells |> List.filter (_.Id >> selected) |> List.map _.Label
    | Error unmatched -> failwith (Unmatched.text unmatched)

[<Test>]
let ``without words every cell is chosen`` () =
    Assert.That(chosen [] [], Is.EqualTo<string list>(cells |> List.map _.Label))

[<TestCase("drcorl", 4)>]
[<TestCase("bc", 5)>]
[<TestCase("Disc", 8)>]
[<TestCase("policy", 5)>]
[<TestCase("fit-bc", 3)>]
[<TestCase("fit-*", 4)>]
[<TestCase("Disc/bc/policy", 3)>]
[<TestCase("Disc/bc", 5)>]
[<TestCase("Disc/bc/policy seed=1", 2)>]
[<TestCase("*seed=1", 3)>]
[<TestCase("*/scores seed=?", 8)>]
let ``a pattern chooses cells and all that they need`` (pattern: string, count: int) =
    Assert.That(chosen [ pattern ] [], Has.Length.EqualTo count)

[<Test>]
let ``several patterns choose what any of them matches`` () =
    Assert.That(chosen [ "critic"; "fit-bc" ] [], Has.Length.EqualTo 4)

[<Test>]
let ``up to a node or a stage means nothing after it`` () =
    Assert.That(chosen [] [ "policy" ], Has.Length.EqualTo 5)

    Assert.That(
        chosen [] [ "fit-critic" ],
        Is.EqualTo<string list> [ "Disc/dataset"; "Disc/drcorl/critic seed=0" ]
    )

    Assert.That(chosen [ "drcorl" ] [ "policy" ], Has.Length.EqualTo 3)

[<Property>]
let ``whoever is chosen has all its inputs`` (picks: byte list) =
    let names = [ "drcorl"; "bc"; "policy"; "scores"; "critic"; "*1"; "evaluate"; "dataset" ]
    let only = picks |> List.map (fun pick -> names[int pick % names.Length])

    match choose { Only = only; Until = [] } (experiment cells) with
    | Error _ -> false
    | Ok selected ->
        cells
        |> List.forall (fun cell ->
            not (selected cell.Id)
            || cell.Inputs |> List.forall (fun (_, input) -> selected input))

[<Test>]
let ``a pattern that matches nothing is refused with what was meant`` () =
    match choose { Only = [ "bc"; "polcy" ]; Until = [] } (experiment cells) with
    | Ok _ -> Assert.Fail "accepted"
    | Error unmatched ->
        Assert.That(
            Unmatched.text unmatched,
            Is.EqualTo(
                "no cell matches `--only polcy`\n"
                + "  where: --only\n"
                + "  why: the experiment has no label, task, arm, node or stage of this name\n"
                + "  remedy: did you mean `policy`?"
            )
        )

    match choose { Only = []; Until = [ "zzz" ] } (experiment cells) with
    | Ok _ -> Assert.Fail "accepted"
    | Error unmatched ->
        Assert.That(
            Unmatched.text unmatched,
            Is.EqualTo(
                "no cell matches `--until zzz`\n"
                + "  where: --until\n"
                + "  why: the experiment has no node or stage of this name\n"
                + "  remedy: choose among add, dataset, fit-bc, policy, evaluate, scores, fit-critic, critic, adapt, "
                + "or a label as `plimsoll plan` lists them"
            )
        )

[<TestCase("", "", true)>]
[<TestCase("*", "", true)>]
[<TestCase("a*c", "abbc", true)>]
[<TestCase("a*c", "abcd", false)>]
[<TestCase("a?c", "abc", true)>]
[<TestCase("a?c", "ac", false)>]
[<TestCase("*ab*ab", "abxabab", true)>]
[<TestCase("**b", "aab", true)>]
let ``stars stand for any text and question marks for one character`` (pattern, text, matched: bool) =
    Assert.That(matches pattern text, Is.EqualTo matched)
