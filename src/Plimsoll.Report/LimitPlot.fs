/// Reward and cost against the cost limit: what a method makes of being allowed more.
module internal Plimsoll.Report.LimitPlot

open Plimsoll.Language
open Plimsoll.Report.Axes
open Plimsoll.Report.Figures
open Plimsoll.Report.LinePlot

type Metric = {
    Of: Values -> Estimate
    Number: double -> string
    Name: string
}

let reward: Metric = {
    Of = _.Reward
    Number = Format.decimals 2
    Name = "reward"
}

let cost: Metric = {
    Of = _.RawCost
    Number = Format.short
    Name = "cost"
}

let private width, height = 584.0, 340.0

/// Units that the marks of one limit are spread over, so that bars do not hide each other.
let private spread = 15.0

let private pointAt (origin: Row -> TableEntry -> Markup.Origin) metric (row: Row) limit =
    entryAt limit row
    |> Option.bind (fun e -> e.Values |> Option.map (fun v -> e, metric.Of v))
    |> Option.bind (fun (e, estimate) ->
        finite estimate.Mean
        |> Option.map (fun mean ->
            let half = estimate.Deviation |> Option.defaultValue 0.0

            {
                X = limit
                Y = mean
                Low = mean - half
                High = mean + half
                Partial = not e.Seeds.Complete
                Says =
                    $"{row.Name}, limit {Format.exact limit}: {metric.Name} {metric.Number mean}, {e.Count}"
                Origin = Some(origin row e)
            }))

/// From the lowest to the highest limit, a percentage for each method.
let private about pointAt metric (table: TaskTable) (rows: Row list) =
    let low, high = List.min table.Limits, List.max table.Limits

    let at limit (row: Row) =
        pointAt metric row limit |> Option.map _.Y |> Option.defaultValue nan

    let values limit =
        rows |> List.map (fun row -> row.Name, at limit row)

    let kept =
        if metric.Name = "cost" then
            let words =
                table.Limits
                |> List.map (fun l -> $"limit {Format.exact l}: {Findings.within l (values l)}")

            ". " + String.concat ". " words
        else
            ""

    $"Mean {metric.Name} against the cost limit on {table.Task}, {rows.Length} methods. "
    + $"At limit {Format.exact low}: {Findings.ranking metric.Number (values low)}. "
    + $"At limit {Format.exact high}: {Findings.ranking metric.Number (values high)}"
    + kept
    + "."

let panel (facets: Facets) kind (table: TaskTable) (rows: Row list) metric =
    let origin row (entry: TableEntry) =
        let origin = originOf facets table.Task kind row entry

        {
            origin with
                Belongs = facets.Limit entry.Limit :: origin.Belongs
        }

    let pointAt = pointAt origin
    let limits = List.sort table.Limits
    let low, high = List.head limits, List.last limits
    let margin = 0.09 * (high - low)

    let series =
        rows
        |> List.mapi (fun i row -> {
            Name = row.Name
            Style = facets.Place row.Name
            Form = Marks
            Shift = shift spread rows.Length i
            Runs = limits |> List.map (pointAt metric row) |> runs
            Target = None
            Belongs = [ facets.Method row; Facets.allLimits ]
        })

    let values = reach series
    let isCost = metric.Name = "cost"

    let yRange, ySpacing =
        if isCost then
            amounts high values
        else
            padded 0.06 values, Linear

    draw {
        Width = width
        Height = height
        Title = if isCost then "cost per episode" else "normalised reward"
        XTitle = "cost limit"
        YTitle = if ySpacing = Root then "square-root scale" else ""
        XTicks = Some [ for l in limits -> l, Format.exact l ]
        XRange = low - margin, high + margin
        YRange = yRange
        XSpacing = Linear
        YSpacing = ySpacing
        Guides =
            if isCost then
                [ Diagonal "dashed: cost = limit; above it: over" ]
            else
                []
        Series = series
        About = about pointAt metric table rows
    }

let private hasReward (row: Row) =
    row.Entries
    |> List.exists (fun e ->
        match e.Limit, e.Values with
        | Some _, Some v -> System.Double.IsFinite v.Reward.Mean
        | _ -> false)

let private figures (facets: Facets) (table: TaskTable) = [
    for kind, words, rows in kinds table do
        if List.exists hasValues rows then
            Markup.el "h3" [] [ Markup.text (table.Task + words) ]
            lineLegend facets (rows |> List.map _.Name)

            Markup.div "pair" [
                if rows |> List.exists hasReward then
                    panel facets kind table rows reward
                panel facets kind table rows cost
            ]

            yield!
                note [
                    "Marks: mean over seeds; bars: one standard deviation."
                    "Marks of one limit stand a little apart so that bars do not hide each other."
                    yield! gaps rows
                ]
]

/// Empty where the experiment has a single limit.
let section (facets: Facets) (tables: TaskTable list) = [
    for table in tables |> List.filter (fun t -> t.Limits.Length > 1) do
        match figures facets table with
        | [] -> ()
        | drawn -> part facets table.Task drawn
]
