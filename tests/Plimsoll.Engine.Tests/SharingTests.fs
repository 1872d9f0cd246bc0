module Plimsoll.Engine.Tests.SharingTests

open System
open System.IO
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Engine.Tests.Fakes

[<Test>]
let ``two runs on one store at once execute each cell once`` () =
    let log = Log()

    let slow =
        stage "slow" plus (fun request ->
            let number = request.Parameters["plus"]
            log.Add $"%A{number}"
            Thread.Sleep 20
            File.WriteAllText(request.Output, $"%A{number}")
            Finished)

    let cells = [
        for number in 1L .. 8L ->
            cell slow $"{number}" number (if number > 4L then [ $"{number - 4L}" ] else [])
    ]

    let root = (newStore ()).Root

    let start () =
        Task.Run(fun () -> runWith (optionsFor 2 cells) [ slow ] (openStore root) cells)

    let runs = [ start (); start () ] |> List.map _.Result
    Assert.That(log.Entries |> List.distinct |> List.length, Is.EqualTo 8)
    Assert.That(log.Count, Is.EqualTo 8)
    Assert.That(runs |> List.forall (fun (summary, _) -> summary.Complete))
    Assert.That(runs |> List.sumBy (fun (summary, _) -> summary.Executed), Is.EqualTo 8)

[<Test>]
let ``a cell that another run has is told once and taken from its record`` () =
    use meanwhile = new ManualResetEventSlim()
    use started = new ManualResetEventSlim()

    let slow =
        stage "slow" plus (fun request ->
            started.Set()
            meanwhile.Wait(TimeSpan.FromSeconds 20.0) |> ignore
            File.WriteAllText(request.Output, "x")
            Finished)

    let cells = [ cell slow "a" 1L [] ]
    let root = (newStore ()).Root

    let first =
        Task.Run(fun () -> runWith (optionsFor 1 cells) [ slow ] (openStore root) cells)

    Assert.That(started.Wait(TimeSpan.FromSeconds 20.0))
    let told = System.Collections.Concurrent.ConcurrentQueue<RunEvent>()

    let tell event =
        told.Enqueue event

        if event.IsCellElsewhere then
            meanwhile.Set()

    let second =
        Run.run (optionsFor 1 cells) (experiment cells) [ slow ] (openStore root) tell

    Assert.That((fst first.Result).Executed, Is.EqualTo 1)
    Assert.That((second.Executed, second.Cached), Is.EqualTo((0, 1)))
    Assert.That(told |> Seq.filter _.IsCellElsewhere |> Seq.length, Is.EqualTo 1)

/// What the stage below writes, and what happens while it runs. Not in its closure: what a stage holds is in its
/// key.
module private Behind =
    let mutable text = "first"
    let mutable meanwhile: unit -> unit = ignore

/// The outcome of a cell whose record another run stores while this one computes it, after a partition.
let private late (own: string) =
    Behind.text <- "first"
    Behind.meanwhile <- ignore

    let slow =
        stage "slow" plus (fun request ->
            Behind.meanwhile ()
            File.WriteAllText(request.Output, Behind.text)
            Finished)

    let cells = [ cell slow "a" 1L [] ]

    let first =
        match finalOf (run [ slow ] (newStore ()) cells) "a" with
        | Final.Finished(record, _) -> record
        | other -> failwith $"%A{other}"

    let store = newStore ()

    Behind.meanwhile <-
        fun () ->
            let other = openStore store.Root

            match other.NewOutput() with
            | Error error -> failwith (StoreError.text error)
            | Ok output ->
                File.WriteAllText(output, "first")
                other.Commit(Some output, first, None) |> ignore

    Behind.text <- own

    let summary, events =
        runWith (optionsFor 1 cells) [ slow ] (openStore store.Root) cells

    first, textOf store summary "a", summary, events

[<Test>]
let ``a late result that is equal is no news`` () =
    let first, text, summary, _ = late "first"
    Assert.That(text, Is.EqualTo "first")
    Assert.That(finalOf summary "a", Is.EqualTo(Final.Finished(first, Origin.Cached)))
    Assert.That(summary.Disagreements, Is.Empty)

[<Test>]
let ``a late result that differs is reported, and the first one counts`` () =
    let first, text, summary, events = late "other"
    Assert.That(text, Is.EqualTo "first")
    Assert.That(finalOf summary "a", Is.EqualTo(Final.Finished(first, Origin.Cached)))

    match summary.Disagreements with
    | [ found ] ->
        Assert.That(found.First, Is.EqualTo first)
        Assert.That(found.Other, Is.EqualTo(Some(Digest.ofBytes (ReadOnlySpan "other"B))))
    | other -> Assert.Fail $"%A{other}"

    Assert.That(events |> List.filter _.IsDisagrees, Has.Length.EqualTo 1)

[<Test>]
let ``a run that has nothing to do needs a store for reading only`` () =
    let add = add (Log())
    let cells = [ cell add "a" 1L []; cell add "b" 2L [ "a" ] ]
    let root = (newStore ()).Root
    run [ add ] (openStore root) cells |> ignore

    let contents () =
        Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories)
        |> Array.sort

    let before = contents ()

    match Store.Open(root, ReadOnly) with
    | Error error -> Assert.Fail(StoreError.text error)
    | Ok store ->
        let summary, _ = runWith (optionsFor 1 cells) [ add ] store cells
        Assert.That((summary.Complete, summary.Cached), Is.EqualTo((true, 2)))
        Assert.That(contents (), Is.EqualTo<string[]> before)
