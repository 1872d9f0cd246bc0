/// Texts held against files that people have read.
module Plimsoll.Report.Tests.Golden

open System
open System.IO
open NUnit.Framework

/// PLIMSOLL_ACCEPT=1 writes the file instead; read the difference before committing it.
let matches (name: string) (actual: string) =
    let rec repository (folder: DirectoryInfo) =
        if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
            folder.FullName
        else
            match folder.Parent with
            | null -> failwith "Pipeline.sln is in no folder above the tests"
            | parent -> repository parent

    let golden =
        Path.Combine(
            repository (DirectoryInfo AppContext.BaseDirectory),
            "tests",
            "Plimsoll.Report.Tests",
            "golden",
            name
        )

    if Environment.GetEnvironmentVariable "PLIMSOLL_ACCEPT" = "1" then
        File.WriteAllText(golden, actual)
    else
        Assert.That(actual, Is.EqualTo(File.ReadAllText golden), "PLIMSOLL_ACCEPT=1 accepts the new text")
