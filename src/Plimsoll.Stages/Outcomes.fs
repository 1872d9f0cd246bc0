/// From the learning code's outcomes to the engine's.
module Plimsoll.Stages.Outcomes

open System
open System.IO
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Training
open Plimsoll.Numerics.Runtime

/// A problem of a dataset, in the words of the data layer.
let ofProblem (problem: DatasetProblem) = Failed(FailureText.ofProblem problem)

let ofProblems (problems: DatasetProblem seq) =
    Failed(FailureText.ofProblems (List.ofSeq problems))

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
        | :? DatasetProblem.ArtifactDamaged -> Failed(FailureText.corruptDataset refused.Problem)
        | problem -> ofProblem problem
    | other -> invalidOp $"unknown outcome {other}"

/// Tells people how far a stage of so many steps is, where there is nothing else to say.
let advanced (request: StageRequest) (steps: int64) : Action<int64> =
    Action<_>(fun step ->
        request.Report {
            Step = min step steps
            Steps = steps
            Metrics = []
            ResumedAt = None
            SavedAt = None
        })

/// Facts of a task whose simulator the program has and this machine can run.
let withTask (name: string) (body: TaskFacts -> StageOutcome) =
    match Simulators.find name with
    | Ok(facts, _) -> body facts
    | Error failure -> Failed failure

/// The stage has its thread to itself, so the team may keep it on one CPU.
let withTeam (request: StageRequest) (body: Team -> 'T) =
    use team = new Team(request.Threads, pinCaller = true)
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
    | :? TrainingOutcome.Cancelled -> Failed(FailureText.cancelled ())
    | other -> invalidOp $"unknown outcome {other}"

/// A full disk or a used-up quota, on Linux and on Windows. The store, which stages know nothing of, asks the same.
let private isFull (problem: IOException) =
    List.contains problem.HResult [ 28; 122; 0x80070070 ]

/// EPERM, EACCES and EROFS.
let private isForbidden (problem: IOException) =
    List.contains problem.HResult [ 1; 13; 30 ]

/// An input was there when the stage began; its folder is the store's and stays.
let private isLostInput (request: StageRequest) (problem: FileNotFoundException) =
    match problem.FileName with
    | null -> false
    | gone -> request.Inputs |> Map.exists (fun _ path -> Path.GetFullPath path = gone)

/// Cancellation, and what inputs that are of another kind or gone, and a disk that is full or read-only make the code below throw,
/// as failures. Anything else is a bug of the program and passes through.
let guarding (request: StageRequest) (body: unit -> StageOutcome) =
    try
        body ()
    with
    | :? FileNotFoundException as problem when isLostInput request problem ->
        Failed(FailureText.corrupt problem.Message)
    | :? IOException as problem when isFull problem -> Failed FailureText.full
    | :? OperationCanceledException when request.Cancelled.IsCancellationRequested ->
        Failed(FailureText.cancelled ())
    | :? SafetensorsException as problem -> Failed(FailureText.corrupt problem.Message)
    | :? InvalidDataException as problem -> Failed(FailureText.otherModel problem.Message)
    | :? ActionException as problem -> Failed(FailureText.policyBroken problem.Message)
    | :? SimulationException as problem -> Failed(FailureText.simulationBroken problem.Message)
    // Only what may pass by itself is worth many attempts.
    | :? IOException as problem ->
        let kind = if isForbidden problem then Resource else Transient
        Failed(FailureText.unwritten kind problem.Message)
    | :? UnauthorizedAccessException as problem -> Failed(FailureText.unwritten Resource problem.Message)
