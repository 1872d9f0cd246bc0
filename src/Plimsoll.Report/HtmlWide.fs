/// The paper-style tables: methods by tasks, averaged over the limits and at each.
module internal Plimsoll.Report.HtmlWide

open Plimsoll.Report.Markup

let private entryOf limit (row: Row) =
    row.Entries
    |> List.tryFind (fun e -> e.Limit = limit)
    |> Option.map (fun entry -> row, entry)

let private cells (facets: Facets) kind limit (table: TaskTable) name =
    let task = facets.Task table.Task

    match
        Overview.rowsOf kind table
        |> List.tryFind (fun row -> row.Name = name)
        |> Option.bind (entryOf limit)
    with
    | None -> [ el "td" [ "class", "first none"; task ] [ text "–" ]; el "td" [ task ] [] ]
    | Some(row, entry) ->
        let target = Anchors.group table.Task kind row limit
        let places = [ task; Facets.verdict entry ]

        match entry.Values with
        | None -> HtmlTable.noScore target places entry
        | Some v ->
            let state = HtmlTable.stateClass entry

            [
                el
                    "td"
                    (("class", "first " + state) :: places)
                    (link target [ text (HtmlTable.rewardText entry v) ] :: HtmlTable.gap entry)
                el "td" (("class", state) :: places) [ link target [ text (HtmlTable.costText v) ] ]
            ]

let private references (results: Results) (facets: Facets) limit (tables: TaskTable list) =
    let of' (table: TaskTable) =
        table.References
        |> List.tryFind (fun (l, _) -> Some l = limit)
        |> Option.bind snd

    if tables |> List.forall (fun t -> (of' t).IsNone) then
        []
    else
        [
            el "tfoot" [] [
                el "tr" [ "class", "reference" ] [
                    el "th" [ "scope", "row" ] [ text "best trajectory in the data" ]
                    for table in tables do
                        let task = facets.Task table.Task
                        let target = HtmlTable.dataTarget results table.Task

                        match of' table with
                        | Some r ->
                            el "td" [ "class", "first"; task ] [
                                HtmlTable.linked target (Format.decimals 2 r.Reward)
                            ]

                            let cost = Statistics.normaliseCost r.Limit r.Cost
                            el "td" [ task ] [ HtmlTable.linked target (Format.decimals 2 cost) ]
                        | None -> el "td" [ "class", "first"; "colspan", "2"; task ] [ text "none keeps it" ]
                ]
            ]
        ]

let private one (results: Results) (facets: Facets) kind limit (tables: TaskTable list) =
    let rows = tables |> List.collect (Overview.rowsOf kind) |> List.distinctBy _.Name

    div "scroll" [
        el "table" [ "class", "scores wide sortable" ] [
            HtmlTable.heads [ for t in tables -> t.Task, [ facets.Task t.Task ] ]
            el "tbody" [] [
                for row in rows do
                    el "tr" [ facets.Method row ] [
                        el "th" [ "scope", "row" ] [
                            ScatterPlot.swatch (facets.Place row.Name)
                            text row.Name
                        ]
                        for table in tables do
                            yield! cells facets kind limit table row.Name
                    ]
            ]
            yield! references results facets limit tables
        ]
    ]

/// One table for the average over the limits and one for each limit.
let draw (results: Results) (facets: Facets) kind (tables: TaskTable list) =
    let own = tables |> List.filter (fun t -> not (Overview.rowsOf kind t).IsEmpty)

    let parts =
        match facets.Limits with
        | [ _ ] -> []
        | limits -> [ None, $"averaged over the {limits.Length} limits" ]

    let parts =
        parts @ (facets.Limits |> List.map (fun l -> Some l, $"limit {Format.exact l}"))

    [
        for limit, title in parts do
            el "div" [ "class", "part"; facets.Limit limit ] [
                el "h3" [] [ text $"All tasks, {title}" ]
                one results facets kind limit own
            ]
    ]
