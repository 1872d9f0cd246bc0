/// The files beside a training stage's artifact: its checkpoint and its hash trail. Trouble with them costs time
/// and nothing else, so it is said on standard error, where whatever an attempt prints is kept.
module Plimsoll.Stages.TrainingFiles

open System
open System.IO
open Plimsoll.Language
open Plimsoll.Learning.Training

let private say (problem: CheckpointProblem) =
    let what =
        match problem with
        | :? CheckpointProblem.Damaged ->
            "is damaged (its digest does not fit its content); the stage starts over"
        | :? CheckpointProblem.Foreign -> "is of another version, stage or setting; the stage starts over"
        | :? CheckpointProblem.Unreadable as unreadable ->
            $"cannot be read ({unreadable.Why}); the stage starts over"
        | :? CheckpointProblem.NotWritten as unwritten ->
            $"cannot be written ({unwritten.Why}); the stage goes on and tries again later"
        | other -> invalidOp $"unknown problem {other}"

    eprintfn "checkpoint %s %s" problem.Path what

let rec private text (value: Value) =
    match value with
    | Flag flag -> $"flag {flag}"
    | Whole number -> $"whole {number}"
    | Real number -> $"real {BitConverter.DoubleToInt64Bits number}"
    | Text text -> $"text {text.Length} {text}"
    | Items items -> items |> List.map text |> String.concat ", " |> sprintf "[%s]"

/// Parameters and seed, so that a checkpoint of other ones is recognised even if it lies at the path.
let private owner (request: StageRequest) =
    let settings = [ for KeyValue(name, value) in request.Parameters -> $"{name}: {text value}" ]

    String.concat "\n" (settings @ [ $"seed: {request.Seed}" ])

let surroundings (request: StageRequest) steps =
    let report (news: TrainingReport) =
        request.Report {
            Step = news.Step
            Steps = steps
            Metrics = [ for struct (name, value) in news.Metrics -> name, value ]
            ResumedAt = Option.ofNullable news.ResumedAt
            SavedAt = Option.ofNullable news.SavedAt
        }

    let checkpoint: CheckpointFile | null =
        match request.Checkpoint with
        | Some path -> CheckpointFile(path, owner request)
        | None -> null

    TrainingSurroundings(
        checkpoint,
        TimedPace(TimeProvider.System, request.CheckpointEvery),
        Action<_>(report),
        Action<_>(say),
        request.Cancelled
    )

let private remove (path: string) =
    try
        File.Delete path
    with
    | :? IOException
    | :? UnauthorizedAccessException -> ()

/// A trail helps to find a cause; a disk that does not take it must not cost the result.
let writeTrail (request: StageRequest) (trail: HashTrail) =
    request.Trail
    |> Option.iter (fun path ->
        try
            File.WriteAllText(path, trail.Text())
        with
        | :? IOException
        | :? UnauthorizedAccessException as problem ->
            eprintfn
                "hash trail %s cannot be written (%s); the result is kept without it"
                path
                problem.Message

            remove path)
