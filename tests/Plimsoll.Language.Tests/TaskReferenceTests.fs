/// `$task`: how a recipe hands a task's simulator to a stage.
module Plimsoll.Language.Tests.TaskReferenceTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Language.Tests.Examples
open Plimsoll.Language.Tests.FakeCatalogue

[<Test>]
let ``the reference to the task is the simulator of each task, and reads back`` () =
    let arm =
        """  tuned:
    stages:
      start:  { stage: fit-bc, dataset: $dataset }
      policy: { stage: tune, dataset: $dataset, policy: start, task: $task }
    result: policy"""

    let text =
        (smallWith "  bc-safe: {}" arm)
            .Replace("protocol:", "  Much: { collect: { task: PointNav, steps: 9 } }\nprotocol:")

    let tuned =
        cells text
        |> List.filter (fun cell ->
            cell.Coordinates
            |> List.exists (fun at -> at.Arm = Some "tuned" && at.Node = "policy"))

    tuned
    |> List.map (fun cell -> cell.Coordinates.Head.Task, cell.Parameters["task"].Value)
    |> List.distinct
    |> Files.equal [ "DiscCircle", Text "DiscCircle"; "Much", Text "PointNav" ]

    match Check.definition catalogue recipes "test.yaml" text with
    | Error problems -> failwith (ProblemText.renderAll problems)
    | Ok definition ->
        let again = Resolved.print definition
        Assert.That(again, Does.Contain "task: $task  # file")
        Files.equal (ids text) (ids again)

[<Test>]
let ``a stage that simulates while it trains must have a parameter for the task`` () =
    let mute = {
        catalogue with
            Stages =
                catalogue.Stages
                |> List.map (fun stage ->
                    if stage.Environment = Hybrid then
                        { stage with Parameters = [] }
                    else
                        stage)
    }

    Files.equal [ "stage tune simulates while it trains, but has no parameter task" ] (Signatures.faults mute)
    Files.equal [] (Signatures.faults catalogue)
