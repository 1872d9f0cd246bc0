/// What `run` may use and when it gives up: the words of the command line, understood.
module Plimsoll.Cli.RunFlags

open System
open System.Globalization
open System.Text.RegularExpressions
open Plimsoll.Language
open Plimsoll.Engine

/// What each of the options is for, and an example of it.
let private purposes =
    dict [
        "on-failure", ("it says whether a run goes on when a cell fails", "stop-after=3")
        "time-limit", ("an attempt that takes longer is stopped", "2h")
        "memory-limit", ("an attempt that takes more is stopped", "2GiB")
        "checkpoint-every", ("a stage that was cut off goes on from its latest checkpoint", "30s")
        "executor", ("it says whether stages run in worker processes or in this one", "inline")
    ]

let private refuse (option: string) (takes: string) (given: string) =
    let why, example = purposes[option]
    Troubles.option $"--{option}" takes given why example

/// Single underscores between digits count for nothing, as in experiment files.
let plainDigits (text: string) =
    Regex.Replace(text, "(?<=[0-9])_(?=[0-9])", "")

/// `continue`, `stop` or `stop-after=N`.
let onFailure (given: string option) : Result<Schedule.OnFailure, Trouble> =
    let takes = "`continue`, `stop` or `stop-after=N` with N of at least 1"

    match given with
    | None
    | Some "continue" -> Ok Schedule.Continue
    | Some "stop" -> Ok(Schedule.StopAfter 1)
    | Some text ->
        let found = Regex.Match(plainDigits text, @"^stop-after[=: ]([0-9]{1,9})\z")

        match found.Success, Int32.TryParse found.Groups[1].Value with
        | true, (true, count) when count >= 1 -> Ok(Schedule.StopAfter count)
        | _ -> refuse "on-failure" takes text

let private decimal (text: string) =
    Double.Parse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)

let private secondsOf unit =
    match unit with
    | "s" -> 1.0
    | "m"
    | "min" -> 60.0
    | "h" -> 3600.0
    | _ -> 86400.0

/// Seconds in `90s`, `15min`, `2h` or `1h30min`.
let duration (text: string) : double option =
    let found =
        Regex.Match(plainDigits text, @"^(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)(s|min|m|h|d))+\z")

    if not found.Success then
        None
    else
        let numbers = found.Groups[1].Captures |> Seq.map (fun part -> decimal part.Value)
        let units = found.Groups[2].Captures |> Seq.map (fun part -> secondsOf part.Value)
        let seconds = Seq.map2 (*) numbers units |> Seq.sum
        if seconds > 0.0 then Some seconds else None

let private bytesOf (unit: string) =
    match unit.ToUpperInvariant() with
    | "K"
    | "KIB" -> 1024.0
    | "M"
    | "MIB" -> 1048576.0
    | "G"
    | "GIB" -> 1073741824.0
    | "T"
    | "TIB" -> 1099511627776.0
    | "KB" -> 1e3
    | "MB" -> 1e6
    | "GB" -> 1e9
    | _ -> 1e12

/// Bytes in `800MiB`, `2GiB` or `1.5G`. The units with one letter are binary ones.
let size (text: string) : int64 option =
    let pattern = @"^([0-9]{1,9}(?:\.[0-9]{1,9})?)((?:[KMGT]i?B?)|(?:[kmgt]))\z"
    let found = Regex.Match(plainDigits text, pattern)

    if not found.Success then
        None
    else
        let bytes = decimal found.Groups[1].Value * bytesOf found.Groups[2].Value

        if bytes >= 1.0 && bytes < 9e18 then
            Some(int64 bytes)
        else
            None

/// A limit, and the stage that it is meant for if not for all.
type Limit<'value> = { Stage: string option; Value: 'value }

let private limit option takes parse (stages: string list) (given: string) : Result<Limit<'value>, Trouble> =
    let stage, text =
        match given.Split('=', 2) with
        | [| stage; text |] -> Some stage, text
        | _ -> None, given

    match stage, parse text with
    | Some stage, _ when not (List.contains stage stages) ->
        let remedy =
            match Suggest.nearest stage stages with
            | Some near -> $"did you mean `{near}`?"
            | None -> "name one of " + String.Join(", ", stages)

        Troubles.refused
            $"there is no stage `{stage}`"
            $"--{option} {given}"
            "what stands before `=` names the stage that the limit is for"
            remedy
    | _, None -> refuse option takes given
    | stage, Some value -> Ok { Stage = stage; Value = value }

let private all parse (given: string list) : Result<'a list, Trouble> =
    List.foldBack
        (fun text rest ->
            parse text
            |> Result.bind (fun head -> rest |> Result.map (fun tail -> head :: tail)))
        given
        (Ok [])

/// The general limits, and those of stages. A later word replaces an earlier one for the same stage.
let limits
    (stages: string list)
    (times: string list)
    (sizes: string list)
    : Result<Limits * Map<string, Limits>, Trouble> =
    let time =
        limit "time-limit" "a duration such as 90s, 15min or 2h, for one stage as adapt=2h" duration stages

    let memory =
        limit "memory-limit" "a size such as 800MiB or 2GiB, for one stage as adapt=2GiB" size stages

    let put stage (change: Limits -> Limits) (general, own: Map<string, Limits>) =
        match stage with
        | None -> change general, own
        | Some stage ->
            let known = own |> Map.tryFind stage |> Option.defaultValue Limits.none
            general, own.Add(stage, change known)

    all time times
    |> Result.bind (fun times ->
        all memory sizes
        |> Result.map (fun sizes ->
            let timed =
                times
                |> List.fold
                    (fun limits given ->
                        put
                            given.Stage
                            (fun known -> {
                                known with
                                    Seconds = Some given.Value
                            })
                            limits)
                    (Limits.none, Map.empty)

            sizes
            |> List.fold
                (fun limits given ->
                    put given.Stage (fun known -> { known with Memory = Some given.Value }) limits)
                timed))

/// Time between two checkpoints of a stage.
let checkpointEvery (given: string option) : Result<TimeSpan option, Trouble> =
    match given with
    | None -> Ok None
    | Some text ->
        match duration text with
        | Some seconds -> Ok(Some(TimeSpan.FromSeconds seconds))
        | None -> refuse "checkpoint-every" "a duration such as 30s or 5min" text

/// Where stages run.
type ExecutorChoice =
    /// In this process.
    | Inline
    /// In worker processes on this machine.
    | Local

let executor (given: string option) : Result<ExecutorChoice, Trouble> =
    match given with
    | None
    | Some "local" -> Ok Local
    | Some "inline" -> Ok Inline
    | Some text -> refuse "executor" "`local` or `inline`" text
