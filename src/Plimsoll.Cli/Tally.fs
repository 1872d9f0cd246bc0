/// What a run has told so far, as far as a terminal shows it.
module Plimsoll.Cli.Tally

open System
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Store

type Running = {
    Cell: Cell
    Threads: int
    Began: TimeSpan
    /// How much of it an earlier attempt had saved, between 0 and 1.
    Before: double
    Latest: Progress option
}

type Tally = {
    Total: int
    /// Cells that have ended, however, and how many they are: a set counts itself one by one.
    Ended: Set<CellId>
    Done: int
    Cached: int
    Executed: int
    Failed: int
    Diverged: int
    Blocked: int
    NotStarted: int
    Cancelled: int
    NotSelected: int
    /// Attempts after a failed one.
    Retries: int
    /// Cells that another run computes.
    Elsewhere: Set<CellId>
    /// In the order in which they started.
    Running: Running list
    /// Cells still to come, by stage.
    Waiting: Map<string, int>
    /// Seconds of threads, and count of executions known of a stage, from records as well.
    Times: Map<string, double * int>
    Jobs: int
}

let empty jobs = {
    Total = 0
    Ended = Set.empty
    Done = 0
    Cached = 0
    Executed = 0
    Failed = 0
    Diverged = 0
    Blocked = 0
    NotStarted = 0
    Cancelled = 0
    NotSelected = 0
    Retries = 0
    Elsewhere = Set.empty
    Running = []
    Waiting = Map.empty
    Times = Map.empty
    Jobs = max 1 jobs
}

let private add stage count (waiting: Map<string, int>) =
    waiting.Change(stage, (fun known -> Some(max 0 (defaultArg known 0 + count))))

let private timed (record: Record) tally =
    let total, count = tally.Times.TryFind record.Stage |> Option.defaultValue (0.0, 0)

    let work = record.Seconds * double (max 1 record.Threads)

    {
        tally with
            Times = tally.Times.Add(record.Stage, (total + work, count + 1))
    }

let private without (cell: Cell) tally =
    tally.Running |> List.filter (fun running -> running.Cell.Id <> cell.Id)

let private isRunning (cell: Cell) tally =
    tally.Running |> List.exists (fun running -> running.Cell.Id = cell.Id)

/// A cell that ended; damaged inputs can make one end twice.
let private ended (cell: Cell) tally =
    let before = tally.Ended.Contains cell.Id

    {
        tally with
            Ended = tally.Ended.Add cell.Id
            Done = if before then tally.Done else tally.Done + 1
            Elsewhere = tally.Elsewhere.Remove cell.Id
            Running = without cell tally
            Waiting =
                if isRunning cell tally || before then
                    tally.Waiting
                else
                    add cell.Stage.Name -1 tally.Waiting
    }

let private finished origin (cell: Cell) record tally =
    let tally = tally |> timed record |> ended cell

    match origin with
    | Origin.Cached -> { tally with Cached = tally.Cached + 1 }
    | Origin.Executed -> {
        tally with
            Executed = tally.Executed + 1
      }

/// It waits for its next attempt.
let private retrying (cell: Cell) tally =
    let waiting =
        if isRunning cell tally then
            add cell.Stage.Name 1 tally.Waiting
        else
            tally.Waiting

    {
        tally with
            Retries = tally.Retries + 1
            Running = without cell tally
            Waiting = waiting
    }

/// Between 0 and 1.
let fraction (progress: Progress) =
    if progress.Steps <= 0L then
        0.0
    else
        Math.Clamp(double progress.Step / double progress.Steps, 0.0, 1.0)

/// The tally after an event that was told `at` this time since the start of the run.
let update (at: TimeSpan) (event: RunEvent) (tally: Tally) : Tally =
    match event with
    | Planned plan ->
        let stages = plan.Cells |> List.countBy (fun (cell, _) -> cell.Stage.Name)

        {
            tally with
                Total = plan.Cells.Length
                Waiting = Map stages
        }
    | CellStarted(cell, threads) ->
        let running = {
            Cell = cell
            Threads = threads
            Began = at
            Before = 0.0
            Latest = None
        }

        {
            tally with
                Running = tally.Running @ [ running ]
                Elsewhere = tally.Elsewhere.Remove cell.Id
                Waiting = add cell.Stage.Name -1 tally.Waiting
        }
    | CellProgress(cell, progress) ->
        let latest running =
            if running.Cell.Id = cell.Id then
                let before =
                    progress.ResumedAt
                    |> Option.map (fun step -> fraction { progress with Step = step })

                {
                    running with
                        Latest = Some progress
                        Before = defaultArg before 0.0
                }
            else
                running

        {
            tally with
                Running = tally.Running |> List.map latest
        }
    | CellFinished(cell, record, origin) -> finished origin cell record tally
    | CellDiverged(cell, record, origin) ->
        let tally = finished origin cell record tally

        {
            tally with
                Diverged = tally.Diverged + 1
        }
    | CellFailed(cell, _) -> {
        ended cell tally with
            Failed = tally.Failed + 1
      }
    | CellBlocked(cell, _) -> {
        ended cell tally with
            Blocked = tally.Blocked + 1
      }
    | CellNotStarted cell -> {
        ended cell tally with
            NotStarted = tally.NotStarted + 1
      }
    | CellCancelled cell -> {
        ended cell tally with
            Cancelled = tally.Cancelled + 1
      }
    | CellNotSelected(cell, record) ->
        let tally = record |> Option.fold (fun tally record -> timed record tally) tally

        {
            ended cell tally with
                NotSelected = tally.NotSelected + 1
        }
    | CellRetrying(cell, _, _, _) -> retrying cell tally
    | CellElsewhere(cell, _) -> {
        tally with
            Elsewhere = tally.Elsewhere.Add cell.Id
      }
    | CellResumed _
    | Disagrees _
    | StoreDamage _
    | RunWaiting _
    | RunHalted _
    | RunFinished _ -> tally

