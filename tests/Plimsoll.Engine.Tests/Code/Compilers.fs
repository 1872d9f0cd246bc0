/// The SDK's own compilers, for fixtures that are compiled when a test needs them.
module Plimsoll.Engine.Tests.Compilers

open System
open System.Diagnostics
open System.IO
open NUnit.Framework

let private sharedFramework = string (Path.GetDirectoryName typeof<obj>.Assembly.Location)

/// The newest SDK beside the runtime that runs the tests.
let private sdk =
    let root = Path.GetFullPath(Path.Combine(sharedFramework, "..", "..", "..", "sdk"))

    if Directory.Exists root then
        Directory.GetDirectories root
        |> Array.filter (fun folder -> File.Exists(Path.Combine(folder, "Roslyn", "bincore", "csc.dll")))
        |> Array.sort
        |> Array.tryLast
    else
        None

let private host =
    Path.GetFullPath(Path.Combine(sharedFramework, "..", "..", "..", "dotnet"))

let private references =
    [
        "System.Private.CoreLib"
        "System.Runtime"
        "System.Collections"
        "System.Linq"
        "System.Console"
        "System.Threading"
        "System.Memory"
        "System.Runtime.InteropServices"
        "netstandard"
    ]
    |> List.map (fun name -> Path.Combine(sharedFramework, name + ".dll"))
    |> List.append [ Path.Combine(AppContext.BaseDirectory, "FSharp.Core.dll") ]

let private run (arguments: string list) =
    let start =
        ProcessStartInfo(host, arguments, RedirectStandardOutput = true, RedirectStandardError = true)

    start.Environment["DOTNET_TieredPGO"] <- "0"

    match Process.Start start with
    | null -> failwith "the compiler did not start"
    | compiler ->
        use compiler = compiler
        let errors = compiler.StandardError.ReadToEndAsync()
        let output = compiler.StandardOutput.ReadToEnd()
        compiler.WaitForExit()

        if compiler.ExitCode <> 0 then
            failwith $"the fixture does not compile:\n{output}\n{errors.Result}"

let private withSdk body =
    match sdk with
    | Some sdk -> body sdk
    | None ->
        Assert.Ignore "there is no SDK beside the runtime, so that no fixture can be compiled"
        failwith "not reached"

/// Both compile to the same assembly name in a folder of their own, as two builds of one project would.
let csharp (folder: string) (source: string) : string =
    withSdk (fun sdk ->
        Directory.CreateDirectory folder |> ignore
        let file, output = Path.Combine(folder, "Fixture.cs"), Path.Combine(folder, "Fixture.dll")
        File.WriteAllText(file, source)

        run [
            Path.Combine(sdk, "Roslyn", "bincore", "csc.dll")
            "/nologo"
            "/target:library"
            "/optimize+"
            "/deterministic+"
            "/unsafe+"
            "/nostdlib+"
            "/debug:portable"
            $"/out:{output}"
            for reference in references do
                $"/r:{reference}"
            file
        ]

        output)

let fsharp (folder: string) (source: string) : string =
    withSdk (fun sdk ->
        Directory.CreateDirectory folder |> ignore
        let file, output = Path.Combine(folder, "Fixture.fs"), Path.Combine(folder, "Fixture.dll")
        File.WriteAllText(file, source)

        run [
            Path.Combine(sdk, "FSharp", "fsc.dll")
            "--nologo"
            "--target:library"
            "--optimize+"
            "--deterministic+"
            "--noframework"
            "--targetprofile:netcore"
            "--debug:portable"
            "--nowarn:25"
            $"--out:{output}"
            for reference in references do
                $"-r:{reference}"
            file
        ]

        output)
