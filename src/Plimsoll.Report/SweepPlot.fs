/// Reward and cost against a swept setting.
module internal Plimsoll.Report.SweepPlot

open Plimsoll.Language
open Plimsoll.Report.Axes
open Plimsoll.Report.Figures
open Plimsoll.Report.LinePlot

/// Where the values of a setting stand on the axis.
type Placement = {
    /// In ascending order of place.
    Places: (double * string) list
    At: Value -> double
    Spacing: Spacing
    Range: double * double
}

let private number value =
    match value with
    | Whole n -> Some(double n)
    | Real x -> finite x
    | Flag _
    | Value.Text _
    | Items _ -> None

/// Numbers where they belong, by powers of ten where they span more than 20 times; anything else evenly spaced.
let placement (values: Value list) =
    let numbers = values |> List.map number

    if numbers |> List.forall Option.isSome then
        let all = numbers |> List.choose id |> List.sort
        let low, high = List.head all, List.last all
        let log = low > 0.0 && high / low > 20.0

        {
            Places =
                List.zip (List.choose id numbers) (values |> List.map Format.setting)
                |> List.sortBy fst
            At = number >> Option.get
            Spacing = if log then Logarithmic else Linear
            Range =
                if log then
                    let air = (high / low) ** 0.08
                    low / air, high * air
                else
                    padded 0.08 all
        }
    else
        let index value =
            double (List.findIndex ((=) value) values)

        {
            Places = values |> List.map (fun v -> index v, Format.setting v)
            At = index
            Spacing = Linear
            Range = -0.5, double values.Length - 0.5
        }

/// Rows that differ in one setting alone.
type Line = {
    Name: string
    Rows: (Value * Row) list
}

let lines axis (rows: Row list) : Line list =
    rows
    |> List.choose (fun row ->
        row.Sweep
        |> List.tryFind (fun (name, _) -> name = axis)
        |> Option.map (fun (_, value) ->
            let others = row.Sweep |> List.filter (fun (name, _) -> name <> axis)
            (RowName.marked Offline.mark row.Arm row.Node others row.Hybrid), (value, row)))
    |> List.groupBy fst
    |> List.map (fun (name, members) -> {
        Name = name
        Rows = List.map snd members
    })

/// At one limit: a value's place and what is drawn there.
let private pointOf originOf isCost limit x (row: Row) =
    entryAt limit row
    |> Option.bind (fun e -> e.Values |> Option.map (fun v -> e, v))
    |> Option.bind (fun (e, v) ->
        let estimate = if isCost then v.RawCost else v.Reward

        finite estimate.Mean
        |> Option.map (fun mean ->
            let half = estimate.Deviation |> Option.defaultValue 0.0

            let words =
                if isCost then
                    "cost " + Format.short mean
                else
                    "reward " + Format.decimals 2 mean

            {
                X = x
                Y = mean
                Low = mean - half
                High = mean + half
                Partial = not e.Seeds.Complete
                Says = $"{row.Name}, limit {Format.exact limit}: {words}, {e.Count}"
                Origin = Some(originOf row e)
            }))

let private pointAt originOf isCost limit (place: Placement) (value, row) =
    pointOf originOf isCost limit (place.At value) row

let private about pointAt task axis limit isCost (lines: Line list) (others: (Row * Point) list) place =
    let metric = if isCost then "cost" else "reward"
    let number = if isCost then Format.short else Format.decimals 2

    let describe (line: Line) =
        let values =
            line.Rows
            |> List.map (fun (value, row) ->
                Format.setting value,
                match pointAt isCost limit place (value, row) with
                | Some p -> p.Y
                | None -> nan)

        let kept = if isCost then "; " + Findings.within limit values else ""

        $"{line.Name}: {Findings.ranking number values}{kept}"

    let constant =
        if others.IsEmpty then
            ""
        else
            "Without the setting: "
            + Findings.ranking number (others |> List.map (fun (row, p) -> row.Name, p.Y))
            + "."

    $"Mean {metric} against {axis} on {task} at limit {Format.exact limit}. "
    + String.concat ". " (List.map describe lines)
    + ". "
    + constant

