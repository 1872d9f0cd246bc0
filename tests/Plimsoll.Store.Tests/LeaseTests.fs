module Plimsoll.Store.Tests.LeaseTests

open System
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

let private key number =
    Key.ofDefinition (definition (Some number))

let private seconds (count: float) = TimeSpan.FromSeconds count

/// One process among several on one store.
type Peer(root: string, name: string, clock: TimeProvider, mayLive: string -> bool) =
    let files = OtherProcess(name, mayLive)
    let store = Store.OpenOn(files, root, ReadWrite) |> ok
    let leases = store.Leases(clock)
    member _.Name = name
    member _.Files = files
    member _.Leases = leases
    member _.Store = store

let private everyone _ = true

let private team (clock: TimeProvider) names =
    let root = Path.Combine(Folders.fresh (), "store")
    names |> List.map (fun name -> Peer(root, name, clock, everyone))

let private take (peer: Peer) key = peer.Leases.TryTake key |> ok

let private taken answer =
    match answer with
    | LeaseAnswer.Taken lease -> lease
    | other -> failwith $"not taken: %A{other}"

let private takenOver answer =
    match answer with
    | LeaseAnswer.TakenOver(lease, from) -> lease, from
    | other -> failwith $"not taken over: %A{other}"

let private heldBy (name: string) answer =
    match answer with
    | LeaseAnswer.Held owner -> Assert.That(owner, Is.EqualTo name)
    | other -> Assert.Fail $"not held: %A{other}"

let private pair () =
    let clock = VirtualClock()

    match team clock [ "a.1"; "b.1" ] with
    | [ first; second ] -> clock, first, second
    | _ -> failwith "two"

[<Test>]
let ``a lease is held by one and free when it is given back`` () =
    let _, first, second = pair ()
    let lease = take first (key 1L) |> taken
    take second (key 1L) |> heldBy "a.1"
    take first (key 1L) |> heldBy "a.1"
    Assert.That lease.StillMine
    take second (key 2L) |> taken |> ignore
    lease.Release()
    lease.Release()
    Assert.That(lease.StillMine, Is.False)
    Assert.That((take second (key 1L) |> taken).StillMine)

[<Test>]
let ``a lease that is given back leaves nothing, and closing leaves no counter`` () =
    let _, first, _ = pair ()
    (take first (key 1L) |> taken).Release()
    Assert.That(Directory.Exists(Layout.leasesOf first.Store.Root (key 1L)), Is.False)
    take first (key 2L) |> taken |> ignore
    (first.Leases :> IDisposable).Dispose()
    Assert.That(Directory.GetFileSystemEntries(Layout.leases first.Store.Root), Is.Empty)
    Assert.That(Directory.GetFileSystemEntries(Layout.owners first.Store.Root), Is.Empty)

[<Test>]
let ``the lease of an owner that beats lasts for ever`` () =
    let clock, first, second = pair ()
    let lease = take first (key 1L) |> taken

    for _ in 1..100 do
        clock.Advance Leases.BeatEvery
        first.Leases.Beat() |> ok
        take second (key 1L) |> heldBy "a.1"

    Assert.That lease.StillMine

[<Test>]
let ``the lease of a silent owner is taken over after the expiry, and the owner sees it`` () =
    let clock, first, second = pair ()
    let lease = take first (key 1L) |> taken
    take second (key 1L) |> heldBy "a.1"

    for _ in 1..5 do
        clock.Advance(seconds 5.0)
        take second (key 1L) |> heldBy "a.1"

    clock.Advance(seconds 5.0)
    let next, from = take second (key 1L) |> takenOver
    Assert.That(from, Is.EqualTo "a.1")
    Assert.That(next.Generation, Is.EqualTo 2)
    Assert.That(lease.StillMine, Is.False)
    lease.Release()
    Assert.That(next.StillMine)
    take first (key 1L) |> heldBy "b.1"

[<Test>]
let ``a beat while others wait is enough to look at whom they wait for`` () =
    let clock, first, second = pair ()
    take first (key 1L) |> taken |> ignore
    take second (key 1L) |> heldBy "a.1"

    for _ in 1..6 do
        clock.Advance Leases.BeatEvery
        second.Leases.Beat() |> ok

    take second (key 1L) |> takenOver |> ignore

[<Test>]
let ``a reader that slept itself takes nothing over at once`` () =
    let clock, first, second = pair ()
    take first (key 1L) |> taken |> ignore
    take second (key 1L) |> heldBy "a.1"
    // The lid was closed: both slept.
    clock.Advance(TimeSpan.FromHours 1.0)
    take second (key 1L) |> heldBy "a.1"
    first.Leases.Beat() |> ok
    clock.Advance(seconds 10.0)
    take second (key 1L) |> heldBy "a.1"

