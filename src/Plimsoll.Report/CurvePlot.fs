/// Training curves with bands over seeds, and the adaptation's mode over time.
module internal Plimsoll.Report.CurvePlot

open System
open Plimsoll.Report.Markup
open Plimsoll.Report.Axes
open Plimsoll.Report.Palette

/// Mean over seeds, and the lowest and highest value of any of them.
type Line = {
    Name: string
    Style: int
    Steps: double array
    Mean: double array
    Low: double array
    High: double array
    /// The limit it is of, for those who leave out the others.
    Belongs: (string * string) list
}

/// Stretches that a long series is drawn in: of five pixels each, so that a page of many stays small.
let bins = 66

/// Mean, lowest and highest of the finite values in each of `count` equal stretches; NaN where there is none.
let stretches (count: int) (low: double, high: double) (points: struct (double * double) array) =
    let sums, numbers = Array.zeroCreate<double> count, Array.zeroCreate<int> count
    let lowest, highest = Array.create count nan, Array.create count nan

    for struct (step, value) in points do
        if Double.IsFinite value then
            let share = if high > low then (step - low) / (high - low) else 0.0
            let bin = int (share * double count) |> max 0 |> min (count - 1)
            sums[bin] <- sums[bin] + value
            lowest[bin] <- if numbers[bin] = 0 then value else min value lowest[bin]
            highest[bin] <- if numbers[bin] = 0 then value else max value highest[bin]
            numbers[bin] <- numbers[bin] + 1

    Array.map2 (fun sum n -> if n = 0 then nan else sum / double n) sums numbers, lowest, highest

/// The mean alone.
let binned count range points =
    let means, _, _ = stretches count range points
    means

let stepRange (series: struct (double * double) array list) =
    let steps =
        series
        |> List.filter (fun s -> s.Length > 0)
        |> List.collect (fun points ->
            let struct (first, _) = points[0]
            let struct (last, _) = points[points.Length - 1]
            [ first; last ])

    if steps.IsEmpty then
        0.0, 1.0
    else
        List.min steps, List.max steps

/// One line from the seeds' series. Where a seed has ended, the rest carry on: the band covers who is left.
/// A spike keeps its height, however narrow: the band reaches from the lowest to the highest value.
let line name style range (seeds: struct (double * double) array list) =
    let longest = seeds |> List.map Array.length |> List.fold max 1
    let count = min bins longest
    let low, high = range
    let perSeed = seeds |> List.map (stretches count range) |> List.toArray
    let kept = ResizeArray<struct (int * double * double * double)> count

    for i in 0 .. count - 1 do
        let mutable sum, lowest, highest, n = 0.0, infinity, -infinity, 0

        for means, lows, highs in perSeed do
            if Double.IsFinite means[i] then
                sum <- sum + means[i]
                lowest <- min lowest lows[i]
                highest <- max highest highs[i]
                n <- n + 1

        if n > 0 then
            kept.Add(struct (i, sum / double n, lowest, highest))

    let kept = kept.ToArray()

    {
        Name = name
        Style = style
        Steps =
            kept
            |> Array.map (fun struct (i, _, _, _) ->
                if count = 1 then
                    low
                else
                    low + (high - low) * (double i + 0.5) / double count)
        Mean = kept |> Array.map (fun struct (_, mean, _, _) -> mean)
        Low = kept |> Array.map (fun struct (_, _, lowest, _) -> lowest)
        High = kept |> Array.map (fun struct (_, _, _, highest) -> highest)
        Belongs = []
    }

type Guide = { Value: double; Text: string }

let swatch style = Palette.limitSwatch style

let private about title (lines: Line list) =
    let ends =
        lines
        |> List.filter (fun l -> l.Mean.Length > 0)
        |> List.map (fun l ->
            $"{l.Name} from {Format.short l.Mean[0]} to {Format.short l.Mean[l.Mean.Length - 1]}")

    $"{title} over training steps: " + String.Join("; ", ends)

let draw (title: string) (lines: Line list) (guides: Guide list) =
    let reach = lines |> List.collect (fun l -> [ yield! l.Low; yield! l.High ])

    let log =
        not reach.IsEmpty
        && guides.IsEmpty
        && List.min reach > 0.0
        && List.max reach / List.min reach > 300.0

    let range =
        if log then
            List.min reach / 1.3, List.max reach * 1.3
        else
            padded 0.06 (reach @ [ for g in guides -> g.Value ])

    let steps = lines |> List.collect (fun l -> List.ofArray l.Steps)
    let xLow, xHigh = padded 0.0 steps
    let xLow = if xLow > 0.0 && xLow < 0.05 * xHigh then 0.0 else xLow
    let f = frame 384.0 220.0 (xLow, xHigh) range

    let f = {
        f with
            Y.Spacing = if log then Logarithmic else Linear
    }

    let y value = f.Y.Within value

    picture f.Width f.Height (about title lines) [
        yield! axes f title "step" (if log then "log scale" else "")
        for g in guides do
            segment "limit" (f.X.From, f.Y.At g.Value) (f.X.To, f.Y.At g.Value)
            label "guide" "end" (f.X.To - 3.0) (f.Y.At g.Value - 3.0) g.Text
        for l in lines do
            if l.Steps.Length > 1 && l.Low <> l.High then
                let side = Array.map2 (fun s v -> round (f.X.At s), round (y v)) l.Steps

                el "path" [
                    "class", $"band s{limitColourOf l.Style}"
                    "d", band (side l.Low) (side l.High)
                    yield! l.Belongs
                ] []
        for l in lines do
            if l.Steps.Length > 0 then
                let points = Array.map2 (fun s m -> round (f.X.At s), y m) l.Steps l.Mean
                el "path" (limitStroke l.Style (("d", path points) :: l.Belongs)) []
    ]

