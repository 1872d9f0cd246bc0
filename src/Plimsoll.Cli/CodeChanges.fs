/// The members behind a changed code part of a key.
module Plimsoll.Cli.CodeChanges

open Plimsoll.Engine.Explain
open Plimsoll.Store

/// Members that are named; the rest are counted.
let private shown = 12

let private members (listing: string) : Map<string, string> =
    listing.Split '\n'
    |> Array.choose (fun line ->
        match line.IndexOf '\t' with
        | -1 -> None
        | at -> Some(line.Substring(0, at), line.Substring(at + 1)))
    |> Map.ofArray

let private between (old: Map<string, string>) (now: Map<string, string>) : string list = [
    for KeyValue(name, hash) in now do
        match old.TryFind name with
        | None -> $"added    {name}"
        | Some before when before <> hash -> $"changed  {name}"
        | Some _ -> ()
    for KeyValue(name, _) in old do
        if not (now.ContainsKey name) then
            $"removed  {name}"
]

/// Lines for people; none where the store has not kept both listings.
let text (store: Store option) (change: Change) : string list =
    let listing value =
        match store, Digest.tryText (Option.toObj value) with
        | Some store, Some digest -> store.Code(Digest digest)
        | _ -> None

    match change.Part.Kind, listing change.Part.Old, listing change.Part.New with
    | CodePart, Some old, Some now ->
        let lines = between (members old) (members now)

        List.truncate shown lines
        @ (if lines.Length > shown then
               [ $"and {lines.Length - shown} more members" ]
           else
               [])
    | _ -> []
