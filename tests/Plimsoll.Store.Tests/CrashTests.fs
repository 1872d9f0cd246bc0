module Plimsoll.Store.Tests.CrashTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

/// Three commits: two artifacts, one of them twice.
let private contents = [ 1L, bytesOf 1000 1; 2L, bytesOf 2000 2; 3L, bytesOf 1000 1 ]

/// Works until the crash; returns what was reported as stored.
let private workUntilCrash (files: FaultyFileSystem) root : Record list =
    let mutable stored = []

    try
        let store = Store.OpenOn(files, root, ReadWrite) |> ok

        for seed, bytes in contents do
            let output = store.NewOutput() |> ok
            File.WriteAllBytes(output, bytes)
            files.WrittenByStage output
            let record = record seed (Outcome.Finished(store.Measure output |> ok))
            store.Commit(Some output, record, None) |> ok |> ignore
            stored <- record :: stored
    with Crash ->
        ()

    stored

let private filesIn folder =
    if Directory.Exists folder then
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
    else
        [||]

/// Another process, which knows that the owner `gone.1` is no more.
let private survivor = PlainFileSystem(true, (fun owner -> owner <> "gone.1"))

let private checkAfterCrash root (stored: Record list) =
    let store = Store.OpenOn(survivor, root, ReadWrite) |> ok
    let records, damages = store.Records() |> ok
    Assert.That(damages, Is.Empty)

    for record in records do
        Assert.That(
            (store.Find record.Key |> ok),
            Is.EqualTo(Lookup.Found record),
            "a record without its artifact"
        )

        Assert.That((store.Use record.Artifact.Value.Digest).IsOk)

    for path in filesIn (Layout.objects root) do
        let name = Path.GetFileName(Path.GetDirectoryName path) + Path.GetFileName path

        Assert.That(
            string (digestOf (File.ReadAllBytes path)),
            Is.EqualTo name,
            "half an artifact under a digest"
        )

    for record in stored do
        Assert.That(records |> List.contains record, "what was reported as stored is lost")

    Assert.That(filesIn (Path.Combine(Layout.temporary root, "gone.1")), Is.Empty, "leftovers")
    store

[<Test>]
let ``a loss of power at any step leaves a sound store, and the work can go on`` () =
    let rec crashAt step =
        let root = Path.Combine(Folders.fresh (), "store")
        let files = FaultyFileSystem step
        let stored = workUntilCrash files root
        let store = checkAfterCrash root stored

        for seed, bytes in contents do
            commit store seed bytes |> ignore

        let records, _ = store.Records() |> ok
        Assert.That(records.Length, Is.EqualTo contents.Length)

        if files.Crashed then crashAt (step + 1) else step

    // The open and the three commits take at least this many steps: the loop really crashed.
    Assert.That(crashAt 1, Is.GreaterThan 25)

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
let ``a temporary folder of a process that may live is kept`` () =
    let store = openNew ()
    let other = Path.Combine(Layout.temporary store.Root, "elsewhere.77")
    Directory.CreateDirectory other |> ignore
    Store.Open(store.Root, ReadWrite) |> ok |> ignore
    Assert.That(Directory.Exists other)

[<Test>]
let ``a temporary folder of a process of this machine that is gone is removed`` () =
    let store = openNew ()
    let files = LocalFileSystem() :> IFileSystem
    let host = files.Owner.Split('.')[0]
    // Above every process id that Linux gives out.
    let other = Path.Combine(Layout.temporary store.Root, $"{host}.1999999999")
    Directory.CreateDirectory other |> ignore
    File.WriteAllText(Path.Combine(other, "x.output"), "half")
    Store.Open(store.Root, ReadWrite) |> ok |> ignore
    Assert.That(Directory.Exists other, Is.False)
