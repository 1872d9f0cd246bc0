/// Where the time went.
module internal Plimsoll.Report.HtmlTimes

open Plimsoll.Report.Markup

let private right attributes children =
    el "td" (("class", "right") :: attributes) children

/// A bar whose length is a share; the number stands beside it.
let private bar (share: double) =
    el "svg" [
        "viewBox", "0 0 100 6"
        "preserveAspectRatio", "none"
        "class", "meter"
        "aria-hidden", "true"
    ] [ el "rect" [ "width", Format.decimals 1 (100.0 * share); "height", "6" ] [] ]

let private columns = [
    "stage", "", 0
    "time", "right", 1
    "cells run", "right", 3
    "a cell", "right", 4
    "found finished", "right", 5
    "peak memory", "right", 6
]

/// Seconds by stage, longest first; a number leads to the stage's cells.
let draw (results: Results) =
    let byStage =
        results.Cells
        |> List.groupBy _.Stage
        |> List.map (fun (stage, cells) ->
            stage,
            cells |> List.choose _.Seconds |> List.sum,
            cells |> List.filter (fun c -> c.Seconds.IsSome) |> List.length,
            cells |> List.filter _.Cached |> List.length,
            cells |> List.choose _.Memory |> List.fold max 0L)
        |> List.sortByDescending (fun (_, seconds, _, _, _) -> seconds)

    let longest = byStage |> List.map (fun (_, s, _, _, _) -> s) |> List.fold max 1e-9
    let total = byStage |> List.sumBy (fun (_, s, _, _, _) -> s)

    [
        p [
            text $"{Format.seconds total} of computing in all, when each cell was computed. "
        ]
        div "scroll" [
            el "table" [ "class", "plain sortable" ] [
                el "thead" [] [
                    el "tr" [] [
                        for title, cssClass, column in columns do
                            el "th" [ "scope", "col"; "class", cssClass; "data-column", string column ] [
                                text title
                            ]

                            if column = 1 then
                                el "td" [] []
                    ]
                ]
                el "tbody" [] [
                    for stage, seconds, run, cached, memory in byStage do
                        let records = link (Anchors.stage stage)
                        let each = if run > 0 then seconds / double run else nan
                        let sort value = [ "data-sort", Format.exact value ]

                        el "tr" [] [
                            el "th" [ "scope", "row" ] [ text stage ]
                            right (sort seconds) [ records [ text (Format.seconds seconds) ] ]
                            el "td" [ "class", "meterbox" ] [ bar (seconds / longest) ]
                            right [] [ records [ text (string run) ] ]
                            right (sort each) [
                                if run > 0 then
                                    records [ text (Format.seconds each) ]
                            ]
                            right [] [ records [ text (string cached) ] ]
                            right (sort (double memory)) [
                                if memory > 0L then
                                    records [ text (Format.bytes memory) ]
                            ]
                        ]
                ]
            ]
        ]
    ]
