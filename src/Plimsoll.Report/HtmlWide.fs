/// The paper-style tables: methods by tasks, averaged over the limits and at each.
module internal Plimsoll.Report.HtmlWide

open Plimsoll.Report.Markup

let private entryOf limit (row: Row) =
    row.Entries
    |> List.tryFind (fun e -> e.Limit = limit)
    |> Option.map (fun entry -> row, entry)

/// Of a method that keeps the mean over the limits, and not every limit: at how many it does.
let private single (row: Row) (entry: TableEntry) =
    let limits = row.Entries |> List.filter _.Limit.IsSome

    let kept =
        limits |> List.filter (fun e -> e.Values |> Option.exists _.Safe) |> List.length

    match entry.Limit, entry.Values with
    | None, Some v when v.Safe && kept < limits.Length -> [ span "small" $"{kept} of {limits.Length} limits" ]
    | _ -> []

let private cells (facets: Facets) kind limit (table: TaskTable) name =
    let task = facets.Task table.Task

    match
        Overview.rowsOf kind table
        |> List.tryFind (fun row -> row.Name = name)
        |> Option.bind (entryOf limit)
    with
    | None ->
        let places = [ task; Facets.noVerdict ]
        [ el "td" (("class", "first none") :: places) [ text "–" ]; el "td" places [] ]
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
                el
                    "td"
                    (("class", state) :: places)
                    (link target [ text (HtmlTable.costText v) ] :: single row entry)
            ]

let private references (results: Results) (facets: Facets) limit (tables: TaskTable list) =
    // None without data, Some None where no trajectory keeps the limit.
    let of' (table: TaskTable) =
        table.References
        |> List.tryFind (fun (l, _) -> Some l = limit)
        |> Option.map snd

    let absent task words =
        el "td" [ "class", "first"; "colspan", "2"; task ] [ text words ]

    if tables |> List.forall (fun t -> (of' t).IsNone) then
        []
    else
        [
            el "tfoot" [] [
                el "tr" [ "class", "reference" ] [
                    el "th" [ "scope", "row" ] [ text "best trajectory in the data" ]
                    for table in tables do
                        let task = facets.Task table.Task
                        let target = HtmlTable.dataTarget results facets table.Task

                        match of' table with
                        | Some(Some r) ->
                            el "td" [ "class", "first"; task ] [
                                HtmlTable.linked target (Format.decimals 2 r.Reward)
                            ]

                            let cost = Statistics.normaliseCost r.Limit r.Cost
                            el "td" [ task ] [ HtmlTable.linked target (Format.decimals 2 cost) ]
                        | Some None -> absent task "none keeps it"
                        | None -> absent task "data not read"
                    el "td" [ "class", "first"; "colspan", "2"; Facets.allTasks ] []
                ]
            ]
        ]

/// Over all tasks: the mean reward with its interval over seeds, and at how many places the limit is kept.
let private acrossCells kind limit (across: AcrossTasks option) name =
    let entry =
        across
        |> Option.bind (fun a -> a.Rows |> List.tryFind (fun row -> row.Name = name))
        |> Option.bind (fun row -> row.Entries |> List.tryFind (fun e -> e.Limit = limit))

    let target = Anchors.across kind name

    match entry with
    | None -> [
        el "td" [ "class", "first none"; Facets.allTasks ] [ text "–" ]
        el "td" [ Facets.allTasks ] []
      ]
    | Some e ->
        let reward =
            match e.Reward with
            | Some { Mean = mean } ->
                let interval =
                    match mean.Interval with
                    | Some(low, high) -> $" [{Format.decimals 2 low}, {Format.decimals 2 high}]"
                    | None -> ""

                Format.decimals 2 mean.Value + interval
            | None when e.Absent.IsEmpty -> "no scale"
            | None -> "not all scored"

        [
            el "td" [ "class", "first"; Facets.allTasks ] [ link target [ text reward ] ]
            el "td" [ Facets.allTasks ] [ link target [ text $"{e.SafePlaces} of {e.Places.Length}" ] ]
        ]

/// What the tables are over: not every task has rows of every kind.
let private over (facets: Facets) (tables: TaskTable list) =
    if tables.Length = facets.Tasks.Length then
        "all tasks"
    else
        Format.list (tables |> List.map _.Task)

let private one (results: Results) (facets: Facets) across kind limit (tables: TaskTable list) =
    let rows = tables |> List.collect (Overview.rowsOf kind) |> List.distinctBy _.Name

    let own = across |> List.tryFind (fun (a: AcrossTasks) -> a.Kind = kind)

    div "scroll" [
        el "table" [ "class", "scores wide sortable" ] [
            HtmlTable.heads [
                for t in tables do
                    t.Task, [ facets.Task t.Task ], ("reward", "cost")
                over facets tables, [ Facets.allTasks ], ("mean reward", "safe in")
            ]
            el "tbody" [] [
                for row in rows do
                    el "tr" [ facets.Method row ] [
                        el "th" [ "scope", "row" ] [
                            ScatterPlot.swatch (facets.Place row.Name)
                            text row.Name
                        ]
                        for table in tables do
                            yield! cells facets kind limit table row.Name
                        yield! acrossCells kind limit own row.Name
                    ]
            ]
            yield! references results facets limit tables
        ]
    ]

let private pooled =
    el "p" [ "class", "note" ] [
        text (
            "Here ✓ and ★ are of the mean over the limits, as DSRL pools it. A method that has them may be over a "
            + "single limit: below its cost stands at how many it keeps the limit."
        )
    ]

/// One table for the average over the limits and one for each limit.
let draw (results: Results) (facets: Facets) (across: AcrossTasks list) kind (tables: TaskTable list) =
    let own = tables |> List.filter (fun t -> not (Overview.rowsOf kind t).IsEmpty)

    let where =
        if own.Length = facets.Tasks.Length then
            "All tasks"
        else
            over facets own

    let parts = [
        if facets.Limits.Length > 1 then
            None, $"averaged over the {facets.Limits.Length} limits"
        for limit in facets.Limits do
            Some limit, $"limit {Format.exact limit}"
    ]

    [
        for limit, title in parts do
            el "div" [ "class", "part"; facets.Limit limit ] [
                el "h3" [] [ text $"{where}, {title}" ]
                if limit.IsNone then
                    pooled
                one results facets across kind limit own
            ]
    ]
