/// The table as people know it from papers, each number a link to its records.
module internal Plimsoll.Report.HtmlTable

open Plimsoll.Language
open Plimsoll.Report.Markup

/// Anchor of a cell of the plan.
let cellAnchor (CellId id) =
    "cell-" + (if id.Length > 16 then id.Substring(0, 16) else id)

let private clean (name: string) =
    name
    |> String.map (fun c -> if System.Char.IsAsciiLetterOrDigit c then c else '-')

/// Anchor of the records behind one entry.
let groupAnchor task kind (row: Row) (limit: double option) =
    let kind = if kind = Rollout then "r" else "e"
    let limit = limit |> Option.map Format.exact |> Option.defaultValue "average"
    // The plain name is for people; the digits tell apart what `clean` makes equal.
    let exact = $"{task}\n{row.Name}"

    let mark =
        exact
        |> Seq.fold (fun h c -> (h ^^^ uint64 c) * 0x100000001B3UL) 0xCBF29CE484222325UL

    $"{kind}-{clean task}-{clean row.Name}-{clean limit}-{mark % 0x100000UL:x}"

let private plusMinus (e: Estimate) =
    match e.Deviation with
    | Some d -> $" ± {Format.decimals 2 d}"
    | None -> ""

let private entryCells task kind (row: Row) (entry: TableEntry) =
    let target = groupAnchor task kind row entry.Limit

    let gap =
        if entry.Seeds.Complete then
            []
        else
            [ span "small gap" (entry.Count) ]

    match entry.Values with
    | None -> [
        el "td" [ "class", "first"; "colspan", "2" ] [
            link target [ text "no score" ]
            span "small gap" (entry.Count)
        ]
      ]
    | Some v ->
        let state =
            (if v.Safe then "safe" else "over") + (if entry.BestSafe then " best" else "")

        let interval =
            match v.Reward.Interval with
            | Some(low, high) -> [ span "small" $"[{Format.decimals 2 low}, {Format.decimals 2 high}]" ]
            | None -> []

        let raw =
            let mean =
                match v.RawCost.Error with
                | Some(error, _) -> Format.within v.RawCost.Mean error
                | None -> Format.short v.RawCost.Mean

            let beside =
                match entry.Limit with
                | Some limit -> $" / {Format.exact limit}"
                | None -> ""

            span "small" (mean + beside)

        let within =
            match v.Feasible with
            | Some f -> [
                el "span" [
                    "class", "small"
                    "title",
                    $"{f.Successes} of {f.Trials} episodes; 95 %% Wilson interval "
                    + $"[{Format.percent f.Lower}, {Format.percent f.Upper}]"
                ] [ text $"{Format.percent f.Rate} within" ]
              ]
            | None -> []

        let symbol = if entry.BestSafe then "★ " else ""
        let verdict = if v.Safe then " ✓" else " ✗"

        [
            el
                "td"
                [ "class", "first " + state ]
                ([
                    el "span" [ "class", "big" ] [
                        link target [ text (symbol + Format.decimals 2 v.Reward.Mean + plusMinus v.Reward) ]
                    ]
                 ]
                 @ interval
                 @ gap)
            el
                "td"
                [ "class", state ]
                ([
                    el "span" [ "class", "big" ] [
                        link target [ text (Format.decimals 2 v.Cost.Mean + verdict) ]
                    ]
                    raw
                 ]
                 @ within)
        ]

let private heads (limits: double list) =
    let columns =
        (limits |> List.map (fun l -> $"limit {Format.exact l}"))
        @ (if limits.Length > 1 then [ "average" ] else [])

    el "thead" [] [
        el
            "tr"
            []
            (el "th" [] []
             :: [
                 for c in columns ->
                     el "th" [ "colspan", "2"; "class", "first"; "scope", "colgroup" ] [ text c ]
             ])
        el
            "tr"
            []
            (el "th" [] []
             :: [
                 for _ in columns do
                     el "th" [ "class", "first"; "scope", "col" ] [ text "reward" ]
                     el "th" [ "scope", "col" ] [ text "cost" ]
             ])
    ]

let private referenceRow (table: TaskTable) =
    let cells = [
        for limit, reference in table.References do
            match reference with
            | Some r ->
                el "td" [ "class", "first" ] [ text (Format.decimals 2 r.Reward) ]

                el "td" [] [
                    text (Format.decimals 2 (Statistics.normaliseCost limit r.Cost))
                    span "small" $"{Format.short r.Cost} / {Format.exact limit}"
                    span "small" $"{r.Within} of {r.Of}"
                ]
            | None -> el "td" [ "class", "first"; "colspan", "2" ] [ text "none keeps it" ]
        if table.Limits.Length > 1 then
            el "td" [ "class", "first"; "colspan", "2" ] []
    ]

    if table.References.IsEmpty then
        []
    else
        [
            el
                "tr"
                [ "class", "reference" ]
                (el "th" [ "scope", "row" ] [ text "best trajectory in the data" ] :: cells)
        ]

/// `styles` is each row's place in the palette.
let draw (table: TaskTable) kind (styleOf: Row -> int) =
    let rows =
        match kind with
        | Rollout -> table.Rollouts
        | OffPolicy -> table.Estimates

    let withReference = kind = Rollout || table.Rollouts.IsEmpty

    div "scroll" [
        el "table" [ "class", "scores" ] [
            heads table.Limits
            el "tbody" [] [
                for row in rows do
                    el "tr" [] [
                        el "th" [ "scope", "row" ] [ ScatterPlot.swatch (styleOf row); text row.Name ]
                        yield! row.Entries |> List.collect (entryCells table.Task kind row)
                    ]
                if withReference then
                    yield! referenceRow table
            ]
        ]
    ]

/// The same costs as DRCORL's tables normalise them, a second reading that decides nothing.
let second (table: TaskTable) kind =
    let rows =
        match kind with
        | Rollout -> table.Rollouts
        | OffPolicy -> table.Estimates

    let average = if table.Limits.Length > 1 then [ "average" ] else []

    let heads =
        (table.Limits |> List.map (fun l -> $"limit {Format.exact l}")) @ average

    el "details" [] [
        el "summary" [ "class", "note" ] [
            text "The same costs in DRCORL's normalisation, C / (limit + 0.1)"
        ]
        el "table" [ "class", "plain" ] [
            el "thead" [] [
                el "tr" [] [
                    el "th" [] []
                    for head in heads do
                        el "th" [ "scope", "col"; "class", "right" ] [ text head ]
                ]
            ]
            el "tbody" [] [
                for row in rows do
                    el "tr" [] [
                        el "th" [ "scope", "row" ] [ text row.Name ]
                        for entry in row.Entries do
                            let cost =
                                match entry.Values with
                                | Some v -> Format.decimals 2 v.CostDrcorl
                                | None -> "no score"

                            el "td" [ "class", "right" ] [ text cost ]
                    ]
            ]
        ]
    ]
