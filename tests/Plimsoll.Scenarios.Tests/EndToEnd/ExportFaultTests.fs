/// Exports to a disk that is full or cannot be written to: told, and nothing half-written.
module Plimsoll.Scenarios.Tests.ExportFaultTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Scenarios.Tests.TemporaryDisk

/// A folder with a policy, and in it `disk`.
type private Place() =
    let folder = Directory.CreateTempSubdirectory("plimsoll-export-fault-").FullName

    do
        File.Copy(
            Scenario.file "export-policy" (Path.Combine("before", "actor.npz")),
            Path.Combine(folder, "actor.npz")
        )

    member _.Disk = Path.Combine(folder, "disk")
    member _.At(name: string) = Path.Combine(folder, "disk", name)

    member _.Export(arguments: string list) =
        Scenario.call folder [] ([ "export"; "policy"; "actor.npz"; "--out" ] @ arguments)

    interface IDisposable with
        member _.Dispose() = Directory.Delete(folder, true)

let private refused (why: string) (file: string) (answer: Scenario.Answer) =
    let expected =
        $"the file cannot be written\n  where: {file}\n  why: {why}<*>\n  remedy: check that the folder exists, \
          that you may write to it and that the disk has room"

    Assert.That(answer.Exit, Is.EqualTo 3, answer.Aside)
    Assert.That(Scenario.matches expected answer.Aside, answer.Aside)

[<Test>]
let ``a full disk gets no part of a policy and keeps the file that was there`` () =
    use place = new Place()
    use disk = new Disk(place.Disk)

    for name in [ "old.onnx"; "old.safetensors" ] do
        File.WriteAllText(place.At name, "precious")

    disk.Leave 0L

    for ending in [ "onnx"; "safetensors" ] do
        let full = "No space left on device"
        refused full $"disk/new.{ending}" (place.Export [ $"disk/new.{ending}" ])
        refused full $"disk/old.{ending}" (place.Export [ $"disk/old.{ending}"; "--replace" ])
        Assert.That(File.ReadAllText(place.At $"old.{ending}"), Is.EqualTo "precious")

    Assert.That(Directory.GetFileSystemEntries place.Disk, Has.Length.EqualTo 2)
    disk.Leave 1024L
    Assert.That((place.Export [ "disk/new.onnx" ]).Exit, Is.Zero)

[<Test>]
let ``a folder that may only be read is told`` () =
    use place = new Place()
    use disk = new Disk(place.Disk)
    disk.ReadOnly()
    refused "Read-only file system" "disk/new.onnx" (place.Export [ "disk/new.onnx" ])
    disk.Writable()
    Assert.That(Directory.GetFileSystemEntries place.Disk, Is.Empty)