[<Test>]
let ``the lease of an owner that is surely gone is taken over at once`` () =
    let clock, first, _ = pair ()
    take first (key 1L) |> taken |> ignore
    let third = Peer(first.Store.Root, "c.1", clock, (fun owner -> owner <> "a.1"))
    Assert.That(take third (key 1L) |> takenOver |> snd, Is.EqualTo "a.1")

[<Test>]
let ``half a lease waits for the expiry`` () =
    let clock, first, _ = pair ()
    let path = Layout.lease first.Store.Root (key 1L) 1
    Directory.CreateDirectory(Layout.leasesOf first.Store.Root (key 1L)) |> ignore
    File.WriteAllText(path, "plimsoll lea")

    for _ in 1..6 do
        take first (key 1L) |> heldBy "unknown"
        clock.Advance(seconds 5.0)

    take first (key 1L) |> takenOver |> ignore

[<Test>]
let ``an owner that woke up beats before it takes anything`` () =
    let clock, first, second = pair ()
    (take first (key 1L) |> taken).Release()
    take first (key 2L) |> taken |> ignore

    for _ in 1..5 do
        take second (key 2L) |> heldBy "a.1"
        clock.Advance(seconds 7.0)

    take first (key 1L) |> taken |> ignore
    take second (key 1L) |> heldBy "a.1"
    take second (key 2L) |> heldBy "a.1"

[<Test>]
let ``a lease that could not be removed is removed with the next beat`` () =
    let _, first, second = pair ()
    let lease = take first (key 1L) |> taken
    first.Files.Cut <- true
    lease.Release()
    first.Files.Cut <- false
    take second (key 1L) |> heldBy "a.1"
    first.Leases.Beat() |> ok
    take second (key 1L) |> taken |> ignore

[<Test>]
let ``a process takes back at once what it could not remove`` () =
    let _, first, _ = pair ()
    let lease = take first (key 1L) |> taken
    first.Files.Cut <- true
    lease.Release()
    first.Files.Cut <- false
    let next, _ = take first (key 1L) |> takenOver
    first.Leases.Beat() |> ok
    Assert.That next.StillMine

[<Test>]
let ``a store opened for reading gives no leases`` () =
    let _, first, _ = pair ()
    let reader = Store.Open(first.Store.Root, ReadOnly) |> ok
    Assert.That((reader.Leases().TryTake(key 1L)).IsError)

/// What happens to a peer in the model.
type Move =
    | Try of peer: int * key: int64
    | GiveBack of peer: int * key: int64
    | Pass of tenths: int
    | Freeze of peer: int
    | Wake of peer: int
    | CutOff of peer: int
    | Restore of peer: int

let private moves =
    let peer = FsCheck.FSharp.Gen.choose (0, 2)
    let number = FsCheck.FSharp.Gen.choose (1, 2) |> FsCheck.FSharp.Gen.map int64

    FsCheck.FSharp.Gen.frequency [
        8, FsCheck.FSharp.Gen.map2 (fun peer key -> Try(peer, key)) peer number
        2, FsCheck.FSharp.Gen.map2 (fun peer key -> GiveBack(peer, key)) peer number
        8, FsCheck.FSharp.Gen.map Pass (FsCheck.FSharp.Gen.choose (1, 100))
        1, FsCheck.FSharp.Gen.map Freeze peer
        1, FsCheck.FSharp.Gen.map Wake peer
        1, FsCheck.FSharp.Gen.map CutOff peer
        1, FsCheck.FSharp.Gen.map Restore peer
    ]
    |> FsCheck.FSharp.Gen.listOfLength 120

