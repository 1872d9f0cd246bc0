/// Names of the places on the page that its links lead to.
module internal Plimsoll.Report.Anchors

open Plimsoll.Language

/// Of a cell of the plan.
let cell (CellId id) =
    "cell-" + (if id.Length > 12 then id.Substring(0, 12) else id)

let private clean (name: string) =
    name
    |> String.map (fun c -> if System.Char.IsAsciiLetterOrDigit c then c else '-')

/// The plain name is for people; the digits tell apart what `clean` makes equal.
let private mark (exact: string) =
    let hash =
        exact
        |> Seq.fold (fun h c -> (h ^^^ uint64 c) * 0x100000001B3UL) 0xCBF29CE484222325UL

    $"{hash % 0x100000UL:x}"

let private letter kind = if kind = Rollout then "r" else "e"

let private limitText limit =
    limit |> Option.map Format.exact |> Option.defaultValue "average"

/// Of the records behind one entry of a table.
let group task kind (row: Row) (limit: double option) =
    $"{letter kind}-{clean task}-{clean row.Name}-{clean (limitText limit)}-"
    + mark $"{task}\n{row.Name}"

/// Of all groups of a method: each task's rollouts, or estimates where it has no rollouts.
let method (name: string) = $"all-{clean name}-" + mark name

/// Of all groups of one kind of a method, on all tasks.
let across kind (name: string) =
    $"all-{letter kind}-{clean name}-" + mark name

/// Of all cells of a stage.
let stage (name: string) = $"stage-{clean name}-" + mark name

/// Of the records behind the times of an arm's policies.
let acting (time: ActingTime) =
    $"acting-{clean time.Task}-{clean time.Arm}-"
    + mark $"{time.Task}\n{time.Arm}\n{Format.sweep time.Sweep}"
