/// The page: one file that asks nothing of the network and can be read without its script.
module Plimsoll.Report.Html

open Plimsoll.Language
open Plimsoll.Report.Markup

/// A ship's load line: the disc and the bar.
let private plimsollMark =
    el "svg" [ "viewBox", "0 0 64 64"; "aria-hidden", "true" ] [
        el "circle" [
            "cx", "32"
            "cy", "32"
            "r", "20"
            "fill", "none"
            "stroke", "currentColor"
            "stroke-width", "5"
        ] []
        el "rect" [ "x", "2"; "y", "29.5"; "width", "60"; "height", "5"; "fill", "currentColor" ] []
    ]

let private section id title children =
    el "section" [ "id", id ] (el "h2" [] [ text title ] :: children)

let private header (results: Results) (tables: TaskTable list) (comparison: Comparison option) figures =
    let e = results.Experiment

    let episodes =
        if tables |> List.exists (fun t -> not t.Rollouts.IsEmpty) then
            ", " + Format.plural e.Protocol.Episodes "episode" + " each"
        else
            ""

    let arms = e.Arms |> List.map (Offline.nameOf (Offline.hybridArms e))

    [
        el "header" [] [
            plimsollMark
            el "div" [] [
                el "h1" [] [ text e.Name ]
                el "div" [ "class", "lead" ] [
                    text (
                        $"{Format.list arms} on {Format.list e.Tasks}; cost limits "
                        + Format.list (e.Protocol.CostLimits |> List.map Format.exact)
                        + " per episode; "
                        + Format.plural e.Protocol.Seeds.Length "seed"
                        + episodes
                    )
                ]
            ]
            HtmlHead.themeButton
        ]
        el "nav" [] [
            for target, title in
                [
                    "answer", "Answer"
                    "table", "Table"
                    if comparison.IsSome then
                        "comparison", "Comparison"
                    "plane", "Cost and reward"
                    for id, title, _ in figures do
                        id, title
                    "training", "Training"
                    if not e.Protocol.TimeActions.IsEmpty then
                        "acting", "Time to act"
                    "time", "Time"
                    "failures", "What is missing"
                    "provenance", "Provenance"
                    "reading", "How to read this"
                ] do
                link target [ text title ]
        ]
    ]

let private note (sentences: string list) =
    el "p" [ "class", "note" ] [ text (String.concat " " sentences) ]

let private key =
    note [
        "Reward is normalised to the data's range, mean ± standard deviation over seeds."
        "Cost is normalised to the limit: ✓ at most 1, ✗ over it, and then grey."
        "Bold: keeps the limit; ★: the highest reward among the methods that do."
        "All tasks: the mean of the tasks' rewards with its 95\u00A0% bootstrap interval over seeds, and in how"
        "many cases the limit is kept."
        "Every number leads to its records."
    ]

let private fullKey =
    note [
        "Below the reward its 95\u00A0% interval and the mean reward of the episodes that stay within the limit; below"
        "the cost the cost per episode with its 95\u00A0% interval beside the limit, and the share of episodes within it"
        "with its Wilson interval."
    ]

/// The full table of a task; where there are several tasks, folded below the tables of all.
let private detail (results: Results) (facets: Facets) several (t: TaskTable) =
    let body = [
        if not t.Rollouts.IsEmpty then
            if not several then
                el "h3" [] [ text t.Task ]

            HtmlTable.draw results facets t Rollout
            yield! HtmlExceedance.draw facets t
            HtmlTable.second facets t Rollout

        if not t.Estimates.IsEmpty then
            el "h3" [] [ text t.Task; text ": off-policy estimates" ]

            note [
                "Estimated from the dataset alone, without a simulator:"
                "not comparable with rollouts, and no episode was run."
            ]

            HtmlTable.draw results facets t OffPolicy
            HtmlTable.second facets t OffPolicy
    ]

    if several then
        el
            "details"
            [ "class", "prints"; facets.Task t.Task ]
            (el "summary" [] [ el "b" [] [ text t.Task ]; text " in full: intervals, costs per episode" ]
             :: body)
    else
        div "part" body