/// Three processes in virtual time. A frozen one does nothing, not even beat; one that is cut off beats in
/// vain.
type private Model() =
    let clock = VirtualClock()
    let peers = team clock [ "a.1"; "b.1"; "c.1" ] |> Array.ofList
    let frozen = Array.create peers.Length false
    /// When each peer last wrote its counter.
    let alive = Array.create peers.Length TimeSpan.Zero
    let nextBeat = Array.create peers.Length TimeSpan.Zero
    let mutable holds: Map<int * int64, Lease> = Map.empty
    let mutable zombies: Map<int * int64, Lease> = Map.empty
    let mutable wrong: string list = []

    let beat peer =
        if not frozen[peer] && clock.Now >= nextBeat[peer] then
            nextBeat[peer] <- clock.Now + Leases.BeatEvery

            // In vain, for one that is cut off.
            peers[peer].Leases.Beat() |> ignore

    let won peer key lease =
        for KeyValue((other, otherKey), earlier) in holds do
            if otherKey = key && other <> peer && clock.Now - alive[other] < Leases.Expiry then
                wrong <-
                    $"{peer} took {key} from {other} at {clock.Now}, alive at {alive[other]}"
                    :: wrong

            // One that is cut off cannot know.
            let knows = not peers[other].Files.Cut

            if otherKey = key && other <> peer && knows && earlier.StillMine then
                wrong <- $"{other} believes that {key} is still its own" :: wrong

        // What was taken over is over, whether its owner has noticed or not.
        let over, rest =
            holds
            |> Map.partition (fun (other, otherKey) _ -> otherKey = key && other <> peer)

        zombies <- Map.fold (fun all place lease -> Map.add place lease all) zombies over
        holds <- Map.add (peer, key) lease rest

    do
        for peer in 0 .. peers.Length - 1 do
            peers[peer].Files.Overwritten <- fun () -> alive[peer] <- clock.Now

    member _.Wrong = wrong
    member _.Holds = holds

    member _.Do move =
        match move with
        | Try(peer, key') when not frozen[peer] ->
            match peers[peer].Leases.TryTake(key key') with
            | Ok(LeaseAnswer.Taken lease)
            | Ok(LeaseAnswer.TakenOver(lease, _)) -> won peer key' lease
            | Ok(LeaseAnswer.Held _)
            | Error _ -> ()

        | GiveBack(peer, key') when not frozen[peer] ->
            holds |> Map.tryFind (peer, key') |> Option.iter _.Release()
            zombies |> Map.tryFind (peer, key') |> Option.iter _.Release()
            holds <- Map.remove (peer, key') holds
        | Pass tenths ->
            for _ in 1..tenths do
                clock.Advance(seconds 0.1)

                for peer in 0 .. peers.Length - 1 do
                    beat peer
        | Freeze peer -> frozen[peer] <- true
        | Wake peer -> frozen[peer] <- false
        | CutOff peer -> peers[peer].Files.Cut <- true
        | Restore peer -> peers[peer].Files.Cut <- false
        | Try _
        | GiveBack _ -> ()

    /// Everybody is well again, except the first, who is silent for good.
    member model.SilenceFirst() =
        for peer in 0..2 do
            model.Do(Restore peer)
            model.Do(Wake peer)

        model.Do(Freeze 0)

        for _ in 1..40 do
            model.Do(Pass 10)
            model.Do(Try(1, 1L))
            model.Do(GiveBack(2, 1L))

        model.Holds.ContainsKey(1, 1L)

[<FsCheck.NUnit.Property(MaxTest = 60)>]
let ``two hold a key only if the first was silent for the expiry, whatever happens`` () =
    FsCheck.FSharp.Prop.forAll (FsCheck.FSharp.Arb.fromGen moves) (fun moves ->
        let model = Model()
        moves |> List.iter model.Do
        let served = model.SilenceFirst()
        Assert.That(model.Wrong, Is.Empty)
        Assert.That(served, "nobody took over from one that is silent for good"))

/// Lets every thread do the same at once.
let private together count (work: int -> 'a) : 'a[] =
    use gate = new Barrier(count)
    let results = Array.zeroCreate count

    let threads =
        Array.init count (fun number ->
            Thread(fun () ->
                gate.SignalAndWait()
                results[number] <- work number))

    threads |> Array.iter _.Start()
    threads |> Array.iter _.Join()
    results

[<Test>]
let ``of 16 that take over at once exactly one wins`` () =
    for round in 1L .. 40L do
        let clock = VirtualClock()
        let root = Path.Combine(Folders.fresh (), "store")
        let dead = Peer(root, "dead.1", clock, everyone)
        take dead (key round) |> taken |> ignore

        let peers =
            Array.init 16 (fun number -> Peer(root, $"p.{number}", clock, (fun owner -> owner <> "dead.1")))

        let answers = together 16 (fun number -> take peers[number] (key round))
        Assert.That(answers |> Array.filter (_.IsHeld >> not), Has.Length.EqualTo 1)

[<Test>]
let ``16 that take and give back never hold together`` () =
    let clock = VirtualClock()
    let root = Path.Combine(Folders.fresh (), "store")

    let peers = Array.init 16 (fun number -> Peer(root, $"p.{number}", clock, everyone))

    let inside, together', won = [| 0 |], [| 0 |], [| 0 |]

    together 16 (fun number ->
        for _ in 1..150 do
            match take peers[number] (key 1L) with
            | LeaseAnswer.Held _ -> ()
            | LeaseAnswer.Taken lease
            | LeaseAnswer.TakenOver(lease, _) ->
                Interlocked.Increment &won[0] |> ignore

                if Interlocked.Increment &inside[0] > 1 then
                    Interlocked.Increment &together'[0] |> ignore

                Thread.SpinWait 200
                Interlocked.Decrement &inside[0] |> ignore
                lease.Release())
    |> ignore

    Assert.That(together'[0], Is.EqualTo 0, "two held it at once")
    Assert.That(won[0], Is.GreaterThan 16)
