/// docs/stages.md as the catalogue says it.
module Plimsoll.Stages.Tests.StagePage

open System
open Plimsoll.Environments
open Plimsoll.Language

let private artifact kind =
    match kind with
    | DatasetArtifact -> "dataset"
    | BehaviourArtifact -> "behaviour model"
    | RewardCriticArtifact -> "reward critic"
    | CostCriticArtifact -> "cost critic"
    | PolicyArtifact -> "policy"
    | CapturerArtifact -> "safety distribution capturer"
    | SequenceModelArtifact -> "sequence model"
    | ScoresArtifact -> "scores"
    | TimingsArtifact -> "timings"

let private environment used =
    match used with
    | NoEnvironment -> "no simulator"
    | MakesData -> "uses the simulator to make data"
    | FinalEvaluation -> "uses the simulator for the final evaluation"
    | Hybrid -> "**hybrid: uses the simulator while it trains**"

let private bits (stage: StageSignature) =
    match stage.Reproducibility, stage.Environment with
    | Bitwise, NoEnvironment -> "the same bits on any machine"
    | Bitwise, (MakesData | FinalEvaluation | Hybrid) ->
        "the same bits on any machine; in tasks on Bullet or MuJoCo, on the same machine"
    | SameMachine, _ -> "the same bits on the same machine"
    | Volatile, _ -> "never cached"

let private engine (task: string) =
    match Tasks.Find task with
    | null -> invalidOp $"the catalogue has a task {task} without facts"
    | facts ->
        match facts.Engine with
        | Engine.Managed -> "none"
        | engine -> string engine

let private row (fields: string list) =
    let escaped = fields |> List.map _.Replace("|", "\\|")
    "| " + String.Join(" | ", escaped) + " |"

/// The largest double stands for no bound.
let private value (expected: ValueType) =
    match expected with
    | RealType(lowest, Double.MaxValue) -> RealType(lowest, infinity)
    | RealAboveType(above, Double.MaxValue) -> RealAboveType(above, infinity)
    | other -> other
    |> Words.valueType

let private parameter (parameter: Parameter) =
    let standard =
        match parameter.Default with
        | Some value -> $"`{Literal.print value}`"
        | None -> "required"

    row [
        $"`{parameter.Name}`"
        value parameter.Type
        standard
        parameter.Unit
        parameter.Meaning
    ]

let private stage (stage: StageSignature) = [
    ""
    $"## {stage.Name}"
    ""
    // Meanings are clauses without a full stop.
    stage.Meaning.Substring(0, 1).ToUpperInvariant()
    + stage.Meaning.Substring 1
    + "."
    ""
    for role, kind in stage.Inputs do
        $"- input `{role}`: {artifact kind}"
    $"- output: {artifact stage.Output}"
    "- "
    + (if stage.Seeded then
           "one for each seed"
       else
           "one for all seeds")
    + $"; {environment stage.Environment}; {bits stage}"
    ""
    row [ "parameter"; "value"; "default"; "unit"; "meaning" ]
    row [ "---"; "---"; "---"; "---"; "---" ]
    yield! stage.Parameters |> List.map parameter
]

let text (catalogue: Catalogue) : string =
    [
        "# Stages and tasks"
        ""
        "Written from the program's catalogue by a test; do not edit."
        "[The experiment file](file-format.md) says how to set these parameters. In a recipe, a stage's inputs are"
        "wired by the names below."
        ""
        row [
            "task with a simulator"
            "horizon, steps"
            "can end early"
            "engine"
            "meaning"
        ]
        row [ "---"; "---"; "---"; "---"; "---" ]
        for task in catalogue.Tasks do
            row [
                $"`{task.Name}`"
                string task.Horizon
                (if task.EndsEarly then "yes" else "no")
                engine task.Name
                task.Meaning
            ]
        yield! catalogue.Stages |> List.collect stage
    ]
    |> List.map (fun line -> line + "\n")
    |> String.concat ""
