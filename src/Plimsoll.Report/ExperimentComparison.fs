/// Two experiments side by side. Whatever is in one only is listed.
namespace Plimsoll.Report

open System
open Plimsoll.Language

/// B less A.
type Difference = {
    Mean: double
    /// 95 %, of independent two-level bootstraps: seeds, then episodes within them. None: one has a single run.
    Interval: (double * double) option
    /// The share of pairs of runs, one of each, in which B's is better; ties count half.
    Improvement: double
}

/// The same arm, sweep point, task and limit in both.
type BothMeasured = {
    Task: string
    Kind: ScoreKind
    /// As tables call the row.
    Row: string
    Arm: string
    Sweep: (string * Value) list
    /// None: the average over the limits, where both have the same.
    Limit: double option
    A: TableEntry
    B: TableEntry
    /// Both read the very same records: there is nothing to compare.
    Same: bool
    /// Normalised; better is more. None: one has no score.
    Reward: Difference option
    /// Normalised as DSRL does; better is less.
    Cost: Difference option
}

type ExperimentComparison = {
    A: string
    B: string
    Pairs: BothMeasured list
    /// Rows and limits that one of them has not.
    OnlyA: string list
    OnlyB: string list
    Changes: Change list
}

module ExperimentComparison =
    /// The share of pairs of runs at the same limit, one of each, in which B's mean is better; every limit weighs
    /// the same.
    let private improvement better metric (places: (TableEntry * TableEntry) list) =
        let means entry =
            EpisodeStrata.ofEntries metric [ entry ]
            |> Array.map (fun run -> EpisodeStrata.mean [| run |])

        let share (a, b) =
            let pairs = Array.allPairs (means b) (means a)

            pairs
            |> Array.averageBy (fun (b, a) ->
                if better b a then 1.0
                elif a = b then 0.5
                else 0.0)

        places |> List.averageBy share

    /// `places`: the entries of A and of B at each limit, their means weighing the same.
    let private difference better metric (places: (TableEntry * TableEntry) list) =
        let a = places |> List.map fst |> EpisodeStrata.ofEntries metric
        let b = places |> List.map snd |> EpisodeStrata.ofEntries metric

        if a.Length = 0 || b.Length = 0 then
            None
        else
            let differences =
                Array.map2 (-) (Bootstrap.twoLevelMeans 2UL b) (Bootstrap.twoLevelMeans 1UL a)

            Some {
                Mean = EpisodeStrata.mean b - EpisodeStrata.mean a
                Interval =
                    // One run says nothing of how training varies.
                    if min a.Length b.Length < 2 then
                        None
                    else
                        Some(Bootstrap.interval95 differences)
                Improvement = improvement better metric places
            }

    let private keysOf (entry: TableEntry) =
        entry.Members |> List.map _.Record.Key |> List.sort

    let private pair (table: TaskTable) kind (a: Row) (b: Row) (limit: double option) =
        let entry (row: Row) l =
            row.Entries |> List.find (fun e -> e.Limit = l)

        let limits =
            match limit with
            | Some only -> [ only ]
            | None -> table.Limits

        // An experiment with one limit has no average and two have it alike.
        let places = limits |> List.map (fun l -> entry a (Some l), entry b (Some l))

        let scored =
            places |> List.forall (fun (a, b) -> a.Values.IsSome && b.Values.IsSome)

        let entryA, entryB = entry a limit, entry b limit

        {
            Task = table.Task
            Kind = kind
            Row = a.Name
            Arm = a.Arm
            Sweep = a.Sweep
            Limit = limit
            A = entryA
            B = entryB
            Same =
                keysOf entryA = keysOf entryB
                && entryA.Members |> List.forall (fun m -> m.Record.Key.IsSome)
            Reward = if scored then difference (>) RewardMetric places else None
            Cost = if scored then difference (<) CostMetric places else None
        }

    let private rowsOf (table: TaskTable) = [
        for row in table.Rollouts -> Rollout, row
        for row in table.Estimates -> OffPolicy, row
    ]

    let private kindWords kind =
        match kind with
        | Rollout -> ""
        | OffPolicy -> " (off-policy estimate)"

    /// Rows meet by arm, scoring node and sweep point, whatever they are marked with.
    let private placeOf (kind, row: Row) = kind, row.Arm, row.Node, row.Sweep

    let private onlyIn (own: TaskTable list) (other: TaskTable list) = [
        for table in own do
            match other |> List.tryFind (fun t -> t.Task = table.Task) with
            | None -> $"the task {table.Task}"
            | Some twin ->
                for kind, row in rowsOf table do
                    if not (rowsOf twin |> List.exists (fun r -> placeOf r = placeOf (kind, row))) then
                        $"{table.Task}/{row.Name}{kindWords kind}"

                for limit in table.Limits |> List.except twin.Limits do
                    $"{table.Task}: {Format.limit (Some limit)}"
    ]

    /// `a` and `b`: results and what `Table.build` makes of them.
    let build
        (a: Results, tablesA: TaskTable list)
        (b: Results, tablesB: TaskTable list)
        : ExperimentComparison =
        let pairs = [
            for table in tablesA do
                match tablesB |> List.tryFind (fun t -> t.Task = table.Task) with
                | None -> ()
                | Some twin ->
                    let limits = [
                        for limit in table.Limits do
                            if List.contains limit twin.Limits then
                                Some limit
                        if table.Limits = twin.Limits && table.Limits.Length > 1 then
                            None
                    ]

                    for kind, row in rowsOf table do
                        match rowsOf twin |> List.tryFind (fun r -> placeOf r = placeOf (kind, row)) with
                        | Some(_, other) ->
                            for limit in limits do
                                pair table kind row other limit
                        | None -> ()
        ]

        {
            A = a.Experiment.Name
            B = b.Experiment.Name
            Pairs = pairs
            OnlyA = onlyIn tablesA tablesB
            OnlyB = onlyIn tablesB tablesA
            Changes = ExperimentChanges.between a b
        }