/// One seed's shares of the modes along the steps.
type Strip = {
    Name: string
    /// Anchor of the series' record.
    Target: string option
    /// Share of reward, both and cost in each bin; empty bins are NaN.
    Shares: struct (double * double * double) array
    /// Over all steps.
    Total: struct (double * double * double)
}

let strip name target range (points: struct (double * double) array) =
    let count = min 230 points.Length

    let share mode =
        points
        |> Array.map (fun struct (step, value) -> struct (step, (if value = mode then 1.0 else 0.0)))

    let perBin = [ 0.0; 1.0; 2.0 ] |> List.map (share >> binned count range)

    let overall mode =
        let hits = points |> Array.sumBy (fun struct (_, v) -> if v = mode then 1 else 0)
        double hits / double (max 1 points.Length)

    {
        Name = name
        Target = target
        Shares = Array.init count (fun i -> struct (perBin[0][i], perBin[1][i], perBin[2][i]))
        Total = struct (overall 0.0, overall 1.0, overall 2.0)
    }

let private rowHeight, rowGap, groupGap = 13.0, 3.0, 12.0
let private nameWidth, totalWidth = 110.0, 150.0

/// Strips in groups, each with its name and what it belongs to, one below the other. In each bin the colours stand
/// as high as their share.
let timeline
    (title: string)
    (range: double * double)
    (groups: ((string * (string * string) list) * Strip list) list)
    =
    let width = 1180.0
    let scale = linear (fst range) (snd range) nameWidth (width - totalWidth)

    let height =
        groups
        |> List.sumBy (fun (_, strips) -> groupGap + double strips.Length * (rowHeight + rowGap))
        |> (+) 24.0

    // The outline of what lies below a boundary: only its changes are written, to half a unit.
    let area (y: double) (shares: struct (double * double * double) array) mode boundary =
        let n = double shares.Length
        let builder = Text.StringBuilder $"M{at scale.From} {at (y + rowHeight)}"
        let mutable height, x = 0.0, scale.From

        let place i =
            round (scale.From + (scale.To - scale.From) * double i / n)

        let rise i next =
            if next <> height then
                let nextX = place i

                if nextX > x then
                    builder.Append('h').Append(at (nextX - x)) |> ignore

                builder.Append('v').Append(at (height - next)) |> ignore
                x <- nextX
                height <- next

        for i, share in Array.indexed shares do
            let b: double = boundary share

            rise
                i
                (if Double.IsFinite b then
                     round (2.0 * rowHeight * b) / 2.0
                 else
                     0.0)

        rise shares.Length 0.0
        el "path" [ "class", $"m{mode}"; "d", builder.Append('z').ToString() ] []

    let drawn y (s: Strip) name =
        let struct (r, b, c) = s.Total

        let parts = [
            name
            area y s.Shares 2 (fun (struct (r, b, c)) -> r + b + c)
            area y s.Shares 1 (fun (struct (r, b, _)) -> r + b)
            area y s.Shares 0 (fun (struct (r, _, _)) -> r)
            label
                "tick"
                "start"
                (width - totalWidth + 8.0)
                (y + rowHeight - 3.0)
                $"{Format.percent r} · {Format.percent b} · {Format.percent c}"
        ]

        match s.Target with
        | Some target -> [ leading { Target = target; Belongs = [] } parts ]
        | None -> parts

    let row y (s: Strip) =
        let name = label "tick" "end" (nameWidth - 8.0) (y + rowHeight - 3.0) s.Name

        if s.Shares.Length = 0 then
            let middle = y + rowHeight / 2.0

            [
                name
                segment "grid" (nameWidth, middle) (width - totalWidth, middle)
                label "tick" "start" (width - totalWidth + 8.0) (y + rowHeight - 3.0) "no series"
            ]
        else
            drawn y s name

    let rec place y groups =
        match groups with
        | [] -> []
        | ((name, belongs), strips) :: rest ->
            let first = y + groupGap

            [
                el "g" belongs [
                    label "title" "start" 0.0 (first + rowHeight - 3.0) name
                    for i, s in List.indexed strips do
                        yield! row (first + double i * (rowHeight + rowGap)) s
                ]
                yield! place (first + double strips.Length * (rowHeight + rowGap)) rest
            ]

    let describe = [
        for (name, _), strips in groups do
            for s in strips do
                let struct (r, b, c) = s.Total

                if s.Shares.Length = 0 then
                    $"{name} {s.Name}: no series"
                else
                    $"{name} {s.Name}: reward {Format.percent r}, both {Format.percent b}, "
                    + $"cost {Format.percent c}"
    ]

    let ticks = scale.Ticks 8

    picture width height ($"{title}: share of adaptation steps by mode. " + String.Join("; ", describe)) [
        yield! place 0.0 groups
        for x in ticks do
            label "tick" "middle" (scale.At x) (height - 8.0) (tickText ticks x)
        label "name" "start" (width - totalWidth + 8.0) (height - 8.0) "reward · both · cost"
    ]
