/// The page's section on what the results are held against.
module internal Plimsoll.Report.HtmlComparison

open Plimsoll.Report.Markup

let private heads (names: (string * string) list) =
    el "thead" [] [
        el "tr" [] [
            for name, kind in names ->
                el "th" [
                    "scope", "col"
                    if kind <> "" then
                        "class", kind
                ] [ text name ]
        ]
    ]

let private right children = el "td" [ "class", "right" ] children

/// `0.68 / 0.79` and, small, what stands below it.
let private pair (reward: string) (cost: string) below =
    right [
        text $"{reward} / {cost}"
        for line in below do
            el "small" [ "class", "below" ] [ text line ]
    ]

let private two (value: double option) =
    value |> Option.map (Format.decimals 2) |> Option.defaultValue "n/a"

let private signedTwo (value: double option) =
    value |> Option.map (Format.signed 2) |> Option.defaultValue "n/a"

let private remarkAnchor (number: int) = $"not-alike-{number}"

/// Words that link to the full sentence below.
let private warnings (remarks: Remarks) (differences: ProtocolDifference list) =
    el "td" [ "class", "warnings" ] [
        for place, d in List.indexed differences do
            if place > 0 then
                text ", "

            link (remarkAnchor (remarks.Number(ProtocolDifference.describe d))) [
                text (ProtocolDifference.short d)
            ]
    ]

let private publishedRow remarks (p: BesidePublished) =
    let mean = Option.map (fun (e: Estimate) -> e.Mean)

    let deviation (value: double option) =
        value |> Option.map (Format.decimals 2) |> Option.defaultValue "n/a"

    let theirBelow = [
        if p.Number.RewardDeviation.IsSome || p.Number.CostDeviation.IsSome then
            $"± {deviation p.Number.RewardDeviation} / {deviation p.Number.CostDeviation}"
    ]

    let ourBelow = [
        if p.Reward.IsNone then
            p.Seeds.Of(if p.Limits.Length > 1 then "runs" else "seeds")
        else
            match p.Reward |> Option.bind _.Deviation, p.Cost |> Option.bind _.Deviation with
            | None, None -> ()
            | reward, cost -> $"± {deviation reward} / {deviation cost}"
    ]

    el "tr" [] [
        el "th" [ "scope", "row" ] [ text p.Row ]
        el "td" [] [
            text $"{p.Number.Method} "
            el "small" [ "class", "below" ] [
                text $"{p.Table.Paper}, {p.Table.Part}; limits: {ComparisonWords.limits p.Number.Limits}"
            ]
        ]
        pair (two (mean p.Reward)) (two (mean p.Cost)) ourBelow
        pair (Format.decimals 2 p.Number.Reward) (two p.Number.Cost) theirBelow
        pair (signedTwo p.RewardGap) (signedTwo p.CostGap) []
        el "td" [] [ text (ComparisonWords.verdicts p.OursSafe p.TheirsSafe) ]
        warnings remarks p.Differences
    ]

let private items (lines: string list) =
    el "ul" [ "class", "note" ] [ for line in lines -> el "li" [] [ text line ] ]

let private published (c: PublishedComparison) = [
    let remarks = ComparisonWords.remarks c

    el "p" [ "class", "note" ] [
        text (
            "Normalised reward / normalised cost, ± standard deviation; the gap is ours less theirs. The last "
            + "column names in what the two were not made alike: read it before the gap. Where we have all "
            + "limits of theirs, ours is the mean over those, else over our own."
        )
    ]

    if c.Pairs.IsEmpty then
        p [ text "None of our rows has a published counterpart." ]

    for task, pairs in c.Pairs |> List.groupBy _.Task do
        el "h3" [] [ text task ]

        div "scroll" [
            el "table" [ "class", "plain comparison" ] [
                heads [
                    "method", ""
                    "published", ""
                    "ours", "right"
                    "theirs", "right"
                    "gap", "right"
                    "verdict", ""
                    "not alike", ""
                ]
                el "tbody" [] [ for pair in pairs -> publishedRow remarks pair ]
            ]
        ]

    if not c.Pairs.IsEmpty then
        el "h3" [] [ text "In what they were not made alike" ]

        el "ol" [ "class", "note" ] [
            for number, remark in remarks.Numbered -> el "li" [ "id", remarkAnchor number ] [ text remark ]
        ]

        el "h3" [] [ text "Sources" ]

        items [
            for table in c.Pairs |> List.map _.Table |> List.distinct ->
                $"{ComparisonWords.cited table}: {table.Protocol}."
        ]

    if not (c.OursOnly.IsEmpty && c.TheirsOnly.IsEmpty && c.OtherTasks.IsEmpty) then
        el "h3" [] [ text "Without a counterpart" ]

        el "details" [] [
            el "summary" [ "class", "note" ] [
                text (
                    Format.plural c.OursOnly.Length "row"
                    + " of ours, published methods that no arm is, and "
                    + Format.plural c.OtherTasks.Length "task"
                )
            ]
            items [
                for row in c.OursOnly do
                    $"ours, {row.Task}/{row.Row}: {row.Why}"
                for other in c.TheirsOnly do
                    $"{other.Table.Paper}, {other.Table.Part}, {other.Task}: {Format.list other.Methods}"
                if not c.OtherTasks.IsEmpty then
                    $"tasks that the experiment does not have: {Format.list c.OtherTasks}"
            ]
        ]
]

