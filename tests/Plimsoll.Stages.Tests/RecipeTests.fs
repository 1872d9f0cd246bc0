/// What every shipped algorithm keeps, from the data to a policy that acts: its whole recipe, small.
module Plimsoll.Stages.Tests.RecipeTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Rollouts
open Plimsoll.Numerics.Runtime
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let recipes = CatalogueTests.recipes

let private task = "DiscCircle"
let private limit = 20.0

/// What makes a stage small, whichever it is; everything else has the recipe's values or the defaults.
let private small =
    Map [
        "steps", Whole 6L
        "batch", Whole 64L
        "guard-every", Whole 3L
        "hidden", Items [ Whole 24L ]
        "vae-hidden", Items [ Whole 24L ]
        "width", Whole 16L
        "blocks", Whole 1L
        "embedding", Whole 16L
        "frequencies", Whole 8L
        "heads", Whole 2L
        "candidates", Whole 4L
        "average-start", Whole 2L
        "task", Text task
    ]

let private argument (assignment: Assignment) =
    match assignment.Argument with
    | Given value -> value
    | EachCostLimit -> Real limit
    | EachTask -> Text task

let private jobOf dataset seed (made: Map<string, string>) (node: RecipeNode) : Job =
    let settings =
        node.Signature.Parameters
        |> List.choose (fun parameter ->
            match small.TryFind parameter.Name, node.Assignments.TryFind parameter.Name with
            | Some value, _ -> Some(parameter.Name, value)
            | None, Some assignment -> Some(parameter.Name, argument assignment)
            | None, None -> None)

    let inputs =
        node.Inputs
        |> List.map (fun (role, producer) ->
            match producer with
            | TaskDataset -> role, dataset
            | Node name -> role, made[name])

    let job = job node.Signature.Name settings inputs

    {
        job with
            Seed = job.Seed |> Option.map (fun _ -> seed)
    }

/// Runs a recipe's stages in their order: the policy, or the first outcome that is none.
let private run (file: string) dataset seed : Result<string, StageOutcome> =
    let recipe = CatalogueTests.recipe file

    (Ok Map.empty, recipe.Nodes)
    ||> List.fold (fun made node ->
        made
        |> Result.bind (fun made ->
            match jobOf dataset seed made node |> Workshop.run with
            | Finished, output -> Ok(made.Add(node.Name, output))
            | outcome, _ -> Error outcome))
    |> Result.map (fun made -> made[recipe.Result])

let private policy file seed =
    match run file Bench.dataset.Value seed with
    | Ok policy -> policy
    | Error outcome -> failwith $"{file} gave {outcome}"

let private withPolicy path body =
    match PolicyFile.TryOpen path with
    | :? PolicyOpening.Opened as opened ->
        use file = opened.File
        body file.Policy
    | other -> failwith $"the policy does not open: {other}"

let private score path threads =
    use team = new Team(threads)
    withPolicy path (fun policy -> Evaluator.Run(policy, task, 3, 5L, team) |> List.ofSeq)

[<TestCaseSource(nameof recipes)>]
let ``a recipe's policy opens as a file and scores the same again, on two threads too`` (file: string) =
    let path = policy file 3L
    let episodes = score path 1
    Assert.That(episodes |> List.forall (fun e -> Double.IsFinite e.Return && e.Length > 0), Is.True)
    Assert.That(score path 1, equals episodes)
    Assert.That(score path 2, equals episodes)

[<TestCaseSource(nameof recipes)>]
let ``a recipe's policy acts within the task's bounds at any observation of the data`` (file: string) =
    use data = Dataset.Open Bench.dataset.Value
    use team = new Team(1)

    withPolicy (policy file 3L) (fun policy ->
        let rows = 20
        use actor = Actor.Compile(policy, rows, team)

        for row in 0 .. rows - 1 do
            actor.Begin(row, int64 row)

        // Long enough to fill whatever a policy remembers.
        for start in 0..rows..400 do
            data.Observations.Slice(start * data.ObservationSize, rows * data.ObservationSize).CopyTo
                actor.Observations

            let actions = actor.Act().ToArray()
            Assert.That(actions, Has.Length.EqualTo(rows * data.ActionSize))
            Assert.That(actions, Has.All.InRange(-1f, 1f))

            for row in 0 .. rows - 1 do
                actor.Told(row, 1f, 1f))

[<TestCaseSource(nameof recipes)>]
let ``a recipe repeats to the byte and follows the seed`` (file: string) =
    let bytes seed = policy file seed |> File.ReadAllBytes
    let first = bytes 3L
    Assert.That(bytes 3L, equals first)
    Assert.That(bytes 4L, Is.Not.EqualTo<byte array> first)

let private evaluated path =
    job "off-policy-evaluate" (Bench.training @ [ Bench.hidden ]) [
        "policy", path
        "dataset", Bench.dataset.Value
    ]
    |> Workshop.run

[<TestCaseSource(nameof recipes)>]
let ``fitted Q evaluation scores a recipe's policy or says why it cannot`` (file: string) =
    match evaluated (policy file 3L) with
    | Finished, scores ->
        use json = JsonDocument.Parse(File.ReadAllText scores)

        for value in json.RootElement.GetProperty("returns").EnumerateArray() do
            Assert.That(Double.IsFinite(value.GetDouble()), Is.True)
    | Failed failure, _ ->
        Assert.That(failure.What, Does.Contain "acts on the history of its episode")
        Assert.That(failure.Remedy, Is.Not.Empty)
    | outcome, _ -> Assert.Fail $"{outcome}"

let onOddData = [
    for file in recipes do
        for data in [ "one trajectory"; "all safe"; "all unsafe" ] do
            TestCaseData(file, data).SetName $"{file} on data that are {data}"
]

/// A result, or a refusal that the data are to blame for: in words, with a remedy, and never tried again.
[<TestCaseSource(nameof onOddData)>]
let ``a recipe copes with odd data`` (file: string, data: string) =
    match run file OddDataTests.datasets[data].Value 3L with
    | Ok path -> Assert.That(score path 1, Has.Length.EqualTo 3)
    | Error(Failed failure) ->
        Assert.That(failure.Class, Is.EqualTo Invalid, failure.What)
        Assert.That(failure.Remedy, Is.Not.Empty)
    | Error outcome -> Assert.Fail $"{outcome}"
