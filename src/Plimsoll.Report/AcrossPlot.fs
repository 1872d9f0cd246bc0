/// Numbers over all tasks: how good a method is, how sure that is, and over which other it is better.
module internal Plimsoll.Report.AcrossPlot

open Plimsoll.Language
open Plimsoll.Report.Axes
open Plimsoll.Report.Figures

let entryAt limit (row: AggregateRow) =
    row.Entries |> List.find (fun e -> e.Limit = limit)

let private datum (m: Measured) : IntervalPlot.Datum = {
    Value = m.Value
    Interval = m.Interval
    Ticks = []
}

let private proportion (p: Statistics.Proportion) : IntervalPlot.Datum = {
    Value = p.Rate
    Interval = Some(p.Lower, p.Upper)
    Ticks = []
}

let private column title hint guide data : IntervalPlot.Column = {
    Title = title
    Hint = hint
    Guide = guide
    Tint = guide.IsSome
    Include = []
    Spacing = Linear
    Number = Format.decimals 2
    Data = data
}

let private finiteDatum (m: Measured) =
    finite m.Value |> Option.map (fun _ -> datum m)

let private measures (entries: AggregateEntry list) (pick: AggregateEntry -> Summary option) value =
    entries |> List.map (pick >> Option.bind (value >> finiteDatum))

/// Amounts with a few far larger than the rest are drawn by their square roots, and the column says so.
let private spaced (c: IntervalPlot.Column) =
    let values = c.Data |> List.choose (Option.map _.Value) |> List.sort

    match values with
    | [] -> c
    | _ when values[0] >= 0.0 && List.last values > 6.0 * max 1.0 values[values.Length / 2] -> {
        c with
            Spacing = Root
            Hint = c.Hint + ", square roots"
      }
    | _ -> c

let private rewardColumns entries = [
    let column title hint value =
        column title hint None (measures entries _.Reward value)

    column "interquartile mean" "higher is better" _.Iqm
    column "mean" "higher is better" _.Mean
    column "median of places" "higher is better" _.Median
    column "optimality gap" "lower is better" _.Gap
]

let private costColumns (entries: AggregateEntry list) = [
    let cost title hint guide value =
        column title hint guide (measures entries _.Cost value) |> spaced

    cost "interquartile mean" "lower; safe up to 1" (Some 1.0) _.Iqm
    cost "mean" "lower; safe up to 1" (Some 1.0) _.Mean
    cost "median of places" "lower; safe up to 1" (Some 1.0) _.Median
    cost "mean excess over 1" "lower is better" None _.Gap

    if entries |> List.exists _.Feasible.IsSome then
        {
            column
                "episodes within"
                "higher is better"
                None
                (entries |> List.map (_.Feasible >> Option.map proportion)) with
                Number = Format.percent
                Include = [ 0.0; 1.0 ]
        }
]

/// The records behind a method's numbers over all tasks.
let originOf (facets: Facets) kind limit (row: AggregateRow) : Markup.Origin = {
    Target = Anchors.across kind row.Name
    Belongs = [ facets.Named row.Name; Facets.verdictAcross (entryAt limit row) ]
}

let private rowsOf (facets: Facets) (across: AcrossTasks) limit : IntervalPlot.Row list =
    across.Rows
    |> List.map (fun row ->
        let runs = (entryAt limit row).Runs

        {
            Name = row.Name
            Style = facets.Place row.Name
            Note = runs.Of "runs"
            Complete = runs.Complete
            Origin = originOf facets across.Kind limit row
        })

let private valuesOf (rows: AggregateRow list) (data: IntervalPlot.Datum option list) =
    List.map2
        (fun (row: AggregateRow) (d: IntervalPlot.Datum option) ->
            row.Name, d |> Option.map _.Value |> Option.defaultValue nan)
        rows
        data

/// The four columns of one metric as one figure.
let figure facets (across: AcrossTasks) limit isCost =
    let entries = across.Rows |> List.map (entryAt limit)

    let columns =
        if isCost then
            costColumns entries
        else
            rewardColumns entries

    let rows = rowsOf facets across limit
    let metric = if isCost then "cost" else "reward"

    let findings =
        columns
        |> List.map (fun c -> $"{c.Title}: {Findings.ranking c.Number (valuesOf across.Rows c.Data)}")

    let kept =
        if isCost then
            let mean = columns |> List.find (fun c -> c.Title = "mean")
            $". By the mean {Findings.within 1.0 (valuesOf across.Rows mean.Data)}"
        else
            ""

    let incomplete =
        rows
        |> List.filter (fun r -> not r.Complete)
        |> List.map (fun r -> $"{r.Name} {r.Note}")

    let absent =
        if incomplete.IsEmpty then
            ""
        else
            ". Incomplete: " + Format.list incomplete

    IntervalPlot.draw {
        Width = 1180.0
        NameWidth = IntervalPlot.nameWidth (rows |> List.map _.Name)
        NoteWidth = IntervalPlot.nameWidth (rows |> List.map _.Note)
        NoteTitle = "scored"
        Rows = rows
        Columns = columns
        About =
            $"Normalised {metric} over {Format.list across.Tasks}, "
            + $"{limitName limit}, {rows.Length} methods. "
            + String.concat ". " findings
            + kept
            + absent
            + "."
    }

