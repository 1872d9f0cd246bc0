/// The records behind each entry of the tables: one line a policy, with what it earned and cost.
module internal Plimsoll.Report.HtmlGroups

open Plimsoll.Language
open Plimsoll.Report.Markup

let private right children = el "td" [ "class", "right" ] children

let private memberRow (facets: Facets) limit (s: Score) =
    let seed = s.Coordinates.Seed |> Option.map string |> Option.defaultValue "none"
    let name = $"seed {seed}"

    let first =
        el "td" [] [
            match facets.Record s.Record.Cell with
            | Some anchor -> link anchor [ text name ]
            | None -> text name
        ]

    let without state why =
        el "tr" [] [ first; el "td" [ "colspan", "3" ] [ text (state + why) ] ]

    match s.State with
    | Scored e ->
        let rewards =
            e.Returns |> Array.map (Statistics.normaliseReward e.RewardMin e.RewardMax)

        let within = e.Costs |> Array.filter (Statistics.isWithin limit) |> Array.length

        el "tr" [] [
            first
            right [ text (Format.decimals 3 (Statistics.mean rewards)) ]
            right [ text (Format.decimals 2 (Statistics.mean e.Costs)) ]
            right [
                text (
                    match s.Kind with
                    | Rollout -> $"{within} of {e.Costs.Length}"
                    | OffPolicy -> ""
                )
            ]
        ]
    | Missing -> without "missing" ""
    | Failed why -> without "failed: " why
    | Diverged why -> without "diverged: " why

let private groupHead anchor facets words children =
    el
        "tbody"
        (("id", anchor) :: facets)
        (el "tr" [ "class", "grouphead" ] [ el "th" [ "colspan", "4"; "scope", "rowgroup" ] words ]
         :: children)

let private group (facets: Facets) (table: TaskTable) kind (row: Row) (entry: TableEntry) =
    let anchor = Anchors.group table.Task kind row entry.Limit
    let places = [ facets.Method row; facets.Limit entry.Limit ]
    let counted = span "note" $" · {entry.Count}"

    match entry.Limit with
    | Some limit ->
        groupHead anchor places [ text $"{row.Name}, limit {Format.exact limit}"; counted ] [
            for s in entry.Members -> memberRow facets limit s
        ]
    // The average's records are those of the limits above it.
    | None ->
        groupHead anchor places [
            text $"{row.Name}, averaged over"
            for limit in table.Limits do
                text " "
                link (Anchors.group table.Task kind row (Some limit)) [ text (Format.limit (Some limit)) ]
            counted
        ] []

/// A method's groups of one kind: each task's average over the limits, and each limit.
let private groupsOf kind (tables: TaskTable list) name = [
    for table in tables do
        for row in Overview.rowsOf kind table do
            if row.Name = name then
                text $" {table.Task}"

                for entry in row.Entries do
                    text " "

                    link (Anchors.group table.Task kind row entry.Limit) [
                        text (entry.Limit |> Option.map Format.exact |> Option.defaultValue "average")
                    ]

                text ";"
]

let private across (facets: Facets) (tables: TaskTable list) =
    el "details" [] [
        el "summary" [] [ el "b" [] [ text "Over all tasks: the groups of each method" ] ]
        el "ul" [ "class", "columns" ] [
            for name in facets.Methods do
                el "li" [ "id", Anchors.method name; facets.Named name ] [
                    text $"{name}:"
                    for kind, words in [ Rollout, "rollouts"; OffPolicy, "off-policy estimates" ] do
                        match groupsOf kind tables name with
                        | [] -> ()
                        | groups -> el "span" [ "id", Anchors.across kind name ] (text $" {words}:" :: groups)
                ]
        ]
    ]

let private acting (facets: Facets) (times: ActingTime list) =
    el "details" [] [
        el "summary" [] [ el "b" [] [ text "Records of the times to act" ] ]
        el "ul" [ "class", "columns" ] [
            for anchor, own in times |> List.groupBy Anchors.acting do
                let first = own.Head

                let sweep =
                    if first.Sweep.IsEmpty then
                        ""
                    else
                        $" ({Format.sweep first.Sweep})"

                el "li" [ "id", anchor ] [
                    text $"{first.Task}, {first.Arm}{sweep}:"
                    for record in own |> List.collect _.Records |> List.distinctBy _.Cell do
                        text " "

                        match facets.Record record.Cell with
                        | Some cell -> link cell [ text record.Label ]
                        | None -> text record.Label
                ]
        ]
    ]

let draw (facets: Facets) (results: Results) (tables: TaskTable list) = [
    if not facets.Methods.IsEmpty then
        across facets tables
    for table in tables do
        for kind, words in [ Rollout, "rollouts"; OffPolicy, "off-policy estimates" ] do
            let rows = Overview.rowsOf kind table

            if not rows.IsEmpty then
                el "details" [ facets.Task table.Task ] [
                    el "summary" [] [ el "b" [] [ text $"{table.Task}: records of the {words}" ] ]
                    div "scroll" [
                        el "table" [ "class", "plain groups" ] [
                            el "thead" [] [
                                el "tr" [] [
                                    el "th" [ "scope", "col" ] [ text "policy" ]
                                    for title in [ "reward"; "cost per episode"; "episodes within" ] do
                                        el "th" [ "scope", "col"; "class", "right" ] [ text title ]
                                ]
                            ]
                            for row in rows do
                                for entry in row.Entries do
                                    group facets table kind row entry
                        ]
                    ]
                ]
    if not results.ActingTimes.IsEmpty then
        acting facets results.ActingTimes
]
