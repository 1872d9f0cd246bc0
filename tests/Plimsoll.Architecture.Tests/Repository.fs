/// The repository as the architecture tests see it: its files and their text.
module Plimsoll.Architecture.Tests.Repository

open System
open System.IO

let rec private upTo (folder: DirectoryInfo) : string =
    if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
        folder.FullName
    else
        match folder.Parent with
        | null -> failwith "no folder above the test assembly holds Pipeline.sln"
        | parent -> upTo parent

/// The parts of a path, which .NET types as possibly null.
let fileName (path: string) = string (Path.GetFileName path)

let stem (path: string) =
    string (Path.GetFileNameWithoutExtension path)

let extension (path: string) = string (Path.GetExtension path)

let root = upTo (DirectoryInfo AppContext.BaseDirectory)

/// Folders that hold what a build, a download or a run has made. The same names stand in .gitignore.
let private made =
    set [
        ".git"
        "bin"
        "obj"
        "feed"
        "paket-files"
        ".plimsoll"
        "artifacts"
        "reports"
        "TestResults"
        ".vs"
        ".idea"
        "node_modules"
    ]

let rec private walk (folder: string) : string list = [
    yield! Directory.GetFiles folder
    for child in Directory.GetDirectories folder do
        if not (made.Contains(fileName child)) then
            yield! walk child
]

/// Every file that belongs to the project, as a path from the root with forward slashes.
let files =
    walk root
    |> List.map (fun file -> Path.GetRelativePath(root, file).Replace('\\', '/'))
    |> List.filter (fun file -> file <> ".git")
    |> List.sortWith (fun a b -> String.CompareOrdinal(a, b))

let read (file: string) =
    File.ReadAllText(Path.Combine(root, file))

let lines (file: string) =
    File.ReadAllLines(Path.Combine(root, file))

let under (folder: string) (extensions: string list) =
    files
    |> List.filter (fun file ->
        file.StartsWith(folder + "/", StringComparison.Ordinal)
        && extensions |> List.contains (extension file))

let private binary =
    set [
        ".hdf5"
        ".h5"
        ".safetensors"
        ".png"
        ".jpg"
        ".ico"
        ".npz"
        ".zip"
        ".gz"
        ".onnx"
    ]

/// Files whose text a person reads.
let texts = files |> List.filter (fun file -> not (binary.Contains(extension file)))
