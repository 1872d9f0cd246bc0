/// What of a native simulator enters a cell's key.
module Plimsoll.Stages.Tests.SimulatorTests

open System.IO
open NUnit.Framework
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Stages

let private files (stage: string) (task: string) =
    let signature =
        Catalogue.language.Stages |> List.find (fun known -> known.Name = stage)

    match Simulators.files signature (Some(Text task)) with
    | Ok files -> files
    | Error failure -> failwith failure.What

let private needs engine =
    match Engines.StateOf engine with
    | :? EngineState.Missing as missing -> Assert.Ignore missing.What
    | _ -> ()

[<TestCase("evaluate", "BallCircle", "libBulletDynamics-float64.so")>]
[<TestCase("evaluate", "BallCircle", "libplimsoll_bullet.so")>]
[<TestCase("adapt-hybrid", "BallCircle", "libBulletDynamics-float64.so")>]
[<TestCase("collect-agents", "CarRun", "libBulletCollision-float64.so")>]
[<TestCase("evaluate", "HopperVelocity", "libmujoco.so")>]
[<TestCase("evaluate", "HopperVelocity", "libm")>]
let ``the libraries of a task's engine are there, with files to digest``
    (stage: string, task: string, library: string)
    =
    needs (Option.ofObj (Tasks.Find task) |> Option.get).Engine
    let files = files stage task
    Assert.That(files |> List.map _.Name, Has.Some.StartWith library)

    for file in files do
        Assert.That(File.Exists file.Path, file.Path)
        Assert.That(file.Name, Does.Not.Contain "/")

[<TestCase("evaluate", "DiscCircle")>]
[<TestCase("adapt-hybrid", "DiscCircle")>]
[<TestCase("collect", "PointNav")>]
[<TestCase("load-dataset", "BallCircle")>]
let ``where no native engine computes, none is in the key`` (stage: string, task: string) =
    Assert.That(files stage task, Is.Empty)
