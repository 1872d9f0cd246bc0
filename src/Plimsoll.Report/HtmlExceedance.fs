/// How often and how far a task's episodes exceed the limit, as a table beside the plots.
module internal Plimsoll.Report.HtmlExceedance

open Plimsoll.Report.Markup

/// Column heads and what stands below each: in cost/episode at one limit, over all limits as shares of each.
let private measures: (string * (Exceedance -> string)) list = [
    "episodes over",
    (fun e ->
        $"{Format.percent e.Rate.Rate} "
        + $"[{Format.decimals 0 (100.0 * e.Rate.Lower)}, {Format.percent e.Rate.Upper}]")
    "by, on average", (fun e -> e.Excess |> Option.map Format.short |> Option.defaultValue "–")
    "95\u00A0% quantile", (fun e -> Format.short e.Quantile95)
    "worst", (fun e -> Format.short e.Worst)
]

let private inUnits (entry: TableEntry) (e: Exceedance) =
    match entry.Limit with
    | Some limit -> e.InUnits limit
    | None -> e

let private cells (facets: Facets) (table: TaskTable) (row: Row) (entry: TableEntry) =
    let places = [ facets.Limit entry.Limit; Facets.verdict entry ]

    let first i =
        if i = 0 then "first right" else "right"

    match entry.Values |> Option.bind _.Exceedance with
    | None -> [
        for i, _ in List.indexed measures ->
            el "td" (("class", first i) :: places) [ text (if i = 0 then "no score" else "") ]
      ]
    | Some e -> [
        for i, (_, words) in List.indexed measures ->
            let target = Anchors.group table.Task Rollout row entry.Limit
            el "td" (("class", first i) :: places) [ link target [ text (words (inUnits entry e)) ] ]
      ]

let private heads (facets: Facets) (limits: double option list) =
    el "thead" [] [
        el "tr" [] [
            el "th" [ "rowspan", "2"; "scope", "col"; "data-column", "0" ] [ text "method" ]
            for limit in limits do
                el "th" [
                    "colspan", string measures.Length
                    "class", "first"
                    "scope", "colgroup"
                    facets.Limit limit
                ] [
                    text (
                        match limit with
                        | Some _ -> Format.limit limit
                        | None -> "all limits, cost normalised"
                    )
                ]
        ]
        el "tr" [] [
            for i, limit in List.indexed limits do
                for j, (title, _) in List.indexed measures do
                    el "th" [
                        "class", (if j = 0 then "first" else "")
                        "scope", "col"
                        "data-column", string (1 + measures.Length * i + j)
                        facets.Limit limit
                    ] [ text title ]
        ]
    ]

/// Nothing for a task without rollouts: estimates have no episodes.
let draw (facets: Facets) (table: TaskTable) =
    if
        table.Rollouts
        |> List.forall (fun row -> row.Entries |> List.forall _.Values.IsNone)
    then
        []
    else
        let limits = table.Rollouts.Head.Entries |> List.map _.Limit

        [
            el "details" [ "class", "prints" ] [
                el "summary" [ "class", "note" ] [
                    text (
                        "Episodes over the limit: their share with its 95\u00A0% Wilson interval, "
                        + "how far they go beyond it, and the cost that 95\u00A0% of all episodes do not exceed"
                    )
                ]
                div "scroll" [
                    el "table" [ "class", "scores wide beyond sortable" ] [
                        heads facets limits
                        el "tbody" [] [
                            for row in table.Rollouts do
                                el "tr" [ facets.Method row ] [
                                    el "th" [ "scope", "row" ] [
                                        ScatterPlot.swatch (facets.Place row.Name)
                                        text row.Name
                                    ]
                                    yield! row.Entries |> List.collect (cells facets table row)
                                ]
                        ]
                    ]
                ]
            ]
        ]