/// Seconds that a cell under way still takes, from its own progress or from others of its stage.
let private rest (at: TimeSpan) mean (running: Running) =
    let elapsed = (at - running.Began).TotalSeconds

    match running.Latest with
    | Some progress when fraction progress - running.Before > 0.01 ->
        let now = fraction progress
        // What an earlier attempt had saved took this one no time.
        Some(elapsed * (1.0 - now) / (now - running.Before))
    | _ ->
        mean running.Cell.Stage.Name
        |> Option.map (fun work -> max 0.0 (work / double running.Threads - elapsed))

/// Seconds that the rest will take on all slots, by the mean of each stage; None as long as a stage has no time
/// yet. No less than the longest of the cells under way.
let remaining (at: TimeSpan) (tally: Tally) : double option =
    let mean stage =
        tally.Times.TryFind stage
        |> Option.map (fun (total, count) -> total / double count)

    let waiting = [
        for KeyValue(stage, count) in tally.Waiting do
            if count > 0 then
                mean stage |> Option.map (fun work -> work * double count)
    ]

    let running = [
        for running in tally.Running -> rest at mean running |> Option.map (fun rest -> rest, running.Threads)
    ]

    if List.forall Option.isSome waiting && List.forall Option.isSome running then
        let running = running |> List.map Option.get
        let work = running |> List.sumBy (fun (rest, threads) -> rest * double threads)
        let longest = running |> List.fold (fun longest (rest, _) -> max longest rest) 0.0
        Some(max longest ((List.sumBy Option.get waiting + work) / double tally.Jobs))
    else
        None

let private counts (tally: Tally) =
    [
        tally.Cached, "cached"
        tally.Executed, "executed"
        tally.Running.Length, "running"
        tally.Elsewhere.Count, "elsewhere"
        tally.Diverged, "diverged"
        tally.Failed, "failed"
        tally.Blocked, "blocked"
        tally.NotStarted, "not started"
        tally.Cancelled, "cancelled"
        tally.NotSelected, "not selected"
    ]
    |> List.filter (fun (count, _) -> count > 0)
    |> List.map (fun (count, word) -> $"{count} {word}")
    |> fun counts ->
        match tally.Retries with
        | 0 -> counts
        | 1 -> counts @ [ "1 retry" ]
        | retries -> counts @ [ $"{retries} retries" ]

/// How many of the cells that were asked for have ended, and how many they are.
let asked (tally: Tally) =
    tally.Done - tally.NotSelected, tally.Total - tally.NotSelected

/// `12/45 cells: 3 cached, 9 executed, 2 running`.
let text (tally: Tally) =
    let ended, all = asked tally

    match counts tally with
    | [] -> $"{ended}/{all} cells"
    | counts -> $"{ended}/{all} cells: " + String.concat ", " counts

/// `about 3 min 05 s left`, or nothing while that is unknown.
let estimate at tally =
    match remaining at tally with
    | Some seconds when tally.Done < tally.Total -> $"about {Display.seconds seconds} left"
    | _ -> ""

/// `attempt 1 failed: worker killed by SIGKILL; again in 0.5 s`
let retry (failure: StageFailure) (attempt: int) (delay: TimeSpan) =
    let line = failure.What.Split('\n')[0]

    let next =
        if delay > TimeSpan.Zero then
            $"again in {Display.seconds delay.TotalSeconds}"
        else
            "again at once"

    $"attempt {attempt} failed: {line}; {next}"

/// `the store's disk is full; nothing starts for 2 s`
let waiting (failure: StageFailure) (delay: TimeSpan) =
    let line = failure.What.Split('\n')[0]
    $"{line}; nothing starts for {Display.seconds delay.TotalSeconds}"

let halted (failure: StageFailure) =
    $"nothing more starts\n  why: {Display.oneLine failure.What}\n  remedy: {failure.Remedy}"

/// Two results of one key that differ.
let disagreement (found: Disagreement) =
    let digest (value: Digest option) =
        match value with
        | Some digest -> (string digest).Substring(0, 12)
        | None -> "diverged"

    let first = digest (found.First.Artifact |> Option.map _.Digest)

    $"two results of one key differ: {found.Cell.Label}\n"
    + $"  where: key {found.First.Key}\n"
    + $"  why: stored first: {first} (from {found.First.Machine.Host}); now: {digest found.Other}\n"
    + "  what happens: the first one counts, the other is dropped\n"
    + "  remedy: `plimsoll verify` finds the step at which they part"
