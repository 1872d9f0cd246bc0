/// The members behind a changed code part of a key.
module Plimsoll.Cli.CodeChanges

open Plimsoll.Engine.Code
open Plimsoll.Engine.Explain
open Plimsoll.Store

/// Members that are named; the rest are counted.
let private shown = 12

let private line change =
    match change with
    | MemberChange.Added name -> $"added    {name}"
    | MemberChange.Changed name -> $"changed  {name}"
    | MemberChange.Removed name -> $"removed  {name}"

/// Lines for people; none where the store has not kept both listings.
let text (store: Store option) (change: Change) : string list =
    let listing value =
        match store, Digest.tryText (Option.toObj value) with
        | Some store, Some digest -> store.Code(Digest digest) |> Option.bind Listing.tryParse
        | _ -> None

    match change.Part.Kind, listing change.Part.Old, listing change.Part.New with
    | CodePart, Some old, Some now ->
        let lines = Listing.diff old now |> List.map line

        List.truncate shown lines
        @ (if lines.Length > shown then
               [ $"and {lines.Length - shown} more members" ]
           else
               [])
    | _ -> []
