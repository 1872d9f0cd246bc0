/// Provenance: the way back from each number.
module internal Plimsoll.Report.HtmlRecords

open Plimsoll.Report.Markup

let private facts (results: Results) more =
    el "table" [ "class", "plain facts" ] [
        el "tbody" [] [
            // Machines and programs come numbered, as the cells name them.
            for name, value in results.Provenance.Facts do
                if name = "experiment" || List.isEmpty more then
                    el "tr" [] [
                        el "th" [ "scope", "row" ] [ text name ]
                        el "td" [ "class", "mono" ] [ text value ]
                    ]
            for name, value in more do
                el "tr" [] [
                    el "th" [ "scope", "row" ] [ text name ]
                    el "td" [ "class", "mono" ] [ text value ]
                ]
        ]
    ]

let private experiment (results: Results) = [
    match results.Provenance.ExperimentText with
    | Some content ->
        el "details" [] [
            el "summary" [] [ el "b" [] [ text "The experiment as it was run" ] ]
            el "pre" [] [ text content ]
        ]
    | None -> ()
]

let draw (facets: Facets) (results: Results) (tables: TaskTable list) =
    let numbered, cells = HtmlCells.draw results

    [
        facts results numbered
        yield! experiment results
        el "h3" [] [ text "From numbers to records" ]
        yield! HtmlGroups.draw facets results tables
        yield! cells
        el "p" [ "class", "note paper" ] [
            text "On paper the lists of records are folded; report.html and scores.csv have them in full."
        ]
    ]
