/// What a check gives beside the cells.
module Plimsoll.Language.Tests.CheckTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Language.Tests.Examples
open Plimsoll.Language.Tests.FakeCatalogue

[<Test>]
let ``the files that an experiment needs are listed with the place of their name`` () =
    match experiment full with
    | Error problems -> Assert.Fail(ProblemText.renderAll problems)
    | Ok experiment ->
        let position = {
            File = "test.yaml"
            Line = 5
            Column = 17
            Length = 14
        }

        Check.files experiment |> Files.equal [ "data/ries.hdf5", position ]

[<Test>]
let ``a recipe can be checked by itself`` () =
    match Files.tryRecipe "drcorl" |> Option.map (Check.recipe catalogue "drcorl.yaml") with
    | Some(Ok recipe) ->
        Files.equal "drcorl" recipe.Name

        recipe.ShortNames
        |> List.map _.Name
        |> Files.equal [ "pessimism"; "adaptation" ]

        Files.equal "policy" recipe.Result
    | other -> Assert.Fail $"{other}"
