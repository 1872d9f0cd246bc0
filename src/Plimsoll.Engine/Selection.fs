/// Which cells of an experiment a run is asked for. Pure.
module Plimsoll.Engine.Selection

open System.Collections.Generic
open Plimsoll.Language

/// Words of the command line.
type Selection = {
    /// Cells that match any of these, and all they need; none: every cell.
    Only: string list
    /// Cells of these nodes or stages, and all they need; none: every cell.
    Until: string list
}

let everything = { Only = []; Until = [] }

/// Words that match no cell.
type Unmatched = {
    /// `--only` or `--until`.
    Option: string
    Pattern: string
    Nearest: string option
    /// What could have been written.
    Names: string list
}

module Unmatched =
    let text (unmatched: Unmatched) =
        let kind =
            if unmatched.Option = "--until" then
                "node or stage"
            else
                "label, task, arm, node or stage"

        let remedy =
            match unmatched.Nearest with
            | Some near -> $"did you mean `{near}`?"
            | None ->
                let names = unmatched.Names |> List.truncate 20 |> String.concat ", "
                $"choose among {names}, or a label as `plimsoll plan` lists them"

        $"no cell matches `{unmatched.Option} {unmatched.Pattern}`\n"
        + $"  where: {unmatched.Option}\n"
        + $"  why: the experiment has no {kind} of this name\n"
        + $"  remedy: {remedy}"

/// Whether a text is as a pattern says, in which `*` is any part of it and `?` any one character.
let matches (pattern: string) (text: string) : bool =
    // Where the latest star stood, and up to where it reaches: a longer reach is all there is to go back to.
    let rec go p t star reach =
        if t < text.Length then
            if p < pattern.Length && pattern[p] = '*' then
                go (p + 1) t p t
            elif p < pattern.Length && (pattern[p] = '?' || pattern[p] = text[t]) then
                go (p + 1) (t + 1) star reach
            elif star >= 0 then
                go (star + 1) (reach + 1) star (reach + 1)
            else
                false
        elif p < pattern.Length && pattern[p] = '*' then
            go (p + 1) t star reach
        else
            p = pattern.Length

    go 0 0 -1 0

let private stageNames (cell: Cell) = [
    cell.Stage.Name
    for place in cell.Coordinates do
        place.Node
]

/// Names that stand for many cells.
let private groupNames (cell: Cell) = [
    yield! stageNames cell
    for place in cell.Coordinates do
        place.Task

        match place.Arm with
        | Some arm ->
            arm
            $"{place.Task}/{arm}"
            $"{place.Task}/{arm}/{place.Node}"
        | None -> $"{place.Task}/{place.Node}"
]

let private labels (cell: Cell) =
    cell.Label :: (cell.Coordinates |> List.map CellIdentity.label)

let private distinctNames (names: Cell -> string list) (cells: Cell list) =
    cells |> Seq.collect names |> Seq.distinct |> List.ofSeq

/// Adds what the cells need. Inputs come first in the experiment's order.
let private withInputs (cells: Cell list) (chosen: HashSet<CellId>) =
    for cell in List.rev cells do
        if chosen.Contains cell.Id then
            for _, input in cell.Inputs do
                chosen.Add input |> ignore

    chosen

let private find option names nearby (cells: Cell list) (patterns: string list) =
    let chosen = HashSet<CellId>()

    let unmatched =
        patterns
        |> List.tryFind (fun pattern ->
            let found =
                cells |> List.filter (fun cell -> names cell |> List.exists (matches pattern))

            found |> List.iter (fun cell -> chosen.Add cell.Id |> ignore)
            found.IsEmpty)

    match unmatched with
    | None -> Ok(withInputs cells chosen)
    | Some pattern ->
        Error {
            Option = option
            Pattern = pattern
            Nearest = Suggest.nearest pattern (distinctNames names cells)
            Names = distinctNames nearby cells
        }

/// Whether a cell is asked for. A cell that is has all its inputs.
let choose (selection: Selection) (experiment: Experiment) : Result<CellId -> bool, Unmatched> =
    let cells = experiment.Cells

    let chosen option names nearby patterns =
        match patterns with
        | [] -> Ok(fun _ -> true)
        | _ ->
            find option names nearby cells patterns
            |> Result.map (fun chosen -> fun id -> chosen.Contains id)

    let shortNames (cell: Cell) =
        groupNames cell |> List.filter (fun name -> not (name.Contains '/'))

    chosen "--only" (fun cell -> labels cell @ groupNames cell) shortNames selection.Only
    |> Result.bind (fun only ->
        chosen "--until" stageNames stageNames selection.Until
        |> Result.map (fun until -> fun id -> only id && until id))
