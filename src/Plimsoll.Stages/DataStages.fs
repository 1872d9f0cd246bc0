/// Stages that make or change datasets.
module Plimsoll.Stages.DataStages

open System
open System.IO
open Plimsoll.Data
open Plimsoll.Environments.Controllers
open Plimsoll.Learning.Collection
open Plimsoll.Learning.Safety
open Plimsoll.Language
open Plimsoll.Stages.Typed

module Collect =
    let private task = requiredText "task" "the task to collect from"

    let private steps =
        whole "steps" 300_000L (1L, 1_000_000_000L) "step" "environment steps before thinning"

    let private seed =
        whole "seed" 1L (0L, Int64.MaxValue) "" "seed of controllers, starts and thinning"

    let private cells =
        whole "cells" 20L (1L, 1000L) "" "cells of the thinning grid along each of cost and return"

    let private mostPerCell =
        whole
            "most-per-cell"
            6L
            (0L, 1_000_000L)
            "trajectory"
            "trajectories kept of a crowded cell; 0 keeps all"

    let stage = {
        Signature = {
            Name = "collect"
            Inputs = []
            Output = DatasetArtifact
            Parameters = [
                task.Declared
                steps.Declared
                seed.Declared
                cells.Declared
                mostPerCell.Declared
            ]
            Seeded = false
            Environment = MakesData
            Reproducibility = Bitwise
            Meaning = "trajectories of scripted controllers, thinned on a (cost, return) grid"
        }
        Run =
            fun request ->
                Outcomes.withTask (task.Of request) (fun facts ->
                    if not (ControllerFamily.Has facts) then
                        Failed(FailureText.noControllers facts.Name)
                    else

                        Outcomes.guarding request (fun () ->
                            let cells = int (cells.Of request)
                            let most = int (mostPerCell.Of request)

                            let settings =
                                CollectionSettings(steps.Of request, seed.Of request, cells, cells, most)

                            let advanced = Outcomes.advanced request settings.Steps
                            use dataset = Collector.Run(facts.Name, settings, advanced, request.Cancelled)
                            dataset.Save request.Output
                            Finished))
        Code = []
    }

module Load =
    let private task =
        requiredText "task" "the name under which the data appears; where the file records its task, that one"

    let private file =
        requiredFile "file" "an HDF5 or npz file in DSRL's layout, or a dataset artifact (safetensors)"

    let private ends =
        choice
            "end-markers"
            "ask"
            [ "ask"; "terminals"; "time-limits" ]
            "what the file's `terminals` mean; `ask` refuses where they look like time limits"

    let private horizon =
        whole
            "horizon"
            0L
            (0L, 1_000_000L)
            "step"
            "longest episode; 0 takes what the file records, else DSRL's, else the longest in the file"

    let private one =
        choice
            "one-trajectory"
            "refuse"
            [ "refuse"; "allow" ]
            "whether a file with a single episode is accepted"

    /// From here, where that is shorter: stages get full paths.
    let private shown (path: string) =
        let relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path)

        if relative.StartsWith("..", StringComparison.Ordinal) then
            path
        else
            relative

    let private options (request: StageRequest) =
        let markers =
            match ends.Of request with
            | "terminals" -> Nullable EndMarkers.Terminals
            | "time-limits" -> Nullable EndMarkers.TimeLimits
            | _ -> Nullable()

        let horizon =
            match horizon.Of request with
            | 0L -> Nullable()
            | given -> Nullable(int given)

        DsrlImportOptions(
            task.Of request,
            EndMarkers = markers,
            Horizon = horizon,
            AllowOneTrajectory = (one.Of request = "allow"),
            // A problem is the file's, whatever task it is taken for.
            Name = shown (file.Of request)
        )

    let stage = {
        Signature = {
            Name = "load-dataset"
            Inputs = []
            Output = DatasetArtifact
            Parameters = [ task.Declared; file.Declared; ends.Declared; horizon.Declared; one.Declared ]
            Seeded = false
            Environment = NoEnvironment
            Reproducibility = Bitwise
            Meaning = "a dataset from a file, checked; of a task of DSRL also against its table"
        }
        Run =
            fun request ->
                Outcomes.guarding request (fun () ->
                    match DsrlImport.Read(file.Of request, options request) with
                    | :? ImportOutcome.Imported as imported ->
                        use dataset = imported.Dataset
                        dataset.Save request.Output
                        Finished
                    | :? ImportOutcome.Rejected as rejected -> Outcomes.ofProblems rejected.Problems
                    | other -> invalidOp $"unknown outcome {other}")
        Code = []
    }

