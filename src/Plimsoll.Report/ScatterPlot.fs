/// Cost against reward at one limit, over the trajectories of the dataset.
module internal Plimsoll.Report.ScatterPlot

open System
open Plimsoll.Report.Markup
open Plimsoll.Report.Axes
open Plimsoll.Report.Palette

type Mark = {
    Name: string
    /// Place in the palette; decides colour and shape.
    Style: int
    Mean: double * double
    /// Half lengths of the bars; NaN where there is none.
    Spread: double * double
    Seeds: (double * double) list
    Safe: bool
    /// Such as `4/5 seeds, 1 diverged`.
    Count: string
    Complete: bool
    /// The records of the mean.
    Origin: Origin
}

type Panel = {
    Task: string
    Limit: double
    Marks: Mark list
    /// Cost and normalised reward of trajectories.
    Background: (double * double) array
    /// Names the background on the page; the panels that share it and the axes draw it once.
    BackgroundId: string
    DrawsBackground: bool
    XRange: double * double
    /// Square roots where the data reach far beyond the limits.
    XSpacing: Spacing
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

/// For the legend.
let swatch style = Palette.swatch style

let private dots (f: Frame) (panel: Panel) =
    if panel.DrawsBackground then
        let places = panel.Background |> Seq.map (fun (x, y) -> f.X.At x, f.Y.At y)
        el "path" [ "id", panel.BackgroundId; "class", "dots"; "d", points places ] []
    else
        el "use" [ "href", "#" + panel.BackgroundId ] []

let private about (panel: Panel) =
    let marks =
        panel.Marks
        |> List.map (fun m ->
            let x, y = m.Mean
            let verdict = if m.Safe then "within the limit" else "over the limit"
            $"{m.Name}: cost {Format.short x}, reward {Format.decimals 2 y}, {verdict}")

    let safe = panel.Marks |> List.filter _.Safe

    let best =
        match safe with
        | [] -> "No method keeps the limit. "
        | _ ->
            let best = safe |> List.maxBy (fun m -> snd m.Mean)

            $"{safe.Length} of {panel.Marks.Length} methods keep the limit; of these {best.Name} earns most, "
            + $"{Format.decimals 2 (snd best.Mean)}. "

    $"Cost and normalised reward on {panel.Task} at limit {Format.exact panel.Limit}. "
    + best
    + String.Join("; ", marks)

let draw (panel: Panel) =
    let f = frame 384.0 300.0 panel.XRange panel.YRange
    let f = { f with X.Spacing = panel.XSpacing }
    // Many methods need smaller marks.
    let size = if panel.Marks.Length > 8 then 1.0 else 1.25
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
        yield!
            axes
                f
                $"limit {Format.exact panel.Limit}"
                (if panel.XSpacing = Root then
                     "cost per episode, square-root scale"
                 else
                     "cost per episode")
                "normalised reward"
        if panel.Background.Length > 0 then
            dots f panel
        segment "limit" (limitX, f.Y.From) (limitX, f.Y.To)
        for m in panel.Marks do
            el "g" (("class", colourClass m.Style) :: m.Origin.Belongs) [
                yield! bars m
                if not m.Seeds.IsEmpty then
                    marks m.Style 0.5 "seed" [ for x, y in m.Seeds -> f.X.At x, f.Y.At y ]
            ]
        for m in panel.Marks do
            let x, y = m.Mean
            let verdict = if m.Safe then "within the limit" else "over the limit"

            leading m.Origin [
                mark m.Style (f.X.At x) (f.Y.At y) size (if m.Complete then "mark" else "mark part") [
                    el "title" [] [
                        text
                            $"{m.Name}: cost {Format.short x}, reward {Format.decimals 2 y}, {verdict}, {m.Count}"
                    ]
                ]
            ]
    ]
