/// DSRL's filters on whole trajectories.
module Plimsoll.Stages.PreprocessStage

open System
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Numerics.Random
open Plimsoll.Stages.Typed

let private density =
    positive
        "density"
        1.0
        (0.0, 1.0)
        ""
        "share that DSRL's own grid of the task is meant to keep, 0.25, 0.5 or 0.75; 1 keeps all"

let private costCells =
    whole "cost-cells" 0L (0L, 100_000L) "" "cells along the cost of a grid of one's own; 0: no grid"

let private returnCells =
    whole "return-cells" 1L (1L, 100_000L) "" "cells along the return of a grid of one's own"

let private mostPerCell =
    whole "most-per-cell" 10L (1L, 1_000_000L) "trajectory" "a fuller cell keeps this many, drawn at random"

let private sparseUpTo =
    whole "sparse-up-to" 2L (0L, 1_000_000L) "trajectory" "a cell with this many or fewer is dropped"

let private outliers =
    real
        "outlier-share"
        0.0
        (0.0, 1.0)
        ""
        "share made tempting outliers (DSRL's outliers_percent): costs below the limit, rewards times 1.5"

let private costLimit =
    real
        "cost-limit"
        -1.0
        (-1.0, Double.MaxValue)
        "cost/episode"
        "the limit that outliers and epsilon refer to; -1: none"

let private inpaint =
    fractions
        "inpaint"
        "removes parts of the (cost, return) plane: cost from, cost to, return from, return to, and again"

let private epsilon =
    real
        "epsilon"
        0.0
        (Double.MinValue, Double.MaxValue)
        "reward/episode"
        "above 0 removes safe trajectories within it of the best safe return; below 0 the same with unsafe ones"

let private noise =
    real
        "noise-scale"
        0.0
        (0.0, 1e3)
        ""
        "normal noise on observations and next observations, in standard deviations of all their numbers"

let private seed =
    whole "seed" 1234L (0L, Int64.MaxValue) "" "seed of the density filter, outliers and noise"

let private grid
    (request: StageRequest)
    (metadata: DatasetMetadata)
    : Result<ThinningGrid | null, PreprocessingFault> =
    match density.Of request, costCells.Of request with
    | 1.0, 0L -> Ok null
    | 1.0, cells ->
        let whole (parameter: Typed<int64>) = int (parameter.Of request)
        Ok(ThinningGrid(int cells, whole returnCells, whole mostPerCell, whole sparseUpTo))
    | share, 0L ->
        match DsrlTasks.Find metadata.Task with
        | null -> Error PreprocessingFault.NoGrid
        | task when not (task.Owns metadata.Facts) -> Error PreprocessingFault.GridOfOtherData
        | task ->
            match PreprocessingSettings.GridOf(task, share) with
            | null -> Error PreprocessingFault.NoGrid
            | grid -> Ok grid
    | _ -> Error PreprocessingFault.TwoGrids

let private ranges (request: StageRequest) : Result<InpaintRange array, PreprocessingFault> =
    let numbers = inpaint.Of request

    if numbers.Length % 4 = 0 then
        numbers
        |> Array.chunkBySize 4
        |> Array.map (fun range -> InpaintRange(range[0], range[1], range[2], range[3]))
        |> Ok
    else
        Error PreprocessingFault.InpaintNotInFours

let private settings (request: StageRequest) (metadata: DatasetMetadata) =
    match grid request metadata, ranges request with
    | Error fault, _
    | _, Error fault -> Error fault
    | Ok grid, Ok ranges ->
        PreprocessingSettings(
            Density = grid,
            OutlierShare = outliers.Of request,
            Inpaint = ranges,
            Epsilon = epsilon.Of request,
            NoiseScale = noise.Of request,
            CostLimit =
                (match costLimit.Of request with
                 | limit when limit < 0.0 -> Nullable()
                 | limit -> Nullable limit),
            Reference = PreprocessingSettings.ReferenceOf(DsrlTasks.Behind metadata)
        )
        |> Ok

let private streams (request: StageRequest) =
    let root = RandomRoot.Of(seed.Of request, "preprocess")
    let stream role = SequentialRandom(root.Stream role, 0UL)
    let density, outliers, noise = stream "density", stream "outliers", stream "noise"

    PreprocessingStreams(
        Func<double>(density.NextUniform),
        Func<double>(outliers.NextUniform),
        Func<double>(noise.NextNormal)
    )

let private run (request: StageRequest) =
    Outcomes.withDataset request.Inputs["dataset"] (fun dataset ->
        Outcomes.guarding request (fun () ->
            let name = dataset.Metadata.Task

            match settings request dataset.Metadata with
            | Error fault -> Outcomes.ofProblem (DatasetProblem.PreprocessingUnsound(name, fault))
            | Ok settings ->
                match Preprocessing.Apply(dataset, name, settings, streams request) with
                | :? PreprocessingOutcome.Done as finished ->
                    use result = finished.Dataset
                    result.Save request.Output
                    Finished
                | :? PreprocessingOutcome.Refused as refused -> Outcomes.ofProblem refused.Problem
                | other -> invalidOp $"unknown outcome {other}"))

let stage = {
    Signature = {
        Name = "preprocess"
        Inputs = [ "dataset", DatasetArtifact ]
        Output = DatasetArtifact
        Parameters = [
            density.Declared
            costCells.Declared
            returnCells.Declared
            mostPerCell.Declared
            sparseUpTo.Declared
            outliers.Declared
            costLimit.Declared
            inpaint.Declared
            epsilon.Declared
            noise.Declared
            seed.Declared
        ]
        Seeded = false
        Environment = NoEnvironment
        Reproducibility = Bitwise
        Meaning =
            "DSRL's filters on whole trajectories, in this order: density, outliers, inpaint, epsilon, noise"
    }
    Run = run
    Code = []
}
