/// A task's table in full, each number a link to its records.
module internal Plimsoll.Report.HtmlTable

open Plimsoll.Language
open Plimsoll.Report.Markup

/// The mean reward with its deviation, starred where it is the best.
let rewardText (entry: TableEntry) (v: Values) =
    (if entry.BestSafe then "★ " else "") + v.Reward.WithDeviation

/// The normalised cost with its verdict.
let costText (v: Values) =
    Format.decimals 2 v.Cost.Mean + (if v.Safe then " ✓" else " ✗")

let stateClass (entry: TableEntry) =
    match entry.Values with
    | Some v -> (if v.Safe then "safe" else "over") + (if entry.BestSafe then " best" else "")
    | None -> "none"

/// How many members are missing, where any is.
let gap (entry: TableEntry) =
    if entry.Seeds.Complete then
        []
    else
        [ span "small gap" entry.Count ]

/// The two cells of an entry without a score; two, so that columns can be counted.
let noScore target facets (entry: TableEntry) = [
    el "td" ([ "class", "first none" ] @ facets) [ link target [ text "no score" ]; yield! gap entry ]
    el "td" ([ "class", "none" ] @ facets) []
]

let private interval (v: Values) =
    match v.Reward.Interval with
    | Some ends -> [ span "small" (Format.interval (Format.decimals 2) ends) ]
    | None -> []

let private givenFeasible (v: Values) =
    match v.GivenFeasible with
    | Some { Reward = Some reward } -> [ span "small" $"{Format.decimals 2 reward} where within" ]
    | _ -> []

let private raw (entry: TableEntry) (v: Values) =
    let beside =
        match entry.Limit with
        | Some limit -> $" / {Format.exact limit}"
        | None -> ""

    [
        span "small" (Format.short v.RawCost.Mean + beside)
        match v.RawCost.IntervalText with
        | Some interval -> span "small" interval
        | None -> ()
    ]

let private within (v: Values) =
    match v.Feasible with
    | Some f -> [
        span "small" $"{Format.percent f.Rate} within"
        span "small" $"[{Format.decimals 0 (100.0 * f.Lower)}, {Format.percent f.Upper}]"
      ]
    | None -> []

let private entryCells (facets: Facets) task kind (row: Row) (entry: TableEntry) =
    let target = Anchors.group task kind row entry.Limit
    let places = [ facets.Limit entry.Limit; Facets.verdict entry ]

    match entry.Values with
    | None -> noScore target places entry
    | Some v ->
        let state = stateClass entry

        [
            el
                "td"
                (("class", "first " + state) :: places)
                ([ el "span" [ "class", "big" ] [ link target [ text (rewardText entry v) ] ] ]
                 @ interval v
                 @ givenFeasible v
                 @ gap entry)
            el
                "td"
                (("class", state) :: places)
                ([
                    el "span" [ "class", "big" ] [ link target [ text (costText v) ] ]
                    yield! raw entry v
                 ]
                 @ within v)
        ]

/// Two rows of heads: groups, and under each reward and cost. `data-column` counts the cells below.
let heads (groups: (string * (string * string) list * (string * string)) list) =
    el "thead" [] [
        el "tr" [] [
            el "th" [ "rowspan", "2"; "scope", "col"; "data-column", "0" ] [ text "method" ]
            for title, facets, _ in groups do
                el "th" ([ "colspan", "2"; "class", "first"; "scope", "colgroup" ] @ facets) [ text title ]
        ]
        el "tr" [] [
            for i, (_, facets, (first, second)) in List.indexed groups do
                el "th" ([ "class", "first"; "scope", "col"; "data-column", string (1 + 2 * i) ] @ facets) [
                    text first
                ]

                el "th" ([ "scope", "col"; "data-column", string (2 + 2 * i) ] @ facets) [ text second ]
        ]
    ]

let private columns (facets: Facets) (table: TaskTable) =
    (table.Limits |> List.map Some)
    @ (if table.Limits.Length > 1 then [ None ] else [])
    |> List.map (fun limit -> Format.limit limit, [ facets.Limit limit ], ("reward", "cost"))

/// The record of the dataset that the references are from.
let dataTarget (results: Results) (facets: Facets) task =
    results.Data
    |> List.tryFind (fun d -> d.Task = task)
    |> Option.bind (fun d -> facets.Record d.Record.Cell)

let linked target content =
    match target with
    | Some target -> link target [ text content ]
    | None -> text content

let private referenceRow (facets: Facets) target (table: TaskTable) =
    let cells = [
        for limit, reference in table.References do
            let place = facets.Limit(Some limit)

            match reference with
            | Some r ->
                el "td" [ "class", "first"; place ] [ linked target (Format.decimals 2 r.Reward) ]

                el "td" [ place ] [
                    linked target (Format.decimals 2 (Statistics.normaliseCost limit r.Cost))
                    span "small" $"{Format.short r.Cost} / {Format.exact limit}"
                    span "small" $"{r.Within} of {r.Of}"
                ]
            | None -> el "td" [ "class", "first"; "colspan", "2"; place ] [ text "none keeps it" ]
        if table.Limits.Length > 1 then
            el "td" [ "class", "first"; "colspan", "2"; facets.Limit None ] []
    ]

    if table.References.IsEmpty then
        []
    else
        [
            el "tfoot" [] [
                el
                    "tr"
                    [ "class", "reference" ]
                    (el "th" [ "scope", "row" ] [ text "best trajectory in the data" ] :: cells)
            ]
        ]

let draw (results: Results) (facets: Facets) (table: TaskTable) kind =
    let rows = Overview.rowsOf kind table
    let withReference = kind = Rollout || table.Rollouts.IsEmpty

    div "scroll" [
        el "table" [ "class", "scores full sortable" ] [
            heads (columns facets table)
            el "tbody" [] [
                for row in rows do
                    el "tr" [ facets.Method row ] [
                        el "th" [ "scope", "row" ] [
                            ScatterPlot.swatch (facets.Place row.Name)
                            text row.Name
                        ]
                        yield! row.Entries |> List.collect (entryCells facets table.Task kind row)
                    ]
            ]
            if withReference then
                yield! referenceRow facets (dataTarget results facets table.Task) table
        ]
    ]

/// The same costs as DRCORL's tables normalise them, a second reading that decides nothing.
let second (facets: Facets) (table: TaskTable) kind =
    let rows = Overview.rowsOf kind table

    el "details" [] [
        el "summary" [ "class", "note" ] [
            text "The same costs in DRCORL's normalisation, C / (limit + 0.1)"
        ]
        div "scroll" [
            el "table" [ "class", "plain sortable" ] [
                el "thead" [] [
                    el "tr" [] [
                        el "th" [ "scope", "col"; "data-column", "0" ] [ text "method" ]
                        for i, (head, place, _) in List.indexed (columns facets table) do
                            el
                                "th"
                                ([ "scope", "col"; "class", "right"; "data-column", string (i + 1) ] @ place)
                                [ text head ]
                    ]
                ]
                el "tbody" [] [
                    for row in rows do
                        el "tr" [ facets.Method row ] [
                            el "th" [ "scope", "row" ] [ text row.Name ]
                            for entry in row.Entries do
                                let cost =
                                    match entry.Values with
                                    | Some v -> Format.decimals 2 v.CostDrcorl
                                    | None -> "no score"

                                el "td" [ "class", "right"; facets.Limit entry.Limit; Facets.verdict entry ] [
                                    link (Anchors.group table.Task kind row entry.Limit) [ text cost ]
                                ]
                        ]
                ]
            ]
        ]
    ]
