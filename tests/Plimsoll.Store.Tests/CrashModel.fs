/// What a process may do with a store, and what must be true after it died in the middle.
module Plimsoll.Store.Tests.CrashModel

open System
open System.IO
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

type Act =
    /// The same seed with another content is another result of the same key.
    | Commit of seed: int64 * content: int * trail: bool
    | Diverge of seed: int64
    | Keep of seed: int64
    | Drop of seed: int64
    | Lease of seed: int64
    | GiveBack of seed: int64
    | Listing of number: int
    | Collect of kept: int64 list
    | CollectLarge of bytes: int64

/// Content 3 is too large to be digested at every lookup.
let private contentOf number =
    bytesOf (if number = 3 then int Store.SmallArtifact + 10 else 500 * number) number

let private trailOf number = $"1 {number:x16}\n"
let private keyOf seed = Key.ofDefinition (definition (Some seed))

/// All that was written before is old by then.
let private later () = DateTimeOffset.UtcNow.AddDays 3.0

/// What a process was told is in the store: by key the outcome and the trail.
type Promise = {
    Outcomes: Map<Key, Outcome>
    Trails: Map<Key, string>
    /// What a collection that was under way may have removed.
    MayBeGone: Set<Key>
}

let nothing = {
    Outcomes = Map.empty
    Trails = Map.empty
    MayBeGone = Set.empty
}

let private written (files: FaultyFileSystem) path (bytes: byte[]) =
    File.WriteAllBytes(path, bytes)
    files.WrittenByStage path

let private commit (files: FaultyFileSystem) (store: Store) promise seed content trail =
    let output =
        content
        |> Option.map (fun number ->
            let output = store.NewOutput() |> ok
            written files output (contentOf number)
            output)

    let trailFile =
        trail
        |> Option.map (fun number ->
            let path = store.NewTrail() |> ok
            written files path (Text.Encoding.ASCII.GetBytes(trailOf number))
            path)

    let outcome =
        match output with
        | Some output -> Outcome.Finished(store.Measure output |> ok)
        | None -> Outcome.Diverged(1L, "loss")

    let record = record seed outcome

    match store.Commit(output, record, trailFile) |> ok with
    | Committed.New ->
        Assert.That(promise.Outcomes.ContainsKey record.Key, Is.False, "a record was not found")

        {
            promise with
                Outcomes = promise.Outcomes.Add(record.Key, outcome)
                Trails =
                    match trail with
                    | Some number -> promise.Trails.Add(record.Key, trailOf number)
                    | None -> promise.Trails
        }
    | Committed.Same first ->
        Assert.That(promise.Outcomes[record.Key], Is.EqualTo outcome)
        Assert.That(first.Outcome, Is.EqualTo outcome)
        promise
    | Committed.Differs first ->
        Assert.That(promise.Outcomes[record.Key], Is.EqualTo first.Outcome)
        Assert.That(first.Outcome, Is.Not.EqualTo outcome)
        Assert.That(store.LateResults record.Key, Is.Not.Empty)
        promise

let private collect (store: Store) policy =
    // The process that works was heard of today, which is three days before `later`.
    let policy = {
        policy with
            SilenceAge = TimeSpan.FromDays 9.0
    }

    store.Collect(policy, false, later ()) |> ok |> ignore

