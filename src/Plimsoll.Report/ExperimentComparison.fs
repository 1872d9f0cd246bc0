/// Two experiments side by side. Whatever is in one only is listed.
namespace Plimsoll.Report

open System
open Plimsoll.Language

/// B less A.
type Difference = {
    Mean: double
    /// 95 %, of independent two-level bootstraps: seeds, then episodes within them. None: not finite.
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
    let private episodes (entry: TableEntry) : (string option * Episodes) list =
        entry.Members
        |> List.choose (fun s ->
            match s.State with
            | Scored e -> Some(s.Record.Key, e)
            | Missing
            | Failed _
            | Diverged _ -> None)

    /// Runs' episodes at one limit.
    let private runs measure (entry: TableEntry) =
        episodes entry |> List.map (snd >> measure) |> List.toArray

    let private rewards (e: Episodes) =
        e.Returns |> Array.map (Statistics.normaliseReward e.RewardMin e.RewardMax)

    let private costs limit (e: Episodes) =
        e.Costs |> Array.map (Statistics.normaliseCost limit)

    /// Differences under the bootstrap. Each limit draws from streams of its own.
    let private bootstrapped index a b =
        let means side =
            Statistics.twoLevelMeans (uint64 (2 * index + side))

        Array.map2 (-) (means 2 b) (means 1 a)

    /// Over pairs of runs of the same place.
    let private improvement better (places: (double array array * double array array) list) =
        let share (a: double array array, b: double array array) =
            let total =
                Seq.allPairs (b |> Array.map Statistics.mean) (a |> Array.map Statistics.mean)
                |> Seq.sumBy (fun (b, a) ->
                    if better b a then 1.0
                    elif a = b then 0.5
                    else 0.0)

            total / double (a.Length * b.Length)

        places |> List.averageBy share

    /// `places`: the runs of A and of B at each limit, their means weighing the same.
    let private difference better (places: (double array array * double array array) list) =
        let observed =
            places
            |> List.averageBy (fun (a, b) ->
                let mean side =
                    side |> Array.map Statistics.mean |> Statistics.mean

                mean b - mean a)

        if not (Double.IsFinite observed) then
            None
        else
            let draws = places |> List.mapi (fun i (a, b) -> bootstrapped i a b)

            let sorted =
                Array.init Statistics.resamples (fun r -> draws |> List.averageBy (fun d -> d[r]))
                |> Array.sort

            Some {
                Mean = observed
                Interval = Some(Statistics.quantile 0.025 sorted, Statistics.quantile 0.975 sorted)
                Improvement = improvement better places
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

        let places measure =
            limits
            |> List.map (fun l ->
                let at row =
                    // An experiment with one limit has no average and two have it alike.
                    runs (measure l) (entry row (Some l))

                at a, at b)

        let scored =
            limits
            |> List.forall (fun l -> (entry a (Some l)).Values.IsSome && (entry b (Some l)).Values.IsSome)

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
            Reward =
                if scored then
                    difference (>) (places (fun _ -> rewards))
                else
                    None
            Cost = if scored then difference (<) (places costs) else None
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

    let private limitWords (limit: double option) =
        match limit with
        | Some limit -> $"limit {Format.exact limit}"
        | None -> "average over limits"

    let private onlyIn (own: TaskTable list) (other: TaskTable list) = [
        for table in own do
            match other |> List.tryFind (fun t -> t.Task = table.Task) with
            | None -> $"the task {table.Task}"
            | Some twin ->
                for kind, row in rowsOf table do
                    if not (rowsOf twin |> List.exists (fun r -> placeOf r = placeOf (kind, row))) then
                        $"{table.Task}/{row.Name}{kindWords kind}"

                for limit in table.Limits |> List.except twin.Limits do
                    $"{table.Task}: {limitWords (Some limit)}"
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
