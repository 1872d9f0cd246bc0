/// Scales, ticks and the frame that all plots share. Units are SVG user units.
module internal Plimsoll.Report.Axes

open System
open Plimsoll.Report.Markup

/// A multiple of 1, 2 or 5 times a power of ten, so that about `count` steps span the range.
let niceStep (count: int) (span: double) =
    let rough = span / double count
    let power = Math.Pow(10.0, floor (Math.Log10 rough))

    match rough / power with
    | r when r <= 1.0 -> power
    | r when r <= 2.0 -> 2.0 * power
    | r when r <= 5.0 -> 5.0 * power
    | _ -> 10.0 * power

/// Round numbers within [low, high].
let niceTicks (count: int) (low: double) (high: double) =
    if not (high > low) then
        [ low ]
    else
        let step = niceStep count (high - low)
        let first = ceil (low / step - 1e-9)
        let last = floor (high / step + 1e-9)
        [ for i in first..last -> if i = 0.0 then 0.0 else i * step ]

/// A range with some air around it; never empty.
let padded (share: double) (values: double seq) =
    let finite = values |> Seq.filter Double.IsFinite |> Seq.toArray

    if finite.Length = 0 then
        0.0, 1.0
    else
        let low, high = Array.min finite, Array.max finite
        let span = high - low

        if span > 0.0 then low - share * span, high + share * span
        elif low = 0.0 then -0.5, 0.5
        else low - 0.1 * abs low, high + 0.1 * abs high

type Spacing =
    | Linear
    | Logarithmic
    /// Square roots: for amounts from 0 of which a few are far larger than the rest.
    | Root

/// Maps [Low, High] to [From, To].
type Scale = {
    Low: double
    High: double
    From: double
    To: double
    Spacing: Spacing
} with

    member private this.Place value =
        match this.Spacing with
        | Linear -> value
        | Logarithmic -> Math.Log10 value
        | Root -> sqrt (max 0.0 value)

    member this.At(value: double) =
        let low = this.Place this.Low
        let share = (this.Place value - low) / (this.Place this.High - low)
        this.From + share * (this.To - this.From)

    member this.Ticks count =
        match this.Spacing with
        | Linear -> niceTicks count this.Low this.High
        | Logarithmic ->
            let low, high =
                int (ceil (Math.Log10 this.Low - 1e-9)), int (floor (Math.Log10 this.High + 1e-9))

            let step = max 1 ((high - low) / count)
            [ for e in low..step..high -> Math.Pow(10.0, double e) ]
        | Root ->
            // Round numbers near the squares of even steps.
            let step = sqrt this.High / double count

            [
                for i in 0..count do
                    let square = step * step * double (i * i)
                    let unit = if i = 0 then 1.0 else niceStep 2 (square / 2.0)
                    unit * floor (square / unit + 1e-9)
            ]
            |> List.filter (fun t -> t >= this.Low && t <= this.High)
            |> List.distinct

    /// Within the axis, whatever the value.
    member this.Within(value: double) =
        this.At(value |> max this.Low |> min this.High)

let linear low high from upTo = {
    Low = low
    High = high
    From = from
    To = upTo
    Spacing = Linear
}

/// A tenth of a user unit is invisible, and short: `12`, `4.5`.
let at (x: double) =
    let tenths = int (round (10.0 * x))

    if tenths % 10 = 0 then string (tenths / 10)
    elif tenths < 0 then $"-{-tenths / 10}.{-tenths % 10}"
    else $"{tenths / 10}.{tenths % 10}"

let tickText (ticks: double list) (value: double) =
    let largest = ticks |> List.map abs |> List.fold max 0.0

    let step =
        match ticks with
        | a :: b :: _ -> abs (b - a)
        | _ -> max largest 1.0

    if largest >= 1e5 || (largest > 0.0 && step < 1e-3) then
        value.ToString("0.##e+0", Globalization.CultureInfo.InvariantCulture).Replace("e+", "e")
    else
        Format.decimals (int (max 0.0 (ceil (-(Math.Log10 step) - 1e-9)))) value

let label cssClass anchor (x: double) (y: double) content =
    el "text" [
        "class", cssClass
        if anchor <> "start" then
            "text-anchor", anchor
        "x", at x
        "y", at y
    ] [ text content ]

/// As a label of its axis, whose class aligns it.
let private tick cssClass (x: double) (y: double) content =
    el "text" [ "class", cssClass; "x", at x; "y", at y ] [ text content ]

let segment cssClass (x1: double, y1: double) (x2: double, y2: double) =
    el "path" [ "class", cssClass; "d", $"M{at x1} {at y1}L{at x2} {at y2}" ] []

type Frame = {
    Width: double
    Height: double
    X: Scale
    Y: Scale
}

