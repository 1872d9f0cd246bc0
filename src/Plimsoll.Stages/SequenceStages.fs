/// Stages of models of whole trajectories: one is trained for all limits, and a target makes a policy of it.
module Plimsoll.Stages.SequenceStages

open System
open System.Linq
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Sequences
open Plimsoll.Learning.Training
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

module FitCdt =
    let private steps = steps 100_000L

    let private batch =
        whole "batch" 2048L (1L, 1_000_000L) "window" "windows of trajectories a gradient step"

    let private rate =
        learningRate "learning-rate" 1e-4 "AdamW's learning rate after the warm-up"

    let private warmUp =
        whole "warm-up" 500L (1L, 1_000_000_000L) "step" "steps over which the learning rate rises"

    let private decay =
        real "weight-decay" 1e-4 (0.0, 1.0) "" "AdamW's decoupled weight decay"

    let private clip =
        positive "clip" 0.25 (0.0, 1e9) "" "largest norm of the gradient over all parameters"

    let private context =
        whole
            "context"
            10L
            (1L, int64 SequenceBounds.LongestContext)
            "step"
            "latest steps that the model sees"

    let private blocks = whole "blocks" 3L (0L, 64L) "" "transformer blocks"
    let private heads = whole "heads" 8L (1L, 64L) "" "attention heads of a block"

    let private headWidth =
        whole "head-width" 16L (1L, 256L) "unit" "width of a head; a token is as wide as all heads together"

    let private dropout =
        real "dropout" 0.1 (0.0, 0.9) "" "probability of dropping an element while training"

    let private costWeight =
        real "cost-weight" 0.02 (0.0, 1e6) "" "of the likelihood of whether a step costs, in the loss"

    let private stateWeight =
        real "state-weight" 0.0 (0.0, 1e6) "" "of the squared error of the next state, in the loss"

    let private temperature =
        positive "temperature" 0.1 (0.0, 1e6) "" "weight of the policy's entropy at the first step"

    let private temperatureRate =
        real
            "temperature-rate"
            1e-4
            (0.0, 1.0)
            "1/step"
            "Adam's learning rate of that weight, which rises while the entropy is below its target"

    let private returnRange =
        positive
            "return-range"
            10.0
            (0.0, 1e9)
            "reward/episode"
            "the model sees returns scaled so that the data's largest return to go is this"

    let private costRange =
        positive
            "cost-range"
            10.0
            (0.0, 1e9)
            "cost/episode"
            "the model sees costs scaled so that the data's largest cost to go is this"

    let private share =
        real "augment-share" 0.2 (0.0, 100.0) "" "relabelled trajectories, as a share of the data's"

    let private degree =
        whole "augment-degree" 2L (0L, 16L) "" "of the polynomial through the data's Pareto set"

    let private ceiling =
        real
            "augment-ceiling"
            0.1
            (0.0, 1e6)
            "return range"
            "how far above the best return targets of relabelled trajectories are drawn"

    let private margin =
        real "augment-margin" 0.0 (0.0, 1e6) "return range" "how far above the polynomial those targets begin"

    let private decrease =
        real
            "augment-decrease"
            0.15
            (0.0, 1e6)
            "return range"
            "what a trajectory may return less than the one it stands in for"

    let private sparse =
        whole
            "augment-sparse"
            0L
            (0L, 1_000_000L)
            "trajectory"
            "a cell of the (cost, return) grid with so many trajectories or fewer counts as outliers"

    let private compat =
        flag
            "osrl-compat"
            false
            "OSRL's constants for limits up to 50: draws by max(70 - cost, 0), costs seen as 50 - cost, and others"

    let private signature =
        trains
            "fit-cdt"
            [ "dataset", DatasetArtifact ]
            SequenceModelArtifact
            [
                steps.Declared
                batch.Declared
                rate.Declared
                warmUp.Declared
                decay.Declared
                clip.Declared
                context.Declared
                blocks.Declared
                heads.Declared
                headWidth.Declared
                dropout.Declared
                costWeight.Declared
                stateWeight.Declared
                temperature.Declared
                temperatureRate.Declared
                returnRange.Declared
                costRange.Declared
                share.Declared
                degree.Declared
                ceiling.Declared
                margin.Declared
                decrease.Declared
                sparse.Declared
                compat.Declared
                guardEvery.Declared
            ]
            "constrained decision transformer: actions by returns and costs to go, for all limits at once (CDT)"

    let private augmentation (request: StageRequest) =
        AugmentationSettings(
            Share = share.Of request,
            Degree = int (degree.Of request),
            Ceiling = ceiling.Of request,
            Margin = margin.Of request,
            Decrease = decrease.Of request,
            SparseUpTo = int (sparse.Of request),
            Published = compat.Of request
        )

    let private settings (request: StageRequest) =
        DecisionTransformerSettings(
            Width = int (heads.Of request * headWidth.Of request),
            Blocks = int (blocks.Of request),
            Heads = int (heads.Of request),
            Context = int (context.Of request),
            Dropout = float32 (dropout.Of request),
            Batch = int (batch.Of request),
            LearningRate = rate.Of request,
            WarmUp = warmUp.Of request,
            WeightDecay = decay.Of request,
            Clip = clip.Of request,
            CostWeight = costWeight.Of request,
            StateWeight = stateWeight.Of request,
            Temperature = temperature.Of request,
            TemperatureRate = temperatureRate.Of request,
            ReturnRange = returnRange.Of request,
            CostRange = costRange.Of request,
            Augmentation = augmentation request,
            Published = compat.Of request
        )

    let private tooLarge (dataset: Dataset) (settings: DecisionTransformerSettings) =
        let horizon = dataset.Metadata.Horizon

        if not (ConstrainedDecisionTransformer.HasTimes dataset) then
            FailureText.episodesTooLong dataset.Metadata.Task horizon
        elif int64 settings.Context * int64 settings.Width > int64 SequenceBounds.LargestWindow then
            FailureText.windowTooWide settings.Context settings.Width
        else
            let sizes = settings.SizesFor horizon
            let numbers = SequenceBounds.Numbers(sizes, settings.Batch)

            if numbers > SequenceBounds.MostNumbers then
                FailureText.windowsTooLarge settings.Batch settings.Context settings.Width numbers
            else
                let draws = SequenceBounds.Draws(sizes, settings.Batch)
                FailureText.windowsDrawTooMuch settings.Batch settings.Context draws

    let private run (request: StageRequest) =
        onDataset request (fun dataset team ->
            let settings = settings request

            if not (ConstrainedDecisionTransformer.CanDraw(dataset, settings)) then
                Failed(FailureText.noCheapEpisode dataset.Metadata.Task TrajectoryWeights.PublishedLimit)
            elif not (ConstrainedDecisionTransformer.Fits(dataset, settings)) then
                Failed(tooLarge dataset settings)
            else

                let fit =
                    ConstrainedDecisionTransformer.Build(
                        dataset,
                        settings,
                        random signature.Name request,
                        team
                    )

                use training = fit.Training

                Outcomes.train request (steps.Of request) (guardEvery.Of request) training (fun curves ->
                    let arrays = fit.Model.Network.Parameters
                    ModelFile.Save(request.Output, arrays, SequenceModels.Describe fit.Model, curves)))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }

module ConditionCdt =
    let private limit =
        requiredReal
            "cost-limit"
            (0.0, Double.MaxValue)
            "cost/episode"
            "undiscounted sum of costs over an episode that the model is asked for"

    let private target =
        choice
            "target"
            "auto"
            [ "auto"; "given" ]
            "the return that the model is asked for; auto: the best of the data's episodes within the limit"

    let private given =
        real
            "return-target"
            0.0
            (-Double.MaxValue, Double.MaxValue)
            "reward/episode"
            "the return where `target` is `given`"

    let private signature = {
        Name = "condition-cdt"
        Inputs = [ "dataset", DatasetArtifact; "model", SequenceModelArtifact ]
        Output = PolicyArtifact
        Parameters = [ limit.Declared; target.Declared; given.Declared ]
        Seeded = false
        Environment = NoEnvironment
        Reproducibility = Bitwise
        Meaning = "a policy of a sequence model, by the return and the cost that it is asked for (CDT)"
    }

    let private condition (request: StageRequest) (dataset: Dataset) returnTarget =
        use file = ModelFile.Open request.Inputs["model"]
        use state = new TrainingState()

        let model =
            SequenceModels.Load(file, state, dataset.ObservationSize, dataset.ActionSize)

        let policy = ConditionedPolicy(model, returnTarget, limit.Of request)

        let entries = SequenceModels.Describe policy
        ModelFile.Save(request.Output, model.Network.Parameters, entries, TrainingCurves())
        Finished

    let private run (request: StageRequest) =
        Outcomes.withDataset request.Inputs["dataset"] (fun dataset ->
            Outcomes.guarding request (fun () ->
                if target.Of request = "given" then
                    condition request dataset (given.Of request)
                else
                    match DatasetChecks.SafeWithin(dataset, dataset.Metadata.Task, limit.Of request) with
                    | NonNull problem -> Outcomes.ofProblem problem
                    | Null ->
                        dataset.Trajectories
                            .Where(fun trajectory -> trajectory.IsWithin(limit.Of request))
                            .Max(fun trajectory -> trajectory.Return)
                        |> condition request dataset))

    let stage = {
        Signature = signature
        Run = run
        Code = []
    }