module Filter =
    let private mode =
        choice
            "mode"
            "safe"
            [ "all"; "safe"; "risky"; "boundary" ]
            "safe: cost <= limit; risky: cost >= 2 limit; boundary: 0.5 limit < cost <= 1.5 limit"

    let private limit =
        requiredReal
            "cost-limit"
            (0.0, Double.MaxValue)
            "cost/episode"
            "undiscounted sum of costs over an episode"

    let private filter (request: StageRequest) : TrajectoryFilter =
        match mode.Of request with
        | "safe" -> TrajectoryFilter.Safe(limit.Of request)
        | "risky" -> TrajectoryFilter.Risky(limit.Of request)
        | "boundary" -> TrajectoryFilter.Boundary(limit.Of request)
        | _ -> TrajectoryFilter.All()

    let stage = {
        Signature = {
            Name = "filter"
            Inputs = [ "dataset", DatasetArtifact ]
            Output = DatasetArtifact
            Parameters = [ mode.Declared; limit.Declared ]
            Seeded = false
            Environment = NoEnvironment
            Reproducibility = Bitwise
            Meaning = "whole trajectories chosen by their cost"
        }
        Run =
            fun request ->
                Outcomes.withDataset request.Inputs["dataset"] (fun dataset ->
                    Outcomes.guarding request (fun () ->
                        match (filter request).Apply(dataset, dataset.Metadata.Task) with
                        | :? FilterOutcome.Kept as kept ->
                            use chosen = kept.Dataset
                            chosen.Save request.Output
                            Finished
                        | :? FilterOutcome.Nothing as nothing -> Outcomes.ofProblem nothing.Problem
                        | other -> invalidOp $"unknown outcome {other}"))
        Code = []
    }

module RemapCost =
    let private form =
        choice
            "form"
            "indicator"
            [ "indicator"; "clipped"; "smooth" ]
            "c' = 1 - f(c): f is [c > 0], min(c / scale, 1) or 1 - exp(-c / scale)"

    let private scale =
        positive
            "scale"
            1.0
            (0.0, Double.MaxValue)
            "cost/step"
            "the cost that counts as fully unsafe, or the smooth scale"

    let private remap (request: StageRequest) : CostRemap =
        match form.Of request with
        | "clipped" -> ClippedLinearRemap(scale.Of request)
        | "smooth" -> SmoothRemap(scale.Of request)
        | _ -> IndicatorRemap()

    let stage = {
        Signature = {
            Name = "remap-cost"
            Inputs = [ "dataset", DatasetArtifact ]
            Output = DatasetArtifact
            Parameters = [ form.Declared; scale.Declared ]
            Seeded = false
            Environment = NoEnvironment
            Reproducibility = Bitwise
            Meaning =
                "SPI's safety signal c' = 1 - f(c) in the place of the reward (Yang et al., Safe Policy Improvement via Diffusion Model)"
        }
        Run =
            fun request ->
                Outcomes.withDataset request.Inputs["dataset"] (fun dataset ->
                    Outcomes.guarding request (fun () ->
                        use remapped = SafetySignal.AsReward(dataset, remap request)
                        remapped.Save request.Output
                        Finished))
        Code = []
    }
