/// Lines of methods over a common axis, with bands, bars and marks.
module internal Plimsoll.Report.LinePlot

open System
open Plimsoll.Report.Markup
open Plimsoll.Report.Axes
open Plimsoll.Report.Palette

type Point = {
    X: double
    Y: double
    /// Ends of the band or bar; none where they equal Y.
    Low: double
    High: double
    /// Not every run that was asked for stands behind it: drawn hollow.
    Partial: bool
    /// Shown on a mark when the pointer rests on it.
    Says: string
    /// The records behind the mark; None where they are the series'.
    Origin: Origin option
}

type Form =
    /// Every point is a mark with a bar.
    | Marks
    /// A band, and a few marks to know the line by. For what rises or falls alone.
    | Band
    /// As a band, constant from each point to the next.
    | Steps
    /// A constant across the axis, known by a mark at its right end.
    | Level

type Series = {
    Name: string
    Style: int
    Form: Form
    /// Units to the right that marks and bars stand apart from those of other series.
    Shift: double
    /// In ascending x; runs of points, with gaps between them where a value is missing.
    Runs: Point list list
    /// The records behind all of it; None where each mark has its own.
    Target: string option
    /// What it belongs to.
    Belongs: (string * string) list
}

type Guide =
    /// A cost limit on the x axis; what lies to the right is over it.
    | Across of x: double * text: string
    /// On the y axis; what lies above is over it where `Tint` says so.
    | Along of y: double * text: string
    /// y = x: cost equal to its limit; what lies above is over it.
    | Diagonal of text: string

type Panel = {
    Width: double
    Height: double
    Title: string
    XTitle: string
    YTitle: string
    /// Where given, ticks at these values with these texts.
    XTicks: (double * string) list option
    XRange: double * double
    YRange: double * double
    XSpacing: Spacing
    YSpacing: Spacing
    Guides: Guide list
    Series: Series list
    About: string
}

/// Places of `count` series within `spread` units, so that their bars do not hide each other.
let shift spread count i =
    spread * ((double i + 0.5) / double count - 0.5)

let point x y = {
    X = x
    Y = y
    Low = y
    High = y
    Partial = false
    Says = ""
    Origin = None
}

let private frameOf (p: Panel) =
    let f = frame p.Width p.Height p.XRange p.YRange

    {
        f with
            X.Spacing = p.XSpacing
            Y.Spacing = p.YSpacing
    }

let private tint (f: Frame) guide =
    let over d =
        el "path" [ "class", "over"; "d", d ] []

    match guide with
    | Across(x, _) ->
        let x = f.X.Within x
        over $"M{at x} {at f.Y.To}H{at f.X.To}V{at f.Y.From}H{at x}z"
    | Along(y, _) ->
        let y = f.Y.Within y
        over $"M{at f.X.From} {at f.Y.To}H{at f.X.To}V{at y}H{at f.X.From}z"
    | Diagonal _ ->
        // The line leaves the frame at the top or at the right.
        let samples = [
            for i in 0..40 do
                let x = f.X.Low + (f.X.High - f.X.Low) * double i / 40.0
                f.X.At x, f.Y.Within x
        ]

        over (band samples [ f.X.From, f.Y.To; f.X.To, f.Y.To ])

let private guideLine (f: Frame) guide =
    match guide with
    | Across(x, words) -> [
        segment "limit" (f.X.Within x, f.Y.From) (f.X.Within x, f.Y.To)
        if f.X.Within x < f.X.To - 60.0 then
            label "guide" "start" (f.X.Within x + 4.0) (f.Y.To + 10.0) words
        else
            label "guide" "end" (f.X.Within x - 4.0) (f.Y.To + 10.0) words
      ]
    | Along(y, words) -> [
        segment "limit" (f.X.From, f.Y.Within y) (f.X.To, f.Y.Within y)
        label "guide" "end" (f.X.To - 3.0) (f.Y.Within y - 4.0) words
      ]
    | Diagonal words ->
        let low, high = max f.X.Low f.Y.Low, min f.X.High f.Y.High

        let samples = [
            for i in 0..40 do
                let x = low + (high - low) * double i / 40.0
                f.X.At x, f.Y.At x
        ]

        [
            el "path" [ "class", "limit"; "d", path samples ] []
            label "guide" "start" (f.X.From + 8.0) (f.Y.To + 14.0) words
        ]

/// The corners of a line that is constant from each point to the next.
let private corners (points: (double * double) list) = [
    match points with
    | [] -> ()
    | first :: _ ->
        first

        for (_, y), (nextX, nextY) in List.pairwise points do
            nextX, y
            nextX, nextY
]

