/// A catalogue small enough to reason about, with every type of parameter.
module Plimsoll.Language.Tests.FakeCatalogue

open Plimsoll.Language

let private parameter name kind fallback unit : Parameter = {
    Name = name
    Type = kind
    Default = fallback
    Unit = unit
    Meaning = "what it is for"
}

let private positive = WholeType(1L, System.Int64.MaxValue)

let private steps fallback =
    parameter "steps" positive (Some(Whole fallback)) "step"

let private width =
    parameter "width" (WholeType(1L, 4096L)) (Some(Whole 64L)) "unit"

let private stage name inputs output parameters seeded environment = {
    Name = name
    Inputs = inputs
    Output = output
    Parameters = parameters
    Seeded = seeded
    Environment = environment
    Reproducibility = Bitwise
    Meaning = "a stage"
}

let private data = "dataset", DatasetArtifact

let private costLimit =
    parameter "cost-limit" (RealType(0.0, infinity)) None "cost/episode"

let private pessimism =
    parameter "pessimism" (RealType(0.0, 10.0)) (Some(Real 0.2)) ""

let private task = parameter "task" TextType None ""

let private episodes =
    parameter "episodes" (WholeType(1L, 1000L)) (Some(Whole 20L)) "episode"

let private filterModes = ChoiceType [ "all"; "safe"; "risky" ]
let private adaptModes = ChoiceType [ "three-mode"; "crpo"; "lagrangian" ]

let private dataStages = [
    stage
        "collect"
        []
        DatasetArtifact
        [
            task
            steps 1000L
            parameter "seed" (WholeType(0L, 1000L)) (Some(Whole 0L)) ""
            parameter "noise" (RealAboveType(0.0, 1.0)) (Some(Real 0.1)) ""
        ]
        false
        MakesData
    stage
        "load-dataset"
        []
        DatasetArtifact
        [
            task
            parameter "file" FileType None ""
            parameter "terminals-are-time-outs" FlagType (Some(Flag false)) ""
        ]
        false
        NoEnvironment
    stage
        "filter"
        [ data ]
        DatasetArtifact
        [
            parameter "mode" filterModes (Some(Text "safe")) ""
            {
                costLimit with
                    Default = Some(Real 0.0)
            }
        ]
        false
        NoEnvironment
]

let private fitting = [
    stage "fit-diffusion" [ data ] BehaviourArtifact [ steps 2000L; width ] true NoEnvironment
    stage "fit-reward-critic" [ data ] RewardCriticArtifact [ steps 2000L ] true NoEnvironment
    stage
        "warm-start"
        [ data; "behaviour", BehaviourArtifact ]
        PolicyArtifact
        [ steps 500L ]
        true
        NoEnvironment
    stage
        "fit-cost-critic"
        [ data; "policy", PolicyArtifact ]
        CostCriticArtifact
        [ steps 2000L; pessimism ]
        true
        NoEnvironment
    stage
        "adapt"
        [
            data
            "behaviour", BehaviourArtifact
            "reward-critic", RewardCriticArtifact
            "cost-critic", CostCriticArtifact
            "policy", PolicyArtifact
        ]
        PolicyArtifact
        [
            steps 200L
            parameter "mode" adaptModes (Some(Text "three-mode")) ""
            pessimism
            costLimit
            parameter "layers" (ItemsType(WholeType(1L, 1024L))) (Some(Items [ Whole 64L; Whole 64L ])) "unit"
        ]
        true
        NoEnvironment
    stage "tune" [ data; "policy", PolicyArtifact ] PolicyArtifact [ steps 50L; task ] true Hybrid
    stage "fit-bc" [ data ] PolicyArtifact [ steps 1000L; width ] true NoEnvironment
]

let private scoring = [
    stage "evaluate" [ "policy", PolicyArtifact ] ScoresArtifact [ task; episodes ] true FinalEvaluation
    stage
        "off-policy-evaluate"
        [ "policy", PolicyArtifact; data ]
        ScoresArtifact
        [ steps 3000L ]
        true
        NoEnvironment
    stage
        "time-acting"
        [ "policy", PolicyArtifact; data ]
        TimingsArtifact
        [
            parameter "batches" (ItemsType(WholeType(1L, 100_000L))) (Some(Items [ Whole 1L ])) "observation"
        ]
        false
        NoEnvironment
]

let private simulated name : TaskSignature = {
    Name = name
    Horizon = 200
    EndsEarly = false
    Reproducibility = Bitwise
    Collect = "collect"
    Meaning = "a task"
}

let catalogue: Catalogue = {
    Stages = dataStages @ fitting @ scoring
    Tasks = [ simulated "DiscCircle"; simulated "PointNav" ]
    Load = "load-dataset"
    Evaluate = "evaluate"
    EvaluateOffline = "off-policy-evaluate"
    TimeActing = "time-acting"
}

/// The shipped recipes, and the texts that a test adds, by name.
let recipesWith (own: (string * string) list) : ArmSection.RecipeSource =
    fun name ->
        match List.tryFind (fun (known, _) -> known = name) own with
        | Some(_, text) -> Ok(text, name.TrimStart('.', '/'))
        | None ->
            match Files.tryRecipe name with
            | Some text -> Ok(text, $"recipes/{name}.yaml")
            | None -> Error "no shipped recipe has this name"

let recipes = recipesWith []

let experiment text =
    Check.experiment catalogue recipes "test.yaml" text

/// The experiment of a text without problems.
let cells text =
    match experiment text with
    | Ok experiment -> experiment.Cells
    | Error problems -> failwith (ProblemText.renderAll problems)

let ids text = cells text |> List.map _.Id |> set
