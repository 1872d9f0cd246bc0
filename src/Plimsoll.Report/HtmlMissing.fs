/// Everything that should be here and is not.
module internal Plimsoll.Report.HtmlMissing

open Plimsoll.Report.Markup

let stateWords state =
    match state with
    | CellFinished -> "finished", ""
    | CellFailed why -> "failed", why
    | CellDiverged why -> "diverged", why
    | CellNotRun why -> "not run", why

let private cells (broken: CellFact list) =
    div "scroll" [
        el "table" [ "class", "plain sortable" ] [
            el "thead" [] [
                el "tr" [] [
                    for i, title in List.indexed [ "cell"; "state"; "why" ] do
                        el "th" [ "scope", "col"; "data-column", string i ] [ text title ]
                ]
            ]
            el "tbody" [] [
                for cell in broken do
                    let state, why = stateWords cell.State

                    el "tr" [] [
                        el "td" [] [ link (Anchors.cell cell.Record.Cell) [ text cell.Label ] ]
                        el "td" [] [ span (if state = "not run" then "chip" else "chip bad") state ]
                        el "td" [] [ text why ]
                    ]
            ]
        ]
    ]

/// Groups with fewer scores than members, each with the way to its records.
let private absent (facets: Facets) (tables: TaskTable list) = [
    for table in tables do
        for kind in [ Rollout; OffPolicy ] do
            for row in Overview.rowsOf kind table do
                for entry in row.Entries do
                    match entry.Limit with
                    | Some limit when not entry.Seeds.Complete ->
                        el "li" [ facets.Task table.Task; facets.Limit entry.Limit; facets.Method row ] [
                            text $"{table.Task}, {row.Name}, limit {Format.exact limit}: "
                            link (Anchors.group table.Task kind row entry.Limit) [ text (string entry.Seeds) ]
                        ]
                    | _ -> ()
]

let draw (facets: Facets) (results: Results) (tables: TaskTable list) =
    let broken = results.Cells |> List.filter (fun c -> c.State <> CellFinished)

    match broken, absent facets tables with
    | [], [] -> [ p [ text "Nothing: every cell has finished and every seed has its score." ] ]
    | _, absent -> [
        if not absent.IsEmpty then
            p [ text "Groups with fewer scores than seeds:" ]
            el "ul" [ "class", "columns" ] absent
        if not broken.IsEmpty then
            cells broken
      ]
