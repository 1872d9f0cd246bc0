/// The log of a run: one JSON object a line, appended while it goes on, so that others can follow it and later
/// ask what it did.
module Plimsoll.Engine.RunLog

open System
open System.Collections.Generic
open System.Diagnostics
open System.Globalization
open System.IO
open System.Text
open System.Text.Json
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// Seconds between two lines of progress of one cell.
let private interval = 1.0

/// Time until a log that could not be written is tried again.
let private patience = TimeSpan.FromSeconds 1.0

let private timeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"

let private number (json: Utf8JsonWriter) (name: string) (value: double) =
    if Double.IsFinite value then
        json.WriteNumber(name, value)
    else
        json.WriteString(name, value.ToString CultureInfo.InvariantCulture)

let private cellFields (json: Utf8JsonWriter) (cell: Cell) =
    json.WriteString("label", cell.Label)
    json.WriteString("cell", string cell.Id)
    json.WriteString("stage", cell.Stage.Name)

let private recordFields (json: Utf8JsonWriter) (record: Record) =
    json.WriteString("key", string record.Key)

    match record.Outcome with
    | Outcome.Finished artifact ->
        json.WriteString("artifact", string artifact.Digest)
        json.WriteNumber("bytes", artifact.Bytes)
    | Outcome.Diverged(step, what) ->
        json.WriteNumber("step", step)
        json.WriteString("what", what)

    json.WriteNumber("attempts", record.Attempts)
    number json "seconds" record.Seconds

let private failureFields (json: Utf8JsonWriter) (failure: StageFailure) =
    json.WriteString("class", (string failure.Class).ToLowerInvariant())
    json.WriteString("what", failure.What)
    json.WriteString("remedy", failure.Remedy)

let private obstacleFields (json: Utf8JsonWriter) obstacle =
    match obstacle with
    | Obstacle.InputDiverged by ->
        json.WriteString("why", "input-diverged")
        json.WriteString("by", string by)
    | Obstacle.InputFailed by ->
        json.WriteString("why", "input-failed")
        json.WriteString("by", string by)
    | Obstacle.Unusable failure ->
        json.WriteString("why", "unusable")
        failureFields json failure

/// One line, without its end.
let private line (time: DateTimeOffset) (event: string) (fields: Utf8JsonWriter -> unit) : string =
    use target = new MemoryStream()

    using (new Utf8JsonWriter(target)) (fun json ->
        json.WriteStartObject()
        json.WriteString("time", time.UtcDateTime.ToString(timeFormat, CultureInfo.InvariantCulture))
        json.WriteString("event", event)
        fields json
        json.WriteEndObject())

    Encoding.UTF8.GetString(target.ToArray())

let private planned (json: Utf8JsonWriter) (plan: Plan) =
    json.WriteString("experiment", plan.Experiment.Name)
    json.WriteNumber("cells", plan.Cells.Length)
    json.WriteNumber("cached", plan.Cached)
    json.WriteNumber("will-run", plan.WillRun)
    json.WriteNumber("measures-anew", plan.MeasuresAnew)
    json.WriteNumber("may-run", plan.MayRun)
    json.WriteNumber("blocked", plan.Blocked)
    json.WriteNumber("not-selected", plan.NotSelected)
    json.WriteStartObject "stages"

    for stage, count in plan.Cells |> List.countBy (fun (cell, _) -> cell.Stage.Name) do
        json.WriteNumber(stage, count)

    json.WriteEndObject()

let private ended (json: Utf8JsonWriter) (summary: RunSummary) =
    json.WriteNumber("cells", summary.Cells.Length)
    json.WriteNumber("cached", summary.Cached)
    json.WriteNumber("executed", summary.Executed)
    json.WriteNumber("diverged", summary.Diverged)
    json.WriteNumber("failed", summary.Failed)
    json.WriteNumber("blocked", summary.Blocked)
    json.WriteNumber("cancelled", summary.Cancelled)
    json.WriteNumber("not-started", summary.NotStarted)
    json.WriteNumber("not-selected", summary.NotSelected)
    number json "seconds" summary.Seconds

let private progress (json: Utf8JsonWriter) (progress: Progress) =
    json.WriteNumber("step", progress.Step)
    json.WriteNumber("steps", progress.Steps)
    progress.SavedAt |> Option.iter (fun step -> json.WriteNumber("saved-at", step))
    json.WriteStartObject "metrics"
    progress.Metrics |> List.iter (fun (name, value) -> number json name value)
    json.WriteEndObject()

