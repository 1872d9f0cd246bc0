/// Records and artifacts made up for tests.
module Plimsoll.Store.Tests.Samples

open System
open System.IO
open Plimsoll.Language
open Plimsoll.Store

let ok (result: Result<'a, 'e>) : 'a =
    match result with
    | Ok value -> value
    | Error error -> failwith $"unexpected: %A{error}"

let digestOf (bytes: byte[]) = Digest.ofBytes (ReadOnlySpan bytes)

let definition seed : KeyDefinition = {
    Stage = "fit"
    Code = [ "Plimsoll.Learning", digestOf [| 1uy |] ]
    Parameters = [
        "eta", Known(Real 0.4)
        "layers", Known(Items [ Whole 64L; Whole 64L ])
        "file", Content(digestOf [| 2uy |])
        "guarded", Known(Flag true)
        "name", Known(Text "a \"quoted\" name")
    ]
    Inputs = [ "data", digestOf [| 3uy |] ]
    Seed = seed
    Libraries = []
}

let record seed outcome : Record =
    let definition = definition (Some seed)

    {
        Key = Key.ofDefinition definition
        Cell = CellId(String('c', 64))
        Stage = "fit"
        Label = "DiscCircle/bc/policy seed=0"
        Parts = Key.parts definition
        Outcome = outcome
        Attempts = 1
        Machine = Machine.current ()
        Started = DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero)
        Ended = DateTimeOffset(2026, 1, 2, 3, 4, 6, 789, TimeSpan.Zero)
        Seconds = 1.1109999
        PeakMemory = 123456789L
        Threads = 2
        Provenance = {
            Source = Some "0123abc"
            Sdk = "10.0.400"
            Lock = None
        }
        Command = "plimsoll run experiment.yaml"
    }

let openNew () =
    let root = Path.Combine(Folders.fresh (), "store")
    Store.Open(root, ReadWrite) |> ok

/// Writes an output as a stage would, measures and commits it.
let commit (store: Store) seed (bytes: byte[]) : Record =
    let output = store.NewOutput() |> ok
    File.WriteAllBytes(output, bytes)
    let record = record seed (Outcome.Finished(store.Measure output |> ok))
    store.Commit(Some output, record, None) |> ok |> ignore
    record

let bytesOf length seed =
    let bytes = Array.zeroCreate<byte> length
    Random(seed: int).NextBytes bytes
    bytes