let private table (results: Results) (facets: Facets) across (tables: TaskTable list) =
    let several = tables.Length > 1

    section "table" "Table" [
        key
        if several then
            for kind in [ Rollout; OffPolicy ] do
                if tables |> List.exists (fun t -> not (Overview.rowsOf kind t).IsEmpty) then
                    if kind = OffPolicy then
                        el "h3" [] [ text "Off-policy estimates" ]

                    yield! HtmlWide.draw results facets across kind tables

            el "h3" [] [ text "Each task in full" ]
        fullKey
        for t in tables do
            detail results facets several t
        if tables |> List.exists _.HasHybrid then
            note [ Offline.footnote ]
    ]

let private plane (results: Results) (facets: Facets) (tables: TaskTable list) =
    let parts = [
        for t in tables do
            for kind, words in [ Rollout, ""; OffPolicy, ": off-policy estimates" ] do
                match HtmlPlots.scatter results facets t kind with
                | [] -> ()
                | plots ->
                    el
                        "div"
                        [ "class", "part"; facets.Task t.Task ]
                        (el "h3" [] [ text (t.Task + words) ] :: plots)
    ]

    section
        "plane"
        "Cost and reward"
        (if parts.IsEmpty then
             [ p [ text "No method has a score whose reward has a scale." ] ]
         else
             parts)

let private training (results: Results) (facets: Facets) =
    section "training" "Training" [
        note [
            "Lines: mean over seeds; bands: from the lowest to the highest value of any seed."
            $"Series of more than {CurvePlot.bins} points are drawn in as many equal stretches: the line at the"
            "stretch's mean, the band over all its values."
        ]
        if results.Curves.IsEmpty then
            p [ text "No training stage left a series." ]
        for task in results.Experiment.Tasks do
            match HtmlPlots.curves results facets task, HtmlPlots.modes results facets task with
            | [], [] -> ()
            | curves, modes ->
                let body = [
                    yield! curves
                    if not modes.IsEmpty then
                        el "h4" [] [ text "What each adaptation step followed" ]
                        yield! modes
                ]

                if results.Experiment.Tasks.Length > 1 then
                    el "details" [ facets.Task task ] [
                        el "summary" [] [ el "b" [] [ text task ] ]
                        yield! body
                    ]
                else
                    el "h3" [] [ text task ]
                    yield! body
    ]

/// The whole page, with what it is held against. The same results give the same bytes.
let renderBeside
    (comparison: Comparison option)
    (results: Results)
    (tables: TaskTable list)
    (answers: Answer list)
    =
    let facets = Facets.ofTables results tables
    let hybrid = Offline.hybridArms results.Experiment
    let across = Aggregates.build tables
    let figures = HtmlFigures.sections facets tables across

    el "html" [ "lang", "en" ] [
        HtmlHead.head (results.Experiment.Name + " · Plimsoll") Style.css
        el "body" [] [
            yield! header results tables comparison figures
            HtmlHead.filter facets
            el "main" [] [
                section "answer" "Answer" (HtmlAnswer.draw facets hybrid tables answers)
                table results facets across tables
                match comparison with
                | Some comparison -> HtmlComparison.section comparison ||> section "comparison"
                | None -> ()
                plane results facets tables
                for id, title, content in figures do
                    section id title content
                training results facets
                if not results.Experiment.Protocol.TimeActions.IsEmpty then
                    section "acting" "Time to act" (HtmlActing.draw results facets)
                section "time" "Time by stage" (HtmlTimes.draw results)
                section "failures" "What is missing" (HtmlMissing.draw facets results tables)
                section "provenance" "Provenance" (HtmlRecords.draw facets results tables)
                section "reading" "How to read this" HtmlReading.draw
            ]
            HtmlHead.scripted ()
        ]
    ]
    |> render

/// The page without a comparison.
let render (results: Results) (tables: TaskTable list) (answers: Answer list) =
    renderBeside None results tables answers
