/// Durable commits: an artifact, its record, and the disk's word for both.
module Plimsoll.Engine.Benchmarks.Committing

open System
open System.IO
open Plimsoll.Cli
open Plimsoll.Language
open Plimsoll.Store

let private record (number: int) (artifact: Artifact) : Record =
    let key =
        Key.ofDefinition {
            Stage = "fit-bc"
            Code = []
            Parameters = [ "steps", Known(Whole 10_000L) ]
            Inputs = [ "dataset", artifact.Digest ]
            Seed = Some(int64 number)
            Libraries = []
        }

    {
        Key = key
        Cell = CellId(string key)
        Stage = "fit-bc"
        Label = $"bench seed={number}"
        Parts = []
        Outcome = Outcome.Finished artifact
        Attempts = 1
        Machine = Machine.current ()
        Started = DateTimeOffset.UtcNow
        Ended = DateTimeOffset.UtcNow
        Seconds = 1.0
        PeakMemory = 0L
        Threads = 1
        Provenance = {
            Source = None
            Sdk = string Environment.Version
            Lock = None
        }
        Command = "none"
    }

let private orFail result =
    match result with
    | Ok value -> value
    | Error error -> failwith (StoreError.text error)

let private commit (store: Store) (bytes: int) (number: int) =
    let output = store.NewOutput() |> orFail
    let content = Array.zeroCreate<byte> bytes
    BitConverter.TryWriteBytes(Span content, number) |> ignore
    File.WriteAllBytes(output, content)
    let artifact = store.Measure output |> orFail
    store.Commit(Some output, record number artifact, None) |> orFail |> ignore

let private row (count: int) (bytes: int) name folder =
    Workplace.within folder (fun folder ->
        let store = Idle.openStore folder

        let times = [
            for number in 1..count -> Measured.time (fun () -> commit store bytes number) |> fst
        ]

        let worst = List.max times
        let middle = Measured.median times

        [
            name
            Display.bytes (int64 bytes)
            (1e3 * middle).ToString "0.00"
            (1e3 * worst).ToString "0.0"
            (double count / List.sum times).ToString "0"
        ])

let table (count: int) : string list =
    Display.table [
        "commits", Display.Left
        "artifact", Display.Right
        "ms, median", Display.Right
        "ms, most", Display.Right
        "a second", Display.Right
    ] [
        row count 1_000 "in memory" (Workplace.quick ())
        row count 1_000 "on the checkout's disk" (Workplace.onDisk ())
        row count 1_000_000 "on the checkout's disk" (Workplace.onDisk ())
    ]
