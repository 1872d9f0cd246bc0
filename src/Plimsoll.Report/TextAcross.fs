/// The tasks together, for a terminal.
module internal Plimsoll.Report.TextAcross

let private line name reward cost within safe runs =
    sprintf "  %-22s %-19s %-19s %-15s %-7s %s" name reward cost within safe runs
    |> _.TrimEnd()

let private measured (m: Measured) =
    match m.Interval with
    | Some ends -> $"{Format.decimals 2 m.Value} {Format.interval (Format.decimals 2) ends}"
    | None -> Format.decimals 2 m.Value

let private iqm (summary: Summary option) =
    summary |> Option.map (_.Iqm >> measured) |> Option.defaultValue "-"

let private rowLine (row: AggregateRow) =
    // The last entry is all limits together, or the only one.
    let entry = List.last row.Entries

    let within =
        match entry.Feasible with
        | Some p -> Format.percentWithin p.Rate (p.Lower, p.Upper)
        | None -> "-"

    line
        ("  " + row.ShortName)
        (iqm entry.Reward)
        (iqm entry.Cost)
        within
        $"{entry.SafePlaces}/{entry.Places.Length}"
        (entry.Runs.Of "runs")

let private block (across: AcrossTasks) = [
    let limits =
        match across.Limits with
        | [ only ] -> Format.limit (Some only)
        | _ -> "all limits"

    let kind =
        match across.Kind with
        | Rollout -> "rollouts"
        | OffPolicy -> "off-policy estimates from the dataset alone, not rollouts"

    $"Across {across.Tasks.Length} tasks: {kind}"

    limits.PadRight 25
    + (line "" "reward, IQM" "cost, IQM" "within limit" "safe" "runs").Substring 25

    yield! across.Rows |> List.map rowLine

    if not across.OtherTasks.IsEmpty then
        $"""  Without {kind}: {String.concat ", " across.OtherTasks}."""

    ""
]

/// Nothing for a single task: its own table says it all.
let lines (kinds: AcrossTasks list) : string list =
    match kinds |> List.filter (fun across -> across.Tasks.Length > 1) with
    | [] -> []
    | several -> [
        yield! several |> List.collect block
        "IQM: mean of the middle half of all runs, with the 95 % interval over seeds. Safe: tasks and limits at"
        "which the mean cost keeps the limit. A dash: some task and limit has no score, or its reward no scale."
        yield! several |> List.choose _.FewSeeds |> List.distinct
        ""
      ]
