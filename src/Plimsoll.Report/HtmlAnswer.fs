/// What a reader with one minute takes away.
module internal Plimsoll.Report.HtmlAnswer

open Plimsoll.Language
open Plimsoll.Report.Markup

/// The sentence with the method's name in bold.
let private emphasise (name: string option) (words: string) =
    match name with
    | Some name when words.Contains name ->
        let at = words.IndexOf(name, System.StringComparison.Ordinal)

        [
            text (words.Substring(0, at))
            el "b" [] [ text name ]
            text (words.Substring(at + name.Length))
        ]
    | _ -> [ text words ]

let private linkFor kind (table: TaskTable) limit name =
    Overview.rowsOf kind table
    |> List.tryFind (fun row -> Some row.Name = name)
    |> Option.map (fun row -> Anchors.group table.Task kind row limit)

let private sentences (facets: Facets) (table: TaskTable) =
    el "dl" [ "class", "answer"; facets.Task table.Task ] [
        for s in Headline.sentences table do
            let limit = facets.Limit(Some s.Limit)

            el "dt" [ limit ] [ text "limit "; el "b" [] [ text (Format.exact s.Limit) ] ]

            el "dd" [ "class", (if s.Kept then "kept" else "none"); limit ] [
                yield! emphasise s.Method s.Text
                match linkFor (Overview.kindOf table) table (Some s.Limit) s.Method with
                | Some target ->
                    text " "
                    link target [ text "records" ]
                | None -> ()
                if not s.Remarks.IsEmpty then
                    el "small" [] [ text (String.concat " " s.Remarks) ]
            ]
    ]

/// The best safe method of a task at a limit, or why there is none.
let private bestCell (facets: Facets) (table: TaskTable) limit =
    let kind = Overview.kindOf table
    let place = facets.Limit(Some limit)
    let found = Headline.find table limit

    let none words =
        el "td" [ "class", "first none"; place ] [ text words ]

    match found.Case with
    | Headline.Unscored -> none $"no {found.Kind}method has a score"
    | Headline.NoneKeeps _ when found.Without > 0 -> none $"no {found.Kind}method that has a score keeps it"
    | Headline.NoneKeeps _ -> none $"no {found.Kind}method keeps it"
    | Headline.NoScale((row, entry, _), safe) ->
        let others =
            if safe > 1 then
                $" and {safe - 1} more keep it"
            else
                " keeps it"

        el
            "td"
            [ "class", "first"; "data-best", string (facets.Place row.Name); place ]
            ([
                link (Anchors.group table.Task kind row entry.Limit) [
                    el "b" [] [ text row.Name ]
                    text others
                ]
                span "small" "the reward has no scale"
             ]
             @ HtmlTable.gap entry)
    | Headline.Best((row, entry, v), _) ->
        let within =
            match v.Feasible with
            | Some f -> $", {Format.percent f.Rate} of episodes within"
            | None -> ""

        let interval =
            match v.RawCost.IntervalText with
            | Some interval -> " " + interval
            | None -> ""

        let doubt =
            match v.Alone with
            | Some why -> [ span "small gap" why ]
            | None when v.Sure -> []
            | None -> [ span "small gap" "its interval reaches over the limit: may be luck" ]

        el
            "td"
            [ "class", "first best"; "data-best", string (facets.Place row.Name); place ]
            ([
                link (Anchors.group table.Task kind row entry.Limit) [
                    el "b" [] [ text ((if entry.BestSafe then "★ " else "") + row.Name) ]
                    text $" {v.Reward.WithDeviation}"
                ]
                span "small" $"cost {Format.short v.RawCost.Mean} / {Format.exact limit}{interval}{within}"
             ]
             @ doubt
             @ HtmlTable.gap entry)

