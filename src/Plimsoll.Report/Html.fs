/// The page: one file, no network, no script.
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

let private header (results: Results) (tables: TaskTable list) figures =
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
        ]
        el "nav" [] [
            for target, title in
                [
                    "answer", "Answer"
                    "table", "Table"
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

let private verdictClass =
    function
    | Supported -> "chip good"
    | NotSupported -> "chip bad"
    | Undecided -> "chip"

let private claims hybrid (answers: Answer list) = [
    if not answers.IsEmpty then
        el "h3" [] [ text "Claims of the experiment" ]

        el "ul" [ "class", "claims" ] [
            for a in answers do
                el "li" [] [
                    span (verdictClass a.Verdict) a.Verdict.Words
                    text (" " + Claims.describe hybrid a.Claim)
                    el "details" [] [
                        el "summary" [ "class", "note" ] [ text "the numbers behind it" ]
                        el "ul" [ "class", "note" ] [
                            for f in a.Findings do
                                el "li" [] [
                                    text (
                                        $"{f.Task}, {f.Where}, {f.Row}: " + $"{f.Verdict.Words}, {f.Number}"
                                    )
                                ]
                            if a.Findings.IsEmpty then
                                el "li" [] [ text "No row of the tables bears on this claim." ]
                        ]
                    ]
                ]
        ]
]

/// The sentence with the method's name in bold.
let private emphasise (s: Headline.Sentence) =
    match s.Method with
    | Some name when s.Text.Contains name ->
        let at = s.Text.IndexOf(name, System.StringComparison.Ordinal)

        [
            text (s.Text.Substring(0, at))
            el "b" [] [ text name ]
            text (s.Text.Substring(at + name.Length))
        ]
    | _ -> [ text s.Text ]

let private answer hybrid (tables: TaskTable list) answers =
    section "answer" "Answer" [
        for table in tables do
            if tables.Length > 1 then
                el "h3" [] [ text table.Task ]

            el "dl" [ "class", "answer" ] [
                for s in Headline.sentences table do
                    el "dt" [] [ text "limit "; el "b" [] [ text (Format.exact s.Limit) ] ]

                    el "dd" [ "class", (if s.Kept then "kept" else "none") ] [
                        yield! emphasise s
                        if not s.Remarks.IsEmpty then
                            el "small" [] [ text (String.concat " " s.Remarks) ]
                    ]
            ]
        yield! claims hybrid answers
    ]

let private note (sentences: string list) =
    el "p" [ "class", "note" ] [ text (String.concat " " sentences) ]

let private key =
    note [
        "Reward is normalised to the data's range, mean ± standard deviation over seeds;"
        "below it the 95\u00A0% bootstrap interval over episodes."
        "Cost is normalised to the limit: ✓ at most 1, ✗ over it; below it the cost per episode"
        "± standard error beside the limit, and the share of episodes within it."
        "★ marks the highest reward among the methods that keep the limit."
        "Every number links to its records."
    ]

let private table (tables: TaskTable list) styleOf =
    section "table" "Table" [
        key
        for t in tables do
            if not t.Rollouts.IsEmpty then
                el "h3" [] [ text t.Task ]
                HtmlTable.draw t Rollout styleOf
                HtmlTable.second t Rollout

            if not t.Estimates.IsEmpty then
                el "h3" [] [ text t.Task; text ": off-policy estimates" ]

                note [
                    "Estimated from the dataset alone, without a simulator:"
                    "not comparable with rollouts, and no episode was run."
                ]

                HtmlTable.draw t OffPolicy styleOf
                HtmlTable.second t OffPolicy

            if t.HasHybrid then
                note [ Offline.footnote ]
    ]

let private plane (results: Results) (tables: TaskTable list) styleOf =
    section "plane" "Cost and reward" [
        for t in tables do
            for kind, words in [ Rollout, ""; OffPolicy, ": off-policy estimates" ] do
                match HtmlPlots.scatter results styleOf t kind with
                | [] -> ()
                | plots ->
                    el "h3" [] [ text (t.Task + words) ]
                    yield! plots
    ]

let private training (results: Results) =
    section "training" "Training" [
        note [
            "Lines: mean over seeds; bands: from the lowest to the highest value of any seed."
            $"Series of more than {CurvePlot.bins} points are drawn in as many equal stretches: the line at the"
            "stretch's mean, the band over all its values."
        ]
        if results.Curves.IsEmpty then
            p [ text "No training stage left a series." ]
        for task in results.Experiment.Tasks do
            match HtmlPlots.curves results task, HtmlPlots.modes results task with
            | [], [] -> ()
            | curves, modes ->
                el "h3" [] [ text task ]
                yield! curves

                if not modes.IsEmpty then
                    el "h4" [] [ text "What each adaptation step followed" ]
                    yield! modes
    ]

let private reading =
    section "reading" "How to read this" [
        el "dl" [ "class", "answer" ] [
            for term, meaning in
                [
                    "reward",
                    [
                        "(R - r_min) / (r_max - r_min) (DSRL), with the range of returns recorded with the data:"
                        "DSRL's table for its files, else the data's own extremes. It may leave 0 to 1."
                    ]
                    "cost",
                    [
                        "(C + e) / (limit + e), where e is 1 if the limit is 0 and else 0 (DSRL)."
                        "Safe means at most 1."
                    ]
                    "±",
                    [
                        "Beside normalised numbers the sample standard deviation of the seeds' means;"
                        "beside costs per episode the standard error of the mean over seeds"
                        "(over episodes with a single seed)."
                    ]
                    "[low, high]",
                    [
                        $"95\u00A0%% percentile interval of {Statistics.resamples} bootstrap resamples of"
                        "episodes within each seed. It says how well the trained policies were measured,"
                        "not how much training varies."
                    ]
                    "within",
                    [
                        "Share of episodes with cost at most the limit, and its 95\u00A0% Wilson interval."
                    ]
                    "average", [ "Mean over the limits of the numbers at each limit, as DSRL reports." ]
                    "claims",
                    [
                        "Answered with a bootstrap over seeds and, within them, episodes."
                        "A claim with missing or diverged seeds is never called supported."
                    ]
                ] do
                el "dt" [] [ text term ]
                el "dd" [] [ text (String.concat " " meaning) ]
        ]
    ]

/// The whole page. The same results give the same bytes.
let render (results: Results) (tables: TaskTable list) (answers: Answer list) =
    let names =
        tables
        |> List.collect (fun t -> t.Rollouts @ t.Estimates)
        |> List.map _.Name
        |> List.distinct

    let styleOf (row: Row) =
        names |> List.findIndex (fun name -> name = row.Name)

    let figures = HtmlFigures.sections tables (Aggregates.build tables)

    el "html" [ "lang", "en" ] [
        el "head" [] [
            el "meta" [ "charset", "utf-8" ] []
            el "meta" [ "name", "viewport"; "content", "width=device-width, initial-scale=1" ] []
            el "link" [ "rel", "icon"; "href", "data:," ] []
            el "title" [] [ text (results.Experiment.Name + " · Plimsoll") ]
            el "style" [] [ text (Style.css + FigureStyle.css) ]
        ]
        el "body" [] [
            el "main" [] [
                yield! header results tables figures
                answer (Offline.hybridArms results.Experiment) tables answers
                table tables styleOf
                plane results tables styleOf
                for id, title, content in figures do
                    section id title content
                training results
                if not results.Experiment.Protocol.TimeActions.IsEmpty then
                    section "acting" "Time to act" (HtmlActing.draw results)
                section "time" "Time by stage" (HtmlRecords.times results)
                section "failures" "What is missing" (HtmlRecords.failures results tables)
                section
                    "provenance"
                    "Provenance"
                    (HtmlRecords.facts results
                     @ HtmlRecords.groups tables
                     @ [ HtmlRecords.cells results ])
                reading
            ]
        ]
    ]
    |> render