let private estimate (e: Estimate option) =
    match e with
    | None -> right [ text "no score" ]
    | Some e ->
        right [
            text (Format.decimals 2 e.Mean)
            match e.Interval with
            | Some ends -> el "small" [ "class", "below" ] [ text (Format.interval (Format.decimals 2) ends) ]
            | None -> ()
        ]

let private difference (same: bool) (d: Difference option) = [
    match d with
    | None ->
        right [ text "n/a" ]
        right [ text "n/a" ]
    | Some _ when same ->
        right [ text "the same records" ]
        right []
    | Some d ->
        right [
            text (Format.signed 2 d.Mean)
            match d.Interval with
            | Some ends -> el "small" [ "class", "below" ] [ text (Format.interval (Format.signed 2) ends) ]
            | None -> ()
        ]

        right [ text (Format.decimals 2 d.Improvement) ]
]

let private pairRow (p: BothMeasured) =
    let below words =
        el "small" [ "class", "below" ] [ text words ]

    let counts = [
        if not (p.A.Seeds.Complete && p.B.Seeds.Complete) then
            below $"A {p.A.Count}; B {p.B.Count}"

        // Reward and cost are scored together, so their seeds are the same.
        match ComparisonWords.over p.Cost with
        | "" -> ()
        | over -> below $"difference: {over}"

        match ComparisonWords.shared p with
        | "" -> ()
        | words -> below $"difference: {words}"
    ]

    el "tr" [] [
        el "th" [ "scope", "row" ] [
            text (p.Row + (if p.Kind = OffPolicy then ", off-policy estimate" else ""))
            yield! counts
        ]
        el "td" [] [ text (Format.limit p.Limit) ]
        estimate (p.A.Values |> Option.map _.Reward)
        estimate (p.B.Values |> Option.map _.Reward)
        yield! difference p.Same p.Reward
        estimate (p.A.Values |> Option.map _.Cost)
        estimate (p.B.Values |> Option.map _.Cost)
        yield! difference p.Same p.Cost
    ]

let private experiments (c: ExperimentComparison) = [
    el "p" [ "class", "note" ] [
        text (
            $"A is {c.A}, B is {c.B}. Normalised reward and cost with 95 %% intervals: of A and B Student's over "
            + "seeds, of the difference (B less A) Welch's. P: the share of pairs of runs in which B's is better (for "
            + "cost: lower), ties half."
        )
    ]

    el "h3" [] [ text "What is not the same" ]

    if c.Changes.IsEmpty then
        p [ text (ComparisonWords.unchanged c) ]
    else
        div "scroll" [
            el "table" [ "class", "plain comparison" ] [
                heads [ "", ""; "name", ""; "A", ""; "B", "" ]
                el "tbody" [] [
                    for change in c.Changes do
                        let side value = value |> Option.defaultValue "none"

                        el "tr" [] [
                            el "td" [] [ text change.Group.Words ]
                            el "td" [] [ text change.Name ]
                            el "td" [] [ text (side change.A) ]
                            el "td" [] [ text (side change.B) ]
                        ]
                ]
            ]
        ]

    if not c.NotCompared.IsEmpty then
        items (c.NotCompared |> List.map ComparisonWords.notCompared)

    for task, pairs in c.Pairs |> List.groupBy _.Task do
        el "h3" [] [ text task ]

        div "scroll" [
            el "table" [ "class", "plain comparison" ] [
                heads [
                    "method", ""
                    "limit", ""
                    "reward A", "right"
                    "reward B", "right"
                    "difference", "right"
                    "P", "right"
                    "cost A", "right"
                    "cost B", "right"
                    "difference", "right"
                    "P", "right"
                ]
                el "tbody" [] [ for pair in pairs -> pairRow pair ]
            ]
        ]

    for name, only in [ c.A, c.OnlyA; c.B, c.OnlyB ] do
        if not only.IsEmpty then
            el "h3" [] [ text $"In {name} only" ]
            items only
]

/// Title and content.
let section (comparison: Comparison) : string * Node list =
    match comparison with
    | WithPublished numbers -> "Beside published numbers", published numbers
    | WithExperiment other -> $"Beside {other.B}", experiments other
