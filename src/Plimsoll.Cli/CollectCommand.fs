/// `data collect`: a dataset of a task, in a file of the user's.
module Plimsoll.Cli.CollectCommand

open System
open System.IO
open System.Threading
open Argu
open Plimsoll.Data
open Plimsoll.Engine
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Cli.DataArguments
open Plimsoll.Cli.Loading

/// The stage that an experiment's `collect` means for this task.
let private collector (task: string) : Result<Stage, Trouble> =
    Troubles.simulated task
    |> Result.map (fun (facts, _) ->
        let known =
            Composition.catalogue.Tasks |> List.find (fun known -> known.Name = facts.Name)

        Composition.stages
        |> List.find (fun stage -> stage.Signature.Name = known.Collect))

/// Every parameter of the stage; those that nobody has given are the defaults.
let private parameters (stage: Stage) (given: (string * Value) list) : Result<Map<string, Value>, Trouble> =
    let given = Map.ofList given

    let misfit (parameter: Parameter) =
        given.TryFind parameter.Name
        |> Option.map (Troubles.fitting $"--{parameter.Name}" parameter.Type)
        |> Option.bind (function
            | Error trouble -> Some trouble
            | Ok() -> None)

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

    // Under its name it is whole or not there.
    let file = path + ".json"
    let unfinished = file + ".part"
    File.WriteAllText(unfinished, text + "\n")
    File.Move(unfinished, file, true)
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
                let line = $"  {news.Step} of {news.Steps} steps  {Display.metrics news.Metrics}"
                eprintfn "%s" (line.TrimEnd()))

/// The data of an artifact in the file that the user wants.
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
        | :? ExportOutcome.Refused as refused -> Error(Troubles.ofProblems [ refused.Problem ])
        | other -> invalidOp $"an export ended in {other}"
    | :? DatasetOpening.Refused as refused -> Error(Surroundings(DataView.problems [ refused.Problem ]))
    | other -> invalidOp $"opening a dataset ended in {other}"

let private compute (stage: Stage) (request: StageRequest) : StageOutcome =
    try
        stage.Run request
    with
    // One that a broken pipe on the side causes is no fault of the stage.
    | :? OutputLost -> reraise ()
    | fault -> Failed(Fault.ofException stage.Signature.Name fault)

let private stopped () =
    eprintfn "stopped; nothing was written"
    Ok ExitCode.cellsFailed

/// What has taken minutes outlives a disk that is full where it should go.
let private keep (artifact: string) target trouble =
    let kept =
        $"\nthe data are kept: `plimsoll data import {artifact} --to {target}` writes them"

    match trouble with
    | BadInput words -> BadInput(words + kept)
    | Surroundings words -> Surroundings(words + kept)
    | OwnFault words -> OwnFault(words + kept)

let private run (stage: Stage) parameters threads target =
    let folder = Directory.CreateTempSubdirectory "plimsoll-collect-"
    let output = Path.Combine(folder.FullName, "dataset.safetensors")
    use stop = new CancellationTokenSource()
    let mutable isKept = false

    let onInterrupt =
        ConsoleCancelEventHandler(fun _ pressed ->
            if not stop.IsCancellationRequested then
                pressed.Cancel <- true
                eprintfn "stopping (Ctrl-C again ends at once)"
                stop.Cancel())

    Console.CancelKeyPress.AddHandler onInterrupt

    try
        let outcome =
            compute stage {
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
        | Finished when stop.IsCancellationRequested -> stopped ()
        | Finished ->
            write target stage parameters output
            |> Result.mapError (fun trouble ->
                isKept <- true
                keep output target trouble)
        | Diverged _ -> invalidOp "a stage that makes data fails where an agent diverges"
        | Failed { Class = Cancelled } -> stopped ()
        | Failed failure -> Error(Troubles.ofFailure failure)
    finally
        Console.CancelKeyPress.RemoveHandler onInterrupt

        if not isKept then
            folder.Delete true

let collect (arguments: ParseResults<CollectArguments>) : Result<int, Trouble> =
    let given name number =
        number |> Option.map (fun number -> name, Whole number) |> Option.toList

    Troubles.named "--task" (arguments.GetResult CollectArguments.Task)
    >>= fun task ->
        Troubles.named "--to" (arguments.GetResult CollectArguments.To)
        >>= fun target ->
            collector task
            >>= fun stage ->
                positive "threads" (arguments.TryGetResult CollectArguments.Threads)
                >>= fun threads ->
                    parameters stage [
                        yield "task", Text task
                        yield! given "steps" (arguments.TryGetResult Steps)
                        yield! given "seed" (arguments.TryGetResult CollectArguments.Seed)
                    ]
                    >>= fun parameters ->
                        match DatasetExport.Obstacle target with
                        | null ->
                            let threads = defaultArg threads Environment.ProcessorCount
                            run stage parameters threads target
                        | problem -> Error(Troubles.ofProblems [ problem ])