let left, right, top, bottom = 46.0, 10.0, 26.0, 36.0

let frame width height (xLow, xHigh) (yLow, yHigh) = {
    Width = width
    Height = height
    X = linear xLow xHigh left (width - right)
    Y = linear yLow yHigh (height - bottom) top
}

/// A label for every tick that has room beside the one before; a grid line for each.
let columns (x: Scale) (low: double) (high: double) (ticks: (double * string) list) = [
    let lines = ticks |> List.map (fun (t, _) -> $"M{at (x.At t)} {at low}V{at high}")
    el "path" [ "class", "grid"; "d", String.Join("", lines) ] []
    let mutable free = -infinity

    for t, words in ticks do
        let place, half = x.At t, 3.2 * double words.Length

        if place - half > free then
            free <- place + half + 4.0
            tick "tx" place (low + 13.0) words
]

let private rows (f: Frame) (ticks: double list) = [
    let lines =
        ticks |> List.map (fun t -> $"M{at f.X.From} {at (f.Y.At t)}H{at f.X.To}")

    el "path" [ "class", "grid"; "d", String.Join("", lines) ] []

    for t in ticks do
        tick "ty" (f.X.From - 5.0) (f.Y.At t + 3.5) (tickText ticks t)
]

let named (ticks: double list) =
    ticks |> List.map (fun t -> t, tickText ticks t)

/// Grid, ticks, axis titles and the plot's own title.
let axesAt (f: Frame) xTicks title xTitle yTitle = [
    yield! columns f.X f.Y.From f.Y.To xTicks
    yield! rows f (f.Y.Ticks 4)
    segment "axis" (f.X.From, f.Y.From) (f.X.To, f.Y.From)
    label "title" "start" f.X.From 14.0 title
    label "name" "end" f.X.To (f.Height - 6.0) xTitle
    label "name" "end" f.X.To 14.0 yTitle
]

let axes (f: Frame) title xTitle yTitle =
    axesAt f (named (f.X.Ticks 5)) title xTitle yTitle

/// The finished picture. `about` is the text for those who do not see it.
let picture (width: double) (height: double) (about: string) children =
    el
        "svg"
        [
            "viewBox", $"0 0 {at width} {at height}"
            "role", "img"
            "aria-label", about
            "class", "plot"
        ]
        children

/// Tenths of a unit as SVG's path grammar has them at their shortest: `-.3`, `12`, `4.5`.
let private tenths (builder: Text.StringBuilder) (value: int) =
    if value < 0 then
        builder.Append '-' |> ignore

    let size = abs value

    if size >= 10 || size = 0 then
        builder.Append(size / 10) |> ignore

    if size % 10 <> 0 then
        builder.Append('.').Append(size % 10) |> ignore

/// The points of a polyline as steps from one to the next: half as long as places. Rounding does not add up.
let private steps (builder: Text.StringBuilder) (points: (double * double) seq) =
    let mutable x, y, first = 0, 0, true

    for px, py in points do
        let nextX, nextY = int (round (10.0 * px)), int (round (10.0 * py))

        if first then
            builder.Append 'M' |> ignore
            tenths builder nextX
            builder.Append ' ' |> ignore
            tenths builder nextY
            builder.Append 'l' |> ignore
            first <- false
            x <- nextX
            y <- nextY
        elif nextX <> x || nextY <> y then
            if builder[builder.Length - 1] <> 'l' && nextX >= x then
                builder.Append ' ' |> ignore

            tenths builder (nextX - x)

            if nextY >= y then
                builder.Append ' ' |> ignore

            tenths builder (nextY - y)
            x <- nextX
            y <- nextY

    // A lone point is drawn as one: round caps make it seen.
    if not first && builder[builder.Length - 1] = 'l' then
        builder.Append "0 0" |> ignore

/// A polyline through the points; empty without points.
let path (points: (double * double) seq) =
    let builder = Text.StringBuilder()
    steps builder points
    builder.ToString()

/// The area between two lines, from left to right.
let band (lower: (double * double) seq) (upper: (double * double) seq) =
    path (Seq.append lower (Seq.rev upper)) + "z"

/// Points as strokes of no length, drawn by round caps.
let points (places: (double * double) seq) =
    let builder = Text.StringBuilder()
    let mutable x, y = 0, 0

    for px, py in places do
        let nextX, nextY = int (round (10.0 * px)), int (round (10.0 * py))
        builder.Append(if builder.Length = 0 then 'M' else 'm') |> ignore
        tenths builder (nextX - x)

        if nextY >= y then
            builder.Append ' ' |> ignore

        tenths builder (nextY - y)
        builder.Append "h0" |> ignore
        x <- nextX
        y <- nextY

    builder.ToString()
