module Plimsoll.Engine.Tests.DamageTests

open System.IO
open NUnit.Framework
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Store.Tests
open Plimsoll.Engine.Tests.Fakes

let private flip path =
    let bytes = File.ReadAllBytes path
    bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
    File.WriteAllBytes(path, bytes)

[<Test>]
let ``a small damaged artifact is computed again, loudly`` () =
    let log = Log()
    let add = add log
    let store = newStore ()
    let cells = [ cell add "a" 1L []; cell add "b" 2L [ "a" ] ]
    let first = run [ add ] store cells
    flip (store.Path(digestOf first "b"))
    log.Clear()

    let summary, events =
        runWith (optionsFor 1 cells) [ add ] (openStore store.Root) cells

    Assert.That(log.Entries, Is.EqualTo<string list> [ "add 2" ])
    Assert.That(digestOf summary "b", Is.EqualTo(digestOf first "b"))
    Assert.That(summary.Damages, Has.Length.EqualTo 1)
    Assert.That(events.Head.IsPlanned)
    Assert.That(events |> List.filter _.IsStoreDamage, Has.Length.EqualTo 1)

[<Test>]
let ``a large damaged artifact is found when it is needed, with all that it rests on`` () =
    let log = Log()
    let large = addLarge log
    let store = newStore ()

    let cells last = [
        cell large "a" 1L []
        cell large "b" 2L [ "a" ]
        cell large "c" last [ "b" ]
        cell large "d" last [ "b" ]
    ]

    let first = run [ large ] store (cells 3L)
    flip (store.Path(digestOf first "a"))
    flip (store.Path(digestOf first "b"))
    log.Clear()
    // c and d have to run and need b; b has to run again and needs a.
    let summary = run [ large ] store (cells 4L)
    Assert.That(summary.Complete)
    Assert.That(textOf store summary "c", Is.EqualTo "7")
    Assert.That(digestOf summary "b", Is.EqualTo(digestOf first "b"))
    Assert.That(summary.Damages, Is.Not.Empty)

    let count entry =
        log.Entries |> List.filter ((=) entry) |> List.length

    Assert.That((count "add-large 1", count "add-large 2"), Is.EqualTo((1, 1)))
    Assert.That((run [ large ] store (cells 4L)).Executed, Is.EqualTo 0)

/// Says so when its input holds no number.
let private wary (log: Log) =
    stage "wary" plus (fun request ->
        log.Add "wary"

        match System.Int64.TryParse((File.ReadAllText request.Inputs["a"]).TrimEnd ' ') with
        | true, number ->
            File.WriteAllText(request.Output, string number)
            Finished
        | _ ->
            Failed {
                Class = Corrupt
                What = "no number"
                Remedy = "none"
            })

/// Writes as many other bytes over its input.
let private spoiling =
    stage "spoil" [] (fun request ->
        let length = (FileInfo request.Inputs["a"]).Length
        File.WriteAllText(request.Inputs["a"], System.String('x', int length))
        File.WriteAllText(request.Output, "spoilt")
        Finished)

[<Test>]
let ``an input whose bytes change after its first use is computed again in the same run`` () =
    let log = Log()
    let large, wary = addLarge log, wary log

    let cells = [
        cell large "a" 7L []
        bare spoiling "b" [ "a" ]
        cell wary "c" 1L [ "a"; "b" ]
    ]

    let store = newStore ()
    let summary, _ = runWith (optionsFor 1 cells) [ large; spoiling; wary ] store cells
    Assert.That(textOf store summary "c", Is.EqualTo "7")
    Assert.That(log.Entries, Is.EqualTo<string list> [ "add-large 7"; "wary"; "add-large 7"; "wary" ])
    Assert.That(summary.Damages, Has.Length.EqualTo 1)

[<Test>]
let ``a stage that refuses a sound input fails its cell at once`` () =
    let log = Log()

    let text =
        stage "text" [] (fun request ->
            File.WriteAllText(request.Output, "none")
            Finished)

    let wary = wary log
    let cells = [ bare text "a" []; cell wary "c" 1L [ "a" ] ]
    let summary, _ = runWith (optionsFor 1 cells) [ text; wary ] (newStore ()) cells

    match finalOf summary "c" with
    | Final.Failed failure -> Assert.That(failure.What, Is.EqualTo "no number")
    | other -> Assert.Fail $"%A{other}"

    Assert.That(log.Entries, Is.EqualTo<string list> [ "wary" ])
    Assert.That(summary.Damages, Is.Empty)

