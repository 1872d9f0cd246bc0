/// The members behind a changed code part of a key.
module Plimsoll.Cli.CodeChanges

open System
open System.IO
open Plimsoll.Engine
open Plimsoll.Engine.Code
open Plimsoll.Engine.Explain
open Plimsoll.Store

type MemberLine = {
    /// `added`, `removed` or `changed`.
    How: string
    Name: string
    /// What is gone stands nowhere.
    Place: SourcePlace option
}

/// Members that are named for people; the rest are counted.
let private shown = 12

/// Sources are under this folder where the compiler was told so.
let private built = "/plimsoll/"

let private assemblies =
    lazy
        (Directory.GetFiles(AppContext.BaseDirectory, "Plimsoll.*.dll")
         |> Array.sort
         |> List.ofArray)

let private place name =
    Location.find assemblies.Value name
    |> Option.map (fun place -> {
        place with
            File =
                if place.File.StartsWith(built, StringComparison.Ordinal) then
                    place.File.Substring built.Length
                else
                    place.File
    })

let private line change =
    match change with
    | MemberChange.Added name -> {
        How = "added"
        Name = name
        Place = place name
      }
    | MemberChange.Changed name -> {
        How = "changed"
        Name = name
        Place = place name
      }
    | MemberChange.Removed name -> {
        How = "removed"
        Name = name
        Place = None
      }

/// All of them, each with its place.
let members (change: Change) : MemberLine list =
    match change.Code with
    | Some code -> code.Members |> List.map line
    | None -> []

let private isCode (change: Change) =
    change.Part.Kind = CodePart && change.Part.Name = Keying.reachableCode

/// Lines for people.
let text (change: Change) : string list =
    match change.Code with
    | Some code ->
        let more = code.Members.Length - shown

        [
            for member' in code.Members |> List.truncate shown |> List.map line do
                yield $"{member'.How}  {member'.Name}"

                match member'.Place with
                | Some place -> yield $"  at {place.File}:{place.Line}"
                | None -> ()
            if more > 0 then
                yield "and " + Display.plural more "more member"
        ]
    | None when isCode change && change.Part.Old.IsSome -> [
        "which members is unknown: the store has no list of the old code"
      ]
    | None -> []
