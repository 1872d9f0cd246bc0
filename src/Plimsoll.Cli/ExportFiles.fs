/// Where an export is written.
module Plimsoll.Cli.ExportFiles

open System
open System.IO
open Plimsoll.Export.Policies

let private words what where why remedy =
    $"{what}\n  where: {where}\n  why: {why}\n  remedy: {remedy}"

/// Without `--replace`, nothing that is there is touched.
let refuse where why remedy =
    Error(BadInput(words "the export is not written" where why remedy))

let private replaceOr other =
    $"write --replace to write over it, or name another {other}"

let newFile (path: string) (replace: bool) : Result<unit, Trouble> =
    if Directory.Exists path then
        refuse path "it is a folder" "name a file in it"
    elif File.Exists path && not replace then
        refuse path "there is a file of this name" (replaceOr "file")
    else
        Ok()

let newFolder (path: string) (replace: bool) : Result<unit, Trouble> =
    if File.Exists path then
        refuse path "it is a file" "name a folder, which is made if it is not there"
    elif
        Directory.Exists path
        && not replace
        && Seq.isEmpty (Directory.EnumerateFileSystemEntries path) |> not
    then
        refuse path "the folder is not empty" (replaceOr "folder")
    else
        Ok()

/// Runs what writes; whatever the disk says against it is the machine's trouble.
let guarding (path: string) (write: unit -> 'a) : Result<'a, Trouble> =
    try
        Ok(write ())
    with
    | :? IOException
    | :? UnauthorizedAccessException as fault ->
        Error(
            Surroundings(
                words
                    "the export cannot be written"
                    path
                    fault.Message
                    "make room there or name another place"
            )
        )

/// What went wrong in an export, worded.
let trouble (problem: ExportProblem) : Trouble =
    let struct (what, where, why, remedy) = ExportProblemText.Describe problem
    let words = words what where why remedy

    match problem with
    | :? ExportProblem.NotWritable -> Surroundings words
    | _ -> BadInput words

/// Under its name a file is whole or not there; folders are made.
let write (path: string) (replace: bool) (bytes: byte[]) : Result<unit, Trouble> =
    match NewFile.Write(path, replace, Action<string>(fun name -> File.WriteAllBytes(name, bytes))) with
    | null -> Ok()
    | problem -> Error(trouble problem)
