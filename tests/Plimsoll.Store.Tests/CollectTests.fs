module Plimsoll.Store.Tests.CollectTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

let private in' (days: float) = DateTimeOffset.UtcNow.AddDays days
let private policy = CollectPolicy.leftovers

let private equals (expected: 'a list) = Is.EqualTo<'a list> expected

let private kinds (collected: Collected) =
    collected.Counts |> List.map (fun (kind, count, _) -> kind, count)

/// A record that ended on that day of January 2026.
let private commitOn (store: Store) day seed (bytes: byte[]) =
    let output = store.NewOutput() |> ok
    File.WriteAllBytes(output, bytes)

    let record = {
        record seed (Outcome.Finished(store.Measure output |> ok)) with
            Ended = DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero)
    }

    let trail = store.NewTrail() |> ok
    File.WriteAllText(trail, "1 00")
    store.Commit(Some output, record, Some trail) |> ok |> ignore
    record

let private isThere (store: Store) (record: Record) = (store.Find record.Key |> ok).IsFound

[<Test>]
let ``what is young stays, whatever the rules say`` () =
    let store = openNew ()
    let record = commit store 1L [| 1uy |]

    let strict = {
        policy with
            OnlyKept = true
            MaxBytes = Some 0L
            OlderThan = Some TimeSpan.Zero
    }

    Assert.That((store.Collect(strict, false) |> ok).Removed, Is.Empty)
    Assert.That(isThere store record)

