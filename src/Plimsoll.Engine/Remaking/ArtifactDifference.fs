/// Where two artifacts differ: array and element of safetensors, path of JSON.
module Plimsoll.Engine.ArtifactDifference

open System
open System.Globalization
open System.IO
open System.Text.Json
open Plimsoll.Data

/// One place at which two artifacts differ. None: the place is not in that one.
type Place = {
    /// `policy.0.weight [3, 5]`, `$.reward.mean`.
    At: string
    Old: string option
    New: string option
}

type Difference = {
    /// The first differing element of each differing array, or each differing value of JSON.
    Places: Place list
    /// Arrays or values that were compared.
    Compared: int
}

let private ofJson (old: JsonElement) (now: JsonElement) : Difference =
    let mutable compared = 0
    let places = ResizeArray<Place>()

    let add at old now =
        places.Add { At = at; Old = old; New = now }

    let raw (element: JsonElement) =
        let text = element.GetRawText()

        if text.Length <= 60 then
            text
        else
            text.Substring(0, 57) + "..."

    let rec compare (at: string) (old: JsonElement) (now: JsonElement) =
        match old.ValueKind, now.ValueKind with
        | JsonValueKind.Object, JsonValueKind.Object ->
            for value in old.EnumerateObject() do
                match now.TryGetProperty value.Name with
                | true, other -> compare $"{at}.{value.Name}" value.Value other
                | _ ->
                    compared <- compared + 1
                    add $"{at}.{value.Name}" (Some(raw value.Value)) None

            for value in now.EnumerateObject() do
                match old.TryGetProperty value.Name with
                | true, _ -> ()
                | _ ->
                    compared <- compared + 1
                    add $"{at}.{value.Name}" None (Some(raw value.Value))
        | JsonValueKind.Array, JsonValueKind.Array ->
            let olds, news =
                List.ofSeq (old.EnumerateArray()), List.ofSeq (now.EnumerateArray())

            if olds.Length <> news.Length then
                add $"{at} (length)" (Some(string olds.Length)) (Some(string news.Length))

            List.zip (List.truncate news.Length olds) (List.truncate olds.Length news)
            |> List.iteri (fun index (a, b) -> compare $"{at}[{index}]" a b)
        | _ ->
            compared <- compared + 1

            if old.GetRawText() <> now.GetRawText() then
                add at (Some(raw old)) (Some(raw now))

    compare "$" old now

    {
        Places = List.ofSeq places
        Compared = compared
    }

let private shapeText (shape: int64 seq) = "[" + String.Join(", ", shape) + "]"

/// Indices of a flat, row-major position.
let private indices (shape: int64 list) (flat: int64) =
    (shape, flat)
    ||> List.mapFoldBack (fun size rest -> rest % max 1L size, rest / max 1L size)
    |> fst

let private real (value: double) =
    value.ToString("R", CultureInfo.InvariantCulture)

/// Elements as text, for two arrays of one type and shape: the first position whose bits differ.
let private firstDifference (old: SafetensorsFile) (now: SafetensorsFile) (name: string) =
    let find (length: int) (same: int -> bool) (text: int -> string * string) =
        let mutable index = 0

        while index < length && same index do
            index <- index + 1

        if index = length then
            None
        else
            Some(int64 index, text index)

    match old.Type name with
    | SafetensorsType.F32 ->
        let a, b = old.Floats(name).ToArray(), now.Floats(name).ToArray()

        find
            a.Length
            (fun i -> BitConverter.SingleToInt32Bits a[i] = BitConverter.SingleToInt32Bits b[i])
            (fun i ->
                a[i].ToString("R", CultureInfo.InvariantCulture),
                b[i].ToString("R", CultureInfo.InvariantCulture))
    | SafetensorsType.F64 ->
        let a, b = old.Doubles(name).ToArray(), now.Doubles(name).ToArray()

        find
            a.Length
            (fun i -> BitConverter.DoubleToInt64Bits a[i] = BitConverter.DoubleToInt64Bits b[i])
            (fun i -> real a[i], real b[i])
    | SafetensorsType.I32 ->
        let a, b = old.Ints(name).ToArray(), now.Ints(name).ToArray()
        find a.Length (fun i -> a[i] = b[i]) (fun i -> string a[i], string b[i])
    | SafetensorsType.I64 ->
        let a, b = old.Longs(name).ToArray(), now.Longs(name).ToArray()
        find a.Length (fun i -> a[i] = b[i]) (fun i -> string a[i], string b[i])
    | _ ->
        let a, b = old.Bytes(name).ToArray(), now.Bytes(name).ToArray()
        find a.Length (fun i -> a[i] = b[i]) (fun i -> string a[i], string b[i])

let private ofArrays (old: SafetensorsFile) (now: SafetensorsFile) : Difference =
    let names = Seq.append old.Names now.Names |> Seq.distinct |> List.ofSeq

    let kind (file: SafetensorsFile) name =
        $"{file.Type name} {shapeText (file.Shape name)}"

    let array name =
        match old.Contains name, now.Contains name with
        | true, false ->
            Some {
                At = name
                Old = Some(kind old name)
                New = None
            }
        | false, _ ->
            Some {
                At = name
                Old = None
                New = Some(kind now name)
            }
        | true, true when kind old name <> kind now name ->
            Some {
                At = name
                Old = Some(kind old name)
                New = Some(kind now name)
            }
        | true, true ->
            firstDifference old now name
            |> Option.map (fun (at, (before, after)) -> {
                At = name + " " + shapeText (indices (List.ofSeq (old.Shape name)) at)
                Old = Some before
                New = Some after
            })

    let metadata =
        Seq.append old.Metadata.Keys now.Metadata.Keys
        |> Seq.distinct
        |> Seq.choose (fun key ->
            let value (file: SafetensorsFile) =
                match file.Metadata.TryGetValue key with
                | true, text -> Some text
                | _ -> None

            if value old = value now then
                None
            else
                Some {
                    At = $"metadata {key}"
                    Old = value old
                    New = value now
                })
        |> List.ofSeq

    {
        Places = metadata @ List.choose array names
        Compared = names.Length
    }

let private firstByte (old: string) (now: string) : Difference =
    let a, b = File.ReadAllBytes old, File.ReadAllBytes now
    let shorter = min a.Length b.Length
    let mutable at = 0

    while at < shorter && a[at] = b[at] do
        at <- at + 1

    let text (bytes: byte[]) =
        if at < bytes.Length then
            Some(bytes[at].ToString "x2")
        else
            None

    {
        Places = [
            if at < shorter || a.Length <> b.Length then
                {
                    At = $"byte {at}"
                    Old = text a
                    New = text b
                }
        ]
        Compared = 1
    }

let private asJson (path: string) =
    try
        Some(JsonDocument.Parse(File.ReadAllBytes path))
    with :? JsonException ->
        None

/// Compares two files by what they hold; byte by byte where they are neither safetensors nor JSON.
let between (old: string) (now: string) : Difference =
    match SafetensorsFile.TryOpen old, SafetensorsFile.TryOpen now with
    | (:? SafetensorsOpening.Opened as a), (:? SafetensorsOpening.Opened as b) ->
        use a = a.File
        use b = b.File
        ofArrays a b
    | a, b ->
        for opening in [ a; b ] do
            match opening with
            | :? SafetensorsOpening.Opened as opened -> opened.File.Dispose()
            | _ -> ()

        match asJson old, asJson now with
        | Some a, Some b ->
            use a = a
            use b = b
            ofJson a.RootElement b.RootElement
        | a, b ->
            for document in [ a; b ] do
                document |> Option.iter _.Dispose()

            firstByte old now
