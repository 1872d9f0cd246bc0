/// Places at which artifacts differ, as text and as JSON.
module Plimsoll.Cli.DifferenceView

open System.Text.Json
open Plimsoll.Engine
open Plimsoll.Engine.ArtifactDifference
open Plimsoll.Store

/// Places that are named; the rest are counted.
let private shown = 12

let private side value = value |> Option.defaultValue "nothing"

let shortDigest (value: string) =
    match Digest.tryText value with
    | Some digest -> digest.Substring(0, 12)
    | None ->
        match value.Split ' ' with
        | [| "content"; digest |] when digest.Length = 64 -> digest.Substring(0, 12)
        | _ -> value

let text (difference: Difference) : string list =
    let more = difference.Places.Length - shown

    [
        if difference.Places.IsEmpty then
            "the values are equal; the bytes around them differ"
        else
            let places = Display.plural difference.Places.Length "place"

            let values =
                if difference.Compared = 1 then
                    "1 array or value"
                else
                    $"{difference.Compared} arrays or values"

            $"differs at {places} ({values} compared)"

            for place in List.truncate shown difference.Places do
                $"  {place.At}: {side place.Old} -> {side place.New}"

            if more > 0 then
                $"  and {more} more"
    ]

let write (writer: Utf8JsonWriter) (name: string) (difference: Difference) =
    Json.inObject writer name (fun () ->
        writer.WriteNumber("compared", difference.Compared)

        Json.objects writer "places" difference.Places (fun place ->
            writer.WriteString("at", place.At)
            Json.optional writer "old" place.Old
            Json.optional writer "new" place.New))

let changeText (change: KeyChange) =
    let name = if change.Name = "" then "" else $" {change.Name}"
    let value = Option.map shortDigest >> side
    $"{KeyChange.noun change.Kind}{name}: {value change.Old} -> {value change.New}"

let writeChange (writer: Utf8JsonWriter) (change: KeyChange) =
    writer.WriteString("kind", KeyChange.noun change.Kind)
    writer.WriteString("name", change.Name)
    Json.optional writer "old" change.Old
    Json.optional writer "new" change.New
