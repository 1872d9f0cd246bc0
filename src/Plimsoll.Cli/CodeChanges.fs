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
    Place: SourcePlace option
}

/// Members that are named for people; the rest are counted.
let private shown = 12

/// Members whose place is looked up: each look reads a file of symbols.
let private placed = 50

/// Sources are under this folder where the compiler was told so.
let private built = "/plimsoll/"

let private assemblies =
    lazy
        (Directory.GetFiles(AppContext.BaseDirectory, "Plimsoll.*.dll")
         |> Array.sort
         |> List.ofArray)

/// An assembly is named as most of the names in it begin.
let private likelyFirst (memberName: string) (paths: string list) =
    paths
    |> List.sortByDescending (fun path ->
        let name = Path.GetFileNameWithoutExtension path |> string
        memberName.StartsWith(name + ".", StringComparison.Ordinal))

let private place name =
    Location.find (likelyFirst name assemblies.Value) name
    |> Option.map (fun place -> {
        place with
            File =
                if place.File.StartsWith(built, StringComparison.Ordinal) then
                    place.File.Substring built.Length
                else
                    place.File
    })

/// What is gone stands nowhere.
let private line withPlace change =
    let how, name =
        match change with
        | MemberChange.Added name -> "added", name
        | MemberChange.Changed name -> "changed", name
        | MemberChange.Removed name -> "removed", name

    {
        How = how
        Name = name
        Place =
            if withPlace && not change.IsRemoved then
                place name
            else
                None
    }

/// All of them; the first ones with their places.
let members (change: Change) : MemberLine list =
    match change.Code with
    | Some code -> code.Members |> List.mapi (fun index change -> line (index < placed) change)
    | None -> []

/// Without what it takes and returns: the place tells members of one name apart.
let private shortName (name: string) =
    match name.IndexOf '(' with
    | -1 -> name
    | opening -> name.Substring(0, opening)

let private isCode (change: Change) =
    change.Part.Kind = CodePart && change.Part.Name = Keying.reachableCode

/// Lines for people.
let text (change: Change) : string list =
    match change.Code with
    | Some code ->
        // Members of one name share the place of the first one.
        let distinct =
            code.Members
            |> List.distinctBy (fun change ->
                let line = line false change
                line.How, shortName line.Name)

        let more = distinct.Length - shown

        [
            for line in distinct |> List.truncate shown |> List.map (line true) do
                yield $"{line.How}  {shortName line.Name}"

                match line.Place with
                | Some place -> yield $"  at {place.File}:{place.Line}"
                | None -> ()
            if more > 0 then
                yield "and " + Display.plural more "more member"
        ]
    | None when isCode change && change.Part.Old.IsSome -> [
        "which members is unknown: the store has no list of the old code"
      ]
    | None -> []
