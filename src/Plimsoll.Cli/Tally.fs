/// What a run has told so far, as far as a terminal shows it.
module Plimsoll.Cli.Tally

open System
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine

type Running = {
    Cell: Cell
    Threads: int
    Began: TimeSpan
    Latest: Progress option
}

type Tally = {
    Total: int
    /// Cells that have ended, however.
    Ended: Set<CellId>
    Cached: int
    Executed: int
    Failed: int
    Diverged: int
    Blocked: int
    Cancelled: int
    /// In the order in which they started.
    Running: Running list
    /// Cells still to come, by stage.
    Waiting: Map<string, int>
    /// Seconds and count of executions known of a stage, from records as well.
    Times: Map<string, double * int>
    Jobs: int
}

let empty jobs = {
    Total = 0
    Ended = Set.empty
    Cached = 0
    Executed = 0
    Failed = 0
    Diverged = 0
    Blocked = 0
    Cancelled = 0
    Running = []
    Waiting = Map.empty
    Times = Map.empty
    Jobs = max 1 jobs
}

let private add stage count (waiting: Map<string, int>) =
    waiting.Change(stage, (fun known -> Some(max 0 (defaultArg known 0 + count))))

let private timed (stage: string) seconds tally =
    let total, count = tally.Times.TryFind stage |> Option.defaultValue (0.0, 0)

    {
        tally with
            Times = tally.Times.Add(stage, (total + seconds, count + 1))
    }

/// A cell that ended; damaged inputs can make one end twice.
let private ended (cell: Cell) tally =
    let wasRunning = tally.Running |> List.exists (fun r -> r.Cell.Id = cell.Id)

    {
        tally with
            Ended = tally.Ended.Add cell.Id
            Running = tally.Running |> List.filter (fun r -> r.Cell.Id <> cell.Id)
            Waiting =
                if wasRunning || tally.Ended.Contains cell.Id then
                    tally.Waiting
                else
                    add cell.Stage.Name -1 tally.Waiting
    }

let private finished origin (cell: Cell) seconds tally =
    let tally = tally |> timed cell.Stage.Name seconds |> ended cell

    match origin with
    | Origin.Cached -> { tally with Cached = tally.Cached + 1 }
    | Origin.Executed -> {
        tally with
            Executed = tally.Executed + 1
      }

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
            Latest = None
        }

        {
            tally with
                Running = tally.Running @ [ running ]
                Waiting = add cell.Stage.Name -1 tally.Waiting
        }
    | CellProgress(cell, progress) ->
        let latest running =
            if running.Cell.Id = cell.Id then
                { running with Latest = Some progress }
            else
                running

        {
            tally with
                Running = tally.Running |> List.map latest
        }
    | CellFinished(cell, record, origin) -> finished origin cell record.Seconds tally
    | CellDiverged(cell, record, origin) ->
        let tally = finished origin cell record.Seconds tally

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
    | CellCancelled cell -> {
        ended cell tally with
            Cancelled = tally.Cancelled + 1
      }
    | StoreDamage _
    | RunFinished _ -> tally

/// Between 0 and 1.
let fraction (progress: Progress) =
    if progress.Steps <= 0L then
        0.0
    else
        Math.Clamp(double progress.Step / double progress.Steps, 0.0, 1.0)

/// Seconds that the rest will take, by the mean time of each stage; None as long as a stage has no time yet.
let remaining (at: TimeSpan) (tally: Tally) : double option =
    let mean stage =
        tally.Times.TryFind stage
        |> Option.map (fun (total, count) -> total / double count)

    let waiting = [
        for KeyValue(stage, count) in tally.Waiting do
            if count > 0 then
                mean stage |> Option.map (fun seconds -> seconds * double count)
    ]

    let running = [
        for running in tally.Running do
            let elapsed = (at - running.Began).TotalSeconds

            match running.Latest |> Option.map fraction with
            | Some done' when done' > 0.01 -> Some(elapsed * (1.0 - done') / done')
            | _ ->
                mean running.Cell.Stage.Name
                |> Option.map (fun seconds -> max 0.0 (seconds - elapsed))
    ]

    let parts = waiting @ running

    if parts |> List.forall Option.isSome then
        Some((parts |> List.sumBy Option.get) / double tally.Jobs)
    else
        None

let private counts (tally: Tally) =
    [
        tally.Cached, "cached"
        tally.Executed, "executed"
        tally.Running.Length, "running"
        tally.Diverged, "diverged"
        tally.Failed, "failed"
        tally.Blocked, "blocked"
        tally.Cancelled, "cancelled"
    ]
    |> List.filter (fun (count, _) -> count > 0)
    |> List.map (fun (count, word) -> $"{count} {word}")

/// `12/45 cells: 3 cached, 9 executed, 2 running`.
let text (tally: Tally) =
    match counts tally with
    | [] -> $"{tally.Ended.Count}/{tally.Total} cells"
    | counts -> $"{tally.Ended.Count}/{tally.Total} cells: " + String.concat ", " counts

/// `about 3 min 05 s left`, or nothing while that is unknown.
let estimate at tally =
    match remaining at tally with
    | Some seconds when tally.Ended.Count < tally.Total -> $"about {Display.seconds seconds} left"
    | _ -> ""
