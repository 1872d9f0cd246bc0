module Plimsoll.Report.Tests.PageTests

open System
open System.Diagnostics
open System.IO
open System.Xml.Linq
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report

let private build results =
    let folder = Path.Combine(Path.GetTempPath(), "plimsoll-report-" + Guid.NewGuid().ToString "N")

    match Report.build results folder with
    | Ok files -> folder, files
    | Error problem -> failwith problem.Message

[<Test>]
let ``the synthetic report takes under 5 seconds and 5 MB`` () =
    let clock = Stopwatch.StartNew()
    let folder, files = build Synthetic.results
    clock.Stop()

    try
        TestContext.Out.WriteLine $"{clock.ElapsedMilliseconds} ms, {FileInfo(files.Page).Length} bytes"
        Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan 5.0)
        Assert.That(FileInfo(files.Page).Length, Is.LessThan 5_000_000L)

        match Environment.GetEnvironmentVariable "PLIMSOLL_KEEP_REPORT" with
        | null -> ()
        | target ->
            Directory.CreateDirectory target |> ignore

            for file in DirectoryInfo(folder).GetFiles() do
                file.CopyTo(Path.Combine(target, file.Name), true) |> ignore
    finally
        Directory.Delete(folder, true)
