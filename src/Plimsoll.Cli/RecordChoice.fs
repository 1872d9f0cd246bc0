/// Which record, or which run, a word on the command line means.
module Plimsoll.Cli.RecordChoice

open System
open System.Globalization
open System.IO
open Plimsoll.Store

/// Keys in the store that begin so.
let private keys (store: Store) (prefix: string) : Key list =
    let folder = Path.Combine(Layout.records store.Root, prefix.Substring(0, 2))

    if Directory.Exists folder then
        Directory.GetFiles folder
        |> Array.choose Layout.spreadText
        |> Array.filter (fun key -> key.StartsWith(prefix, StringComparison.Ordinal))
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> Array.map Key
        |> List.ofArray
    else
        []

/// The record whose key begins so.
let record (store: Store) (prefix: string) : Result<Record, Trouble> =
    if not (CellChoice.isDigest prefix) then
        Troubles.refused
            "this is no key"
            prefix
            "a key is 64 digits from 0 to f, of which the first 6 may be enough"
            "give at least 6 of its 64 hexadecimal digits; `plan FILE --json` shows them"
    else
        match keys store prefix with
        | [] ->
            Troubles.refused
                "the store has no record of this key"
                $"{prefix} in {store.Root}"
                "its cell was never finished with this store, or its record was removed"
                "`plan FILE --json` shows the keys of an experiment"
        | [ key ] ->
            match store.Find key with
            | Ok(Lookup.Found record) -> Ok record
            | Ok(Lookup.Lost damage) -> Error(Surroundings(Damage.text damage))
            | Ok Lookup.Absent ->
                Troubles.refused
                    "the record has just been removed"
                    prefix
                    "`plimsoll gc` runs on this store, or somebody deletes in it"
                    "run the experiment again"
            | Error error -> Error(Surroundings(StoreError.text error))
        | several ->
            let listed =
                several
                |> List.truncate 10
                |> List.map (fun key -> $"\n  {key}")
                |> String.concat ""

            Troubles.refused
                $"`{prefix}` begins {several.Length} keys{listed}"
                prefix
                "a record is meant by the beginning of its key alone"
                "give more digits"

/// `last`, `last~2` or the beginning of a run's id. None: the word means no run.
let run (store: Store) (word: string) : Result<RunFolder option, Trouble> =
    let back =
        match word.Split '~' with
        | [| "last" |] -> Some 0
        | [| "last"; number |] ->
            match Int32.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture) with
            | true, number -> Some number
            | _ -> None
        | _ -> None

    match store.Runs(), back with
    | Error error, _ -> Error(Surroundings(StoreError.text error))
    | Ok runs, Some number ->
        match List.tryItem number runs with
        | Some run -> Ok(Some run)
        | None ->
            let count = Display.plural runs.Length "run"

            Troubles.refused
                $"there is no run `{word}`"
                $"{store.Root}: {count}"
                "`last` is the latest run of this store, `last~1` the one before it"
                "name a later one, or a run by its id"
    | Ok runs, None ->
        match
            runs
            |> List.filter (fun run -> run.Id.StartsWith(word, StringComparison.Ordinal))
        with
        | [ run ] -> Ok(Some run)
        | [] -> Ok None
        | several ->
            let listed =
                several
                |> List.truncate 10
                |> List.map (fun run -> $"\n  {run.Id}")
                |> String.concat ""

            Troubles.refused
                $"`{word}` begins the ids of {several.Length} runs{listed}"
                word
                "one run is meant by the beginning of its id"
                "give more of the id; `last` is the latest run"
