/// One small job for every stage of the catalogue, on artifacts that the stages themselves made.
module Plimsoll.Stages.Tests.Bench

open System
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Stages.Tests.Workshop

let hidden = "hidden", Items [ Whole 40L; Whole 24L ]

/// Large enough that kernels are split between threads, short enough for a test.
let training = [ "steps", Whole 6L; "batch", Whole 256L; "guard-every", Whole 3L ]

let collect =
    job "collect" [
        "task", Text "DiscCircle"
        "steps", Whole 2_000L
        "seed", Whole 7L
        "cells", Whole 4L
        "most-per-cell", Whole 1L
    ] []

let dataset = lazy (make collect)

/// Enough trajectories for cells of a grid to be crowded.
let crowd =
    lazy
        (collect
         |> change "steps" (Whole 16_000L)
         |> change "most-per-cell" (Whole 0L)
         |> make)

/// Between the cheapest and the dearest trajectory, so that filters have something to keep and to drop.
let middleCost =
    lazy
        (use data = Dataset.Open dataset.Value
         let facts = NormalisationFacts.Of data
         Real((facts.CostMin + facts.CostMax) / 2.0))

let private sized = training @ [ hidden ]
let policy = lazy (make (job "fit-bc" sized [ "dataset", dataset.Value ]))

let private score = [
    "width", Whole 24L
    "blocks", Whole 2L
    "embedding", Whole 16L
    "frequencies", Whole 8L
]

let behaviour =
    lazy (make (job "fit-diffusion" (training @ score) [ "dataset", dataset.Value ]))

let rewardCritic =
    lazy (make (job "fit-reward-critic" sized [ "dataset", dataset.Value ]))

let costCritic =
    lazy
        (make (
            job "fit-cost-critic" (sized @ [ "members", Whole 3L ]) [
                "dataset", dataset.Value
                "policy", policy.Value
            ]
        ))

let private transformer = [
    "context", Whole 3L
    "blocks", Whole 1L
    "heads", Whole 2L
    "head-width", Whole 4L
    // So that the first steps are large enough to be seen.
    "warm-up", Whole 2L
    "weight-decay", Real 0.5
    // More targets than trajectories, so that some of these stand in for others.
    "augment-share", Real 1.5
]

let sequenceModel =
    lazy (make (job "fit-cdt" (training @ transformer) [ "dataset", dataset.Value ]))

/// Of the bench's dataset; almost 0 where there is a cost.
let safety =
    lazy (make (job "remap-cost" [ "form", Text "smooth"; "scale", Real 0.1 ] [ "dataset", dataset.Value ]))

/// More weight on the values than the data would bear for long, and a running average that has begun.
let private improvement =
    sized
    @ [
        "eta", Real 0.5
        "mu", Real 0.2
        "phi", Real 0.3
        "denoising-steps", Whole 3L
        "average-start", Whole 1L
        "average-every", Whole 1L
        "learning-rate", Real 1e-2
        "polyak", Real 0.1
    ]

let capturer =
    lazy (make (job "fit-spi" improvement [ "dataset", dataset.Value; "safety", safety.Value ]))

let private artifact (kind: ArtifactKind) =
    match kind with
    | DatasetArtifact -> dataset.Value
    | BehaviourArtifact -> behaviour.Value
    | RewardCriticArtifact -> rewardCritic.Value
    | CostCriticArtifact -> costCritic.Value
    | PolicyArtifact -> policy.Value
    | SequenceModelArtifact -> sequenceModel.Value
    | CapturerArtifact -> capturer.Value
    | ScoresArtifact
    | TimingsArtifact -> failwith $"no stage takes {kind}"

/// An HDF5 file of the dataset; None without the library.
let exported =
    lazy
        (match Hdf5Library.TryLoad null with
         | null, _ -> None
         | _ ->
             use data = Dataset.Open dataset.Value
             let path = fresh "data.hdf5"

             match DsrlExport.Write(data, path) with
             | :? ExportOutcome.Exported -> Some path
             | other -> failwith $"the export gave {other}")