let private bestTable (facets: Facets) (tables: TaskTable list) =
    div "scroll" [
        el "table" [ "class", "scores bests" ] [
            el "thead" [] [
                el "tr" [] [
                    el "th" [ "scope", "col" ] [ text "task" ]
                    for limit in facets.Limits do
                        el "th" [ "scope", "col"; "class", "first"; facets.Limit(Some limit) ] [
                            text (Format.limit (Some limit))
                        ]
                ]
            ]
            el "tbody" [] [
                for table in tables do
                    el "tr" [ facets.Task table.Task ] [
                        el "th" [ "scope", "row" ] [
                            text table.Task
                            if Overview.kindOf table = OffPolicy then
                                span "small" "estimated from data alone"
                        ]
                        for limit in facets.Limits do
                            bestCell facets table limit
                    ]
            ]
        ]
    ]

let private verdictClass =
    function
    | Supported -> "chip good"
    | NotSupported -> "chip bad"
    | Undecided -> "chip"

let private findingLink (tables: TaskTable list) (f: Finding) =
    tables
    |> List.tryFind (fun t -> t.Task = f.Task)
    |> Option.bind (fun t -> linkFor f.Kind t f.Limit (Some f.Row))

let private claims hybrid tables (answers: Answer list) = [
    if not answers.IsEmpty then
        el "h3" [] [ text "Claims of the experiment" ]

        el "ul" [ "class", "claims" ] [
            for a in answers do
                el "li" [] [
                    span (verdictClass a.Verdict) a.Verdict.Words
                    text (" " + Claims.describe hybrid a.Claim)
                    el "details" [ "class", "prints" ] [
                        el "summary" [ "class", "note" ] [ text "the numbers behind it" ]
                        el "ul" [ "class", "note columns" ] [
                            for f in a.Findings do
                                el "li" [] [
                                    text $"{f.Task}, {f.Where}, {f.Row}: {f.Verdict.Words}, "
                                    HtmlTable.linked (findingLink tables f) f.Number
                                ]
                            if a.Findings.IsEmpty then
                                el "li" [] [ text "No row of the tables bears on this claim." ]
                        ]
                    ]
                ]
        ]
]

/// How many of the runs that the experiment asks for have a score; rollouts and estimates both count.
let private accounted (tables: TaskTable list) =
    let counts = [
        for table in tables do
            for row in table.Rollouts @ table.Estimates do
                for entry in row.Entries do
                    if entry.Limit.IsSome then
                        entry.Seeds
    ]

    let scored, expected = List.sumBy _.Scored counts, List.sumBy _.Expected counts

    if expected = 0 then
        []
    elif scored = expected then
        [
            text (
                if expected = 1 then
                    "The only run has a score."
                else
                    $"All {expected} runs have a score."
            )
        ]
    else
        let lacking = expected - scored

        [
            text $"""{scored} of {Format.plural expected "run"} have a score; """
            link "failures" [ text $"""{lacking} {if lacking = 1 then "does" else "do"} not""" ]
            text "."
        ]

let draw (facets: Facets) hybrid (tables: TaskTable list) (answers: Answer list) =
    let methods = Overview.methods tables

    [
        match Overview.sentence methods, accounted tables with
        | Some(words, name), runs ->
            el "p" [ "class", "verdict" ] (emphasise name words @ [ text " " ] @ runs)
        | None, [] -> ()
        | None, runs -> el "p" [ "class", "verdict" ] runs
        match tables with
        | [ only ] -> sentences facets only
        | several ->
            el "h3" [] [ text "The highest reward among methods that keep the limit" ]
            bestTable facets several
        if facets.Tasks.Length * facets.Limits.Length > 1 then
            div "part" [
                el "h3" [] [ text "Who keeps which limit" ]
                yield! HtmlSafety.draw facets tables methods
            ]
        yield! claims hybrid tables answers
        if tables.Length > 1 then
            el "details" [ "class", "prints" ] [
                el "summary" [] [ el "b" [] [ text "The same in sentences, with the best of the data" ] ]
                for table in tables do
                    el "h4" [ facets.Task table.Task ] [ text table.Task ]
                    sentences facets table
            ]
    ]
