/// Which cells of an experiment a word on the command line means.
module Plimsoll.Cli.CellChoice

open System
open Plimsoll.Language
open Plimsoll.Engine

/// Fewer digits are more likely a name.
let private digits = 6

let isDigest (text: string) =
    text.Length >= digits
    && text.Length <= 64
    && text |> Seq.forall (fun c -> Char.IsAsciiHexDigitLower c)

let private keyOf state =
    match state with
    | CellPlan.Cached record
    | CellPlan.NotSelected(Some record) -> Some(string record.Key)
    | CellPlan.WillRun key
    | CellPlan.MeasuresAnew(key, _) -> Some(string key)
    | CellPlan.MayRun
    | CellPlan.NotSelected None
    | CellPlan.Blocked _ -> None

/// `*` and `?` as for `run --only`; without them, the pattern is any part of a label.
let private fits (pattern: string) (label: string) =
    if pattern.Contains '*' || pattern.Contains '?' then
        Selection.matches pattern label
    else
        label.Contains(pattern, StringComparison.Ordinal)

let private names (cell: Cell) =
    cell.Label :: (cell.Coordinates |> List.map CellIdentity.label)

/// A label, the beginning of an id or a key, or a pattern: the first of these that means any cell.
let find (plan: Plan) (wanted: string) : Cell list =
    let starts (text: string) =
        text.StartsWith(wanted, StringComparison.Ordinal)

    [
        fun (cell, _) -> List.contains wanted (names cell)
        fun (cell: Cell, state) ->
            isDigest wanted
            && (starts (string cell.Id) || Option.exists starts (keyOf state))
        fun (cell, _) -> names cell |> List.exists (fits wanted)
    ]
    |> List.map (fun test -> plan.Cells |> List.filter test |> List.map fst)
    |> List.tryFind (fun cells -> not cells.IsEmpty)
    |> Option.defaultValue []

let private shown = 20

/// Exactly one cell, or what to do about it.
let one (plan: Plan) (wanted: string) : Result<Cell, Trouble> =
    match find plan wanted with
    | [ cell ] -> Ok cell
    | [] ->
        let near =
            Suggest.nearest wanted (plan.Cells |> List.map (fun (cell, _) -> cell.Label))
            |> Option.map (fun label -> $"did you mean `{label}`?")
            |> Option.defaultValue "`plan FILE --json` lists them all"

        Troubles.refused
            "no cell is named so"
            wanted
            "the experiment has no cell of this label, id or key, and none whose label has this in it"
            near
    | several ->
        let listed =
            several
            |> List.truncate shown
            |> List.map (fun cell -> $"\n  {(string cell.Id).Substring(0, 12)}  {cell.Label}")
            |> String.concat ""

        let more =
            if several.Length > shown then
                $"\n  and {several.Length - shown} more"
            else
                ""

        Troubles.refused
            $"`{wanted}` means {several.Length} cells{listed}{more}"
            wanted
            "one cell is explained at a time"
            "name one by its label, in quotes, or by the beginning of its id"
