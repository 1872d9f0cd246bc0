/// Real disks that are full or may not be written to. They need the right to mount one.
module Plimsoll.Store.Tests.DiskTests

open System
open System.Diagnostics
open System.IO
open NUnit.Framework
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

let private run (command: string) (arguments: string list) =
    try
        use started = Process.Start(ProcessStartInfo(command, arguments, RedirectStandardError = true))

        match started with
        | null -> false
        | started ->
            started.WaitForExit()
            started.ExitCode = 0
    with :? ComponentModel.Win32Exception ->
        false

/// Gives a disk of one megabyte to a test.
let private onSmallDisk (test: string -> unit) =
    let place = Folders.fresh ()

    if not (run "mount" [ "-t"; "tmpfs"; "-o"; "size=1m"; "tmpfs"; place ]) then
        Assert.Ignore "this user may not mount a small disk"

    try
        test place
    finally
        run "umount" [ place ] |> ignore

let private attempt (store: Store) seed (bytes: byte[]) =
    store.NewOutput()
    |> Result.bind (fun output ->
        File.WriteAllBytes(output, bytes)
        store.Measure output
        |> Result.bind (fun artifact ->
            store.Commit(Some output, record seed (Outcome.Finished artifact), None)))

[<Test>]
let ``a disk that fills up loses nothing, and serves again when there is space`` () =
    onSmallDisk (fun place ->
        let root = Path.Combine(place, "store")
        let store = Store.Open(root, ReadWrite) |> ok
        let stored = commit store 1L (bytesOf 100000 1)
        let filler = Path.Combine(place, "filler")
        let output = store.NewOutput() |> ok
        File.WriteAllBytes(output, bytesOf 1000 2)
        let late = record 2L (Outcome.Finished(store.Measure output |> ok))

        try
            use file = File.Create filler
            file.Write(bytesOf 2000000 1)
        with :? IOException ->
            ()

        match store.Commit(Some output, late, None) with
        | Error(Full path) ->
            Assert.That(path, Is.EqualTo root)
            Assert.That(StoreError.text (Full path), Does.StartWith "the store's disk is full")
        | other -> Assert.Fail $"%A{other}"

        match store.Leases().TryTake late.Key with
        | Error(Full _) -> ()
        | other -> Assert.Fail $"%A{other}"

        Assert.That((store.Check true |> ok).IsSound)
        Assert.That((Store.Open(root, ReadOnly) |> ok).Find stored.Key |> ok, Is.EqualTo(Lookup.Found stored))
        File.Delete filler
        Assert.That(attempt store 2L (bytesOf 1000 2) |> ok, Is.EqualTo Committed.New)
        use leases = store.Leases()
        Assert.That((leases.TryTake late.Key |> ok).IsHeld, Is.False)
        Assert.That((store.Check true |> ok).IsSound))

[<Test>]
let ``a disk that may only be read serves what it has`` () =
    onSmallDisk (fun place ->
        let root = Path.Combine(place, "store")
        let store = Store.Open(root, ReadWrite) |> ok
        let stored = commit store 1L (bytesOf 1000 1)
        let code = store.SaveCode "x\t1\n" |> ok

        if not (run "mount" [ "-o"; "remount,ro"; place ]) then
            Assert.Ignore "this user may not make a disk read only"

        match Store.Open(root, ReadWrite) with
        | Error(NotWritable _ as error) ->
            Assert.That(StoreError.text error, Does.StartWith "the store cannot be written to")
        | other -> Assert.Fail $"%A{other}"

        match store.NewOutput() |> Result.bind (fun output -> store.Commit(Some output, stored, None)) with
        | Error(NotWritable _) -> ()
        | other -> Assert.Fail $"%A{other}"

        let reader = Store.Open(root, ReadOnly) |> ok
        Assert.That(reader.Find stored.Key |> ok, Is.EqualTo(Lookup.Found stored))
        Assert.That((reader.Use stored.Artifact.Value.Digest).IsOk)
        Assert.That(reader.Code code, Is.EqualTo(Some "x\t1\n"))
        Assert.That(reader.Trail stored.Key, Is.EqualTo None)
        Assert.That((reader.Collect(CollectPolicy.leftovers, true) |> ok).Removed, Is.Empty)

        match reader.NewOutput() with
        | Error(NotWritable(_, why)) -> Assert.That(why, Is.EqualTo "it was opened for reading only")
        | other -> Assert.Fail $"%A{other}")
