/// How a run stands, from its log.
module Plimsoll.Cli.RunView

open System
open System.Text.Json
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Engine.RunHistory
open Plimsoll.Store

type RunningCell = {
    Label: string
    Stage: string
    Threads: int
    /// From 1 on, in this run.
    Attempt: int
    Since: DateTimeOffset
    /// The latest sign of life.
    Heard: DateTimeOffset
    Step: (int64 * int64) option
    Metrics: (string * double) list
}

type Failure = {
    Label: string
    Class: string
    What: string
    Remedy: string
}

/// What a log says so far.
type Snapshot = {
    Experiment: string
    Began: DateTimeOffset option
    Host: string
    Process: int
    Jobs: int
    Planned: int
    /// Planned cells of each stage.
    Stages: Map<string, int>
    /// Ended cells by how they ended.
    Ended: Map<string, Set<string>>
    Running: Map<string, RunningCell>
    /// Failed attempts of cells that were tried again.
    Retries: Map<string, int>
    Failures: Failure list
    /// Seconds and number of executions of each stage.
    Times: Map<string, double * int>
    Seconds: double option
}

let private nothing: Snapshot = {
    Experiment = ""
    Began = None
    Host = ""
    Process = 0
    Jobs = 1
    Planned = 0
    Stages = Map.empty
    Ended = Map.empty
    Running = Map.empty
    Retries = Map.empty
    Failures = []
    Times = Map.empty
    Seconds = None
}

let private ends = [
    "finished"
    "cached"
    "diverged"
    "failed"
    "blocked"
    "cancelled"
    "not-started"
    "not-selected"
]

let private whole (entry: Entry) name = entry.Number name |> Option.map int64

let private text (entry: Entry) name =
    entry.Text name |> Option.defaultValue ""

let private timed (entry: Entry) (times: Map<string, double * int>) =
    match entry.Number "seconds" with
    | Some seconds when entry.Event = "finished" ->
        times.Change(
            text entry "stage",
            fun known ->
                let total, count = defaultArg known (0.0, 0)
                Some(total + seconds, count + 1)
        )
    | _ -> times

let private ended (entry: Entry) label snapshot =
    // A cell whose damaged input was computed anew ends twice.
    let others = snapshot.Ended |> Map.map (fun _ labels -> Set.remove label labels)

    {
        snapshot with
            Running = snapshot.Running.Remove label
            Ended = others.Change(entry.Event, fun known -> Some(Set.add label (defaultArg known Set.empty)))
            Times = timed entry snapshot.Times
            Failures =
                if entry.Event = "failed" then
                    snapshot.Failures
                    @ [
                        {
                            Label = label
                            Class = text entry "class"
                            What = text entry "what"
                            Remedy = text entry "remedy"
                        }
                    ]
                else
                    snapshot.Failures
    }

let private step (snapshot: Snapshot) (entry: Entry) : Snapshot =
    match entry.Event, entry.Text "label" with
    | "began", _ -> {
        snapshot with
            Experiment = text entry "experiment"
            Began = Some entry.Time
            Host = text entry "host"
            Process = whole entry "process" |> Option.map int |> Option.defaultValue 0
            Jobs = whole entry "jobs" |> Option.map int |> Option.defaultValue 1
      }
    | "planned", _ -> {
        snapshot with
            Planned = whole entry "cells" |> Option.map int |> Option.defaultValue 0
            Stages = Map.ofList (entry.Counts "stages")
      }
    | "ended", _ -> {
        snapshot with
            Seconds = entry.Number "seconds"
            Running = Map.empty
      }
    | "started", Some label ->
        let cell = {
            Label = label
            Stage = text entry "stage"
            Threads = whole entry "threads" |> Option.map int |> Option.defaultValue 1
            Attempt = 1 + (snapshot.Retries.TryFind label |> Option.defaultValue 0)
            Since = entry.Time
            Heard = entry.Time
            Step = None
            Metrics = []
        }

        {
            snapshot with
                Running = snapshot.Running.Add(label, cell)
        }
    | "progress", Some label -> {
        snapshot with
            Running =
                snapshot.Running.Change(
                    label,
                    Option.map (fun cell -> {
                        cell with
                            Heard = entry.Time
                            Metrics = entry.Metrics
                            Step = Option.map2 (fun a b -> a, b) (whole entry "step") (whole entry "steps")
                    })
                )
      }
    | "retrying", Some label -> {
        snapshot with
            Running = snapshot.Running.Remove label
            Retries = snapshot.Retries.Change(label, (fun known -> Some(1 + defaultArg known 0)))
      }
    | event, Some label when List.contains event ends -> ended entry label snapshot
    | _ -> snapshot

