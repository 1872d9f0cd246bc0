/// What a page shows against what came, but for what differs from run to run and from machine to machine.
module Plimsoll.Scenarios.Tests.Manual.Shown

open System
open System.Text.RegularExpressions
open Plimsoll.Scenarios.Tests

/// In this order. Everything else is compared to the character, but that several spaces count as one.
let rules: (string * string * string) list = [
    "moments", @"\b\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?( UTC)?", "<moment>"
    "run ids", @"\b\d{8}T\d{9}-([\w-]+)-[0-9a-f]{6}\b", "<run of $1>"
    "clock times", @"\[\d\d:\d\d:\d\d\]", "[<clock>]"
    "durations", @"\b\d+(\.\d+)? (ms|s|min|h)\b( \d+ (s|min)\b)*", "<time>"
    "digests", @"\b(?=[0-9a-f]*\d)[0-9a-f]{8,64}\b", "<digest>"
    "several spaces", @"(?<=\S) {2,}", " "
]

/// `folder` is where the commands ran, and `HOST` on a page is the machine's name.
let mask (folder: string) (line: string) =
    let named = line.Replace(folder, "<here>").Replace(Environment.MachineName, "HOST")

    rules
    |> List.fold (fun line (_, pattern, by) -> Regex.Replace(line, pattern, by)) (named.TrimEnd())

let private masked (folder: string) (text: string) =
    text.TrimEnd().Split '\n'
    |> Array.map (fun line -> if line.Trim() = "..." then "<...>" else mask folder line)
    |> String.concat "\n"

/// Whether a page shows all that came; a line `...` on it stands for any number of lines.
let equals (folder: string) (shown: string) (came: string) =
    Scenario.matches (masked folder shown) (masked folder came)

/// Whether these lines stand somewhere in what came.
let isWithin (folder: string) (shown: string) (came: string) =
    Scenario.matches ("<...>\n" + masked folder shown + "\n<...>") (masked folder came)
