/// A small disk of its own for a test: a tmpfs, where the system lets the test mount one.
module Plimsoll.Scenarios.Tests.TemporaryDisk

open System
open System.Diagnostics
open System.IO
open NUnit.Framework

let private command (name: string) (arguments: string list) : Result<unit, string> =
    try
        let info = ProcessStartInfo(name, arguments)
        info.RedirectStandardError <- true

        match Process.Start info with
        | null -> Error $"{name} did not start"
        | child ->
            use child = child
            let words = child.StandardError.ReadToEnd()
            child.WaitForExit()
            if child.ExitCode = 0 then Ok() else Error words
    with :? ComponentModel.Win32Exception as fault ->
        Error fault.Message

/// Mounted at a folder until it is disposed.
type Disk(folder: string) =
    let mutable mounted = false

    do
        Directory.CreateDirectory folder |> ignore

        match command "mount" [ "-t"; "tmpfs"; "-o"; "size=16m"; "plimsoll-test"; folder ] with
        | Ok() -> mounted <- true
        | Error why -> Assert.Ignore $"the test needs a small disk, and may not mount a tmpfs: {why.Trim()}"

    let remount options =
        match command "mount" [ "-o"; $"remount,{options}"; folder ] with
        | Ok() -> ()
        | Error why -> failwith why

    /// Makes it so small, or so large again, that so many KiB are free.
    member _.Leave(kibibytes: int64) =
        let drive = DriveInfo folder
        let used = (drive.TotalSize - drive.TotalFreeSpace) / 1024L
        remount $"size={used + kibibytes}k"

    member _.ReadOnly() = remount "ro"
    member _.Writable() = remount "rw"

    interface IDisposable with
        member _.Dispose() =
            if mounted then
                match command "umount" [ folder ] with
                | Ok() -> ()
                // Whoever still has a file open there loses it when it ends.
                | Error _ -> command "umount" [ "-l"; folder ] |> ignore
