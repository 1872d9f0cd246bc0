/// Methods by tasks and limits: who keeps which limit, and how surely.
module internal Plimsoll.Report.HtmlSafety

open Plimsoll.Language
open Plimsoll.Report.Markup

let private cell (facets: Facets) (first: bool) (place: Overview.Place) =
    let attributes = [
        "class", (if first then "first " else "") + place.Verdict.ToString().ToLowerInvariant()
        facets.Task place.Task
        facets.Limit(Some place.Limit)
    ]

    match place.Entry with
    | None -> el "td" (attributes @ [ Facets.noVerdict ]) [ text place.Verdict.Symbol ]
    | Some(row, entry) ->
        let target = Anchors.group place.Task place.Kind row entry.Limit

        let sort =
            match entry.Values with
            | Some v -> [ "data-sort", Format.decimals 4 v.Cost.Mean ]
            | None -> []

        let seeds =
            if entry.Seeds.Complete || entry.Values.IsNone then
                []
            else
                [ span "gap" $"{entry.Seeds.Scored}/{entry.Seeds.Expected}" ]

        el
            "td"
            (attributes @ [ Facets.verdict entry ] @ sort)
            (link target [ text place.Verdict.Symbol ] :: seeds)

let private heads (facets: Facets) (tables: TaskTable list) =
    let columns = [
        for table in tables do
            for i, limit in List.indexed table.Limits -> table.Task, limit, i = 0
    ]

    let last title column =
        el "th" [
            "rowspan", "2"
            "scope", "col"
            "class", "first right"
            "data-column", string column
        ] [ text title ]

    el "thead" [] [
        el "tr" [] [
            el "th" [ "rowspan", "2"; "scope", "col"; "data-column", "0" ] [ text "method" ]
            for table in tables do
                el "th" [
                    "colspan", string table.Limits.Length
                    "class", "first"
                    "scope", "colgroup"
                    facets.Task table.Task
                ] [ text table.Task ]
            last "limits kept" (columns.Length + 1)
            last "mean reward" (columns.Length + 2)
        ]
        el "tr" [] [
            for column, (task, limit, first) in List.indexed columns do
                el "th" [
                    "scope", "col"
                    "class", (if first then "first" else "")
                    "data-column", string (column + 1)
                    facets.Task task
                    facets.Limit(Some limit)
                ] [ text (Format.exact limit) ]
        ]
    ]

let private key =
    el "p" [ "class", "note" ] [
        text "Mean cost over seeds against the limit: "
        for verdict in
            [
                Overview.Keeps
                Overview.BarelyKeeps
                Overview.BarelyOver
                Overview.Over
                Overview.NoScore
            ] do
            el "span" [ "class", "key" ] [ el "b" [] [ text verdict.Symbol ]; text (" " + verdict.Words) ]

            text " "
    ]

/// Where the marks rest on estimates, and which methods have nothing else.
let private estimates (facets: Facets) (tables: TaskTable list) (methods: Overview.Method list) =
    let estimated =
        tables
        |> List.filter (fun t -> Overview.kindOf t = OffPolicy)
        |> List.map _.Task

    let alone =
        facets.Methods
        |> List.filter (fun name -> methods |> List.forall (fun m -> m.Name <> name))

    let without = [
        for table in tables do
            if Overview.kindOf table = Rollout then
                let names =
                    table.Estimates
                    |> List.map _.Name
                    |> List.filter (fun name ->
                        table.Rollouts |> List.forall (fun row -> row.Name <> name)
                        && not (List.contains name alone))

                if not names.IsEmpty then
                    $"On {table.Task}, {Format.list names} has estimates alone, which the table has."
    ]

    let sentences = [
        if not estimated.IsEmpty then
            $"On {Format.list estimated} all is estimated from data alone; no episode was run."
        if not alone.IsEmpty then
            $"Not here, for they have estimates alone where others were run: {Format.list alone}."
        yield! without
    ]

    if sentences.IsEmpty then
        []
    else
        [ el "p" [ "class", "note" ] [ text (String.concat " " sentences) ] ]

/// Everything that is a number here leads to the groups of its records.
let draw (facets: Facets) (tables: TaskTable list) (methods: Overview.Method list) = [
    div "scroll" [
        el "table" [ "class", "scores map sortable" ] [
            heads facets tables
            el "tbody" [] [
                for m in methods do
                    let target = Anchors.method m.Name

                    el "tr" [ "data-method", string (facets.Place m.Name) ] [
                        el "th" [ "scope", "row" ] [ ScatterPlot.swatch (facets.Place m.Name); text m.Name ]
                        for i, place in List.indexed m.Places do
                            let first = i = 0 || m.Places[i - 1].Task <> place.Task

                            cell facets first place
                        el "td" [ "class", "first right" ] [
                            link target [ text $"{m.Kept} of {m.Places.Length}" ]
                        ]
                        el "td" [ "class", "first right" ] [
                            match m.Reward with
                            | Some reward -> link target [ text (Format.decimals 2 reward) ]
                            | None when Overview.isScored m -> link target [ text "no scale" ]
                            | None -> link target [ text "not all scored" ]
                        ]
                    ]
            ]
        ]
    ]
    key
    yield! estimates facets tables methods
]
