module Plimsoll.Language.Tests.SuggestTests

open FsCheck
open NUnit.Framework
open FsCheck.NUnit // after NUnit, whose Property is another
open Plimsoll.Language

/// Optimal string alignment by its recursive definition.
let rec private slow (left: char list) (right: char list) =
    match left, right with
    | [], rest
    | rest, [] -> rest.Length
    | a :: left', b :: right' ->
        let plain = [
            slow left' right' + (if a = b then 0 else 1)
            slow left' right + 1
            slow left right' + 1
        ]

        match left', right' with
        | c :: left'', d :: right'' when a = d && b = c -> List.min (slow left'' right'' + 1 :: plain)
        | _ -> List.min plain

let private word (letters: int list) =
    letters
    |> List.truncate 5
    |> List.map (fun letter -> char (97 + abs (letter % 3)))

[<Property>]
let ``the distance is the least number of edits`` (left: int list) (right: int list) =
    let left, right = word left, word right
    Suggest.distance (System.String.Concat left) (System.String.Concat right) = slow left right

[<Property>]
let ``the distance is symmetric and zero only for equal words`` (left: int list) (right: int list) =
    let left, right = System.String.Concat(word left), System.String.Concat(word right)

    Suggest.distance left right = Suggest.distance right left
    && (Suggest.distance left right = 0) = (left = right)

[<TestCase("cost-limits", "cost_limits")>]
[<TestCase("cost_limts", "cost_limits")>]
[<TestCase("Seeds", "seeds")>]
[<TestCase("episdoes", "episodes")>]
let ``slips are recognised`` (written: string, meant: string) =
    Assert.That(Suggest.nearest written [ "cost_limits"; "seeds"; "episodes" ], Is.EqualTo(Some meant))

[<TestCase("tasks")>]
[<TestCase("x")>]
[<TestCase("")>]
[<TestCase("episodes")>]
let ``nothing is suggested for a word that is far from all, or right`` (written: string) =
    Assert.That(Suggest.nearest written [ "cost_limits"; "episodes" ], Is.EqualTo None)

[<Test>]
let ``a parameter named without its node is found`` () =
    Assert.That(Suggest.nearest "eta" [ "beta"; "policy.eta" ], Is.EqualTo(Some "policy.eta"))
