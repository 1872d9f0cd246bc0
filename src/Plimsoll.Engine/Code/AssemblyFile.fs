/// What an assembly's file says of the build.
module Plimsoll.Engine.Code.AssemblyFile

open System
open System.Collections.Generic
open System.IO
open System.Reflection.Metadata
open System.Reflection.PortableExecutable

/// Module version, and names and versions of the assemblies that it refers to.
let read (path: string) : Guid * (string * string) list =
    use file = new PEReader(File.OpenRead path)
    let data = file.GetMetadataReader()

    data.GetGuid(data.GetModuleDefinition().Mvid),
    [
        for handle in data.AssemblyReferences do
            let reference = data.GetAssemblyReference handle
            data.GetString reference.Name, string reference.Version
    ]

/// Name and module version of the assemblies and of those that they refer to, however far, as long as one
/// of the functions knows their files.
let versions (locate: (string -> string option) list) (names: string list) : (string * Guid) list =
    let found = Dictionary<string, Guid>()

    let rec visit name =
        if not (found.ContainsKey name) then
            match locate |> List.tryPick (fun locate -> locate name) with
            | None -> ()
            | Some path ->
                let build, references = read path
                found[name] <- build

                for reference, _ in references do
                    visit reference

    List.iter visit names
    [ for pair in found -> pair.Key, pair.Value ] |> List.sort
