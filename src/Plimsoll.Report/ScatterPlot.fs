/// Cost against reward at one limit, over the trajectories of the dataset.
module internal Plimsoll.Report.ScatterPlot

open System
open Plimsoll.Report.Markup
open Plimsoll.Report.Axes

type Mark = {
    Name: string
    /// Place in the palette; decides colour and shape.
    Style: int
    Mean: double * double
    /// Half lengths of the bars; NaN where there is none.
    Spread: double * double
    Seeds: (double * double) list
    Safe: bool
}

type Panel = {
    Task: string
    Limit: double
    Marks: Mark list
    /// Cost and normalised reward of trajectories.
    Background: (double * double) array
    XRange: double * double
    YRange: double * double
}

/// Trajectories drawn at most; more would only blacken the plot. They are taken at even distances.
let backgroundLimit = 1500

let thin (points: (double * double) array) =
    if points.Length <= backgroundLimit then
        points
    else
        Array.init backgroundLimit (fun i ->
            points[int (int64 i * int64 points.Length / int64 backgroundLimit)])

/// Eight shapes around the origin, of about equal weight, so that colour is never needed to tell arms apart.
let private shapes = [|
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"
    "M-4.2-4.2h8.4v8.4h-8.4z"
    "M0-5.6L5.2 4H-5.2z"
    "M0-6L5 0L0 6L-5 0z"
    "M0 5.6L5.2-4H-5.2z"
    "M-1.7-5.4h3.4v3.7h3.7v3.4h-3.7v3.7h-3.4v-3.7h-3.7v-3.4h3.7z"
    "M0-5.8L5.5-1.8L3.4 4.7H-3.4L-5.5-1.8z"
    "M-5-2.9L0-5.8L5-2.9V2.9L0 5.8L-5 2.9z"
|]

let colours = 8

/// Colour and shape repeat with different periods, so 56 arms stay apart.
let private shapeOf style =
    shapes[(style + style / colours) % shapes.Length]

let mark style (x: double) (y: double) scale cssClass children =
    el
        "g"
        [
            "transform", $"translate({at x} {at y}) scale({Format.decimals 2 scale})"
            "class", $"{cssClass} c{style % colours}"
        ]
        (el "path" [ "d", shapeOf style ] [] :: children)

/// For the legend.
let swatch style =
    el "svg" [ "viewBox", "-7 -7 14 14"; "class", "swatch"; "aria-hidden", "true" ] [
        mark style 0.0 0.0 1.0 "mark" []
    ]

let private dots (f: Frame) (points: (double * double) array) =
    let builder = Text.StringBuilder()

    for x, y in points do
        builder.Append('M').Append(at (f.X.At x)).Append(' ').Append(at (f.Y.At y)).Append "h0"
        |> ignore

    el "path" [ "class", "dots"; "d", builder.ToString() ] []

let private about (panel: Panel) =
    let marks =
        panel.Marks
        |> List.map (fun m ->
            let x, y = m.Mean
            $"{m.Name}: cost {Format.short x}, reward {Format.decimals 2 y}")

    $"Cost and normalised reward on {panel.Task} at limit {Format.exact panel.Limit}. "
    + String.Join("; ", marks)

let draw (panel: Panel) =
    let f = frame 384.0 300.0 panel.XRange panel.YRange
    let limitX = f.X.At panel.Limit

    let bars (m: Mark) =
        let x, y = m.Mean
        let dx, dy = m.Spread

        [
            if dx > 0.0 then
                segment "bar" (f.X.At(max f.X.Low (x - dx)), f.Y.At y) (f.X.At(x + dx), f.Y.At y)
            if dy > 0.0 then
                segment "bar" (f.X.At x, f.Y.At(y - dy)) (f.X.At x, f.Y.At(y + dy))
        ]

    picture f.Width f.Height (about panel) [
        el "rect" [
            "class", "over"
            "x", at limitX
            "y", at f.Y.To
            "width", at (max 0.0 (f.X.To - limitX))
            "height", at (f.Y.From - f.Y.To)
        ] []
        yield! axes f $"limit {Format.exact panel.Limit}" "cost per episode" "normalised reward"
        dots f panel.Background
        segment "limit" (limitX, f.Y.From) (limitX, f.Y.To)
        for m in panel.Marks do
            el "g" [ "class", $"c{m.Style % colours}" ] (bars m)

            for x, y in m.Seeds do
                mark m.Style (f.X.At x) (f.Y.At y) 0.5 "seed" []
        for m in panel.Marks do
            let x, y = m.Mean
            let verdict = if m.Safe then "within the limit" else "over the limit"

            mark m.Style (f.X.At x) (f.Y.At y) 1.25 "mark" [
                el "title" [] [
                    text $"{m.Name}: cost {Format.short x}, reward {Format.decimals 2 y}, {verdict}"
                ]
            ]
    ]