let private matrix (facets: Facets) (across: AcrossTasks) limit metric =
    let pairs =
        across.Improvements
        |> List.filter (fun i -> i.Limit = limit && i.Metric = metric)
        |> List.map (fun i -> (i.Row, i.Over), i)
        |> Map.ofList

    let names = across.Rows |> List.map _.Name |> List.toArray

    let cell row column : MatrixPlot.Cell option =
        Map.tryFind (names[row], names[column]) pairs
        |> Option.bind (fun i ->
            i.Probability
            |> Option.map (fun p -> {
                Value = p.Value
                Interval = p.Interval
                Mixed = i.Mixed
            }))

    let indices = [ 0 .. names.Length - 1 ]

    let wins =
        indices
        |> List.map (fun row ->
            let sure =
                indices
                |> List.filter (fun column ->
                    column <> row
                    && match cell row column with
                       | Some c -> c.Value > 0.5 && MatrixPlot.sure c && not c.Mixed
                       | None -> false)

            names[row], double sure.Length)

    let what =
        if metric = CostMetric then
            "a lower cost"
        else
            "a higher reward"

    if pairs.IsEmpty then
        []
    else
        [
            MatrixPlot.draw {
                Title = $"{what}: probability of row over column"
                Methods = [
                    for row in across.Rows ->
                        {
                            Name = row.Name
                            Style = facets.Place row.Name
                            Origin = originOf facets across.Kind limit row
                        }
                ]
                At = cell
                About =
                    $"Probability that a run of one method has {what} than a run of another, mean over "
                    + Format.plural across.Tasks.Length "task"
                    + $", {limitName limit}, for every pair of "
                    + $"{names.Length} methods. Number of methods that a method surely beats: "
                    + Findings.ranking (Format.decimals 0) wins
                    + "."
            }
        ]

/// All limits together first; each limit one click away.
let limitsOf (across: AcrossTasks) =
    across.Rows
    |> List.collect _.Entries
    |> List.map _.Limit
    |> List.distinct
    |> List.sortBy (fun l -> l.IsSome)

let private hasReward limit (across: AcrossTasks) =
    across.Rows |> List.exists (fun r -> (entryAt limit r).Reward.IsSome)

let heading (across: AcrossTasks) = [
    match across.Kind with
    | Rollout -> ()
    | OffPolicy -> Markup.el "h3" [] [ Markup.text "Off-policy estimates" ]
]

let absentOf (across: AcrossTasks) = [
    for row in across.Rows do
        let absent =
            row.Entries
            |> List.filter (fun e -> e.Limit.IsSome)
            |> List.collect _.Absent
            |> List.map (fun p -> $"{p.Task} at limit {Format.exact p.Limit}")

        if not absent.IsEmpty then
            $"{row.Name} has no number where a task lacks every run: {Format.list absent}."
]

/// What goes where another task is chosen: numbers over several tasks, or over one.
let part (facets: Facets) (across: AcrossTasks) children =
    let task =
        match across.Tasks with
        | [ only ] -> facets.Task only
        | _ -> Facets.allTasks

    Markup.el "div" [ task ] children

let private own (facets: Facets) (across: AcrossTasks) = [
    yield! heading across

    yield!
        note [
            $"Over {Format.list across.Tasks}."
            if not across.OtherTasks.IsEmpty then
                $"Without {Format.list across.OtherTasks}, which have no such scores."
            "Bars: 95\u00A0% intervals of a bootstrap over seeds within each task"
            $"({across.Resamples} resamples, seed {across.Seed}); none where a task has a single run."
            yield! Option.toList across.FewSeeds
            "Hollow marks: not every run that was asked for has a score."
            yield! absentOf across
        ]

    for i, limit in List.indexed (limitsOf across) do
        fold facets limit (i = 0) ("Over " + (if limit.IsNone then "all limits" else limitName limit)) [
            if hasReward limit across then
                Markup.el "h4" [] [ Markup.text "normalised reward" ]
                Markup.div "wide-plot" [ figure facets across limit false ]
            Markup.el "h4" [] [ Markup.text "normalised cost" ]
            Markup.div "wide-plot" [ figure facets across limit true ]
            match matrix facets across limit RewardMetric @ matrix facets across limit CostMetric with
            | [] -> ()
            | squares ->
                Markup.el "h4" [] [ Markup.text "probability of improvement" ]
                Markup.div "pair" squares

                yield!
                    note [
                        "Rows over columns, mean over tasks, ties half."
                        "Bold: the 95\u00A0% interval leaves out one half."
                        if across.Rows |> List.exists _.Hybrid then
                            "Italic: a hybrid and an offline method, not comparable."
                    ]
        ]
]

let section (facets: Facets) (all: AcrossTasks list) = [
    for across in all do
        part facets across (own facets across)
]