/// Limits near what untrained cost critics say, so that indicators and multipliers take part.
let private constrained limit =
    sized
    @ [
        "vae-hidden", Items [ Whole 24L ]
        "draws", Whole 3L
        "cost-limit", Real limit
    ]

let private settings (stage: string) =
    match stage with
    | "collect" -> collect.Settings
    | "collect-agents" -> [
        "task", Text "DiscCircle"
        // Exactly two episodes of each environment: one step more makes three.
        "steps", Whole 1600L
        "penalties", Items [ Real 0.0; Real 8.0 ]
        "penalty-rise", Real 0.5
        "environments", Whole 2L
        "warm-up", Whole 100L
        "updates-per-step", Real 0.5
        "hidden", Items [ Whole 24L ]
        "batch", Whole 32L
        "cells", Whole 1L
        "most-per-cell", Whole 1L
      ]
    | "load-dataset" -> [
        "task", Text "DiscCircle"
        "file",
        Text(
            match exported.Value with
            | Some path -> path
            | None ->
                NUnit.Framework.Assert.Ignore "the HDF5 library is not installed"
                ""
        )
      ]
    | "filter" -> [ "mode", Text "safe"; "cost-limit", middleCost.Value ]
    | "preprocess" -> [
        "cost-cells", Whole 3L
        "return-cells", Whole 3L
        "most-per-cell", Whole 5L
        "sparse-up-to", Whole 1L
        "outlier-share", Real 0.01
        "cost-limit", Real 20.0
        "inpaint", Items [ Real 0.0; Real 0.1; Real 0.0; Real 0.2 ]
        "epsilon", Real -1.0
        "noise-scale", Real 0.1
      ]
    | "remap-cost" -> [ "form", Text "clipped"; "scale", Real 2.0 ]
    | "fit-diffusion" -> training @ score
    | "adapt" -> training @ [ "cost-limit", Real 20.0 ]
    | "time-acting" -> [ "batches", Items [ Whole 1L; Whole 3L ] ]
    | "fit-cdt" -> training @ transformer
    | "condition-cdt" -> [ "cost-limit", Real 300.0; "target", Text "given"; "return-target", Real 50.0 ]
    | "adapt-hybrid" ->
        training
        @ [ "cost-limit", Real 20.0; "task", Text "DiscCircle"; "every", Whole 2L ]
    | "evaluate" -> [ "task", Text "DiscCircle"; "episodes", Whole 3L ]
    | "fit-coptidice" ->
        sized
        @ [
            "cost-limit", Real 20.0
            "divergence", Text "chi-square"
            "timeouts", Text "stop"
            // So that the price moves by more than rounding, and limits are told apart.
            "scalar-learning-rate", Real 0.05
        ]
    | "fit-spi" -> improvement
    | "extract-argmax" -> [ "candidates", Whole 5L ]
    | "fit-cost-critic" -> sized @ [ "members", Whole 3L ]
    | "fit-cpq" -> constrained 0.8
    | "fit-bcq-lag" -> constrained 0.0 @ [ "best-of", Whole 3L; "normalise", Flag true ]
    | "fit-bear-lag" ->
        constrained 0.0
        @ [
            "matched-draws", Whole 3L
            "kernel", Text "laplacian"
            "reward-from", Whole 2L
        ]
    | "fit-bc"
    | "fit-td3-bc"
    | "warm-start"
    | "fit-reward-critic"
    | "off-policy-evaluate" -> sized
    | other -> failwith $"the stage {other} is new: give it a small job here"

let names =
    Plimsoll.Stages.Catalogue.stages |> List.map (fun stage -> stage.Signature.Name)

let jobOf (name: string) : Job =
    let inputs =
        (stage name).Signature.Inputs
        |> List.map (fun (role, kind) ->
            match name, role with
            | "preprocess", _
            | "fit-cdt", "dataset" -> role, crowd.Value
            | _, "safety" -> role, safety.Value
            | _ -> role, artifact kind)

    job name (settings name) inputs

let private known =
    System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<string>>()

/// Digest of what the stage's small job gives, run once for all tests.
let digest (name: string) : string =
    known.GetOrAdd(name, (fun name -> lazy (bytes (jobOf name)))).Value