/// `others` are the rows without the setting, drawn as lines across.
let panel
    (facets: Facets)
    kind
    (table: TaskTable)
    axis
    (lines: Line list)
    (others: Row list)
    place
    isCost
    limit
    =
    let pointOf = pointOf (originOf facets table.Task kind)
    let pointAt = pointAt (originOf facets table.Task kind)
    let order = place.Places |> List.map fst

    let series =
        lines
        |> List.mapi (fun i line ->
            let byPlace =
                line.Rows
                |> List.map (fun (value, row) -> place.At value, (value, row))
                |> Map.ofList

            {
                Name = line.Name
                Style = i
                Form = Marks
                Shift = shift (6.0 * double (min 4 lines.Length)) lines.Length i
                Runs =
                    order
                    |> List.map (fun x -> Map.tryFind x byPlace |> Option.bind (pointAt isCost limit place))
                    |> runs
                Target = None
                Belongs = [ facets.Several(line.Rows |> List.map snd) ]
            })

    let low, high = place.Range

    let constants =
        others
        |> List.indexed
        |> List.choose (fun (i, row) ->
            pointOf isCost limit low row
            |> Option.map (fun p ->
                row,
                p,
                {
                    Name = row.Name
                    Style = lines.Length + i
                    Form = Level
                    Shift = 0.0
                    Runs = [
                        [
                            { p with Low = p.Y; High = p.Y }
                            {
                                p with
                                    X = high
                                    Low = p.Y
                                    High = p.Y
                            }
                        ]
                    ]
                    Target = p.Origin |> Option.map _.Target
                    Belongs = p.Origin |> Option.map _.Belongs |> Option.defaultValue []
                }))

    let series = series @ (constants |> List.map (fun (_, _, s) -> s))
    let values = reach series

    let yRange, spacing =
        if isCost then
            amounts limit values
        else
            padded 0.08 values, Linear

    draw {
        Width = 584.0
        Height = 280.0
        Title =
            (if isCost then "cost per episode" else "normalised reward")
            + $" at limit {Format.exact limit}"
        XTitle = axis + (if place.Spacing = Logarithmic then " (log scale)" else "")
        YTitle = if spacing = Root then "square-root scale" else ""
        XTicks = Some place.Places
        XRange = place.Range
        YRange = yRange
        XSpacing = place.Spacing
        YSpacing = spacing
        Guides = if isCost then [ Along(limit, "limit") ] else []
        Series = series
        About =
            about
                pointAt
                table.Task
                axis
                limit
                isCost
                lines
                (constants |> List.map (fun (r, p, _) -> r, p))
                place
    }

let private figures (facets: Facets) (table: TaskTable) = [
    for kind, words, rows in kinds table do
        for axis in rows |> List.collect (fun r -> List.map fst r.Sweep) |> List.distinct do
            let lines = lines axis rows

            let others =
                rows
                |> List.filter (fun r -> not (List.exists (fun (name, _) -> name = axis) r.Sweep))

            let place =
                lines
                |> List.collect (fun l -> List.map fst l.Rows)
                |> List.distinct
                |> placement

            Markup.el "h3" [] [ Markup.text $"{table.Task}: {axis}{words}" ]

            Palette.filteredLegend [
                for i, line in List.indexed lines ->
                    facets.Several(line.Rows |> List.map snd), Palette.lineSwatch i, line.Name
                for i, row in List.indexed others ->
                    facets.Method row, Palette.lineSwatch (lines.Length + i), $"{row.Name}, without {axis}"
            ]

            Markup.div "pair" [
                for limit in List.sort table.Limits do
                    for isCost in [ false; true ] do
                        panel facets kind table axis lines others place isCost limit
                        |> Markup.withAttributes [ facets.Limit(Some limit) ]
            ]

            yield!
                note [
                    "Marks: mean over seeds; bars: one standard deviation."
                    if not others.IsEmpty then
                        $"Lines from edge to edge: means of methods without {axis}, to compare with."
                    yield! gaps rows
                ]
]

/// Empty where the experiment sweeps nothing.
let section (facets: Facets) (tables: TaskTable list) = [
    for table in tables do
        match figures facets table with
        | [] -> ()
        | drawn -> part facets table.Task drawn
]
