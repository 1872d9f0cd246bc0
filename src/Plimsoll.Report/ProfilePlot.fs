/// Performance profiles: the share of runs with a score beyond each value (Agarwal et al. 2021).
module internal Plimsoll.Report.ProfilePlot

open Plimsoll.Language
open Plimsoll.Report.Axes
open Plimsoll.Report.Figures
open Plimsoll.Report.AcrossPlot

let private profile (facets: Facets) (across: AcrossTasks) limit isCost =
    let curves =
        across.Rows
        |> List.map (fun row ->
            let e = entryAt limit row
            row, e, (if isCost then e.CostProfile else e.RewardProfile))

    let drawn = curves |> List.filter (fun (_, _, points) -> points.Length > 0)

    let taus =
        drawn
        |> List.collect (fun (_, _, points) -> points |> Array.map _.Tau |> Array.toList)

    let low, high = (0.0 :: taus |> List.min), (1.0 :: taus |> List.max)

    let spacing = if isCost && low >= 0.0 && high > 5.0 then Root else Linear

    // The share at the score that says most: half the data's range of reward, or the limit.
    let place = if isCost then 1.0 else 0.5

    let shareAt (points: ProfilePoint array) =
        match points |> Array.tryFindBack (fun p -> p.Tau <= place) with
        | Some p -> 100.0 * p.Share
        | None -> if isCost then 0.0 else 100.0

    let metric = if isCost then "cost" else "reward"
    let words = if isCost then "at most" else "above"

    if drawn.IsEmpty then
        []
    else
        [
            LinePlot.draw {
                Width = 584.0
                Height = 340.0
                Title = $"share of runs with normalised {metric} {words} τ"
                XTitle = (if spacing = Root then "τ, square-root scale" else "τ")
                YTitle = ""
                XTicks = None
                XRange = low, high
                YRange = 0.0, 1.0
                XSpacing = spacing
                YSpacing = Linear
                Guides = if isCost then [ LinePlot.Across(1.0, "limit") ] else []
                Series =
                    drawn
                    |> List.map (fun (row, e, points) ->
                        row, e, points, originOf facets across.Kind limit row)
                    |> List.map (fun (row, e, points, origin) -> {
                        Name = row.Name
                        Style = facets.Place row.Name
                        Form = LinePlot.Band
                        Shift = 0.0
                        Runs = [
                            [
                                for p in points ->
                                    {
                                        X = p.Tau
                                        Y = p.Share
                                        Low = p.Lower
                                        High = p.Upper
                                        Partial = not e.Runs.Complete
                                        Says = ""
                                        Origin = None
                                    }
                            ]
                        ]
                        Target = Some origin.Target
                        Belongs = origin.Belongs
                    })
                About =
                    $"Performance profiles of normalised {metric} over {Format.list across.Tasks}, {limitName limit}: "
                    + $"share of runs with a score {words} each value. "
                    + $"Percent of runs {words} {Format.exact place}: "
                    + Findings.ranking
                        (Format.decimals 0)
                        (curves
                         |> List.map (fun (row, _, points) ->
                             row.Name, (if points.Length = 0 then nan else shareAt points)))
                    + "."
            }
        ]

/// Where the axis of costs ends, what the curves lack there to 1, and which.
let private beyond (across: AcrossTasks) limit =
    let ends = [
        for row in across.Rows do
            let points = (entryAt limit row).CostProfile

            if points.Length > 0 then
                row.Name, points[points.Length - 1]
    ]

    match ends with
    | [] -> []
    | (_, last) :: _ ->
        let over =
            ends
            |> List.filter (fun (_, p) -> p.Share < 1.0 - 1e-9)
            |> List.map (fun (name, p) -> $"{name} {Format.percent (1.0 - p.Share)}")

        let words =
            $"The axis of costs ends at τ = {Format.exact last.Tau}, that many times the limit"

        if over.IsEmpty then
            note [ words + "; no run costs more." ]
        else
            note [ $"{words}; what a curve lacks there to 1 costs more: {Format.list over}." ]

let private own (facets: Facets) (across: AcrossTasks) =
    let figures =
        limitsOf across
        |> List.map (fun limit -> limit, profile facets across limit false @ profile facets across limit true)
        |> List.filter (fun (_, plots) -> not plots.IsEmpty)

    if figures.IsEmpty then
        []
    else
        [
            yield! heading across
            lineLegend facets (across.Rows |> List.map _.Name)

            for i, (limit, plots) in List.indexed figures do
                fold facets limit (i = 0) ("Over " + (if limit.IsNone then "all limits" else limitName limit)) [
                    Markup.div "pair" plots
                    yield! beyond across limit
                ]

            yield!
                note [
                    "A curve that lies above another's everywhere is better at every τ."
                    "Bands: pointwise 95\u00A0% of the bootstrap over seeds. Tasks and limits weigh the same."
                    yield! absentOf across
                ]
        ]

let section (facets: Facets) (all: AcrossTasks list) = [
    for across in all do
        match own facets across with
        | [] -> ()
        | drawn -> part facets across drawn
]
