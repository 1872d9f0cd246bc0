module Plimsoll.Store.Tests.StoreTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

let private reopen (store: Store) = Store.Open(store.Root, ReadWrite) |> ok

let private find (store: Store) (record: Record) = store.Find record.Key |> ok
let private large = int Store.SmallArtifact + 1

let private artifact (record: Record) =
    match record.Artifact with
    | Some artifact -> artifact
    | None -> failwith "the record has no artifact"

let private flip (path: string) =
    let bytes = File.ReadAllBytes path
    bytes[bytes.Length / 2] <- bytes[bytes.Length / 2] ^^^ 1uy
    File.WriteAllBytes(path, bytes)

[<FsCheck.NUnit.Property(MaxTest = 30)>]
let ``what is committed is found, whole, by the next process`` (bytes: byte[]) (seed: int64) =
    let store = openNew ()
    let record = commit store seed bytes
    let next = reopen store

    find next record = Lookup.Found record
    && next.Read (artifact record).Digest = Ok bytes

[<Test>]
let ``a diverged record keeps its step and has no artifact`` () =
    let store = openNew ()
    let record = record 1L (Outcome.Diverged(3000L, "critic loss is NaN"))
    store.Commit(None, record, None) |> ok |> ignore
    Assert.That(find (reopen store) record, Is.EqualTo(Lookup.Found record))

[<Test>]
let ``equal outputs of two cells are one artifact`` () =
    let store = openNew ()
    let first, second = commit store 1L [| 1uy; 2uy |], commit store 2L [| 1uy; 2uy |]
    Assert.That(artifact first, Is.EqualTo(artifact second))
    let status = store.Status() |> ok
    Assert.That(status.Artifacts, Is.EqualTo 1)
    Assert.That(status.ArtifactBytes, Is.EqualTo 2L)
    Assert.That(status.Records, Is.EqualTo 2)
    Assert.That(status.Temporary, Is.EqualTo 0)

[<Test>]
let ``an artifact lies under the digest of its bytes`` () =
    let store = openNew ()
    let digest = string (artifact (commit store 1L [| 5uy |])).Digest

    let path =
        Path.Combine(store.Root, "objects", digest.Substring(0, 2), digest.Substring 2)

    Assert.That(File.ReadAllBytes path, Is.EqualTo<byte[]> [| 5uy |])

[<Test>]
let ``a key that was never stored is absent`` () =
    let store = openNew ()
    Assert.That(find store (record 1L (Outcome.Diverged(1L, ""))), Is.EqualTo Lookup.Absent)

[<TestCase(10)>]
[<TestCase(70000)>]
let ``a flipped bit is found at first use, set aside, and the next lookup knows`` (length: int) =
    let store = openNew ()
    let record = commit store 1L (bytesOf length 1)
    flip (store.Path (artifact record).Digest)
    let next = reopen store

    match next.Use (artifact record).Digest with
    | Error(Damaged damage) ->
        Assert.That(damage.Quarantined.IsSome)
        Assert.That(File.Exists damage.Quarantined.Value)
    | other -> Assert.Fail $"%A{other}"

    Assert.That((find next record).IsLost)
    Assert.That(find next record, Is.EqualTo Lookup.Absent)
    Assert.That((next.Status() |> ok).Quarantined, Is.EqualTo 2)

[<Test>]
let ``a lookup digests a small artifact`` () =
    let store = openNew ()
    let record = commit store 1L (bytesOf 100 1)
    flip (store.Path (artifact record).Digest)
    Assert.That((find (reopen store) record).IsLost)

[<Test>]
let ``a lookup of a large artifact reads no content but sees its length`` () =
    let store = openNew ()
    let record = commit store 1L (bytesOf large 1)
    let path = store.Path (artifact record).Digest
    flip path
    Assert.That((find (reopen store) record).IsFound)
    File.WriteAllBytes(path, bytesOf (large - 1) 1)
    Assert.That((find (reopen store) record).IsLost)

[<Test>]
let ``a missing artifact makes its record lost`` () =
    let store = openNew ()
    let record = commit store 1L (bytesOf 100 1)
    File.Delete(store.Path (artifact record).Digest)

    match find (reopen store) record with
    | Lookup.Lost damage -> Assert.That(damage.Why, Is.EqualTo "the file is missing")
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a flipped bit of a record is found wherever it falls`` () =
    let store = openNew ()
    let path = Layout.record store.Root (commit store 1L [| 1uy |]).Key
    let bytes = File.ReadAllBytes path
    let reader = Store.Open(store.Root, ReadOnly) |> ok

    for at in 0 .. bytes.Length - 1 do
        let damaged = Array.copy bytes
        damaged[at] <- damaged[at] ^^^ 1uy
        File.WriteAllBytes(path, damaged)
        Assert.That((reader.Check false |> ok).Damages, Has.Length.EqualTo 1, $"byte {at}")

    File.WriteAllBytes(path, bytes)
    Assert.That((reader.Check false |> ok).IsSound)

