/// The tables for a terminal: about 100 columns, no colour, no control characters.
module Plimsoll.Report.Text

open Plimsoll.Language

let private line name reward cost drcorl raw within seeds =
    sprintf "  %-22s %-13s %-10s %-7s %-11s %-15s %s" name reward cost drcorl raw within seeds
    |> _.TrimEnd()

let private entryLine (row: Row) (entry: TableEntry) =
    let name = (if entry.BestSafe then "* " else "  ") + row.ShortName

    match entry.Values with
    | None -> line name "-" "-" "-" "-" "-" (entry.Count)
    | Some v ->
        let within =
            match v.Feasible with
            | Some p -> Format.percentWithin p.Rate (p.Lower, p.Upper)
            | None -> "-"

        line
            name
            v.Reward.WithDeviation
            (Format.decimals 2 v.Cost.Mean + (if v.Safe then " safe" else " over"))
            (Format.decimals 2 v.CostDrcorl)
            v.RawCost.WithError
            within
            (entry.Count)

let private section (table: TaskTable) (rows: Row list) withReference =
    let limits =
        match table.Limits with
        | [ only ] -> [ Some only ]
        | several -> List.map Some several @ [ None ]

    [
        for limit in limits do
            ""

            (Format.limit limit).PadRight 25
            + (line "" "reward" "cost" "DRCORL" "raw cost" "within limit" "seeds").Substring 25

            for row in rows do
                match row.Entries |> List.tryFind (fun e -> e.Limit = limit) with
                | Some entry -> entryLine row entry
                | None -> ()

            match limit, withReference with
            | Some limit, true ->
                match table.References |> List.tryFind (fun (l, _) -> l = limit) with
                | Some(_, Some best) ->
                    line
                        "  best in data"
                        (Format.decimals 2 best.Reward)
                        (Format.decimals 2 (Statistics.normaliseCost limit best.Cost))
                        (Format.decimals 2 (Statistics.normaliseCostDrcorl limit best.Cost))
                        (Format.short best.Cost)
                        $"{best.Within} of {best.Of}"
                        ""
                | Some(_, None) -> line "  best in data" "none keeps it" "" "" "" "" ""
                | None -> line "  best in data" "data not read" "" "" "" "" ""
            | _ -> ()
    ]

let private titleOf (protocol: Protocol) task =
    let seeds = Format.plural protocol.Seeds.Length "seed"
    let episodes = Format.plural protocol.Episodes "episode"
    $"{task}: rollouts, {seeds}, {episodes} each"

let private table (protocol: Protocol) (table: TaskTable) = [
    if not table.Rollouts.IsEmpty then
        titleOf protocol table.Task
        yield! section table table.Rollouts true
        ""

    if not table.Estimates.IsEmpty then
        $"{table.Task}: off-policy estimates from the dataset alone, not rollouts"
        yield! section table table.Estimates table.Rollouts.IsEmpty
        ""
]

let private answerLines hybrid (answer: Answer) = [
    $"{answer.Verdict.Words}: {Claims.describe hybrid answer.Claim}"

    for f in answer.Findings do
        $"  {f.Task}, {f.Where}, {f.Row}: {f.Verdict.Words}, {f.Number}"
]

let private acting hybrid (results: Results) = [
    if not results.ActingTimes.IsEmpty then
        ""
        "Milliseconds for 1,000 actions on one thread: median over an arm's policies, by observations at once"

        for (task, name), times in
            results.ActingTimes |> List.groupBy (fun t -> t.Task, ActingTimes.name hybrid t) do
            let each =
                times
                |> List.map (fun t -> $"{t.Batch}: {Format.short (1000.0 * ActingTimes.median t)}")
                |> String.concat "   "

            sprintf "  %-15s %-22s %s" task name each
]

/// The whole report in plain text, lines ended by \n.
let render (results: Results) (tables: TaskTable list) (answers: Answer list) =
    let hybrid = Offline.hybridArms results.Experiment

    [
        yield! tables |> List.collect (table results.Experiment.Protocol)
        yield! TextAcross.lines (Aggregates.build tables)
        "Reward: (R - r_min) / (r_max - r_min), mean ± standard deviation over seeds. Cost: C / limit as DSRL"
        "normalises it; safe: at most 1. DRCORL: the same cost as C / (limit + 0.1), which decides nothing."
        "Raw cost: per episode, ± standard error. Within limit: share of episodes, 95 % Wilson interval."
        "*: the highest reward among safe rows."
        "Best in data: the whole trajectory with the highest return within the limit; how many keep it."

        if tables |> List.exists _.HasHybrid then
            yield! Offline.footnoteLines

        if not answers.IsEmpty then
            ""
            "Claims"
            yield! answers |> List.collect (answerLines hybrid)

        yield! acting hybrid results
    ]
    |> List.map (fun l -> l.Replace(Format.tie, " ") + "\n")
    |> String.concat ""
