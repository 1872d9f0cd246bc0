/// Where the benchmarks read and write.
module Plimsoll.Engine.Benchmarks.Workplace

open System
open System.IO

/// The checkout that this program was built in.
let checkout =
    let rec up (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "the benchmarks run from their checkout: no folder above holds Pipeline.sln"
        | folder when File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) -> folder.FullName
        | folder -> up folder.Parent

    up (DirectoryInfo AppContext.BaseDirectory)

/// The program as its users start it.
let program =
    Path.Combine(checkout, "src", "Plimsoll.Cli", "bin", "Release", "net10.0", "plimsoll.dll")

let private sharedMemory = "/dev/shm"

/// Whether `quick` is a file system in memory.
let isQuick = Directory.Exists sharedMemory

let private fresh (parent: string) =
    Path.Combine(parent, $"plimsoll-bench-{Guid.NewGuid():N}")

/// A new folder in memory where there is such a thing: what it costs to write there is the program's own.
let quick () =
    let parent = if isQuick then sharedMemory else Path.GetTempPath()
    (Directory.CreateDirectory(fresh parent)).FullName

/// A new folder on the disk of the checkout.
let onDisk () =
    (Directory.CreateDirectory(fresh (Path.Combine(checkout, "artifacts")))).FullName

/// Gives the work a folder and takes it away again.
let within (folder: string) (work: string -> 'a) : 'a =
    try
        work folder
    finally
        Directory.Delete(folder, true)
