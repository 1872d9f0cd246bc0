/// From the learning code's outcomes to the engine's.
module Plimsoll.Stages.Outcomes

open System
open System.IO
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Training
open Plimsoll.Numerics.Runtime

let invalid what remedy =
    Failed {
        Class = Invalid
        What = what
        Remedy = remedy
    }

/// A problem of a dataset, in the words of the data layer.
let ofProblem (problem: DatasetProblem) =
    let text = DatasetProblemText.Describe problem
    invalid $"{text.What} ({text.Where}). {text.Why}" text.Remedy

let ofProblems (problems: DatasetProblem seq) =
    let texts = problems |> Seq.map DatasetProblemText.Describe |> Seq.toList

    let what =
        texts
        |> List.map (fun t -> $"{t.What} ({t.Where}). {t.Why}")
        |> String.concat "\n"

    let remedy = texts |> List.map _.Remedy |> List.distinct |> String.concat " "
    invalid what remedy

/// An input that cannot be read: it was sound when the engine's record of it was written.
let private corrupt what =
    Failed {
        Class = Corrupt
        What = what
        Remedy = "Run again: an artifact that is damaged or gone is made anew."
    }

/// Opens a dataset artifact for the time of a function.
let withDataset (path: string) (body: Dataset -> StageOutcome) =
    match Dataset.TryOpen path with
    | :? DatasetOpening.Opened as opened ->
        use dataset = opened.Dataset
        body dataset
    | :? DatasetOpening.Refused as refused ->
        match refused.Problem with
        | :? DatasetProblem.FileMissing
        | :? DatasetProblem.FileUnreadable
        | :? DatasetProblem.ArtifactDamaged ->
            let text = DatasetProblemText.Describe refused.Problem
            corrupt $"{text.What} ({text.Where})"
        | problem -> ofProblem problem
    | other -> invalidOp $"unknown outcome {other}"

/// Facts of a task whose simulator the program has.
let withTask (name: string) (body: TaskFacts -> StageOutcome) =
    match Tasks.Find name with
    | null ->
        let known = Tasks.All |> Seq.map _.Name |> String.concat ", "
        invalid $"there is no simulator of a task '{name}'" $"Name one of {known}."
    | facts -> body facts

let withTeam (request: StageRequest) (body: Team -> 'T) =
    use team = new Team(request.Threads)
    body team

/// Trains to the end and writes the model, or what a diverged run leaves.
let train (request: StageRequest) steps guardEvery (training: ITraining) (save: TrainingCurves -> unit) =
    let outcome =
        TrainingLoop.Run(
            training,
            TrainingLength(steps, guardEvery),
            TrainingFiles.surroundings request steps
        )

    match outcome with
    | :? TrainingOutcome.Completed ->
        save outcome.Curves
        TrainingFiles.writeTrail request outcome.Trail
        Finished
    | :? TrainingOutcome.Diverged as diverged ->
        ModelFile.SaveDiverged(request.Output, diverged.Step, diverged.What, outcome.Curves)
        TrainingFiles.writeTrail request outcome.Trail
        Diverged(diverged.Step, diverged.What)
    | :? TrainingOutcome.Cancelled ->
        Failed {
            Class = Cancelled
            What = "the stage was cancelled"
            Remedy = "Run again: what had finished is kept."
        }
    | other -> invalidOp $"unknown outcome {other}"

/// What inputs of another kind and a disk that is full or read-only make the code below throw, as failures.
/// Anything else is a bug of the program and passes through.
let guarding (body: unit -> StageOutcome) =
    let unwritten (problem: exn) =
        Failed {
            Class = Transient
            What = $"the artifact could not be written: {problem.Message}"
            Remedy = "Free space on the store's disk or make it writable, then run again."
        }

    try
        body ()
    with
    | :? SafetensorsException as problem -> corrupt problem.Message
    | :? InvalidDataException as problem ->
        invalid
            problem.Message
            "Pass a model of the kind that the stage takes, made from data of the same sizes."
    | :? IOException as problem -> unwritten problem
    | :? UnauthorizedAccessException as problem -> unwritten problem
