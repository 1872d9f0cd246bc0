/// The plot sections of the page.
module internal Plimsoll.Report.HtmlPlots

open Plimsoll.Language
open Plimsoll.Report.Markup

let private seedPoints (entry: TableEntry) =
    entry.Members
    |> List.choose (fun s ->
        match s.State with
        | Scored e ->
            let rewards =
                e.Returns |> Array.map (Statistics.normaliseReward e.RewardMin e.RewardMax)

            Some(Statistics.mean e.Costs, Statistics.mean rewards)
        | Missing
        | Failed _
        | Diverged _ -> None)

let private markOf (facets: Facets) task kind (row: Row) (entry: TableEntry) : ScatterPlot.Mark option =
    match entry.Values with
    | Some v when System.Double.IsFinite v.Reward.Mean ->
        let spread (e: Estimate) = e.Deviation |> Option.defaultValue nan

        Some {
            Name = row.Name
            Style = facets.Place row.Name
            Mean = v.RawCost.Mean, v.Reward.Mean
            Spread = spread v.RawCost, spread v.Reward
            Seeds = seedPoints entry
            Safe = v.Safe
            Count = entry.Count
            Complete = entry.Seeds.Complete
            Origin = Figures.originOf facets task kind row entry
        }
    | _ -> None

let private marksAt facets task kind limit (rows: Row list) =
    rows
    |> List.choose (fun row ->
        row.Entries
        |> List.tryFind (fun e -> e.Limit = Some limit)
        |> Option.bind (markOf facets task kind row))

/// One panel per limit, all on the same axes, so that they can be compared.
let scatter (results: Results) (facets: Facets) (table: TaskTable) kind =
    let rows =
        match kind with
        | Rollout -> table.Rollouts
        | OffPolicy -> table.Estimates

    let background =
        match results.Data |> List.tryFind (fun d -> d.Task = table.Task), table.RewardRange with
        | Some data, Some(low, high) when high > low ->
            Array.zip data.Costs (data.Returns |> Array.map (Statistics.normaliseReward low high))
        | _ -> [||]

    let marks =
        table.Limits |> List.map (fun l -> l, marksAt facets table.Task kind l rows)

    let reach =
        [
            for _, marks in marks do
                for m in marks do
                    let (x, y), (dx, dy) = m.Mean, m.Spread
                    let dx, dy = (if dx > 0.0 then dx else 0.0), (if dy > 0.0 then dy else 0.0)
                    yield! [ x - dx, y - dy; x + dx, y + dy ]
                    yield! m.Seeds
        ]
        @ List.ofArray background

    if marks |> List.forall (snd >> List.isEmpty) then
        []
    else
        let xs = 0.0 :: List.map fst reach @ List.map (fun l -> 1.1 * l) table.Limits
        let _, xHigh = Axes.padded 0.04 xs
        let drawn = ScatterPlot.thin background

        let count =
            match drawn.Length with
            | 0 -> []
            | n when n = background.Length -> [ text $"Grey: the {n} trajectories of the dataset. " ]
            | n -> [
                text $"Grey: {n} of the dataset's {background.Length} trajectories, evenly chosen. "
              ]

        [
            Palette.filteredLegend [
                for row in rows -> facets.Method row, ScatterPlot.swatch (facets.Place row.Name), row.Name
            ]
            div "panels" [
                for i, (limit, marks) in List.indexed marks do
                    ScatterPlot.draw {
                        Task = table.Task
                        Limit = limit
                        Marks = marks
                        Background = drawn
                        BackgroundId = Figures.identifier "data" $"{table.Task} {kind}"
                        DrawsBackground = (i = 0)
                        XRange = (0.0, xHigh)
                        XSpacing =
                            (if xHigh > 5.0 * List.min table.Limits then
                                 Axes.Root
                             else
                                 Axes.Linear)
                        YRange = Axes.padded 0.05 (List.map snd reach)
                    }
                    |> withAttributes [ facets.Limit(Some limit) ]
            ]
            el
                "p"
                [ "class", "note" ]
                (count
                 @ [
                     text "Large marks: mean over seeds, one standard deviation; small marks: seeds. "
                     if marks |> List.exists (fun (_, m) -> m |> List.exists (fun m -> not m.Complete)) then
                         text "Hollow marks: not every seed has a score. "
                     text "Up and left of the dashed line is better; the tinted side is over the limit."
                 ])
        ]

/// The curves of one training stage, whatever arms share it.
type private Stage = {
    Arms: string list
    Node: string
    Curves: Curve list
}

let private titleOf hybrid (stage: Stage) =
    Format.list (stage.Arms |> List.map (Offline.nameOf hybrid))
    + " / "
    + stage.Node

let private stages task (curves: Curve list) =
    curves
    |> List.map (fun c ->
        let here = c.Coordinates |> List.filter (fun x -> x.Task = task)
        (here |> List.choose _.Arm |> List.distinct, (List.head here).Node), c)
    |> List.groupBy fst
    |> List.map (fun ((arms, node), members) -> {
        Arms = arms
        Node = node
        Curves = List.map snd members
    })

/// Which limits and sweep point a curve stands for, for people; and the limits.
let private place (protocol: Protocol) (curve: Curve) =
    let limits =
        curve.Coordinates |> List.choose _.CostLimit |> List.distinct |> List.sort

    let sweep =
        curve.Coordinates |> List.map (fun c -> Format.sweep c.Sweep) |> List.distinct

    let all = limits.IsEmpty || limits.Length = protocol.CostLimits.Length

    let limitText =
        match limits with
        | _ when all -> "every limit"
        | limits -> "limit " + Format.list (limits |> List.map Format.exact)

    let sweepText =
        match sweep with
        | [ one ] when one <> "" -> ", " + one
        | _ -> ""

    limitText + sweepText, (if all then [] else limits)

