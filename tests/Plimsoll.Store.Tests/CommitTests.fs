module Plimsoll.Store.Tests.CommitTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

let private prepare (store: Store) seed (bytes: byte[]) =
    let output = store.NewOutput() |> ok
    File.WriteAllBytes(output, bytes)
    output, record seed (Outcome.Finished(store.Measure output |> ok))

let private commitOnce (store: Store) seed bytes =
    let output, record = prepare store seed bytes
    record, store.Commit(Some output, record, None) |> ok

[<Test>]
let ``an equal late result is the first one`` () =
    let store = openNew ()
    let first, _ = commitOnce store 1L [| 1uy |]
    Assert.That(commitOnce store 1L [| 1uy |] |> snd, Is.EqualTo(Committed.Same first))
    Assert.That((store.Status() |> ok).Temporary, Is.EqualTo 0)

[<Test>]
let ``a different late result is kept aside, and the first stays`` () =
    let store = openNew ()
    let first, _ = commitOnce store 1L [| 1uy |]
    let late, answer = commitOnce store 1L [| 2uy |]
    Assert.That(answer, Is.EqualTo(Committed.Differs first))
    Assert.That(store.Find first.Key |> ok, Is.EqualTo(Lookup.Found first))
    let kept = store.LateResults late.Key

    Assert.That(
        kept |> List.map (Path.GetExtension >> string),
        Is.EqualTo<string list> [ ".artifact"; ".json" ]
    )

    Assert.That(File.ReadAllBytes kept.Head, Is.EqualTo<byte[]> [| 2uy |])

[<Test>]
let ``a trail is stored with its record and not replaced by a late one`` () =
    let store = openNew ()

    let commit bytes (text: string) =
        let output, record = prepare store 1L bytes
        let trail = store.NewTrail() |> ok
        File.WriteAllText(trail, text)
        store.Commit(Some output, record, Some trail) |> ok |> ignore
        record.Key

    let key = commit [| 1uy |] "first"
    commit [| 2uy |] "late" |> ignore
    Assert.That(File.ReadAllText(store.Trail key |> Option.get), Is.EqualTo "first")

[<Test>]
let ``of many that commit one key at once exactly one is new`` () =
    for round in 1L .. 20L do
        let root = (openNew ()).Root

        let outcomes =
            Array.Parallel.init 8 (fun number ->
                let files = OtherProcess($"p.{number}", (fun _ -> true))
                let store = Store.OpenOn(files, root, ReadWrite) |> ok
                commitOnce store round [| byte (number % 2) |] |> snd)

        let store = Store.Open(root, ReadWrite) |> ok
        Assert.That(outcomes |> Array.filter _.IsNew, Has.Length.EqualTo 1)
        Assert.That(outcomes |> Array.filter _.IsSame, Has.Length.EqualTo 3)
        Assert.That((store.Check true |> ok).IsSound)

/// A store in which half a record appears, the first so many times that one is to be written.
let private contested times =
    let files = OtherProcess("p.1", (fun _ -> true))

    let store =
        Store.OpenOn(files, Path.Combine(Folders.fresh (), "store"), ReadWrite) |> ok

    let left = ref times

    files.Claiming <-
        fun target ->
            if target.StartsWith(Layout.records store.Root) && left.Value > 0 then
                left.Value <- left.Value - 1
                File.WriteAllText(target, "{")

    store

[<TestCase(1)>]
[<TestCase(3)>]
let ``a commit that half a record forestalls writes its own`` (times: int) =
    let store = contested times
    let record, answer = commitOnce store 1L [| 1uy |]
    Assert.That(answer, Is.EqualTo Committed.New)
    Assert.That(store.Find record.Key |> ok, Is.EqualTo(Lookup.Found record))
    Assert.That((store.Check true |> ok).IsSound)

[<Test>]
let ``a commit that is forestalled again and again is an error`` () =
    let store = contested 100
    let output, record = prepare store 1L [| 1uy |]

    match store.Commit(Some output, record, None) with
    | Error(NotWritable _) -> ()
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``of many that make one store at once all succeed`` () =
    for _ in 1..20 do
        let root = Path.Combine(Folders.fresh (), "store")

        let opened =
            Array.Parallel.init 8 (fun number ->
                let files = OtherProcess($"p.{number}", (fun _ -> true))
                let opened = Store.OpenOn(files, root, ReadWrite)

                opened
                |> Result.iter (fun store -> commitOnce store (int64 number) [| 1uy |] |> ignore)

                opened |> Result.map ignore)

        Assert.That(opened, Is.All.EqualTo(Result<unit, StoreError>.Ok()))

[<Test>]
let ``damage is news once, and again when the artifact was stored anew`` () =
    let store = openNew ()
    let record = commit store 1L [| 1uy |]
    let digest = record.Artifact.Value.Digest

    let damage () =
        match store.Use digest with
        | Error(Damaged damage) -> damage
        | other -> failwith $"%A{other}"

    File.Delete(store.Path digest)
    Assert.That(store.IsNews(damage ()))
    Assert.That(store.IsNews(damage ()), Is.False)
    commit store 1L [| 1uy |] |> ignore
    File.Delete(store.Path digest)
    Assert.That(store.IsNews(damage ()))

[<Test>]
let ``a lookup lists no folder, however many records there are`` () =
    let files = OtherProcess("p.1", (fun _ -> true))

    let store =
        Store.OpenOn(files, Path.Combine(Folders.fresh (), "store"), ReadWrite) |> ok

    let records = [ for seed in 1L .. 50L -> commit store seed (bytesOf 10 (int seed)) ]
    let before = files.Listings

    for record in records do
        store.Find record.Key |> ok |> ignore
        store.Use record.Artifact.Value.Digest |> ok |> ignore

    Assert.That(files.Listings, Is.EqualTo before)

[<Test>]
let ``a checkpoint has a folder and goes when it is dropped`` () =
    let store = openNew ()
    let key = Key.ofDefinition (definition (Some 1L))
    let path = store.Checkpoint key |> ok
    File.WriteAllText(path, "state")
    Assert.That(store.Checkpoint key |> ok, Is.EqualTo path)
    store.DropCheckpoint key
    store.DropCheckpoint key
    Assert.That(File.Exists path, Is.False)

[<Test>]
let ``a listing of code is read back, and a damaged one is not believed`` () =
    let store = openNew ()
    let digest = store.SaveCode "Member\tabc\n" |> ok
    Assert.That(store.SaveCode "Member\tabc\n" |> ok, Is.EqualTo digest)
    Assert.That(store.Code digest, Is.EqualTo(Some "Member\tabc\n"))
    File.WriteAllText(Layout.listing store.Root digest, "other")
    Assert.That(store.Code digest, Is.EqualTo None)

[<Test>]
let ``a replaced record is the newest`` () =
    let store = openNew ()
    commitOnce store 1L [| 1uy |] |> ignore
    let output, record = prepare store 1L [| 2uy |]
    store.Replace(Some output, record, None) |> ok
    Assert.That(store.Find record.Key |> ok, Is.EqualTo(Lookup.Found record))
