/// A block of ```console: each `$ command` with what it shows. A command goes on where a line ends in `\`.
module Plimsoll.Scenarios.Tests.Manual.Console

type Entry = { Command: string; Shown: string }

let rec private command (lines: string list) =
    match lines with
    | line :: rest when line.EndsWith '\\' ->
        let more, after = command rest
        line + "\n" + more, after
    | line :: rest -> line, rest
    | [] -> "", []

let rec private entriesOf (lines: string list) =
    match lines with
    | [] -> []
    | line :: rest when line.StartsWith "$ " ->
        let typed, after = command (line.Substring 2 :: rest)
        let shown = after |> List.takeWhile (fun line -> not (line.StartsWith "$ "))

        {
            Command = typed
            Shown = String.concat "\n" shown
        }
        :: entriesOf (List.skip shown.Length after)
    | line :: _ -> failwith $"a block of console begins with `$ command`, not with `{line}`"

let entries (text: string) : Entry list =
    entriesOf (List.ofArray (text.TrimEnd('\n').Split '\n'))

let text (entries: Entry list) =
    entries
    |> List.map (fun entry ->
        let shown = entry.Shown.TrimEnd()
        $"$ {entry.Command}\n" + (if shown = "" then "" else shown + "\n"))
    |> String.concat ""
