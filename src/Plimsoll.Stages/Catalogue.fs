/// Every stage there is. Adding one: write it beside its kin, name it here, and any recipe can use it.
module Plimsoll.Stages.Catalogue

open Plimsoll.Environments
open Plimsoll.Environments.Controllers
open Plimsoll.Language

let stages: Stage list = [
    DataStages.Collect.stage
    CollectStages.CollectAgents.stage
    DataStages.Load.stage
    DataStages.Filter.stage
    PreprocessStage.stage
    DataStages.RemapCost.stage
    BehaviourStages.FitBc.stage
    BehaviourStages.FitDiffusion.stage
    BehaviourStages.WarmStart.stage
    CriticStages.FitRewardCritic.stage
    CriticStages.FitCostCritic.stage
    AdaptStage.stage
    ConstrainedStages.FitCpq.stage
    CoptidiceStage.stage
    Td3BcStage.stage
    ImprovementStages.FitSpi.stage
    ImprovementStages.ExtractArgmax.stage
    SequenceStages.FitCdt.stage
    SequenceStages.ConditionCdt.stage
    ConstrainedStages.FitBcqLag.stage
    ConstrainedStages.FitBearLag.stage
    AdaptHybridStage.stage
    EvaluationStages.Evaluate.stage
    EvaluationStages.EvaluateOffline.stage
    TimingStage.stage
]

/// What the experiment language knows of the program.
let language: Plimsoll.Language.Catalogue = {
    Stages = stages |> List.map _.Signature
    Tasks = [
        for task in Tasks.All ->
            {
                Name = task.Name
                Horizon = task.Horizon
                EndsEarly = task.EndsEarly
                Reproducibility =
                    match task.Engine with
                    | Engine.Managed -> Bitwise
                    | _ -> SameMachine
                Collect =
                    if ControllerFamily.Has task then
                        DataStages.Collect.stage.Signature.Name
                    else
                        CollectStages.CollectAgents.stage.Signature.Name
                Meaning = task.Meaning
            }
    ]
    Load = DataStages.Load.stage.Signature.Name
    Evaluate = EvaluationStages.Evaluate.stage.Signature.Name
    EvaluateOffline = EvaluationStages.EvaluateOffline.stage.Signature.Name
    TimeActing = TimingStage.stage.Signature.Name
}
