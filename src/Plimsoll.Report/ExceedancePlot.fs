/// How often and how far episodes exceed the limit, and what the others earn.
module internal Plimsoll.Report.ExceedancePlot

open Plimsoll.Language
open Plimsoll.Report.Axes
open Plimsoll.Report.Figures

/// One method's episodes at one task and limit, of all its scored runs.
type Sample = {
    Row: Row
    Entry: TableEntry
    /// cost/episode, ascending.
    Costs: double array
    /// In cost/episode. None without an episode.
    Exceedance: Exceedance option
    Given: GivenFeasible
}

let sample limit (row: Row) (entry: TableEntry) = {
    Row = row
    Entry = entry
    Costs =
        entry.Runs
        |> List.toArray
        |> Array.collect (fun (_, _, e) -> e.Costs)
        |> Array.sort
    Exceedance = entry.Values |> Option.bind _.Exceedance |> Option.map _.InUnits(limit)
    Given =
        entry.Values
        |> Option.bind _.GivenFeasible
        |> Option.defaultValue { Reward = None; Episodes = 0; Of = 0 }
}

/// The share of episodes that cost more than x, at every x where it changes. `sorted` is not empty.
let curve (sorted: double array) (upTo: double) =
    let n = double sorted.Length

    let changes =
        sorted
        |> Array.mapi (fun i cost -> cost, i + 1)
        |> Array.groupBy fst
        |> Array.map (fun (cost, members) -> cost, 1.0 - double (snd (Array.last members)) / n)
        |> List.ofArray

    [
        match changes with
        | (first, _) :: _ when first > 0.0 -> LinePlot.point 0.0 1.0
        | _ -> ()
        for cost, share in changes do
            LinePlot.point cost share
        if upTo > sorted[sorted.Length - 1] then
            LinePlot.point upTo 0.0
    ]

let private rates (samples: Sample list) =
    samples
    |> List.map (fun s ->
        s.Row.Name,
        match s.Exceedance with
        | Some e -> 100.0 * e.Rate.Rate
        | None -> nan)

let private curves (facets: Facets) task limit height (samples: Sample list) =
    let worst = samples |> List.collect (fun s -> Array.toList s.Costs)
    let (_, high), spacing = LinePlot.amounts limit worst

    LinePlot.draw {
        Width = 470.0
        Height = height
        Title = $"limit {Format.exact limit}: share of episodes that cost more than x"
        XTitle =
            if spacing = Root then
                "cost x per episode, square-root scale"
            else
                "cost x per episode"
        YTitle = ""
        XTicks = None
        XRange = 0.0, high
        YRange = 0.0, 1.0
        XSpacing = spacing
        YSpacing = Linear
        Guides = [ LinePlot.Across(limit, "limit") ]
        Series =
            samples
            |> List.filter (fun s -> s.Costs.Length > 0)
            |> List.map (fun s -> s, originOf facets task Rollout s.Row s.Entry)
            |> List.map (fun (s, origin) -> {
                Name = s.Row.Name
                Style = facets.Place s.Row.Name
                Form = LinePlot.Steps
                Shift = 0.0
                Runs = [ curve s.Costs high ]
                Target = Some origin.Target
                Belongs = origin.Belongs
            })
        About =
            $"Share of episodes that cost more than x on {task} at limit {Format.exact limit}, one line a method. "
            + "At the limit, in percent: "
            + Findings.ranking (Format.decimals 0) (rates samples)
            + "."
    }

let private datum value interval ticks : IntervalPlot.Datum = {
    Value = value
    Interval = interval
    Ticks = ticks
}

let private table (facets: Facets) task limit (samples: Sample list) =
    let names = samples |> List.map _.Row.Name

    let excess (s: Sample) =
        s.Exceedance
        |> Option.bind (fun e -> e.Excess |> Option.map (fun mean -> datum mean None [ e.Worst - limit ]))

    let note (s: Sample) =
        $"{s.Given.Episodes}/{s.Given.Of} within, {s.Entry.Count}"

    let notes = samples |> List.map note
    let given = samples |> List.map (fun s -> s.Given.Reward |> Option.bind finite)

    let excesses = samples |> List.choose excess |> List.map _.Value |> List.sort

    let farthest =
        samples
        |> List.choose (fun s -> s.Exceedance |> Option.map (fun e -> e.Worst - limit))
        |> List.fold max 0.0

    let columns: IntervalPlot.Column list = [
        {
            Title = "over the limit"
            Hint = "share of episodes, 95 %"
            Guide = None
            Tint = false
            Include = [ 0.0; 1.0 ]
            Spacing = Linear
            Number = Format.percent
            Data =
                samples
                |> List.map (fun s ->
                    s.Exceedance
                    |> Option.map (fun e -> datum e.Rate.Rate (Some(e.Rate.Lower, e.Rate.Upper)) []))
        }
        {
            Title = "cost beyond it"
            Hint = "mean; stroke: worst"
            Guide = None
            Tint = false
            Include = [ 0.0 ]
            Spacing =
                match excesses with
                | [] -> Linear
                | _ ->
                    if farthest > 5.0 * excesses[excesses.Length / 2] then
                        Root
                    else
                        Linear
            Number = Format.short
            Data = samples |> List.map excess
        }
        {
            Title = "reward within it"
            Hint = "mean of such episodes"
            Guide = None
            Tint = false
            Include = []
            Spacing = Linear
            Number = Format.decimals 2
            Data = given |> List.map (Option.map (fun r -> datum r None []))
        }
    ]

    IntervalPlot.draw {
        Width = 710.0
        NameWidth = IntervalPlot.nameWidth names
        NoteWidth = 62.0
        NoteTitle = "within"
        Rows =
            samples
            |> List.map (fun s -> {
                Name = s.Row.Name
                Style = facets.Place s.Row.Name
                Note = $"{s.Given.Episodes}/{s.Given.Of}"
                Complete = s.Entry.Seeds.Complete
                Origin = originOf facets task Rollout s.Row s.Entry
            })
        Columns = columns
        About =
            $"Episodes over the limit on {task} at limit {Format.exact limit}. "
            + "Mean reward of the episodes within the limit: "
            + Findings.ranking
                (Format.decimals 2)
                (List.map2 (fun name g -> name, Option.defaultValue nan g) names given)
            + ". Episodes within the limit: "
            + Format.list (List.map2 (fun name n -> $"{name} {n}") names notes)
            + "."
    }

let private figures (facets: Facets) (t: TaskTable) = [
    Markup.el "h3" [] [ Markup.text t.Task ]
    lineLegend facets (t.Rollouts |> List.map _.Name)

    for i, limit in List.indexed (List.sort t.Limits) do
        let samples =
            t.Rollouts
            |> List.choose (fun row -> entryAt limit row |> Option.map (sample limit row))

        let height = IntervalPlot.height samples.Length |> max 300.0

        fold facets (Some limit) (i = 0) $"{t.Task}, limit {Format.exact limit}" [
            Markup.div "beside" [
                curves facets t.Task limit height samples
                table facets t.Task limit samples
            ]
        ]

    yield!
        note [
            "Episodes of all scored seeds together. Hollow marks: not every seed has a score."
            "Reward within the limit is over those episodes alone, whose number stands beside:"
            "a high mean of few episodes says little."
        ]
]

/// The tightest limit first and open; the others one click away.
let section (facets: Facets) (tables: TaskTable list) = [
    for t in tables do
        if t.Rollouts |> List.exists hasValues then
            part facets t.Task (figures facets t)
]
