/// The page's table of how fast policies act.
module internal Plimsoll.Report.HtmlActing

open Plimsoll.Report.Markup

let private milliseconds seconds = Format.short (1000.0 * seconds)

let private cell (times: ActingTime list) batch =
    match times |> List.tryFind (fun t -> t.Batch = int batch) with
    | None -> el "td" [ "class", "right" ] [ text "not measured" ]
    | Some time ->
        let low, high = Array.head time.Seconds, Array.last time.Seconds

        let policies =
            match time.Seconds.Length with
            | 1 -> "1 policy"
            | several -> $"{several} policies"

        el "td" [ "class", "right" ] [
            link (Anchors.acting time) [ text (milliseconds (ActingTimes.median time)) ]
            el "small" [] [ text $" {milliseconds low} to {milliseconds high}, {policies}" ]
        ]

/// A table a task: arms by numbers of observations at once.
let draw (results: Results) (facets: Facets) =
    let protocol = results.Experiment.Protocol
    let hybrid = Offline.hybridArms results.Experiment

    // An arm without any time keeps its row.
    let rows (times: ActingTime list) arm =
        match times |> List.filter (fun t -> t.Arm = arm) with
        | [] -> [ Offline.nameOf hybrid arm, [] ]
        | own -> own |> List.groupBy (ActingTimes.name hybrid)

    let methodOf name =
        if List.contains name facets.Methods then
            [ "data-method", string (facets.Place name) ]
        else
            []

    [
        p [
            text
                "Milliseconds for 1,000 actions on one thread: the median over an arm's policies, and their range. "
            text "It was measured on the machine of the records, beside whatever else it was doing."
        ]
        for task, times in results.ActingTimes |> List.groupBy _.Task do
            el "h3" [ facets.Task task ] [ text task ]

            el "div" [ "class", "scroll"; facets.Task task ] [
                el "table" [ "class", "plain sortable" ] [
                    el "thead" [] [
                        el "tr" [] [
                            el "th" [ "scope", "col"; "data-column", "0" ] [ text "method" ]
                            for i, batch in List.indexed protocol.TimeActions do
                                el "th" [ "scope", "col"; "class", "right"; "data-column", string (i + 1) ] [
                                    text (if batch = 1L then "one by one" else $"{batch} at once")
                                ]
                        ]
                    ]
                    el "tbody" [] [
                        for arm in results.Experiment.Arms do
                            for name, own in rows times arm do
                                el "tr" (methodOf name) [
                                    el "th" [ "scope", "row" ] [ text name ]
                                    for batch in protocol.TimeActions do
                                        cell own batch
                                ]
                    ]
                ]
            ]
    ]