let snapshot (entries: Entry list) : Snapshot = List.fold step nothing entries

let count (word: string) (snapshot: Snapshot) =
    snapshot.Ended.TryFind word |> Option.map Set.count |> Option.defaultValue 0

let endedCells (snapshot: Snapshot) =
    ends |> List.sumBy (fun word -> count word snapshot)

let private fraction (cell: RunningCell) =
    match cell.Step with
    | Some(step, steps) when steps > 0L -> Some(Math.Clamp(double step / double steps, 0.0, 1.0))
    | _ -> None

/// Seconds until the end, by the mean time of each stage; None as long as that is unknown.
let remaining (now: DateTimeOffset) (snapshot: Snapshot) : double option =
    let mean stage =
        snapshot.Times.TryFind stage
        |> Option.map (fun (total, count) -> total / double count)

    let running = snapshot.Running.Values |> List.ofSeq

    let left (cell: RunningCell) =
        let elapsed = (now - cell.Since).TotalSeconds

        match fraction cell with
        | Some done' when done' > 0.01 -> Some(elapsed * (1.0 - done') / done')
        | _ -> mean cell.Stage |> Option.map (fun seconds -> max 0.0 (seconds - elapsed))

    let waiting = snapshot.Planned - endedCells snapshot - running.Length

    // Ended cells are not counted by stage: the mean over all stages stands for those that wait.
    let meanOfAll =
        let total = snapshot.Times.Values |> Seq.sumBy fst
        let count = snapshot.Times.Values |> Seq.sumBy snd
        if count = 0 then None else Some(total / double count)

    match running |> List.map left, meanOfAll with
    | parts, _ when waiting <= 0 && List.forall Option.isSome parts ->
        Some(
            parts
            |> List.sumBy Option.get
            |> (fun sum -> sum / double (max 1 snapshot.Jobs))
        )
    | parts, Some mean when List.forall Option.isSome parts ->
        let sum = (parts |> List.sumBy Option.get) + mean * double waiting
        Some(sum / double (max 1 snapshot.Jobs))
    | _ -> None

let private standingText (snapshot: Snapshot) standing =
    match standing with
    | Ended -> "ended"
    | Live -> $"live, process {snapshot.Process} on {snapshot.Host}"
    | Dead ->
        $"dead: process {snapshot.Process} on {snapshot.Host} is gone; run again, what has finished is kept"

let countsText (snapshot: Snapshot) =
    [
        for word in ends do
            match count word snapshot with
            | 0 -> ()
            | number -> $"{number} {word.Replace('-', ' ')}"
        match Seq.sum snapshot.Retries.Values with
        | 0 -> ()
        | 1 -> "1 retry"
        | retries -> $"{retries} retries"
    ]
    |> String.concat ", "

/// Of a stage by its name in the log.
let private environmentOf (stage: string) =
    Plimsoll.Stages.Catalogue.stages
    |> List.tryFind (fun known -> known.Signature.Name = stage)
    |> Option.map _.Signature.Environment
    |> Option.defaultValue NoEnvironment

let private cellRow now (cell: RunningCell) = [
    cell.Label + Display.hybridMark (environmentOf cell.Stage)
    Display.seconds (max 0.0 (now - cell.Since).TotalSeconds)
    fraction cell
    |> Option.map (fun value -> $"{int (100.0 * value)} %%")
    |> Option.defaultValue ""
    if cell.Attempt > 1 then $"attempt {cell.Attempt}" else ""
    Display.metrics cell.Metrics
]

/// The cells under way, one a line.
let private runningLines now (snapshot: Snapshot) =
    let columns = [ Display.Left; Display.Right; Display.Right; Display.Left; Display.Left ]

    let rows =
        snapshot.Running.Values
        |> List.ofSeq
        |> List.sortBy _.Since
        |> List.map (cellRow now)

    // A column that says nothing of any cell is left out.
    let used =
        columns
        |> List.mapi (fun index alignment -> index, alignment)
        |> List.filter (fun (index, _) -> rows |> List.exists (fun row -> row[index] <> ""))

    if rows.IsEmpty then
        []
    else
        rows
        |> List.map (fun row -> used |> List.map (fun (index, _) -> row[index]))
        |> Display.table (used |> List.map (fun (_, alignment) -> "", alignment))
        |> List.tail
        |> List.map (fun line -> "  " + line)

/// A run as lines.
let lines (now: DateTimeOffset) (run: RunFolder) standing (snapshot: Snapshot) : string list = [
    yield $"run {run.Id}: {standingText snapshot standing}"

    let counts = countsText snapshot
    let counts = if counts = "" then "" else ": " + counts
    let others = count "not-selected" snapshot
    let ended, all = endedCells snapshot - others, snapshot.Planned - others
    yield $"  {ended} of {all} cells ended{counts}"

    match snapshot.Stages |> Map.filter (fun stage _ -> environmentOf stage = Hybrid) with
    | hybrid when hybrid.IsEmpty -> ()
    | hybrid -> yield "  " + Display.hybridNote (Seq.sum hybrid.Values)

    if standing = Live then
        yield! runningLines now snapshot

        match remaining now snapshot with
        | Some seconds -> yield $"  about {Display.seconds seconds} left"
        | None -> ()

    for failure in snapshot.Failures do
        let first = failure.What.Split('\n')[0]
        yield $"  FAILED {failure.Label}: {first}"
]

let write (writer: Utf8JsonWriter) now (run: RunFolder) standing (snapshot: Snapshot) =
    let word =
        match standing with
        | Live -> "live"
        | Ended -> "ended"
        | Dead -> "dead"

    writer.WriteString("run", run.Id)
    writer.WriteString("state", word)
    writer.WriteString("experiment", snapshot.Experiment)
    writer.WriteString("host", snapshot.Host)
    writer.WriteNumber("process", snapshot.Process)
    writer.WriteNumber("cells", snapshot.Planned)

    Json.inObject writer "counts" (fun () ->
        for word in ends do
            writer.WriteNumber(word, count word snapshot))

    snapshot.Seconds |> Option.iter (Json.number writer "seconds")

    if standing = Live then
        remaining now snapshot |> Option.iter (Json.number writer "seconds-left")

        Json.objects writer "running" (List.ofSeq snapshot.Running.Values) (fun cell ->
            writer.WriteString("label", cell.Label)
            writer.WriteString("stage", cell.Stage)
            writer.WriteBoolean("hybrid", (environmentOf cell.Stage = Hybrid))
            writer.WriteNumber("threads", cell.Threads)
            writer.WriteNumber("attempt", cell.Attempt)
            Json.number writer "seconds" (now - cell.Since).TotalSeconds

            match cell.Step with
            | Some(step, steps) ->
                writer.WriteNumber("step", step)
                writer.WriteNumber("steps", steps)
            | None -> ()

            Json.inObject writer "metrics" (fun () ->
                cell.Metrics |> List.iter (fun (name, value) -> Json.number writer name value)))

    Json.objects writer "failures" snapshot.Failures (fun failure ->
        writer.WriteString("label", failure.Label)
        writer.WriteString("class", failure.Class)
        writer.WriteString("what", failure.What)
        writer.WriteString("remedy", failure.Remedy))
