/// Where the tests find golden files and the shipped recipes: below the repository, above the test assembly.
module Plimsoll.Language.Tests.Files

open System
open System.IO
open NUnit.Framework
open Plimsoll.Language

/// Equality as F# has it, with both values shown.
let equal<'value when 'value: equality> (expected: 'value) (actual: 'value) : unit =
    Assert.That((actual = expected), $"expected %A{expected}\nfound %A{actual}")

let private repository =
    let rec up (folder: DirectoryInfo) =
        if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
            folder.FullName
        else
            match folder.Parent with
            | null -> failwith "Pipeline.sln is in no folder above the tests"
            | parent -> up parent

    up (DirectoryInfo AppContext.BaseDirectory)

let private golden =
    Path.Combine(repository, "tests", "Plimsoll.Language.Tests", "Golden")

/// The recipes of the tests. The shipped ones change with the program; these do not.
let tryRecipe (name: string) : string option =
    let path = Path.Combine(golden, "recipes", name + ".yaml")

    if Walk.isName name && File.Exists path then
        Some(File.ReadAllText path)
    else
        None

/// Compares with a golden file. PLIMSOLL_ACCEPT=1 writes the file instead; read the difference before
/// committing it.
let matchesGolden (name: string) (actual: string) : unit =
    let path = Path.Combine(golden, name)

    if Environment.GetEnvironmentVariable "PLIMSOLL_ACCEPT" = "1" then
        Directory.CreateDirectory(Path.GetDirectoryName path |> string) |> ignore
        File.WriteAllText(path, actual)
    else
        let expected = if File.Exists path then File.ReadAllText path else ""
        Assert.That(actual, Is.EqualTo expected, $"{name} differs; PLIMSOLL_ACCEPT=1 accepts the new text")
