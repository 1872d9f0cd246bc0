/// Two experiments side by side. Whatever is in one only is listed.
namespace Plimsoll.Report

open System
open Plimsoll.Language

/// B less A.
type Difference = {
    Mean: double
    /// 95 %, Welch's over the seeds. None: one has a single seed.
    Interval: (double * double) option
    /// The share of pairs of runs, one of each, in which B's is better; ties count half.
    Improvement: double
    /// Which seeds of A and of B the difference is over, where these are not all that the entries are over.
    Over: string option * string option
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
    /// Records that both read, by their keys.
    Shared: int
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
    /// What cannot be said to be the same.
    NotCompared: NotCompared list
}

module ExperimentComparison =
    /// The share of pairs of runs at the same limit, one of each, in which B's mean is better; every limit weighs
    /// the same.
    let private improvement better metric (places: (TableEntry * TableEntry) list) =
        let means entry =
            SeedMeans.ofEntries metric [ entry ] |> Array.map _.Mean

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
        let entriesA, entriesB = List.unzip places
        let a, b = SeedMeans.ofEntries metric entriesA, SeedMeans.ofEntries metric entriesB
        let mean = Student.centre b - Student.centre a

        // Not finite where a side has no seed at every limit, or the returns no scale.
        if Double.IsFinite mean then
            Some {
                Mean = mean
                // One seed says nothing of how training varies.
                Interval = Student.difference a b |> Option.map _.Interval
                Improvement = improvement better metric places
                Over = SeedMeans.selection entriesA, SeedMeans.selection entriesB
            }
        else
            None

    let private keysOf (entry: TableEntry) =
        entry.Members |> List.map _.Record.Key |> List.sort

    let private shared (a: TableEntry) (b: TableEntry) =
        let keys (entry: TableEntry) =
            entry.Members |> List.choose _.Record.Key |> set

        Set.intersect (keys a) (keys b) |> Set.count

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
                not entryA.Members.IsEmpty
                && keysOf entryA = keysOf entryB
                && entryA.Members |> List.forall (fun m -> m.Record.Key.IsSome)
            Shared = shared entryA entryB
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

    /// The node that a row's scores are from. None without a score, or a place for one.
    let private nodeOf (row: Row) =
        row.Entries
        |> List.collect _.Members
        |> List.tryHead
        |> Option.map _.Coordinates.Node

    /// Rows meet by arm, scoring node and sweep point, whatever they are marked with. Where an arm has one scorer in
    /// both experiments, its name does not matter.
    let private meet (kind, row: Row) (otherKind, other: Row) =
        kind = otherKind
        && row.Arm = other.Arm
        && row.Sweep = other.Sweep
        && (row.Node.IsNone && other.Node.IsNone || nodeOf row = nodeOf other)

    let private onlyIn (own: TaskTable list) (other: TaskTable list) = [
        for table in own do
            match other |> List.tryFind (fun t -> t.Task = table.Task) with
            | None -> $"the task {table.Task}"
            | Some twin ->
                for kind, row in rowsOf table do
                    if not (rowsOf twin |> List.exists (meet (kind, row))) then
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
                        match rowsOf twin |> List.tryFind (meet (kind, row)) with
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
            NotCompared = ExperimentChanges.unknown a b
        }