let private line (f: Frame) (s: Series) =
    let shape =
        match s.Form with
        | Steps -> corners
        | Marks
        | Band
        | Level -> id

    let place pick run =
        run |> List.map (fun p -> f.X.Within p.X + s.Shift, f.Y.Within(pick p)) |> shape

    let hasBand run =
        run |> List.exists (fun p -> p.Low < p.High)

    [
        for run in s.Runs do
            if s.Form <> Marks && hasBand run then
                el "path" [
                    "class", $"band {colourClass s.Style}"
                    "d", band (place _.Low run) (place _.High run)
                ] []
        for run in s.Runs do
            if run.Length > 1 then
                el "path" (stroke s.Style [ "d", path (place _.Y run) ]) []
    ]

/// A few marks on a line that falls or rises, at heights that differ from line to line so that they do not
/// hide each other.
let private sparse (f: Frame) (s: Series) =
    let shift = 0.22 * double (s.Style * 7 % 16) / 16.0

    [
        for run in s.Runs do
            for share in [ 0.93; 0.69; 0.45; 0.25 ] do
                let level = f.Y.Low + (share - shift) * (f.Y.High - f.Y.Low)

                let crossing =
                    List.pairwise run
                    |> List.tryFind (fun (a, b) -> (a.Y - level) * (b.Y - level) <= 0.0 && a.Y <> b.Y)

                match crossing with
                | Some(a, b) ->
                    let share = if s.Form = Steps then 1.0 else (level - a.Y) / (b.Y - a.Y)
                    f.X.Within(a.X + share * (b.X - a.X)), f.Y.At level
                | None -> ()
    ]

/// A point with its bar.
let private pointMark (f: Frame) (s: Series) (p: Point) =
    let x = f.X.At p.X + s.Shift

    let drawn = [
        if p.Low < p.High then
            segment $"bar thin {colourClass s.Style}" (x, f.Y.Within p.Low) (x, f.Y.Within p.High)

        mark s.Style x (f.Y.At p.Y) 0.85 (if p.Partial then "mark part" else "mark") [
            if p.Says <> "" then
                el "title" [] [ text p.Says ]
        ]
    ]

    match p.Origin with
    | Some origin -> [ leading origin drawn ]
    | None -> drawn

let private marks (f: Frame) (s: Series) = [
    match s.Form with
    | Marks ->
        for p in List.concat s.Runs do
            yield! pointMark f s p
    | Band
    | Steps ->
        for x, y in sparse f s do
            mark s.Style x y 0.7 "mark" [ el "title" [] [ text s.Name ] ]
    | Level ->
        match List.tryLast (List.concat s.Runs) with
        | Some p ->
            mark
                s.Style
                (f.X.At p.X - 8.0 - 3.0 * double (s.Style % 5))
                (f.Y.At p.Y)
                0.85
                (if p.Partial then "mark part" else "mark")
                [ el "title" [] [ text p.Says ] ]
        | None -> ()
]

/// What is drawn of a series, with the way to its records.
let private owned (s: Series) drawn =
    match s.Target, drawn with
    | _, [] -> []
    | Some target, _ -> [ leading { Target = target; Belongs = s.Belongs } drawn ]
    | None, _ when s.Belongs.IsEmpty -> drawn
    | None, _ -> [ el "g" s.Belongs drawn ]

let draw (p: Panel) =
    let f = frameOf p

    let xTicks = p.XTicks |> Option.defaultWith (fun () -> named (f.X.Ticks 6))

    picture p.Width p.Height p.About [
        for g in p.Guides do
            tint f g
        yield! axesAt f xTicks p.Title p.XTitle p.YTitle
        for s in p.Series do
            yield! owned s (line f s)
        for s in p.Series do
            // Marks with records of their own carry what they belong to.
            match s.Form with
            | Marks -> yield! marks f s
            | Band
            | Steps
            | Level -> yield! owned s (marks f s)
        for g in p.Guides do
            yield! guideLine f g
    ]

/// Every value that has to lie inside the axes.
let reach (series: Series list) = [
    for s in series do
        for run in s.Runs do
            for p in run do
                yield! [ p.Low; p.Y; p.High ]
]

/// From 0 to above the largest; square roots where the largest leaves little room for the limit.
let amounts (limit: double) (values: double list) =
    let high = values |> List.filter Double.IsFinite |> List.fold max (1.25 * limit)

    (0.0, (if high > 0.0 then 1.05 * high else 1.0)),
    (if high > 5.0 * limit && limit > 0.0 then Root else Linear)
