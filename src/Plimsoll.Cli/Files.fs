/// Where the program reads and writes.
module Plimsoll.Cli.Files

open System
open System.IO
open Plimsoll.Language

let private words what where why remedy =
    $"{what}\n  where: {where}\n  why: {why}\n  remedy: {remedy}"

/// The bytes of a file that the user named on the command line.
let read (path: string) : Result<byte[], Trouble> =
    let refuse why remedy =
        Error(BadInput(words "the file cannot be read" path why remedy))

    if Directory.Exists path then
        refuse "it is a folder" "name a file in it"
    else
        try
            Ok(File.ReadAllBytes path)
        with
        | :? FileNotFoundException
        | :? DirectoryNotFoundException -> refuse "there is no such file" "correct the path"
        | :? UnauthorizedAccessException -> refuse "this user may not read it" "change its access rights"
        | :? IOException as fault -> refuse fault.Message "correct the path"

/// Writes a text beside the report.
let write (path: string) (text: string) : Result<unit, Trouble> =
    try
        Ok(File.WriteAllText(path, text))
    with
    | :? IOException
    | :? UnauthorizedAccessException as fault ->
        Error(
            Surroundings(
                words "the file cannot be written" path fault.Message "name another folder with --out"
            )
        )

/// The recipes that are versioned with the program.
let private shipped = Path.Combine(AppContext.BaseDirectory, "recipes")

let private shippedNames () =
    if Directory.Exists shipped then
        Directory.GetFiles(shipped, "*.yaml")
        |> Array.map (fun file -> string (Path.GetFileNameWithoutExtension file))
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> Array.toList
    else
        []

let private isPath (name: string) =
    name.Contains '/'
    || name.Contains '\\'
    || name.EndsWith(".yaml", StringComparison.Ordinal)

/// Text and file name of a recipe: a shipped one by its name, a user's own by its path from the experiment file.
let recipe (experimentFile: string) (name: string) : Result<string * string, string> =
    let read shown (path: string) =
        try
            if File.Exists path then Ok(File.ReadAllText path, shown)
            elif Directory.Exists path then Error "it is a folder"
            else Error "there is no such file"
        with
        | :? IOException as fault -> Error fault.Message
        | :? UnauthorizedAccessException -> Error "this user may not read it"

    if isPath name then
        let folder = string (Path.GetDirectoryName experimentFile)
        let path = Path.Combine(folder, name)
        read (path.Replace('\\', '/')) path
    else
        let path = Path.Combine(shipped, name + ".yaml")

        if File.Exists path then
            read $"recipes/{name}.yaml" path
        else
            let known = shippedNames ()
            let names = String.concat ", " known

            let meant =
                match Suggest.nearest name known with
                | Some near -> $"; did you mean `{near}`?"
                | None -> ""

            Error $"no recipe of this name is shipped with the program; there are {names}{meant}"

/// Where the report goes when nothing else is said.
let reportFolder (experiment: string) = Path.Combine("reports", experiment)