/// Works until the crash; returns what it was told is stored.
let workUntilCrash (files: FaultyFileSystem) root (acts: Act list) : Promise =
    let mutable promise = nothing

    try
        let store = Store.OpenOn(files, root, ReadWrite) |> ok
        let leases = store.Leases()
        let mutable held: Map<int64, Lease> = Map.empty

        for act in acts do
            match act with
            | Commit(seed, content, trail) ->
                promise <- commit files store promise seed (Some content) (if trail then Some content else None)
            | Diverge seed -> promise <- commit files store promise seed None None
            | Keep seed -> written files (store.Checkpoint(keyOf seed) |> ok) (contentOf 1)
            | Drop seed -> store.DropCheckpoint(keyOf seed)
            | Lease seed ->
                match leases.TryTake(keyOf seed) |> ok with
                | LeaseAnswer.Taken lease
                | LeaseAnswer.TakenOver(lease, _) -> held <- held.Add(seed, lease)
                | LeaseAnswer.Held _ -> Assert.That(held.ContainsKey seed)
            | GiveBack seed ->
                held |> Map.tryFind seed |> Option.iter _.Release()
                held <- held.Remove seed
            | Listing number -> store.SaveCode(trailOf number) |> ok |> ignore
            | Collect kept ->
                let kept = kept |> List.map keyOf |> Set.ofList
                let gone = promise.Outcomes.Keys |> Seq.filter (kept.Contains >> not) |> Set.ofSeq
                promise <- { promise with MayBeGone = gone }

                collect store {
                    CollectPolicy.leftovers with
                        Keep = kept
                        OnlyKept = true
                }

                // What is leased stays as well.
                let stay key (_: 'a) =
                    not (gone.Contains key) || held.Keys |> Seq.exists (fun seed -> keyOf seed = key)

                promise <- {
                    Outcomes = promise.Outcomes |> Map.filter stay
                    Trails = promise.Trails |> Map.filter stay
                    MayBeGone = Set.empty
                }
            | CollectLarge bytes ->
                promise <- { promise with MayBeGone = Set.ofSeq promise.Outcomes.Keys }

                collect store {
                    CollectPolicy.leftovers with
                        MaxBytes = Some bytes
                }

                let stay key (_: 'a) = (store.Find key |> ok).IsFound

                promise <- {
                    Outcomes = promise.Outcomes |> Map.filter stay
                    Trails = promise.Trails |> Map.filter stay
                    MayBeGone = Set.empty
                }
    with Crash ->
        ()

    promise

let filesIn folder =
    if Directory.Exists folder then
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
    else
        [||]

let private checkContent root =
    let store = Store.Open(root, ReadOnly) |> ok
    let health = store.Check true |> ok
    Assert.That(health.Damages, Is.Empty, "a record without its artifact")

    for folder, name in [ Layout.objects root, "artifact"; Layout.code root, "listing" ] do
        for path in filesIn folder do
            Assert.That(
                string (digestOf (File.ReadAllBytes path)),
                Is.EqualTo(Layout.spreadText path |> Option.get),
                $"half of one {name} under a digest"
            )

/// Another process, which knows that the one that died is no more.
let survivor () =
    OtherProcess("survivor.1", (fun owner -> owner <> "gone.1"))

/// Throws unless the store is sound and holds what was promised.
let checkAfterCrash root (promise: Promise) =
    if Directory.Exists root then
        use store = Store.OpenOn(survivor (), root, ReadWrite) |> ok
        checkContent root

        for KeyValue(key, outcome) in promise.Outcomes do
            match store.Find key |> ok with
            | Lookup.Found record -> Assert.That(record.Outcome, Is.EqualTo outcome)
            | Lookup.Absent when promise.MayBeGone.Contains key -> ()
            | other -> Assert.Fail $"what was reported as stored is {other}"

        for KeyValue(key, trail) in promise.Trails do
            match store.Trail key with
            | Some path -> Assert.That(File.ReadAllText path, Is.EqualTo trail)
            | None -> Assert.That(promise.MayBeGone.Contains key, "a trail is lost")

        Assert.That(filesIn (Path.Combine(Layout.temporary root, "gone.1")), Is.Empty, "leftovers")
        collect store CollectPolicy.leftovers
        checkContent root

/// The store serves again whatever had happened.
let goOn root (acts: Act list) =
    use store = Store.OpenOn(survivor (), root, ReadWrite) |> ok
    let leases = store.Leases()

    for act in acts do
        match act with
        | Commit(seed, content, _) ->
            let output = store.NewOutput() |> ok
            File.WriteAllBytes(output, contentOf content)
            let record = record seed (Outcome.Finished(store.Measure output |> ok))
            store.Commit(Some output, record, None) |> ok |> ignore
            Assert.That((store.Find record.Key |> ok).IsFound)
        | Lease seed ->
            let answer = leases.TryTake(keyOf seed) |> ok
            Assert.That(answer.IsHeld && answer = LeaseAnswer.Held "gone.1", Is.False, "a dead owner holds on")
        | _ -> ()

    checkContent root
