module Plimsoll.Stages.Tests.CatalogueTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages

let rec private upTo (folder: DirectoryInfo) : string =
    if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
        folder.FullName
    else
        match folder.Parent with
        | null -> failwith "no folder above the test assembly holds Pipeline.sln"
        | parent -> upTo parent

let private experiments =
    Path.Combine(upTo (DirectoryInfo AppContext.BaseDirectory), "experiments")

let private filesOf (folder: string) =
    Directory.GetFiles(folder, "*.yaml")
    |> Array.map (fun path -> string (Path.GetFileName path))
    |> Array.sort

let recipes = filesOf (Path.Combine(experiments, "recipes"))
let experimentFiles = filesOf experiments

let private recipeText (name: string) =
    let path = Path.Combine(experiments, "recipes", name + ".yaml")

    if File.Exists path then
        Ok(File.ReadAllText path, $"recipes/{name}.yaml")
    else
        Error $"no recipe {name}"

let private expectClean result =
    match result with
    | Ok checkedFile -> checkedFile
    | Error problems -> failwith (problems |> List.map string |> String.concat "\n")

[<Test>]
let ``the catalogue has no faults`` () =
    Assert.That(Signatures.faults Catalogue.language, Is.Empty)

[<Test>]
let ``every stage and parameter says what it means`` () =
    for stage in Catalogue.stages do
        Assert.That(stage.Signature.Meaning, Is.Not.Empty, stage.Signature.Name)

        for parameter in stage.Signature.Parameters do
            Assert.That(parameter.Meaning, Is.Not.Empty, $"{stage.Signature.Name}.{parameter.Name}")

/// A shipped recipe by its file's name.
let recipe (file: string) : Recipe =
    let text = File.ReadAllText(Path.Combine(experiments, "recipes", file))
    Check.recipe Catalogue.language file text |> expectClean

[<TestCaseSource(nameof recipes)>]
let ``a shipped recipe checks clean`` (file: string) =
    let recipe = recipe file
    Assert.That(recipe.Name + ".yaml", Is.EqualTo file, "a recipe is found by its file's name")

[<TestCaseSource(nameof experimentFiles)>]
let ``a shipped experiment checks clean`` (file: string) =
    let text = File.ReadAllText(Path.Combine(experiments, file))

    let experiment =
        Check.experiment Catalogue.language recipeText file text |> expectClean

    Assert.That(experiment.Name + ".yaml", Is.EqualTo file)

    let scored =
        experiment.Cells |> List.filter (fun cell -> cell.Stage.Output = ScoresArtifact)

    Assert.That(scored, Is.Not.Empty, "an experiment scores something")

[<Test>]
let ``only data, final evaluation and what is named hybrid touch a simulator`` () =
    let using =
        Catalogue.stages
        |> List.filter (fun stage -> stage.Signature.Environment <> NoEnvironment)
        |> List.map (fun stage -> stage.Signature.Name, stage.Signature.Environment)

    Assert.That(
        using,
        Workshop.equals [
            "collect", MakesData
            "collect-agents", MakesData
            "adapt-hybrid", Hybrid
            "evaluate", FinalEvaluation
        ]
    )
