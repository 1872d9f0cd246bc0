/// What the sections of plots share.
module internal Plimsoll.Report.Figures

open System
open Plimsoll.Language
open Plimsoll.Report.Markup

/// Rollouts and estimates apart, with the words for the heading; a kind without a row is left out.
let kinds (table: TaskTable) =
    [
        Rollout, "", table.Rollouts
        OffPolicy, ": off-policy estimates", table.Estimates
    ]
    |> List.filter (fun (_, _, rows) -> not rows.IsEmpty)

let entryAt limit (row: Row) =
    row.Entries |> List.tryFind (fun e -> e.Limit = Some limit)

/// The records behind one entry of a table, for a mark of a plot that is about its task.
let originOf (facets: Facets) task kind (row: Row) (entry: TableEntry) : Markup.Origin = {
    Target = Anchors.group task kind row entry.Limit
    Belongs = [ facets.Method row; Facets.verdict entry ]
}

/// Methods with their lines.
let lineLegend (facets: Facets) (names: string list) =
    Palette.filteredLegend [
        for name in names -> facets.Named name, Palette.lineSwatch (facets.Place name), name
    ]

let hasValues (row: Row) =
    row.Entries |> List.exists _.Values.IsSome

let finite value =
    if Double.IsFinite value then Some value else None

/// Values with gaps between them, as runs without gaps.
let runs (points: 'a option list) =
    (points, [ [] ])
    ||> List.foldBack (fun point runs ->
        match point, runs with
        | Some p, current :: done' -> (p :: current) :: done'
        | None, [] :: _ -> runs
        | None, _ -> [] :: runs
        | Some p, [] -> [ [ p ] ])
    |> List.filter (fun run -> not run.IsEmpty)

let note (sentences: string list) =
    if sentences.IsEmpty then
        []
    else
        [ el "p" [ "class", "note" ] [ text (String.concat " " sentences) ] ]

/// Which rows lack what, so that a gap in a line is not taken for a choice.
let gaps (rows: Row list) =
    let without = [
        for row in rows do
            let missing =
                row.Entries
                |> List.filter (fun e -> e.Values.IsNone)
                |> List.choose _.Limit
                |> List.map Format.exact

            if not missing.IsEmpty then
                let word = if missing.Length = 1 then "limit" else "limits"
                $"{row.Name} has no score at {word} {Format.list missing}."
    ]

    let partly =
        rows
        |> List.filter (fun row ->
            row.Entries
            |> List.exists (fun e -> e.Limit.IsSome && e.Values.IsSome && not e.Seeds.Complete))

    without
    @ (if partly.IsEmpty then
           []
       else
           [ "Hollow marks: not every seed has a score." ])

/// What belongs to one task, so that a reader can leave it out.
let part (facets: Facets) task children =
    el "div" [ "class", "part"; facets.Task task ] children

let fold (facets: Facets) limit isOpen title children =
    el "details" [
        "class", "figures prints"
        facets.Limit limit
        if isOpen then
            "open", "open"
    ] [ el "summary" [] [ el "b" [] [ text title ] ]; yield! children ]

/// An identifier for the page that any name may be part of: FNV-1a over its characters.
let identifier prefix (name: string) =
    let hash =
        (0xCBF29CE484222325UL, name)
        ||> Seq.fold (fun h c -> (h ^^^ uint64 c) * 0x100000001B3UL)

    $"{prefix}-{hash:x16}"

let limitName limit =
    match limit with
    | Some l -> "limit " + Format.exact l
    | None -> "all limits"
