/// Numbers, times and tables as text for a terminal.
module Plimsoll.Cli.Display

open System
open System.Globalization
open Plimsoll.Language

let private invariant = CultureInfo.InvariantCulture

/// `0.84 s`, `14.2 s`, `3 min 05 s`, `2 h 07 min`.
let seconds (time: double) =
    if time < 10.0 then
        time.ToString("0.00", invariant) + " s"
    elif time < 60.0 then
        time.ToString("0.0", invariant) + " s"
    elif time < 3600.0 then
        let whole = int (Math.Round time)
        $"{whole / 60} min {whole % 60:D2} s"
    else
        let minutes = int (Math.Round(time / 60.0))
        $"{minutes / 60} h {minutes % 60:D2} min"

/// `00:03:07` since the start of a run.
let clock (time: TimeSpan) =
    let hours = int time.TotalHours
    $"{hours:D2}:{time.Minutes:D2}:{time.Seconds:D2}"

let bytes (count: int64) =
    if count < 1024L then
        $"{count} B"
    elif count < 1024L * 1024L then
        (double count / 1024.0).ToString("0.0", invariant) + " KiB"
    elif count < 1024L * 1024L * 1024L then
        (double count / 1048576.0).ToString("0.0", invariant) + " MiB"
    else
        (double count / 1073741824.0).ToString("0.0", invariant) + " GiB"

/// Four significant digits: enough to see a trend.
let metric (value: double) =
    if Double.IsNaN value then "nan"
    elif Double.IsPositiveInfinity value then "inf"
    elif Double.IsNegativeInfinity value then "-inf"
    else value.ToString("G4", invariant)

let metrics (values: (string * double) list) =
    values
    |> List.map (fun (name, value) -> $"{name} {metric value}")
    |> String.concat "  "

let plural (count: int) (noun: string) =
    if count = 1 then $"1 {noun}" else $"{count} {noun}s"

type Alignment =
    | Left
    | Right

/// Columns two blanks apart, without trailing blanks.
let table (columns: (string * Alignment) list) (rows: string list list) : string list =
    let lines = List.map fst columns :: rows

    let widths =
        columns
        |> List.mapi (fun index _ -> lines |> List.map (fun cells -> cells[index].Length) |> List.max)

    let pad (text: string) width alignment =
        match alignment with
        | Left -> text.PadRight width
        | Right -> text.PadLeft width

    lines
    |> List.map (fun cells ->
        List.map3 pad cells widths (List.map snd columns)
        |> String.concat "  "
        |> _.TrimEnd())

/// After the label of a cell that is not offline.
let hybridMark (environment: EnvironmentUse) =
    match environment with
    | Hybrid -> " (hybrid)"
    | NoEnvironment
    | MakesData
    | FinalEvaluation -> ""

/// A cell's label with its mark, wherever a person reads it.
let cell (cell: Cell) =
    cell.Label + hybridMark cell.Stage.Environment

/// What such cells mean for their arms.
let hybridNote (count: int) =
    let cells = plural count "cell"
    $"hybrid: {cells} in the simulator while training (online evaluation); the arms are not offline"

/// A text of several lines, the first of which stands where the caller put it.
let indented (by: int) (text: string) =
    text.Replace("\n", "\n" + String(' ', by))

/// A text of several lines where there is room for one.
let oneLine (text: string) = text.TrimEnd().Replace("\n", "; ")
