module Plimsoll.Language.Tests.ResolvedTests

open System.Text.Json
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Language.Tests.Examples
open Plimsoll.Language.Tests.FakeCatalogue

let private noRecipes: ArmSection.RecipeSource =
    fun _ -> Error "a resolved experiment names no recipe"

let private definition recipes text =
    match Check.definition catalogue recipes "test.yaml" text with
    | Ok definition -> definition
    | Error problems -> failwith (ProblemText.renderAll problems)

/// Everything but sources and positions.
let private meaning (experiment: Experiment) =
    experiment.Name,
    experiment.Protocol,
    experiment.Tasks,
    experiment.Arms,
    experiment.Claims
    |> List.map (fun claim -> claim.Metric, claim.Arm, claim.Bound, claim.For),
    experiment.Cells
    |> List.map (fun cell -> cell.Id, cell.Label, cell.Inputs, cell.Coordinates)

let private again text =
    let first = definition recipes text
    let second = definition noRecipes (Resolved.print first)
    meaning (Check.expand catalogue first), meaning (Check.expand catalogue second)

[<Test>]
let ``a resolved experiment reads back as the same experiment`` () =
    for text in [ full; small ] do
        let first, second = again text
        Files.equal first second

[<Test>]
let ``a resolved experiment needs no defaults`` () =
    let forgetful = {
        catalogue with
            Stages =
                catalogue.Stages
                |> List.map (fun stage -> {
                    stage with
                        Parameters =
                            stage.Parameters
                            |> List.map (fun parameter -> { parameter with Default = None })
                })
    }

    let text = Resolved.print (definition recipes full)

    match Check.experiment forgetful noRecipes "resolved.yaml" text with
    | Ok experiment -> Files.equal (ids full) (experiment.Cells |> List.map _.Id |> set)
    | Error problems -> Assert.Fail(ProblemText.renderAll problems)

[<Test>]
let ``the resolved text is that of the golden file`` () =
    Files.matchesGolden "resolved.yaml" (Resolved.print (definition recipes full))

[<Test>]
let ``the schema is that of the golden file and is JSON`` () =
    let experiment, recipe = Schema.experiment catalogue, Schema.recipe catalogue
    use _ = JsonDocument.Parse experiment
    use _ = JsonDocument.Parse recipe
    Files.matchesGolden "experiment.schema.json" experiment
    Files.matchesGolden "recipe.schema.json" recipe

/// Every `$ref` leads to a definition, and every required key is a property.
[<Test>]
let ``a schema holds together`` () =
    let check (text: string) =
        use document = JsonDocument.Parse text
        let definitions = document.RootElement.GetProperty "$defs"

        let rec walk (element: JsonElement) =
            match element.ValueKind with
            | JsonValueKind.Object ->
                for property in element.EnumerateObject() do
                    if property.Name = "$ref" then
                        let name = (string (property.Value.GetString())).Replace("#/$defs/", "")
                        Assert.That(fst (definitions.TryGetProperty name), name)

                    walk property.Value

                match element.TryGetProperty "required" with
                | true, required when required.ValueKind = JsonValueKind.Array ->
                    for key in required.EnumerateArray() do
                        let found, _ =
                            (element.GetProperty "properties").TryGetProperty(string (key.GetString()))

                        Assert.That(found, string (key.GetString()))
                | _ -> ()
            | JsonValueKind.Array -> Seq.iter walk (element.EnumerateArray())
            | _ -> ()

        walk document.RootElement

    check (Schema.experiment catalogue)
    check (Schema.recipe catalogue)

[<Test>]
let ``a catalogue with faults is named and refused`` () =
    let twice = {
        catalogue with
            Stages = catalogue.Stages.Head :: catalogue.Stages
    }

    Files.equal [ "two stages are named collect" ] (Signatures.faults twice)
    Files.equal [] (Signatures.faults catalogue)
    let lacking = { catalogue with Evaluate = "judge" }
    Files.equal [ "the catalogue has no stage judge" ] (Signatures.faults lacking)

    let misfit = {
        catalogue with
            Stages =
                catalogue.Stages
                |> List.map (fun stage ->
                    if stage.Name = "filter" then
                        {
                            stage with
                                Parameters =
                                    stage.Parameters
                                    |> List.map (fun parameter -> {
                                        parameter with
                                            Default = Some(Whole 3L)
                                    })
                        }
                    else
                        stage)
    }

    Assert.That(Signatures.faults misfit, Has.Length.EqualTo 2)
