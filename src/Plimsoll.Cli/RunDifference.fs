/// Two runs side by side: which cells have other keys, and other artifacts.
module Plimsoll.Cli.RunDifference

open System.Collections.Generic
open Plimsoll.Engine
open Plimsoll.Store

type private Side = {
    Run: RunFolder
    Experiment: string
    Keys: Dictionary<string, Key>
    Labels: string list
    Seconds: double option
}

/// What became of a cell from one run to the other.
type private Fate =
    | Equal
    | OnlyIn of side: string
    | Changed of KeyChange list * sameArtifact: bool option

let private side (run: RunFolder) : Side =
    let entries = RunHistory.read run
    let keys = RunHistory.keys entries

    {
        Run = run
        Experiment = RunHistory.experiment entries |> Option.defaultValue "?"
        Keys = keys
        Labels =
            entries
            |> List.choose (fun e -> e.Text "label")
            |> List.distinct
            |> List.filter keys.ContainsKey
        Seconds =
            entries
            |> List.tryPick (fun entry ->
                if entry.Event = "ended" then
                    entry.Number "seconds"
                else
                    None)
    }

let private find (store: Store) key =
    match store.Find key with
    | Ok(Lookup.Found record) -> Some record
    | _ -> None

let private fate store (a: Side) (b: Side) label =
    match a.Keys.TryGetValue label, b.Keys.TryGetValue label with
    | (true, old), (true, now) when old = now -> Equal
    | (true, old), (true, now) ->
        match find store old, find store now with
        | Some old, Some now ->
            let same =
                match old.Artifact, now.Artifact with
                | Some old, Some now -> Some(old.Digest = now.Digest)
                | _ -> None

            Changed(KeyChange.between old.Parts now.Parts, same)
        | _ -> Changed([], None)
    | (true, _), _ -> OnlyIn "A"
    | _ -> OnlyIn "B"

let private fates store a b =
    a.Labels @ b.Labels
    |> List.distinct
    |> List.map (fun label -> label, fate store a b label)

let private heading name (side: Side) =
    let time =
        side.Seconds
        |> Option.map (fun seconds -> ", " + Display.seconds seconds)
        |> Option.defaultValue ", not ended"

    let cells = Display.plural side.Keys.Count "recorded cell"
    $"{name}  {side.Run.Id}: {side.Experiment}, {cells}{time}"

let text (store: Store) (a: RunFolder) (b: RunFolder) : string =
    let a, b = side a, side b
    let fates = fates store a b

    let count test =
        fates |> List.filter (snd >> test) |> List.length

    String.concat "\n" [
        yield heading "A" a
        yield heading "B" b
        yield ""
        let equal = count _.IsEqual
        let changed = count _.IsChanged
        let apart = count _.IsOnlyIn
        yield $"{equal} of equal keys, {changed} of other keys, {apart} in one run only"

        for label, fate in fates do
            match fate with
            | Equal -> ()
            | OnlyIn side -> yield $"  only in {side}  {label}"
            | Changed(changes, same) ->
                let artifact =
                    match same with
                    | Some true -> "equal artifact"
                    | Some false -> "other artifact"
                    | None -> "records gone, or diverged"

                yield $"  {artifact}  {label}"
                yield! changes |> List.map (fun change -> "    " + DifferenceView.changeText change)
    ]

let json (store: Store) (a: RunFolder) (b: RunFolder) : string =
    let a, b = side a, side b

    Json.text (fun writer ->
        for name, side in [ "a", a; "b", b ] do
            Json.inObject writer name (fun () ->
                writer.WriteString("run", side.Run.Id)
                writer.WriteString("experiment", side.Experiment)
                writer.WriteNumber("recorded", side.Keys.Count)
                side.Seconds |> Option.iter (Json.number writer "seconds"))

        Json.objects writer "cells" (fates store a b) (fun (label, fate) ->
            writer.WriteString("label", label)

            match fate with
            | Equal -> writer.WriteString("difference", "none")
            | OnlyIn side -> writer.WriteString("difference", $"only-in-{side.ToLowerInvariant()}")
            | Changed(changes, same) ->
                writer.WriteString("difference", "key")
                same |> Option.iter (fun same -> writer.WriteBoolean("same-artifact", same))
                Json.objects writer "key-changes" changes (DifferenceView.writeChange writer)))
