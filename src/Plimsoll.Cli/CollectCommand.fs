/// `data collect`: a dataset of a task, in a file of the user's.
module Plimsoll.Cli.CollectCommand

open System
open System.IO
open System.Threading
open Argu
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Cli.DataArguments
open Plimsoll.Cli.Loading

/// The stage that an experiment's `collect` means for this task.
let private collector (task: string) : Result<Stage, Trouble> =
    Simulators.find task
    |> Result.mapError (fun failure ->
        let words = $"{failure.What}\n  remedy: {failure.Remedy}"

        match Tasks.Find task with
        | null -> BadInput words
        | _ -> Surroundings words)
    |> Result.map (fun _ ->
        let signature =
            Composition.catalogue.Tasks |> List.find (fun known -> known.Name = task)

        Composition.stages
        |> List.find (fun stage -> stage.Signature.Name = signature.Collect))

/// Every parameter of the stage; those that nobody has given are the defaults.
let private parameters (stage: Stage) (given: (string * Value) list) : Result<Map<string, Value>, Trouble> =
    let given = Map.ofList given

    let misfit (parameter: Parameter) =
        match given.TryFind parameter.Name with
        | Some value when not (Literal.fits parameter.Type value) ->
            let expected = ProblemText.valueType parameter.Type
            Some(BadInput $"--{parameter.Name} takes {expected}, not {Literal.print value}")
        | _ -> None

    match stage.Signature.Parameters |> List.tryPick misfit with
    | Some trouble -> Error trouble
    | None ->
        stage.Signature.Parameters
        |> List.choose (fun parameter ->
            given.TryFind parameter.Name
            |> Option.orElse parameter.Default
            |> Option.map (fun value -> parameter.Name, value))
        |> Map.ofList
        |> Ok

/// Beside the data: what scores on them are normalised with, and what made them.
let private constants (path: string) (stage: Stage) (parameters: Map<string, Value>) (dataset: Dataset) =
    let facts = NormalisationFacts.Of dataset

    let text =
        Json.text (fun writer ->
            writer.WriteString("task", dataset.Metadata.Task)
            writer.WriteNumber("horizon", dataset.Metadata.Horizon)
            writer.WriteNumber("observation-size", dataset.ObservationSize)
            writer.WriteNumber("action-size", dataset.ActionSize)
            writer.WriteNumber("trajectories", dataset.Trajectories.Count)
            writer.WriteNumber("transitions", dataset.Count)
            Json.number writer "return-min" facts.ReturnMin
            Json.number writer "return-max" facts.ReturnMax
            Json.number writer "cost-min" facts.CostMin
            Json.number writer "cost-max" facts.CostMax

            Json.inObject writer "made-by" (fun () ->
                writer.WriteString("stage", stage.Signature.Name)

                for KeyValue(name, value) in parameters do
                    writer.WriteString(name, Literal.print value)))

    let file = string (Path.ChangeExtension(path, ".json"))
    File.WriteAllText(file, text + "\n")
    file

/// A line at every tenth of the work, for whoever waits.
let private progress () =
    let mutable tenths = 0L
    let gate = obj ()

    fun (news: Progress) ->
        lock gate (fun () ->
            let now = 10L * news.Step / max 1L news.Steps

            if now > tenths then
                tenths <- now
                eprintfn $"  {news.Step} of {news.Steps} steps  {Display.metrics news.Metrics}")

let private trouble (problem: DatasetProblem) =
    let words = DataView.problems [ problem ]

    match problem with
    | :? DatasetProblem.LibraryMissing -> Surroundings words
    | _ -> BadInput words

let private write target (stage: Stage) parameters (artifact: string) : Result<int, Trouble> =
    match Dataset.TryOpen artifact with
    | :? DatasetOpening.Opened as opened ->
        use dataset = opened.Dataset

        match DatasetExport.Write(dataset, target) with
        | :? ExportOutcome.Exported ->
            try
                let beside = constants target stage parameters dataset
                printfn "%s\n\nnormalisation constants: %s" (DataView.text target dataset) beside
                Ok ExitCode.ok
            with
            | :? IOException
            | :? UnauthorizedAccessException as fault ->
                Error(Surroundings $"the constants beside {target} could not be written: {fault.Message}")
        | :? ExportOutcome.Refused as refused -> Error(trouble refused.Problem)
        | other -> invalidOp $"an export ended in {other}"
    | :? DatasetOpening.Refused as refused -> Error(Surroundings(DataView.problems [ refused.Problem ]))
    | other -> invalidOp $"opening a dataset ended in {other}"

let private run (stage: Stage) parameters threads target =
    let folder = Directory.CreateTempSubdirectory "plimsoll-collect-"
    use stop = new CancellationTokenSource()

    let onInterrupt =
        ConsoleCancelEventHandler(fun _ pressed ->
            pressed.Cancel <- true
            stop.Cancel())

    Console.CancelKeyPress.AddHandler onInterrupt

    try
        let output = Path.Combine(folder.FullName, "dataset.safetensors")

        let outcome =
            stage.Run {
                Parameters = parameters
                Inputs = Map.empty
                Output = output
                Seed = None
                Threads = threads
                Report = progress ()
                Cancelled = stop.Token
                Checkpoint = None
                CheckpointEvery = StageRequest.checkpointEvery
                Trail = None
            }

        match outcome with
        | Finished -> write target stage parameters output
        | Diverged(step, what) -> Error(BadInput $"an agent diverged by step {step}: {what}")
        | Failed { Class = Cancelled } ->
            eprintfn "stopped; nothing was written"
            Ok ExitCode.cellsFailed
        | Failed failure ->
            let words = $"{failure.What}\n  remedy: {failure.Remedy}"

            Error(
                match failure.Class with
                | Invalid
                | Deterministic -> BadInput words
                | _ -> Surroundings words
            )
    finally
        Console.CancelKeyPress.RemoveHandler onInterrupt
        folder.Delete true

let collect (arguments: ParseResults<CollectArguments>) : Result<int, Trouble> =
    let task = arguments.GetResult CollectArguments.Task
    let target = arguments.GetResult CollectArguments.To

    collector task
    >>= fun stage ->
        positive "threads" (arguments.TryGetResult CollectArguments.Threads)
        >>= fun threads ->
            parameters stage [
                yield "task", Text task
                yield!
                    arguments.TryGetResult Steps
                    |> Option.map (fun steps -> "steps", Whole steps)
                    |> Option.toList
                yield!
                    arguments.TryGetResult CollectArguments.Seed
                    |> Option.map (fun seed -> "seed", Whole seed)
                    |> Option.toList
            ]
            >>= fun parameters ->
                match DatasetExport.Obstacle target with
                | null -> run stage parameters (defaultArg threads Environment.ProcessorCount) target
                | problem -> Error(trouble problem)
