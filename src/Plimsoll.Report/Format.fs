/// Numbers as people read them, the same in every culture.
module internal Plimsoll.Report.Format

open System
open System.Globalization
open Plimsoll.Language

let private invariant = CultureInfo.InvariantCulture

/// With so many decimals; `n/a` where there is no number; never `-0.00`.
let decimals (digits: int) (x: double) =
    if Double.IsNaN x then
        "n/a"
    elif Double.IsInfinity x then
        (if x > 0.0 then "infinite" else "-infinite")
    else
        let text = x.ToString("F" + string digits, invariant)

        if
            text.StartsWith '-'
            && text |> Seq.forall (fun c -> c = '-' || c = '0' || c = '.')
        then
            text.Substring 1
        else
            text

/// As `decimals`, with its sign also where it is above 0.
let signed (digits: int) (x: double) =
    let text = decimals digits x

    if x > 0.0 && text |> Seq.exists (fun c -> c >= '1' && c <= '9') then
        "+" + text
    else
        text

/// Shortest text that reads back as the same number.
let exact (x: double) =
    if Double.IsNaN x then "" else x.ToString("R", invariant)

/// Three or so significant digits, for quantities with units.
let short (x: double) =
    match abs x with
    | a when a >= 100.0 -> decimals 0 x
    | a when a >= 10.0 || a = 0.0 -> decimals 1 x
    | a when a >= 0.095 -> decimals 2 x
    | a when Double.IsNaN a -> "n/a"
    | _ -> x.ToString("G2", invariant)

/// Keeps a number and what belongs to it on one line.
let tie = "\u00A0"

let percent (rate: double) = decimals 0 (100.0 * rate) + tie + "%"

/// Mean and error with no more decimals than the error bears: `7.9 ± 0.2`.
let within (mean: double) (error: double) =
    let digits =
        match abs error with
        | e when e >= 10.0 -> 0
        | e when e >= 0.095 -> 1
        | e when e >= 0.0095 -> 2
        | e when e > 0.0 -> 3
        | _ -> 1

    $"{decimals digits mean}{tie}±{tie}{decimals digits error}"

/// What follows a mean: ` ± 0.14`; empty where there is no deviation.
let deviation (deviation: double option) =
    match deviation with
    | Some d -> $"{tie}±{tie}{decimals 2 d}"
    | None -> ""

/// `[0.41, 0.47]`, both ends written by `number`.
let interval (number: double -> string) (low: double, high: double) = $"[{number low},{tie}{number high}]"

/// `95 % [89, 98]`, the ends of the interval in percent.
let percentWithin (rate: double) (ends: double * double) =
    $"{percent rate} {interval (fun p -> decimals 0 (100.0 * p)) ends}"

/// `limit 10`, or `average over limits`.
let limit (limit: double option) =
    match limit with
    | Some limit -> $"limit {exact limit}"
    | None -> "average over limits"

let rec setting (value: Value) =
    match value with
    | Flag flag -> if flag then "true" else "false"
    | Whole number -> number.ToString invariant
    | Real number -> exact number
    | Text text -> text
    | Items items -> "[" + String.Join(", ", List.map setting items) + "]"

/// `pessimism = 0.2, width = 64`; empty without a sweep.
let sweep (settings: (string * Value) list) =
    settings
    |> List.map (fun (axis, value) -> axis + " = " + setting value)
    |> String.concat ", "

let seconds (s: double) =
    if s < 0.095 then decimals 0 (1000.0 * s) + " ms"
    elif s < 10.0 then decimals 1 s + " s"
    elif s < 120.0 then decimals 0 s + " s"
    elif s < 7200.0 then decimals 1 (s / 60.0) + " min"
    else decimals 1 (s / 3600.0) + " h"

let bytes (b: int64) =
    let b = double b

    if b < 1e6 then decimals 0 (b / 1e3) + " kB"
    elif b < 1e9 then decimals 0 (b / 1e6) + " MB"
    else decimals 2 (b / 1e9) + " GB"

/// `a`, `a and b`, `a, b and c`.
let list (items: string list) =
    match List.rev items with
    | [] -> ""
    | [ only ] -> only
    | last :: before -> String.Join(", ", List.rev before) + " and " + last

let plural (count: int) (noun: string) =
    string count + " " + noun + (if count = 1 then "" else "s")
