/// Time, failures and provenance: the way back from each number.
module internal Plimsoll.Report.HtmlRecords

open Plimsoll.Language
open Plimsoll.Report.Markup

/// Seconds by stage, longest first.
let times (results: Results) =
    let byStage =
        results.Cells
        |> List.groupBy _.Stage
        |> List.map (fun (stage, cells) ->
            stage,
            cells |> List.choose _.Seconds |> List.sum,
            cells |> List.filter (fun c -> c.Seconds.IsSome) |> List.length,
            cells |> List.filter _.Cached |> List.length,
            cells |> List.choose _.Memory |> List.fold max 0L)
        |> List.sortByDescending (fun (_, seconds, _, _, _) -> seconds)

    let longest = byStage |> List.map (fun (_, s, _, _, _) -> s) |> List.fold max 1e-9
    let total = byStage |> List.sumBy (fun (_, s, _, _, _) -> s)

    let right content =
        el "td" [ "class", "right" ] [ text content ]

    [
        p [
            text $"{Format.seconds total} of computing in all, when each cell was computed. "
        ]
        div "scroll" [
            el "table" [ "class", "plain" ] [
                el "thead" [] [
                    el "tr" [] [
                        el "th" [ "scope", "col" ] [ text "stage" ]
                        el "th" [ "scope", "col"; "class", "right" ] [ text "time" ]
                        el "th" [] []

                        for title in [ "cells run"; "a cell"; "found finished"; "peak memory" ] do
                            el "th" [ "scope", "col"; "class", "right" ] [ text title ]
                    ]
                ]
                el "tbody" [] [
                    for stage, seconds, run, cached, memory in byStage do
                        el "tr" [] [
                            el "td" [] [ text stage ]
                            right (Format.seconds seconds)
                            el "td" [ "class", "meterbox" ] [
                                el "span" [
                                    "class", "meter"
                                    "style", $"width: {Format.decimals 1 (100.0 * seconds / longest)}%%"
                                ] []
                            ]
                            right (string run)
                            right (
                                if run > 0 then
                                    Format.seconds (seconds / double run)
                                else
                                    ""
                            )
                            right (string cached)
                            right (if memory > 0L then Format.bytes memory else "")
                        ]
                ]
            ]
        ]
    ]

let private stateWords =
    function
    | CellFinished -> "finished", ""
    | CellFailed why -> "failed", why
    | CellDiverged why -> "diverged", why
    | CellNotRun why -> "not run", why

/// Everything that should be here and is not.
let failures (results: Results) (tables: TaskTable list) =
    let broken = results.Cells |> List.filter (fun c -> c.State <> CellFinished)

    let absent = [
        for table in tables do
            for row in table.Rollouts @ table.Estimates do
                for entry in row.Entries do
                    match entry.Limit with
                    | Some limit when not entry.Seeds.Complete ->
                        $"{table.Task}, {row.Name}, limit {Format.exact limit}: {entry.Seeds}"
                    | _ -> ()
    ]

    let cells = [
        if not broken.IsEmpty then
            div "scroll" [
                el "table" [ "class", "plain" ] [
                    el "thead" [] [
                        el "tr" [] [
                            for title in [ "cell"; "state"; "why" ] do
                                el "th" [ "scope", "col" ] [ text title ]
                        ]
                    ]
                    el "tbody" [] [
                        for cell in broken do
                            let state, why = stateWords cell.State

                            el "tr" [] [
                                el "td" [] [
                                    link (HtmlTable.cellAnchor cell.Record.Cell) [ text cell.Label ]
                                ]
                                el "td" [] [ span (if state = "not run" then "chip" else "chip bad") state ]
                                el "td" [] [ text why ]
                            ]
                    ]
                ]
            ]
    ]

    if broken.IsEmpty && absent.IsEmpty then
        [ p [ text "Nothing: every cell has finished and every seed has its score." ] ]
    else
        [
            if not absent.IsEmpty then
                p [ text "Groups with fewer scores than seeds:" ]
                el "ul" [] [ for line in absent -> el "li" [] [ text line ] ]
            yield! cells
        ]

let private mono content =
    el "span" [ "class", "mono" ] [ text content ]

let private optional = Option.map mono >> Option.toList

let private command (record: RecordLink) = [
    match record.Command with
    | Some c -> mono c
    | None -> ()
]