[<Test>]
let ``committing again repairs a damaged artifact`` () =
    let store = openNew ()
    let record = commit store 1L (bytesOf 100 1)
    flip (store.Path (artifact record).Digest)
    let next = reopen store
    Assert.That(commit next 1L (bytesOf 100 1), Is.EqualTo record)
    Assert.That(next.Read (artifact record).Digest |> ok, Is.EqualTo<byte[]>(bytesOf 100 1))

[<TestCase("")>]
[<TestCase("{")>]
[<TestCase("{}")>]
[<TestCase("[1]")>]
[<TestCase("""{ "format": 99 }""")>]
[<TestCase("""{ "format": 1, "key": "../../etc" }""")>]
let ``a record that cannot be read is set aside`` (text: string) =
    let store = openNew ()
    let record = commit store 1L [| 1uy |]
    File.WriteAllText(Layout.record store.Root record.Key, text)
    Assert.That((find store record).IsLost)
    Assert.That(find store record, Is.EqualTo Lookup.Absent)

[<Test>]
let ``a record under another key is not believed`` () =
    let store = openNew ()
    let first, second = commit store 1L [| 1uy |], commit store 2L [| 2uy |]
    File.Copy(Layout.record store.Root first.Key, Layout.record store.Root second.Key, true)
    Assert.That((find store second).IsLost)
    Assert.That(find store first, Is.EqualTo(Lookup.Found first))

[<Test>]
let ``records are listed oldest first`` () =
    let store = openNew ()

    let at (hour: int) seed = {
        record seed (Outcome.Diverged(1L, "")) with
            Ended = DateTimeOffset(2026, 1, 2, hour, 0, 0, TimeSpan.Zero)
    }

    let late, early = at 9 1L, at 3 2L
    store.Commit(None, late, None) |> ok |> ignore
    store.Commit(None, early, None) |> ok |> ignore
    Assert.That(fst (store.Records() |> ok), Is.EqualTo<Record list> [ early; late ])

/// The store as a process sees it in whose way another one comes whenever it reads.
let private disturbed (store: Store) (reading: string -> unit) =
    let files = OtherProcess("p.1", (fun _ -> true))
    let opened = Store.OpenOn(files, store.Root, ReadWrite) |> ok
    files.Reading <- reading
    opened

[<Test>]
let ``a record that goes while it is looked up is absent, and left out of the list`` () =
    let store = openNew ()
    let gone, stays = commit store 1L [| 1uy |], commit store 2L [| 2uy |]
    let path = Layout.record store.Root gone.Key
    let bytes = File.ReadAllBytes path

    let other =
        disturbed store (fun read ->
            if read = path then
                File.Delete path)

    Assert.That(find other gone, Is.EqualTo Lookup.Absent)
    File.WriteAllBytes(path, bytes)
    let records, damages = other.Records() |> ok
    Assert.That(records, Is.EqualTo<Record list> [ stays ])
    Assert.That(damages, Is.Empty)

[<TestCase(10)>]
[<TestCase(70000)>]
let ``an artifact that goes while it is read is damaged, not unreadable`` (length: int) =
    let store = openNew ()
    let record = commit store 1L (bytesOf length 1)
    let other = disturbed store File.Delete

    match other.Use (artifact record).Digest with
    | Error(Damaged damage) -> Assert.That(damage.Why, Is.EqualTo "the file is missing")
    | outcome -> Assert.Fail $"%A{outcome}"

[<Test>]
let ``a disk that does not answer loses nothing`` () =
    let store = openNew ()
    let record = commit store 1L (bytesOf 10 1)
    let path = store.Path (artifact record).Digest

    let other =
        disturbed store (fun read ->
            if read = path then
                raise (IOException("Input/output error", 5)))

    match other.Use (artifact record).Digest with
    | Error(Unreadable _) -> ()
    | outcome -> Assert.Fail $"%A{outcome}"

    Assert.That(File.Exists path)
    Assert.That(find store record, Is.EqualTo(Lookup.Found record))

[<Test>]
let ``a discarded output leaves nothing`` () =
    let store = openNew ()
    let output = store.NewOutput() |> ok
    File.WriteAllText(output, "x")
    store.Discard output
    store.Discard output
    Assert.That((store.Status() |> ok).Temporary, Is.EqualTo 0)

[<Test>]
let ``an output that was not written cannot be measured`` () =
    let store = openNew ()

    match store.Measure(store.NewOutput() |> ok) with
    | Error(Unreadable(_, why)) -> Assert.That(why, Is.EqualTo "the stage wrote no output")
    | other -> Assert.Fail $"%A{other}"