[<Test>]
let ``a stage that finds the disk full has met no bug`` () =
    let full =
        stage "full" [] (fun _ -> raise (IOException("No space left on device", 28)))

    let store = newStore ()

    match finalOf (run [ full ] store [ bare full "a" [] ]) "a" with
    | Final.Failed failure -> Assert.That(failure.Class, Is.EqualTo Resource)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a disk that loses whatever is written fails the cell instead of trying for ever`` () =
    let log = Log()
    let large = addLarge log
    let root = (newStore ()).Root

    let lose (target: string) =
        if target.StartsWith(Layout.objects root, System.StringComparison.Ordinal) then
            File.Delete target

    let store =
        match Store.OpenOn(PlainFileSystem(true, (fun _ -> true), lose), root, ReadWrite) with
        | Ok store -> store
        | Error error -> failwith (StoreError.text error)

    let cells = [ cell large "a" 1L []; cell large "b" 2L [ "a" ]; cell large "e" 3L [] ]
    let summary, _ = runWith (optionsFor 1 cells) [ large ] store cells

    match finalOf summary "b" with
    | Final.Failed failure ->
        Assert.That(failure.Class, Is.EqualTo Corrupt)
        Assert.That(failure.What, Is.EqualTo "inputs of b are damaged again and again")
    | other -> Assert.Fail $"%A{other}"

    Assert.That(log.Entries |> List.filter ((=) "add-large 1"), Has.Length.EqualTo 3)
    Assert.That((finalOf summary "e").IsFinished)

/// A run on a new store whose disk is full for one write, and the number of writes before and after it.
let private runFullAt (step: int) =
    let add = add (Log())
    let cells = [ cell add "a" 1L []; cell add "b" 2L [] ]
    let root = (newStore ()).Root
    let files = FaultyFileSystem(step, IOException("No space left on device", 28))

    match Store.OpenOn(files, root, ReadWrite) with
    | Error error -> failwith (StoreError.text error)
    | Ok store ->
        let opened = files.Steps
        let summary, events = runWith (optionsFor 1 cells) [ add ] store cells
        opened, files.Steps, summary, events

[<Test>]
let ``a disk that is full for a moment makes the run wait once at most, whenever that is`` () =
    let opened, ended, _, _ = runFullAt 0

    let retried = [
        for step in opened + 1 .. ended do
            let _, _, summary, events = runFullAt step
            // A record that appeared just before the disk was full is found by the next attempt.
            Assert.That(summary.Complete, $"step {step}")

            for event in events do
                match event with
                | RunWaiting(failure, _) -> failure
                | _ -> ()
    ]

    Assert.That(retried, Is.Not.Empty)

    for failure in retried do
        Assert.That(failure.Class, Is.EqualTo Resource)
        Assert.That(failure.What, Does.StartWith "the store's disk is full")

[<Test>]
let ``a disk that is full for a while costs no cell, and one that stays full fails them all`` () =
    let add = add (Log())
    let cells = [ for number in 1L .. 20L -> cell add $"{number}" number [] ]

    /// On a disk that cannot take an artifact until so many tries have failed.
    let runOn (tries: int) =
        let root = (newStore ()).Root
        let left = ref tries

        let meet (target: string) =
            if
                target.StartsWith(Layout.objects root, System.StringComparison.Ordinal)
                && left.Value > 0
            then
                left.Value <- left.Value - 1
                raise (IOException("No space left on device", 28))

        match Store.OpenOn(PlainFileSystem(true, (fun _ -> true), meet), root, ReadWrite) with
        | Ok store -> runWith (optionsFor 2 cells) [ add ] store cells
        | Error error -> failwith (StoreError.text error)

    let summary, events = runOn 6
    Assert.That(summary.Executed, Is.EqualTo 20)
    Assert.That(events |> List.filter _.IsRunWaiting |> List.length, Is.InRange(1, 4))
    let summary, events = runOn 1_000_000
    Assert.That(summary.Failed, Is.EqualTo 20)
    Assert.That(events |> List.filter _.IsRunWaiting |> List.length, Is.EqualTo 4)
