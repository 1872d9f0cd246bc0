/// Texts held against files that people have read.
module Plimsoll.Report.Tests.Golden

open System
open System.IO
open NUnit.Framework

let repository () : string =
    let rec above (folder: DirectoryInfo) =
        if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
            folder.FullName
        else
            match folder.Parent with
            | null -> failwith "Pipeline.sln is in no folder above the tests"
            | parent -> above parent

    above (DirectoryInfo AppContext.BaseDirectory)

/// PLIMSOLL_ACCEPT=1 writes the file instead; read the difference before committing it.
let matches (name: string) (actual: string) =
    let golden =
        Path.Combine(repository (), "tests", "Plimsoll.Report.Tests", "golden", name)

    if Environment.GetEnvironmentVariable "PLIMSOLL_ACCEPT" = "1" then
        File.WriteAllText(golden, actual)
    else
        Assert.That(actual, Is.EqualTo(File.ReadAllText golden), "PLIMSOLL_ACCEPT=1 accepts the new text")
