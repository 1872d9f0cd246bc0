/// The catalogue, indexed. Faults of a catalogue are the program's, not the user's.
module Plimsoll.Language.Signatures

open System.Collections.Generic

type Signatures = {
    Catalogue: Catalogue
    Stages: IReadOnlyDictionary<string, StageSignature>
    Tasks: IReadOnlyDictionary<string, TaskSignature>
}

let tryParameter (signature: StageSignature) (name: string) : Parameter option =
    signature.Parameters |> List.tryFind (fun parameter -> parameter.Name = name)

let parameterNames (signature: StageSignature) : string list = signature.Parameters |> List.map _.Name

let private repeated names =
    names
    |> List.countBy id
    |> List.filter (fun (_, count) -> count > 1)
    |> List.map fst

let private stageFaults (stage: StageSignature) =
    let names = List.map fst stage.Inputs @ parameterNames stage

    [
        for name in repeated names do
            yield $"stage {stage.Name} has two inputs or parameters named {name}"
        for name in names do
            if name = "stage" || not (Walk.isName name) then
                yield $"stage {stage.Name}: {name} cannot name an input or a parameter"
        if stage.Environment = Hybrid && (tryParameter stage Reserved.taskParameter).IsNone then
            yield
                $"stage {stage.Name} simulates while it trains, but has no parameter {Reserved.taskParameter}"
        for parameter in stage.Parameters do
            match parameter.Default with
            | Some value when not (Literal.fits parameter.Type value) ->
                yield $"stage {stage.Name}: the default of {parameter.Name} does not fit its type"
            | _ -> ()
    ]

/// The stages that make data from nothing, in the order of the tasks that use them.
let collectors (catalogue: Catalogue) : string list =
    catalogue.Tasks |> List.map _.Collect |> List.distinct

let private implicitFaults (catalogue: Catalogue) =
    let stage name check =
        match catalogue.Stages |> List.tryFind (fun stage -> stage.Name = name) with
        | Some stage -> check stage
        | None -> [ $"the catalogue has no stage {name}" ]

    let source (stage: StageSignature) = [
        if stage.Output <> DatasetArtifact || not stage.Inputs.IsEmpty then
            $"stage {stage.Name} must make a dataset from nothing"
    ]

    let scorer output (stage: StageSignature) = [
        for role in stage.Inputs do
            if
                role <> (Reserved.policyRole, PolicyArtifact)
                && role <> (Reserved.datasetRole, DatasetArtifact)
            then
                $"stage {stage.Name} scores a policy, so its inputs are `policy` and `dataset`"
        if stage.Output <> output then
            $"stage {stage.Name} must make {Words.kind output}"
    ]

    stage catalogue.Load source
    @ stage catalogue.Evaluate (scorer ScoresArtifact)
    @ stage catalogue.EvaluateOffline (scorer ScoresArtifact)
    @ stage catalogue.TimeActing (scorer TimingsArtifact)
    @ List.collect (fun collector -> stage collector source) (collectors catalogue)

/// What is wrong with a catalogue; empty when it can be used. A test of the real catalogue asks this.
let faults (catalogue: Catalogue) : string list = [
    for name in repeated (catalogue.Stages |> List.map _.Name) -> $"two stages are named {name}"
    for name in repeated (catalogue.Tasks |> List.map _.Name) -> $"two tasks are named {name}"
    yield! List.collect stageFaults catalogue.Stages
    yield! implicitFaults catalogue
]

/// Throws on a catalogue with faults.
let index (catalogue: Catalogue) : Signatures =
    match faults catalogue with
    | [] -> {
        Catalogue = catalogue
        Stages =
            catalogue.Stages
            |> List.map (fun stage -> stage.Name, stage)
            |> dict
            |> Dictionary
        Tasks = catalogue.Tasks |> List.map (fun task -> task.Name, task) |> dict |> Dictionary
      }
    | faults -> invalidArg (nameof catalogue) (String.concat "; " faults)

/// The stage as it is in the task that a cell's parameters name.
let inTask
    (signatures: Signatures)
    (settings: Map<string, Setting>)
    (stage: StageSignature)
    : StageSignature =
    let simulated =
        match settings.TryFind Reserved.taskParameter with
        | Some { Value = Text name } when stage.Environment <> NoEnvironment ->
            match signatures.Tasks.TryGetValue name with
            | true, task -> Some task.Reproducibility
            | _ -> None
        | _ -> None

    match stage.Reproducibility, simulated with
    | Bitwise, Some weaker
    | SameMachine, Some(Volatile as weaker) -> { stage with Reproducibility = weaker }
    | _ -> stage