let private scoreWords =
    function
    | Scored e -> Format.plural e.Returns.Length "episode"
    | Missing -> "missing"
    | Failed why -> "failed: " + why
    | Diverged why -> "diverged: " + why

/// The records behind each entry of the tables.
let groups (tables: TaskTable list) =
    let group (table: TaskTable) kind (row: Row) (entry: TableEntry) =
        let where =
            match entry.Limit with
            | Some limit -> $"limit {Format.exact limit}"
            | None -> "average over the limits"

        let members =
            // The average's records are those of the limits above it.
            match entry.Limit with
            | Some _ -> [
                div "scroll" [
                    el "table" [ "class", "plain" ] [
                        el "thead" [] [
                            el "tr" [] [
                                for title in [ "seed"; "score"; "key"; "artifact"; "made again by" ] do
                                    el "th" [ "scope", "col" ] [ text title ]
                            ]
                        ]
                        el "tbody" [] [
                            for s in entry.Members do
                                let seed =
                                    s.Coordinates.Seed |> Option.map string |> Option.defaultValue "none"

                                el "tr" [] [
                                    el "td" [] [ link (HtmlTable.cellAnchor s.Record.Cell) [ text seed ] ]
                                    el "td" [] [ text (scoreWords s.State) ]
                                    el "td" [] (optional s.Record.Key)
                                    el "td" [] (optional s.Record.Artifact)
                                    el "td" [] (command s.Record)
                                ]
                        ]
                    ]
                ]
              ]
            | None -> [
                el "p" [ "class", "note" ] [
                    text "From: "
                    for limit in table.Limits do
                        link (HtmlTable.groupAnchor table.Task kind row (Some limit)) [
                            text $"limit {Format.exact limit}"
                        ]

                        text " "
                ]
              ]

        el
            "div"
            [
                "class", "group"
                "id", HtmlTable.groupAnchor table.Task kind row entry.Limit
            ]
            (el "b" [] [ text $"{row.Name}, {where}" ]
             :: el "span" [ "class", "note" ] [ text $" · {entry.Count}" ]
             :: members)

    [
        for table in tables do
            for kind, rows, words in
                [
                    Rollout, table.Rollouts, "rollouts"
                    OffPolicy, table.Estimates, "off-policy estimates"
                ] do
                if not rows.IsEmpty then
                    el "details" [] [
                        el "summary" [] [ el "b" [] [ text $"{table.Task}: records of the {words}" ] ]
                        for row in rows do
                            for entry in row.Entries do
                                group table kind row entry
                    ]
    ]

let private cellColumns = [ "cell"; "state"; "time"; "memory"; "key"; "artifact"; "made again by" ]

/// Every cell of the plan.
let cells (results: Results) =
    el "details" [] [
        el "summary" [] [ el "b" [] [ text $"All {results.Cells.Length} cells" ] ]
        div "scroll" [
            el "table" [ "class", "plain" ] [
                el "thead" [] [
                    el "tr" [] [
                        for title in cellColumns do
                            el "th" [ "scope", "col" ] [ text title ]
                    ]
                ]
                el "tbody" [] [
                    for c in results.Cells do
                        let state, _ = stateWords c.State

                        el "tr" [ "id", HtmlTable.cellAnchor c.Record.Cell ] [
                            el "td" [] [ text c.Label ]
                            el "td" [] [ text (if c.Cached then state + ", found" else state) ]
                            el "td" [ "class", "right" ] [
                                text (c.Seconds |> Option.map Format.seconds |> Option.defaultValue "")
                            ]
                            el "td" [ "class", "right" ] [
                                text (c.Memory |> Option.map Format.bytes |> Option.defaultValue "")
                            ]
                            el "td" [] (optional c.Record.Key)
                            el "td" [] (optional c.Record.Artifact)
                            el "td" [] (command c.Record)
                        ]
                ]
            ]
        ]
    ]

let facts (results: Results) = [
    el "table" [ "class", "plain" ] [
        el "tbody" [] [
            for name, value in results.Provenance.Facts do
                el "tr" [] [ el "th" [ "scope", "row" ] [ text name ]; el "td" [] [ mono value ] ]
        ]
    ]
    match results.Provenance.ExperimentText with
    | Some content ->
        el "details" [] [
            el "summary" [] [ el "b" [] [ text "The experiment as it was run" ] ]
            el "pre" [] [ text content ]
        ]
    | None -> ()
]
