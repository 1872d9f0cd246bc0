/// Stages of one line each, and experiments made of them.
module Plimsoll.Engine.Tests.Fakes

open System
open System.Collections.Concurrent
open System.IO
open System.Runtime.CompilerServices
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Store.Tests

let parameter name valueType : Parameter = {
    Name = name
    Type = valueType
    Default = None
    Unit = ""
    Meaning = ""
}

let signature name parameters : StageSignature = {
    Name = name
    Inputs = []
    Output = ScoresArtifact
    Parameters = parameters
    Seeded = true
    Environment = NoEnvironment
    Reproducibility = Bitwise
    Meaning = ""
}

let whole = WholeType(Int64.MinValue, Int64.MaxValue)
let plus = [ parameter "plus" whole ]

/// What has run, in order of start: the stage and its number.
type Log() =
    let entries = ConcurrentQueue<string>()
    member _.Add entry = entries.Enqueue entry
    member _.Count = entries.Count
    member _.Entries = List.ofSeq entries
    member _.Clear() = entries.Clear()

let private number (request: StageRequest) =
    match Map.tryFind "plus" request.Parameters with
    | Some(Whole number) -> number
    | _ -> 0L

let private sum (request: StageRequest) =
    let ofInputs =
        request.Inputs
        |> Seq.sumBy (fun input -> Int64.Parse((File.ReadAllText input.Value).TrimEnd ' '))

    ofInputs + number request + Option.defaultValue 0L request.Seed

let private bodies = ConditionalWeakTable<obj, StageRequest -> StageOutcome>()

/// The values that a stage's function holds are a part of its key. Those of fakes are instruments of tests, so that
/// the function lies beside what is held.
let stage name parameters (run: StageRequest -> StageOutcome) : Stage =
    let place = obj ()
    bodies.Add(place, run)

    {
        Signature = signature name parameters
        Run =
            fun request ->
                match bodies.TryGetValue place with
                | true, run -> run request
                | _ -> failwith "a fake without a body"
        Code = [ typeof<Log>.Assembly ]
    }

let private writing (log: Log) name parameters (text: StageRequest -> string) =
    stage name parameters (fun request ->
        log.Add $"{name} {number request}"
        File.WriteAllText(request.Output, text request)
        Finished)

/// Adds a number to the sum of its inputs.
let add log = writing log "add" plus (sum >> string)

/// As `add`, in an artifact that is too large to be digested whenever it is looked up.
let addLarge log =
    writing log "add-large" plus (fun request -> (string (sum request)).PadRight(100_000))

/// 0 or 1: equal bytes from different inputs.
let parity log =
    writing log "parity" plus (fun request -> string (sum request % 2L))

let readFile (log: Log) =
    stage "read-file" [ parameter "file" FileType ] (fun request ->
        log.Add "read-file"

        match request.Parameters["file"] with
        | Text path -> File.Copy(path, request.Output)
        | other -> failwith $"not a path: %A{other}"

        Finished)

let throwing = stage "throw" [] (fun _ -> failwith "planted")

let failing =
    stage "fail" [] (fun _ ->
        Failed {
            Class = Deterministic
            What = "planted failure"
            Remedy = "none"
        })

let diverging (log: Log) =
    stage "diverge" [] (fun request ->
        log.Add "diverge"
        File.WriteAllText(request.Output, "half a policy")
        Diverged(3000L, "loss is NaN"))

let volatileAdd log =
    let stage = writing log "volatile" plus (sum >> string)

    {
        stage with
            Signature = {
                stage.Signature with
                    Reproducibility = Volatile
            }
    }

/// Runs until it is cancelled, and says so by an exception.
let endless (started: CountdownEvent) =
    stage "endless" plus (fun request ->
        started.Signal() |> ignore
        request.Cancelled.WaitHandle.WaitOne() |> ignore
        request.Cancelled.ThrowIfCancellationRequested()
        Finished)

let idOf (name: string) =
    CellId(string (Digest.ofBytes (ReadOnlySpan(Text.Encoding.UTF8.GetBytes name))))

let cellWith (stage: Stage) name parameters inputs : Cell = {
    Id = idOf name
    Stage = stage.Signature
    Parameters =
        parameters
        |> List.map (fun (name, value) -> name, { Value = value; Source = FromDefault })
        |> Map.ofList
    Inputs = inputs |> List.map (fun input -> input, idOf input)
    Seed = None
    Label = name
    Coordinates = []
}

/// A cell with a number, whose inputs are bound to roles of their own names.
let cell stage name (number: int64) inputs =
    cellWith stage name [ "plus", Whole number ] inputs

let bare stage name inputs = cellWith stage name [] inputs

let experiment cells : Experiment = {
    Name = "fake"
    File = "fake.yaml"
    Protocol = {
        CostLimits = []
        Seeds = []
        Episodes = 1
        TimeActions = []
    }
    Tasks = []
    Arms = []
    Claims = []
    Cells = cells
}

let openStore root =
    match Store.Open(root, ReadWrite) with
    | Ok store -> store
    | Error error -> failwith (StoreError.text error)

let newStore () =
    openStore (Path.Combine(Folders.fresh (), "store"))

/// Time passes a hundred times as fast while a run waits.
let optionsFor jobs cells =
    let standard = RunOptions.ofExperiment (experiment cells)

    {
        standard with
            Jobs = jobs
            Alarm = fun delay ring -> standard.Alarm (delay / 100.0) ring
    }

let runWith options stages (store: Store) cells : RunSummary * RunEvent list =
    let events = ConcurrentQueue<RunEvent>()
    let summary = Run.run options (experiment cells) stages store events.Enqueue
    summary, List.ofSeq events

/// Every run opens the store anew, as a process would.
let run stages (store: Store) cells : RunSummary =
    runWith (optionsFor 2 cells) stages (openStore store.Root) cells |> fst

let finalOf (summary: RunSummary) name =
    summary.Cells |> List.find (fun (cell, _) -> cell.Label = name) |> snd

let digestOf summary name =
    match finalOf summary name with
    | Final.Finished(record, _) -> record.Artifact.Value.Digest
    | other -> failwith $"{name} has no artifact but %A{other}"

let textOf (store: Store) summary name =
    match store.Read(digestOf summary name) with
    | Ok bytes -> (Text.Encoding.UTF8.GetString bytes).TrimEnd ' '
    | Error error -> failwith (StoreError.text error)
