/// Reading what runs have logged.
module Plimsoll.Engine.RunHistory

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text.Json
open Plimsoll.Store

/// One line of a log. Fields depend on the event; docs/commands.md lists them.
type Entry = {
    Time: DateTimeOffset
    Event: string
    Body: JsonElement
} with

    member this.Text(name: string) : string option =
        match this.Body.TryGetProperty name with
        | true, value when value.ValueKind = JsonValueKind.String -> Option.ofObj (value.GetString())
        | _ -> None

    /// Non-finite numbers are logged as strings.
    member this.Number(name: string) : double option =
        match this.Body.TryGetProperty name with
        | true, value -> Entry.NumberOf value
        | _ -> None

    member this.Metrics: (string * double) list =
        match this.Body.TryGetProperty "metrics" with
        | true, values when values.ValueKind = JsonValueKind.Object -> [
            for value in values.EnumerateObject() do
                match Entry.NumberOf value.Value with
                | Some number -> value.Name, number
                | None -> ()
          ]
        | _ -> []

    /// Whole numbers of a field that is an object, such as the planned cells of each stage.
    member this.Counts(name: string) : (string * int) list =
        match this.Body.TryGetProperty name with
        | true, values when values.ValueKind = JsonValueKind.Object -> [
            for value in values.EnumerateObject() do
                match Entry.NumberOf value.Value with
                | Some number -> value.Name, int number
                | None -> ()
          ]
        | _ -> []

    static member private NumberOf(value: JsonElement) : double option =
        match value.ValueKind with
        | JsonValueKind.Number -> Some(value.GetDouble())
        | JsonValueKind.String ->
            match Double.TryParse(value.GetString(), CultureInfo.InvariantCulture) with
            | true, number -> Some number
            | _ -> None
        | _ -> None

/// The entry of a line; None for one that was cut off or is no entry.
let parse (line: string) : Entry option =
    try
        use document = JsonDocument.Parse line
        let root = document.RootElement

        Some {
            Time = root.GetProperty("time").GetDateTimeOffset()
            Event = string (root.GetProperty("event").GetString())
            Body = root.Clone()
        }
    with
    | :? JsonException
    | :? KeyNotFoundException
    | :? InvalidOperationException
    | :? FormatException -> None

/// All whole lines of a log, oldest first. A run that is under way may be writing the last one.
let read (run: RunFolder) : Entry list =
    try
        use file =
            new FileStream(
                run.Events,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite ||| FileShare.Delete
            )

        use reader = new StreamReader(file)

        [
            let mutable line = reader.ReadLine()

            while not (isNull line) do
                match parse (string line) with
                | Some entry -> entry
                | None -> ()

                line <- reader.ReadLine()
        ]
    with
    | :? IOException
    | :? UnauthorizedAccessException -> []

/// How a run stands.
type Standing =
    /// Its process may be alive: on another machine nobody can know.
    | Live
    /// It said how it ended.
    | Ended
    /// Its process is gone without a word: killed, or the machine went down.
    | Dead

let standing (store: Store) (run: RunFolder) (entries: Entry list) : Standing =
    if entries |> List.exists (fun entry -> entry.Event = "ended") then
        Ended
    elif store.MayRun run then
        Live
    else
        Dead

/// The key under which each cell of a run is recorded, by the cell's label.
let keys (entries: Entry list) : Dictionary<string, Key> =
    let known = Dictionary<string, Key>()

    for entry in entries do
        match entry.Text "label", entry.Text "key" with
        | Some label, Some key when (Digest.tryText key).IsSome -> known[label] <- Key key
        | _ -> ()

    known

/// The name of the run's experiment.
let experiment (entries: Entry list) : string option =
    entries
    |> List.tryPick (fun entry ->
        if entry.Event = "began" then
            entry.Text "experiment"
        else
            None)
