module Plimsoll.Store.Tests.CrashTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples
open Plimsoll.Store.Tests.CrashModel

/// On a loss of power some folders keep what was not synced, and others do not.
let private some seed (folder: string) =
    (hash (seed, Path.GetFileName folder, Path.GetFileName(Path.GetDirectoryName folder)) &&& 1) = 0

let private onlyRecords (folder: string) = folder.Contains "records"

let private crash acts step forgets =
    let root = Path.Combine(Folders.fresh (), "store")
    let files = FaultyFileSystem(step, forgets = forgets)
    let promise = workUntilCrash files root acts
    checkAfterCrash root promise
    goOn root acts
    Directory.Delete(root, true)
    files

let private stories = [
    "commits", [ Commit(1L, 1, true); Commit(2L, 2, false); Commit(3L, 1, true); Diverge 4L ]
    "late results", [ Commit(1L, 1, true); Commit(1L, 1, true); Commit(1L, 2, true); Diverge 1L ]
    "collections",
    [
        Commit(1L, 1, true)
        Commit(2L, 3, true)
        Keep 2L
        Commit(3L, 1, false)
        Listing 1
        Collect [ 3L ]
        Commit(2L, 2, true)
        CollectLarge 600L
        Collect []
    ]
    "leases",
    [ Lease 1L; Lease 2L; Keep 1L; Commit(1L, 1, true); Drop 1L; Collect []; GiveBack 1L; Collect [] ]
]

let private storyNames = stories |> List.map fst

[<TestCaseSource(nameof storyNames)>]
let ``a loss of power at any step leaves a sound store, and the work can go on`` (name: string) =
    let acts = stories |> List.find (fst >> (=) name) |> snd

    for forgets in [ (fun _ -> true); (fun _ -> false); onlyRecords; onlyRecords >> not ] do
        let rec crashAt step =
            if (crash acts step forgets).Crashed then crashAt (step + 1) else step

        // Opening alone takes this many steps: the loop really crashed.
        Assert.That(crashAt 1, Is.GreaterThan 15)

let private acts =
    let seed = FsCheck.FSharp.Gen.choose (1, 4) |> FsCheck.FSharp.Gen.map int64

    let commit =
        FsCheck.FSharp.Gen.map3
            (fun seed content trail -> Commit(seed, content, trail))
            seed
            (FsCheck.FSharp.Gen.choose (1, 3))
            (FsCheck.FSharp.Gen.elements [ true; false ])

    FsCheck.FSharp.Gen.frequency [
        6, commit
        1, FsCheck.FSharp.Gen.map Diverge seed
        1, FsCheck.FSharp.Gen.map Keep seed
        1, FsCheck.FSharp.Gen.map Drop seed
        2, FsCheck.FSharp.Gen.map Lease seed
        1, FsCheck.FSharp.Gen.map GiveBack seed
        1, FsCheck.FSharp.Gen.map Listing (FsCheck.FSharp.Gen.choose (1, 3))
        2, FsCheck.FSharp.Gen.map Collect (FsCheck.FSharp.Gen.listOf seed)
        1, FsCheck.FSharp.Gen.map (int64 >> CollectLarge) (FsCheck.FSharp.Gen.choose (0, 2000))
    ]
    |> FsCheck.FSharp.Gen.listOf

[<FsCheck.NUnit.Property(MaxTest = 150)>]
let ``whatever was done, a loss of power leaves a sound store`` (step: FsCheck.PositiveInt) (seed: int) =
    FsCheck.FSharp.Prop.forAll (FsCheck.FSharp.Arb.fromGen acts) (fun acts ->
        crash acts (step.Get * 3) (some seed) |> ignore)

[<Test>]
let ``the simulated loss of power cuts what was not synced`` () =
    let root = Path.Combine(Folders.fresh (), "store")
    let files = FaultyFileSystem 1
    let path = Path.Combine(Folders.fresh (), "file")
    File.WriteAllBytes(path, bytesOf 100 1)
    files.WrittenByStage path

    let crash () =
        (files :> IFileSystem).CreateFolder root

    Assert.That(Action crash, Throws.TypeOf<Crash>())
    Assert.That(FileInfo(path).Length, Is.EqualTo 50L)

[<Test>]
let ``the simulated loss of power brings back what was deleted`` () =
    let files = FaultyFileSystem 2
    let path = Path.Combine(Folders.fresh (), "file")
    File.WriteAllText(path, "old")
    (files :> IFileSystem).Delete path
    Assert.That(File.Exists path, Is.False)

    let crash () = (files :> IFileSystem).Touch path
    Assert.That(Action crash, Throws.TypeOf<Crash>())
    Assert.That(File.ReadAllText path, Is.EqualTo "old")

[<Test>]
let ``a temporary folder of a process that may live is kept`` () =
    let store = openNew ()
    let other = Path.Combine(Layout.temporary store.Root, "elsewhere.77")
    Directory.CreateDirectory other |> ignore
    Store.Open(store.Root, ReadWrite) |> ok |> ignore
    Assert.That(Directory.Exists other)

[<Test>]
let ``a temporary folder of a process of this machine that is gone is removed`` () =
    let store = openNew ()
    let parts = (LocalFileSystem() :> IFileSystem).Owner.Split '.'

    let gone = [
        // Above every process id that Linux gives out.
        $"{parts[0]}.1999999999"
        $"{parts[0]}.1999999999.{parts[2]}.{parts[3]}"
        // The number was given out again.
        $"{parts[0]}.{parts[1]}.{parts[2]}.00000000"
    ]

    let folders =
        gone |> List.map (fun owner -> Path.Combine(Layout.temporary store.Root, owner))

    for folder in folders do
        Directory.CreateDirectory folder |> ignore
        File.WriteAllText(Path.Combine(folder, "x.output"), "half")

    Store.Open(store.Root, ReadWrite) |> ok |> ignore

    for folder in folders do
        Assert.That(Directory.Exists folder, Is.False)

[<Test>]
let ``a process that ends leaves no temporary folder`` () =
    let store = openNew ()
    let second = Store.Open(store.Root, ReadWrite) |> ok
    let output = second.NewOutput() |> ok
    (store :> IDisposable).Dispose()
    Assert.That(Directory.Exists(Path.GetDirectoryName output), "another object needs it")
    (second :> IDisposable).Dispose()
    Assert.That(Directory.GetFileSystemEntries(Layout.temporary store.Root), Is.Empty)
