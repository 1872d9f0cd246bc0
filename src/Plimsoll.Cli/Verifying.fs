/// `verify`: cached artifacts are made again and their bytes compared.
module Plimsoll.Cli.Verifying

open System
open System.IO
open System.Threading
open Argu
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

/// A recorded cell, with what is needed to make it again.
type private Task = {
    Cell: Cell
    Record: Record
    Keying: Keying.Keying
}

let private keyingOf (experiment: Experiment) =
    Keying.make (RunOptions.ofExperiment experiment).FileOf Composition.stages

/// The cached cells of an experiment, and the damage found on the way.
let private ofFile store file =
    load file
    >>= fun { Experiment = experiment } ->
        let plan, damages =
            planOf (RunOptions.ofExperiment experiment) experiment (Some store)

        let keying = keyingOf experiment

        let tasks =
            plan.Cells
            |> List.choose (fun (cell, state) ->
                match state with
                | CellPlan.Cached record ->
                    Some {
                        Cell = cell
                        Record = record
                        Keying = keying
                    }
                | _ -> None)

        Ok(tasks, damages)

/// The cell of a record, by the experiment of the run that made it.
let private ofKey store prefix =
    RecordChoice.record store prefix
    >>= fun record ->
        Remaking.origin store record
        >>= fun origin ->
            let keying = keyingOf origin.Experiment

            let inputs = [
                for part in record.Parts do
                    if part.Kind = InputPart then
                        part.Name, Digest part.Value
            ]

            match Keying.definition keying origin.Cell inputs with
            | Error failure ->
                Error(BadInput $"{Display.indented 2 failure.What}\n  remedy: {failure.Remedy}")
            | Ok definition when Key.ofDefinition definition <> record.Key ->
                let source = record.Provenance.Source |> Option.defaultValue "unknown"

                let changes =
                    KeyChange.between record.Parts (Key.parts definition)
                    |> List.map (fun change -> "\n    " + DifferenceView.changeText change)
                    |> String.concat ""

                Error(
                    BadInput
                        $"the record is of another program or of other data, so it cannot be made again here\n  \
                          where: {record.Label}\n  why: the key would differ in{changes}\n  \
                          remedy: use the program that made it: {source}"
                )
            | Ok _ ->
                Ok {
                    Cell = origin.Cell
                    Record = record
                    Keying = keying
                }

/// Drawn without repetition; the same seed draws the same cells.
let private choose (sample: int option) seed (tasks: Task list) =
    match sample with
    | Some count when count < tasks.Length ->
        let order = tasks |> List.indexed |> Array.ofList
        Random(int seed).Shuffle order

        order
        |> Array.truncate count
        |> Array.sortBy fst
        |> Array.map snd
        |> List.ofArray
    | _ -> tasks

let private targets store (words: string list) =
    let collect (tasks, damages) word =
        if File.Exists word || not (CellChoice.isDigest word) then
            ofFile store word
            |> Result.map (fun (more, found) -> tasks @ more, damages @ found)
        else
            ofKey store word |> Result.map (fun task -> tasks @ [ task ], damages)

    (Ok([], []), words)
    ||> List.fold (fun result word -> result >>= fun known -> collect known word)

let private isVolatile (task: Task) =
    task.Cell.Stage.Reproducibility = Volatile

/// Each verdict is told when it is known: a whole experiment takes as long as running it.
let private verifyAll
    (store: Store)
    threads
    (tasks: Task list)
    tell
    : (Cell * Record * VerifyView.Finding) list =
    use stop = new CancellationTokenSource()

    let onInterrupt =
        ConsoleCancelEventHandler(fun _ interrupt ->
            if not stop.IsCancellationRequested then
                interrupt.Cancel <- true
                stop.Cancel())

    let folder = Directory.CreateTempSubdirectory("plimsoll-verify-").FullName
    Console.CancelKeyPress.AddHandler onInterrupt

    try
        [
            for task in tasks do
                if not stop.IsCancellationRequested then
                    let finding =
                        if isVolatile task then
                            VerifyView.Skipped
                        else
                            let bench: Verify.Bench = {
                                Keying = task.Keying
                                Store = store
                                RunStage = Inline.runner
                                Folder = folder
                                Threads = threads
                                Report = fun _ _ -> ()
                                Cancelled = stop.Token
                                Trails = Trails.difference
                            }

                            store.Trail task.Record.Key
                            |> Verify.cell bench task.Cell task.Record
                            |> VerifyView.Checked

                    tell task.Cell task.Record finding
                    task.Cell, task.Record, finding
        ]
    finally
        Console.CancelKeyPress.RemoveHandler onInterrupt
        Directory.Delete(folder, true)

let private run (arguments: ParseResults<VerifyArguments>) sample threads =
    let json = arguments.Contains VerifyArguments.Json
    let seed = arguments.GetResult(VerifyArguments.Seed, 0)

    openToRead (storeRoot (arguments.TryGetResult VerifyArguments.Store))
    >>= fun store ->
        targets store (arguments.GetResult VerifyArguments.Target)
        |> Result.map (fun (all, damages) ->
            let tasks = choose sample seed all

            let tell (cell: Cell) record finding =
                if not json then
                    Console.Out.WriteLine(VerifyView.text cell record finding)

            if not json then
                for damage in damages do
                    Console.Out.WriteLine(VerifyView.damageText damage)

            let findings =
                verifyAll store (threads |> Option.defaultValue Environment.ProcessorCount) tasks tell

            Console.Out.WriteLine(
                if json then
                    VerifyView.json all.Length damages findings
                else
                    VerifyView.summary tasks.Length all.Length damages findings
            )

            if VerifyView.isSound damages findings then
                ExitCode.ok
            else
                ExitCode.cellsFailed)

let verify (arguments: ParseResults<VerifyArguments>) : Result<int, Trouble> =
    positive "sample" (arguments.TryGetResult VerifyArguments.Sample)
    >>= fun sample ->
        positive "threads" (arguments.TryGetResult VerifyArguments.Threads)
        >>= fun threads -> run arguments sample threads
