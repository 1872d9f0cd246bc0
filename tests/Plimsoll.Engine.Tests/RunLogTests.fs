/// The log of a run is written while it goes on and can be read whatever became of the writer.
module Plimsoll.Engine.Tests.RunLogTests

open System
open System.IO
open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Engine.Tests.Fakes

let private folderIn (store: Store) =
    match store.NewRun "fake" with
    | Ok folder -> folder
    | Error error -> failwith (StoreError.text error)

let private logged stages cells =
    let store = newStore ()
    let folder = folderIn store

    let log =
        RunLog.Log.Start(folder, experiment cells, "experiment: fake\n", 2, failwith)

    let _, events = runWith (optionsFor 2 cells) stages store cells
    events |> List.iter log.Tell
    (log :> IDisposable).Dispose()
    store, folder

let private chain stage = [ cell stage "a" 1L []; cell stage "b" 2L [ "a" ] ]

[<Test>]
let ``a run's log names each cell's key and how the run ended`` () =
    let stage = add (Log())
    let store, folder = logged [ stage ] (chain stage)
    let entries = RunHistory.read folder
    Assert.That(RunHistory.experiment entries = Some "fake", Is.True)
    let keys = RunHistory.keys entries
    Assert.That(keys.Count, Is.EqualTo 2)

    for KeyValue(label, key) in keys do
        match store.Find key with
        | Ok(Lookup.Found record) -> Assert.That(record.Label, Is.EqualTo label)
        | other -> Assert.Fail $"%A{other}"

    Assert.That((RunHistory.standing store folder entries).IsEnded, Is.True)
    Assert.That(File.ReadAllText folder.Experiment, Is.EqualTo "experiment: fake\n")

[<Test>]
let ``numbers that are not finite are logged as strings and read back`` () =
    let cell = bare (add (Log())) "a" []

    let progress = {
        Step = 3L
        Steps = 9L
        Metrics = [ "loss", Double.NaN; "bound", Double.PositiveInfinity; "rate", 0.1 ]
        ResumedAt = None
        SavedAt = None
    }

    match
        RunLog.textOf DateTimeOffset.UnixEpoch (CellProgress(cell, progress))
        |> Option.bind RunHistory.parse
    with
    | Some entry ->
        Assert.That(entry.Text "label" = Some "a", Is.True)
        Assert.That((entry.Metrics |> List.map fst) = [ "loss"; "bound"; "rate" ], Is.True)
        Assert.That(Double.IsNaN(entry.Metrics |> List.head |> snd), Is.True)
        Assert.That(entry.Metrics[1] |> snd, Is.EqualTo Double.PositiveInfinity)
    | None -> Assert.Fail "the line cannot be read"

let private whole =
    lazy
        (let stage = add (Log())
         let _, folder = logged [ stage ] (chain stage)
         folder, File.ReadAllBytes folder.Events)

[<Property(MaxTest = 40)>]
let ``a log that was cut anywhere is read up to its last whole line`` (at: uint16) =
    let folder, bytes = whole.Value
    let length = int at % (bytes.Length + 1)
    let lines = bytes |> Array.take length |> Array.filter ((=) 10uy) |> Array.length
    let copy = Path.GetTempFileName()

    try
        File.WriteAllBytes(copy, Array.take length bytes)

        let cut = {
            folder with
                Path = Path.Combine(folder.Path, Guid.NewGuid().ToString "N")
        }

        Directory.CreateDirectory cut.Path |> ignore
        File.Move(copy, cut.Events)
        let read = RunHistory.read cut
        // A last line may be whole but for its end.
        read.Length = lines || read.Length = lines + 1
    finally
        File.Delete copy

[<Test>]
let ``a log that cannot be written is told once and does not end the run`` () =
    let store = newStore ()
    let folder = folderIn store
    // A folder stands where the log would be.
    Directory.CreateDirectory folder.Events |> ignore
    let told = Collections.Generic.List<string>()
    let stage = add (Log())
    let cells = chain stage
    use log = RunLog.Log.Start(folder, experiment cells, "", 1, told.Add)
    let _, events = runWith (optionsFor 1 cells) [ stage ] store cells
    events |> List.iter log.Tell
    Assert.That(told, Has.Count.EqualTo 1)
    Assert.That(told[0], Does.StartWith "the run's log is incomplete")