[<Test>]
let ``a dry run removes nothing and says what the real one removes`` () =
    let store = openNew ()

    let kept, gone =
        commitOn store 1 1L (bytesOf 10 1), commitOn store 2 2L (bytesOf 20 2)

    let rule = {
        policy with
            Keep = Set.singleton kept.Key
            OnlyKept = true
    }

    let dry = store.Collect(rule, true, in' 1.0) |> ok
    Assert.That(isThere store gone)
    Assert.That((store.Trail gone.Key).IsSome)
    let real = store.Collect(rule, false, in' 1.0) |> ok
    Assert.That(real.Removed, Is.EqualTo<Removal list> dry.Removed)

    let expected = [ Rubbish.Record, 1; Rubbish.Artifact, 1; Rubbish.Trail, 1 ]
    Assert.That(kinds real, Is.EqualTo<(Rubbish * int) list> expected)
    Assert.That(isThere store kept)
    Assert.That(isThere store gone, Is.False)
    Assert.That(store.Trail gone.Key, Is.EqualTo None)
    Assert.That((store.Check true |> ok).IsSound)

[<Test>]
let ``by age the old go, and an artifact that a young record shares stays`` () =
    let store = openNew ()

    let old, young =
        commitOn store 1 1L (bytesOf 10 1), commitOn store 20 2L (bytesOf 10 1)

    let now = in' 1.0
    let age = now - DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero)
    store.Collect({ policy with OlderThan = Some age }, false, now) |> ok |> ignore
    Assert.That(isThere store old, Is.False)
    Assert.That(isThere store young)

[<Test>]
let ``by size the oldest go until the rest fits`` () =
    let store = openNew ()

    let records = [ for day in 1..5 -> commitOn store day (int64 day) (bytesOf 100 day) ]

    store.Collect({ policy with MaxBytes = Some 250L }, false, in' 1.0)
    |> ok
    |> ignore

    Assert.That(
        records |> List.map (isThere store),
        Is.EqualTo<bool list> [ false; false; false; true; true ]
    )

[<Test>]
let ``a leased key stays`` () =
    let store = openNew ()
    let record = commit store 1L [| 1uy |]
    use leases = store.Leases()
    let answer = leases.TryTake record.Key |> ok
    Assert.That answer.IsTaken
    store.Collect({ policy with OnlyKept = true }, false, in' 1.0) |> ok |> ignore
    Assert.That(isThere store record)

[<Test>]
let ``checkpoints go when their cell has finished or when nobody came back`` () =
    let store = openNew ()
    let record = commit store 1L [| 1uy |]
    let open' = Key.ofDefinition (definition (Some 2L))

    for key in [ record.Key; open' ] do
        File.WriteAllText(store.Checkpoint key |> ok, "state")

    let after days =
        kinds (store.Collect(policy, false, in' days) |> ok)

    Assert.That(after 1.0, Is.EqualTo<(Rubbish * int) list> [ Rubbish.Checkpoint, 1 ])
    Assert.That(File.Exists(Layout.checkpoint store.Root open'))
    Assert.That(after 20.0, Is.EqualTo<(Rubbish * int) list> [ Rubbish.Checkpoint, 1 ])

[<Test>]
let ``a listing of code goes with the last record that names it`` () =
    let store = openNew ()
    let listing = store.SaveCode "a\t1\n" |> ok
    let unused = store.SaveCode "b\t2\n" |> ok
    let key = definition (Some 1L)
    let definition = { key with Code = [ "fit", listing ] }

    let record = {
        record 1L (Outcome.Diverged(1L, "loss")) with
            Key = Key.ofDefinition definition
            Parts = Key.parts definition
    }

    store.Commit(None, record, None) |> ok |> ignore
    store.Collect(policy, false, in' 1.0) |> ok |> ignore
    Assert.That(store.Code listing, Is.EqualTo(Some "a\t1\n"))
    Assert.That(store.Code unused, Is.EqualTo None)
    store.Collect({ policy with OnlyKept = true }, false, in' 1.0) |> ok |> ignore
    Assert.That(store.Code listing, Is.EqualTo None)

let private age (path: string) =
    File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays -1.0)

[<Test>]
let ``an old listing that is saved or touched again is young`` () =
    let store = openNew ()

    let old text =
        let digest = store.SaveCode text |> ok
        age (Layout.listing store.Root digest)
        digest

    let saved, touched, left = old "a", old "b", old "c"
    Assert.That(store.SaveCode "a" |> ok, Is.EqualTo saved)
    Assert.That(store.TouchCode touched)
    store.Collect(policy, false) |> ok |> ignore
    Assert.That([ saved; touched; left ] |> List.map (store.Code >> _.IsSome), equals [ true; true; false ])
    Assert.That(store.TouchCode left, Is.False)

[<Test>]
let ``a listing that is saved again while it is collected stays`` () =
    let store = openNew ()
    let listing = store.SaveCode "a" |> ok
    let path = Layout.listing store.Root listing
    age path

    let meanwhile source =
        if source = path then
            store.SaveCode "a" |> ok |> ignore

    let collector =
        Store.OpenOn(OtherProcess("c.1", (fun _ -> true), meanwhile), store.Root, ReadWrite)
        |> ok

    Assert.That((collector.Collect(policy, false) |> ok).Removed, Is.Empty)
    Assert.That(store.Code listing, Is.EqualTo(Some "a"))

[<Test>]
let ``runs, quarantine, and what dead or silent processes left go with time`` () =
    let store = openNew ()
    let run = store.NewRun "a name/with: signs" |> ok
    File.WriteAllText(run.Events, "{}\n")
    Directory.CreateDirectory(Layout.quarantine store.Root) |> ignore
    File.WriteAllText(Path.Combine(Layout.quarantine store.Root, "x"), "x")
    let elsewhere = Path.Combine(Layout.temporary store.Root, "elsewhere.77")
    Directory.CreateDirectory elsewhere |> ignore
    File.WriteAllText(Path.Combine(elsewhere, "x"), "x")

    let other =
        Store.OpenOn(OtherProcess("far.1", (fun _ -> true)), store.Root, ReadWrite)
        |> ok

    let leases = other.Leases()
    leases.TryTake(Key.ofDefinition (definition (Some 9L))) |> ok |> ignore

    let after days =
        kinds (store.Collect(policy, false, in' days) |> ok)

    Assert.That(after 1.0, Is.Empty)

    let silent = [ Rubbish.Lease, 2; Rubbish.Temporary, 1 ]
    Assert.That(after 3.0, Is.EqualTo<(Rubbish * int) list> silent)
    Assert.That(after 40.0, Is.EqualTo<(Rubbish * int) list> [ Rubbish.Quarantined, 1 ])
    Assert.That(after 100.0, Is.EqualTo<(Rubbish * int) list> [ Rubbish.Run, 1 ])
    Assert.That(store.Runs() |> ok, Is.Empty)

[<TestCase("plimsoll run ID --only a")>]
[<TestCase("plimsoll run 'a b/runs/ID/experiment.yaml' --only a")>]
[<TestCase("""plimsoll run C:\runs\ID\experiment.yaml""")>]
[<TestCase("plimsoll run --file=runs/ID/experiment.yaml")>]
let ``a run whose experiment makes a record again stays as long as the record`` (command: string) =
    let store = openNew ()
    let named, other = store.NewRun "a" |> ok, store.NewRun "a" |> ok

    let record = {
        record 1L (Outcome.Diverged(1L, "loss")) with
            Command = command.Replace("ID", named.Id)
    }

    store.Commit(None, record, None) |> ok |> ignore
    store.Collect(policy, false, in' 100.0) |> ok |> ignore
    Assert.That(Directory.Exists named.Path)
    Assert.That(Directory.Exists other.Path, Is.False)
    store.Collect({ policy with OnlyKept = true }, false, in' 100.0) |> ok |> ignore
    Assert.That(Directory.Exists named.Path, Is.False)

[<Test>]
let ``an artifact that a commit puts back while it is collected stays`` () =
    let store = openNew ()
    let bytes = bytesOf 50 1
    let first = commit store 1L bytes
    let path = store.Path first.Artifact.Value.Digest
    File.Delete(Layout.record store.Root first.Key)
    File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays -1.0)
    let committed = ref false

    let meanwhile source =
        if source = path && not committed.Value then
            committed.Value <- true
            commit store 2L bytes |> ignore

    let collector =
        Store.OpenOn(OtherProcess("c.1", (fun _ -> true), meanwhile), store.Root, ReadWrite)
        |> ok

    let collected = collector.Collect(policy, false) |> ok
    Assert.That committed.Value
    Assert.That(collected.Removed, Is.Empty)
    Assert.That(isThere store (record 2L first.Outcome))

[<Test>]
let ``runs are listed newest first, and say whose they are`` () =
    let store = openNew ()

    let first =
        store.NewRun("one", DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) |> ok

    let second =
        store.NewRun("two", DateTimeOffset(2026, 1, 2, 0, 0, 0, 1, TimeSpan.Zero)) |> ok

    Assert.That(store.Runs() |> ok, Is.EqualTo<RunFolder list> [ second; first ])
    Assert.That(second.Id, Does.StartWith "20260102T000000001-two-")
    Assert.That(store.MayRun second)
    Assert.That(Directory.Exists second.Logs)

[<Test>]
let ``a check names what is damaged, and counts what nobody needs`` () =
    let store = openNew ()
    let first, second = commit store 1L (bytesOf 100 1), commit store 2L (bytesOf 100 2)
    let third, fourth = commit store 3L (bytesOf 100 3), commit store 4L (bytesOf 100 4)
    Assert.That((store.Check true |> ok).IsSound)
    let path (record: Record) = store.Path record.Artifact.Value.Digest
    File.Delete(path first)
    let bytes = File.ReadAllBytes(path second)
    bytes[5] <- bytes[5] ^^^ 1uy
    File.WriteAllBytes(path second, bytes)
    File.WriteAllText(Layout.record store.Root third.Key, "{")
    let quick, deep = store.Check false |> ok, store.Check true |> ok

    Assert.That(
        quick.Damages |> List.map _.Path |> Set.ofList,
        Is.EquivalentTo(set [ path first; Layout.record store.Root third.Key ])
    )

    Assert.That(deep.Damages.Length, Is.EqualTo 3)
    Assert.That(deep.Orphans, Is.EqualTo { Count = 1; Bytes = 100L })
    Assert.That(deep.Free, Is.GreaterThan 0L)
    Assert.That(File.Exists(path second), "a check changes nothing")
    Assert.That(isThere store fourth)