/// The line of an event; None for what the log leaves out.
let textOf (time: DateTimeOffset) (event: RunEvent) : string option =
    let ofCell (word: string) (cell: Cell) (fields: Utf8JsonWriter -> unit) =
        Some(
            line time word (fun json ->
                cellFields json cell
                fields json)
        )

    let word origin executed =
        match origin with
        | Origin.Cached -> "cached"
        | Origin.Executed -> executed

    match event with
    | Planned plan -> Some(line time "planned" (fun json -> planned json plan))
    | CellStarted(cell, threads) -> ofCell "started" cell (fun json -> json.WriteNumber("threads", threads))
    | CellProgress(cell, step) -> ofCell "progress" cell (fun json -> progress json step)
    | CellFinished(cell, record, origin) ->
        ofCell (word origin "finished") cell (fun json -> recordFields json record)
    | CellDiverged(cell, record, _) -> ofCell "diverged" cell (fun json -> recordFields json record)
    | CellFailed(cell, failure) -> ofCell "failed" cell (fun json -> failureFields json failure)
    | CellBlocked(cell, obstacle) -> ofCell "blocked" cell (fun json -> obstacleFields json obstacle)
    | CellCancelled cell -> ofCell "cancelled" cell ignore
    | CellNotStarted cell -> ofCell "not-started" cell ignore
    | CellNotSelected(cell, _) -> ofCell "not-selected" cell ignore
    | CellResumed(cell, step) -> ofCell "resumed" cell (fun json -> json.WriteNumber("step", step))
    | CellRetrying(cell, failure, attempt, delay) ->
        ofCell "retrying" cell (fun json ->
            failureFields json failure
            json.WriteNumber("attempt", attempt)
            number json "delay-seconds" delay.TotalSeconds)
    | CellElsewhere(cell, owner) -> ofCell "elsewhere" cell (fun json -> json.WriteString("owner", owner))
    | Disagrees found ->
        ofCell "disagrees" found.Cell (fun json ->
            // Not `key`: readers take that for how the cell ended.
            json.WriteString("of", string found.First.Key)

            found.First.Artifact
            |> Option.iter (fun first -> json.WriteString("first", string first.Digest))

            found.Other
            |> Option.iter (fun other -> json.WriteString("other", string other)))
    | RunWaiting(failure, delay) ->
        Some(
            line time "waiting" (fun json ->
                failureFields json failure
                number json "delay-seconds" delay.TotalSeconds)
        )
    | RunHalted failure -> Some(line time "halted" (fun json -> failureFields json failure))
    | StoreDamage damage ->
        Some(
            line time "damage" (fun json ->
                json.WriteString("path", damage.Path)
                json.WriteString("why", damage.Why))
        )
    | RunFinished summary -> Some(line time "ended" (fun json -> ended json summary))

/// Appends to a run's log. It never fails the run: when a line cannot be written, it says so once through
/// `warn`, tries again a second later, and then notes how many events are missing. Not for several threads at once: a run tells its events one at a time.
type Log private (folder: RunFolder, warn: string -> unit) =
    let last = Dictionary<CellId, int64>()

    let mutable file: FileStream option = None
    let mutable missed = 0
    let mutable failedAt = 0L

    let guarded (work: unit -> unit) =
        try
            work ()
        with
        | :? IOException
        | :? UnauthorizedAccessException as fault ->
            // What is written so far can still be read: a line that was cut is skipped.
            file |> Option.iter (fun file -> Log.Close file)
            file <- None

            if failedAt = 0L then
                warn
                    $"the run's log is incomplete\n  where: {folder.Path}\n  why: {fault.Message}\n  \
                      remedy: none is needed for this run: its results are whole; `status` and `explain` \
                      know less of it"

            failedAt <- Stopwatch.GetTimestamp()

    let open' () =
        file <- Some(new FileStream(folder.Events, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))

    let write (stream: FileStream) (text: string) =
        stream.Write(Encoding.UTF8.GetBytes(text + "\n"))
        stream.Flush()

    static member private Close(file: FileStream) =
        try
            file.Dispose()
        with
        | :? IOException
        | :? UnauthorizedAccessException -> ()

    member private _.Append(text: string) =
        // Space may be back by now.
        if file.IsNone && Stopwatch.GetElapsedTime(failedAt) >= patience then
            guarded open'

        match file with
        | None -> missed <- missed + 1
        | Some stream ->
            guarded (fun () ->
                if missed > 0 then
                    // The first end of line ends whatever was cut.
                    "\n"
                    + line DateTimeOffset.UtcNow "missed" (fun json -> json.WriteNumber("events", missed))
                    |> write stream

                    missed <- 0

                write stream text)

    member private _.Begin(resolved: string) =
        guarded (fun () ->
            File.WriteAllText(folder.Experiment, resolved)
            open' ())

    member this.Tell(event: RunEvent) : unit =
        let due =
            match event with
            | CellProgress(cell, _) ->
                match last.TryGetValue cell.Id with
                | true, before when Stopwatch.GetElapsedTime(before).TotalSeconds < interval -> false
                | _ ->
                    last[cell.Id] <- Stopwatch.GetTimestamp()
                    true
            | _ -> true

        if due then
            textOf DateTimeOffset.UtcNow event |> Option.iter this.Append

    /// Begins a run's log in its folder: the resolved experiment, then a line that says who runs it.
    static member Start(folder: RunFolder, experiment: Experiment, resolved: string, jobs: int, warn) : Log =
        let log = new Log(folder, warn)
        log.Begin resolved

        log.Append(
            line DateTimeOffset.UtcNow "began" (fun json ->
                json.WriteString("experiment", experiment.Name)
                json.WriteString("file", Path.GetFullPath experiment.File)
                json.WriteString("host", Environment.MachineName)
                json.WriteNumber("process", Environment.ProcessId)

                json.WriteNumber("jobs", jobs))
        )

        log

    interface IDisposable with
        member _.Dispose() =
            file |> Option.iter Log.Close
            file <- None