let private nameOf (name: string) = name.Replace('_', ' ')

/// What a line of these limits belongs to; a line of several stays while any is shown.
let private belongs (facets: Facets) limits =
    match limits with
    | [ only ] -> [ facets.Limit(Some only) ]
    | _ -> []

let private metric (facets: Facets) (protocol: Protocol) (name: string) (curves: Curve list) =
    let lines = curves |> List.groupBy (place protocol)
    let range = curves |> List.map _.Points |> CurvePlot.stepRange

    let guides: CurvePlot.Guide list =
        if name = CurveName.EstimatedCost then
            lines
            |> List.collect (fun ((_, limits), _) -> limits)
            |> List.distinct
            |> List.map (fun l -> {
                Value = l
                Text = $"limit {Format.exact l}"
            })
        else
            []

    let drawn =
        lines
        |> List.mapi (fun i ((label, limits), members) -> {
            CurvePlot.line label i range (members |> List.map _.Points) with
                Belongs = belongs facets limits
        })

    CurvePlot.draw (nameOf name) drawn guides

let private unfinished (curves: Curve list) =
    let dropped =
        curves
        |> List.sumBy (fun c ->
            c.Points
            |> Array.filter (fun struct (_, v) -> not (System.Double.IsFinite v))
            |> Array.length)

    if dropped = 0 then
        []
    else
        [
            el "p" [ "class", "note" ] [ text (Format.plural dropped "non-finite value" + " not drawn.") ]
        ]

/// The way to the records behind a fold of curves.
let private recordsOf (facets: Facets) (cells: CellId list) = [
    match cells |> List.choose facets.Record with
    | [] -> ()
    | anchors ->
        el "p" [ "class", "note" ] [
            text "Records: "
            for i, anchor in List.indexed anchors do
                link anchor [ text (string (i + 1)) ]
                text " "
        ]
]

/// Losses and other series, a fold for each training stage.
let curves (results: Results) (facets: Facets) task =
    let hybrid = Offline.hybridArms results.Experiment

    let own =
        results.Curves
        |> List.filter (fun c -> c.Coordinates |> List.exists (fun x -> x.Task = task))

    [
        for stage in own |> List.filter (fun c -> c.Name <> CurveName.Mode) |> stages task do
            let title = titleOf hybrid stage
            let names = stage.Curves |> List.map _.Name |> List.distinct
            let cells = stage.Curves |> List.map _.Record.Cell |> List.distinct
            let runs = Format.plural cells.Length "run"

            let places =
                stage.Curves
                |> List.map (place results.Experiment.Protocol >> fst)
                |> List.distinct

            // What tells the method's story is open; the rest is one click away.
            let opened =
                if List.contains CurveName.EstimatedCost names then
                    [ "open", "open" ]
                else
                    []

            el "details" (opened @ facets.SharedBy stage.Arms) [
                el "summary" [] [
                    el "b" [] [ text title ]
                    el "span" [ "class", "note" ] [ text $" · {names.Length} series from {runs}" ]
                ]
                if places.Length > 1 then
                    Palette.legend [ for i, label in List.indexed places -> CurvePlot.swatch i, label ]
                div "panels" [
                    for name in names ->
                        stage.Curves
                        |> List.filter (fun c -> c.Name = name)
                        |> metric facets results.Experiment.Protocol name
                ]
                yield! unfinished stage.Curves
                yield! recordsOf facets cells
            ]
    ]

let private modeLegend =
    div "legend" [
        for i, name in [ 0, "reward only"; 1, "both gradients"; 2, "cost only" ] do
            el "span" [] [ el "span" [ "class", $"box m{i}" ] []; text name ]
    ]

/// What the safe adaptation followed, a strip for each seed.
let modes (results: Results) (facets: Facets) task =
    let hybrid = Offline.hybridArms results.Experiment

    let own =
        results.Curves
        |> List.filter (fun c ->
            c.Name = CurveName.Mode && c.Coordinates |> List.exists (fun x -> x.Task = task))

    let seedOf (c: Curve) = c.Coordinates |> List.tryPick _.Seed

    // A seed without a series keeps its row.
    let strips (members: Curve list) range =
        match members |> List.choose seedOf with
        | [] ->
            members
            |> List.map (fun c -> CurvePlot.strip "" (facets.Record c.Record.Cell) range c.Points)
        | found ->
            results.Experiment.Protocol.Seeds @ found
            |> List.distinct
            |> List.sort
            |> List.map (fun seed ->
                match members |> List.tryFind (fun c -> seedOf c = Some seed) with
                | Some c -> CurvePlot.strip $"seed {seed}" (facets.Record c.Record.Cell) range c.Points
                | None -> CurvePlot.strip $"seed {seed}" None range [||])

    [
        for i, stage in own |> stages task |> List.indexed do
            let range = stage.Curves |> List.map _.Points |> CurvePlot.stepRange
            let title = titleOf hybrid stage

            let groups =
                stage.Curves
                |> List.groupBy (place results.Experiment.Protocol)
                |> List.map (fun ((label, limits), members) ->
                    (label, belongs facets limits), strips members range)

            if i = 0 then
                modeLegend

            el "div" (facets.SharedBy stage.Arms) [
                el "p" [] [ el "b" [] [ text title ] ]
                CurvePlot.timeline title range groups
                yield! recordsOf facets (stage.Curves |> List.map _.Record.Cell |> List.distinct)
            ]
    ]
