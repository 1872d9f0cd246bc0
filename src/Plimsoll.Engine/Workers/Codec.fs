/// Messages as lines of JSON: `{"kind":"beat","resident":1,...}`, UTF-8, ended by a line feed. What a reader does
/// not know inside a message it passes over; a kind of message that it does not know it refuses.
module Plimsoll.Engine.Workers.Codec

open System
open System.Text.Json
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Workers.Json

let private message (kind: string) (write: Utf8JsonWriter -> unit) =
    line (fun writer ->
        writer.WriteString("kind", kind)
        write writer)

let private writeOptional (writer: Utf8JsonWriter) (name: string) (value: string option) =
    value |> Option.iter (writeText writer name)

let private writeOrder (order: Order) (writer: Utf8JsonWriter) =
    writer.WriteNumber("order", order.Id)
    writeText writer "stage" order.Stage
    writeText writer "label" order.Label
    writeMap writer "parameters" writeValue order.Parameters
    writeMap writer "inputs" (fun writer (path: string) -> writer.WriteStringValue path) order.Inputs
    writeText writer "output" order.Output
    order.Seed |> Option.iter (fun seed -> writer.WriteNumber("seed", seed))
    writer.WriteNumber("threads", order.Threads)
    writer.WriteStartArray "cpus"
    order.Cpus |> List.iter (fun cpu -> writer.WriteNumberValue cpu)
    writer.WriteEndArray()
    writeOptional writer "checkpoint" order.Checkpoint
    // In units of 100 ns, so that none is lost.
    writer.WriteNumber("checkpoint-every", order.CheckpointEvery.Ticks)
    writeOptional writer "trail" order.Trail
    writer.WriteNumber("beat", order.Beat)

let private readOrder element : Order = {
    Id = element |> field "order" |> whole
    Stage = element |> field "stage" |> text
    Label = element |> field "label" |> text
    Parameters = element |> field "parameters" |> map value
    Inputs = element |> field "inputs" |> map text
    Output = element |> field "output" |> text
    Seed = element |> optional "seed" whole
    Threads = element |> field "threads" |> count
    Cpus = element |> field "cpus" |> list count
    Checkpoint = element |> optional "checkpoint" text
    CheckpointEvery = element |> field "checkpoint-every" |> whole |> TimeSpan.FromTicks
    Trail = element |> optional "trail" text
    Beat = element |> field "beat" |> count
}

let private writeStep (writer: Utf8JsonWriter) (name: string) (step: int64 option) =
    step |> Option.iter (fun step -> writer.WriteNumber(name, step))

/// Each pair as an array of two: a name may come twice.
let private writeProgress (progress: Progress) (writer: Utf8JsonWriter) =
    writer.WriteNumber("step", progress.Step)
    writer.WriteNumber("steps", progress.Steps)
    writer.WriteStartArray "metrics"

    for name, number in progress.Metrics do
        writer.WriteStartArray()
        writer.WriteStringValue name
        writeDouble writer number
        writer.WriteEndArray()

    writer.WriteEndArray()
    writeStep writer "resumed-at" progress.ResumedAt
    writeStep writer "saved-at" progress.SavedAt

let private readMetric (element: JsonElement) =
    match list id element with
    | [ name; number ] -> text name, real number
    | _ -> raise (Malformed "a metric is a name and a number")

let private readProgress element : Progress = {
    Step = element |> field "step" |> whole
    Steps = element |> field "steps" |> whole
    Metrics = element |> field "metrics" |> list readMetric
    ResumedAt = element |> optional "resumed-at" whole
    SavedAt = element |> optional "saved-at" whole
}

let private classes = [
    "invalid", Invalid
    "deterministic", Deterministic
    "transient", Transient
    "resource", Resource
    "corrupt", Corrupt
    "cancelled", Cancelled
    "bug", Bug
]

let private nameOf kind =
    classes |> List.find (fun (_, known) -> known = kind) |> fst

let private failureClass element =
    let name = text element

    match classes |> List.tryFind (fun (known, _) -> known = name) with
    | Some(_, kind) -> kind
    | None -> raise (Malformed $"there is no class of failure `{name}`")

let private writeOutcome (outcome: StageOutcome) (writer: Utf8JsonWriter) =
    match outcome with
    | Finished -> writeText writer "outcome" "finished"
    | Diverged(step, what) ->
        writeText writer "outcome" "diverged"
        writer.WriteNumber("step", step)
        writeText writer "what" what
    | Failed failure ->
        writeText writer "outcome" "failed"
        writeText writer "class" (nameOf failure.Class)
        writeText writer "what" failure.What
        writeText writer "remedy" failure.Remedy

let private readOutcome element : StageOutcome =
    match element |> field "outcome" |> text with
    | "finished" -> Finished
    | "diverged" -> Diverged(element |> field "step" |> whole, element |> field "what" |> text)
    | "failed" ->
        Failed {
            Class = element |> field "class" |> failureClass
            What = element |> field "what" |> text
            Remedy = element |> field "remedy" |> text
        }
    | other -> raise (Malformed $"there is no outcome `{other}`")

let private unknown kind =
    raise (Malformed $"there is no message `{kind}`")

let private order element = element |> field "order" |> whole

module ToWorker =
    let encode (it: ToWorker) : byte[] =
        match it with
        | Run order -> message "run" (writeOrder order)
        | Stop order -> message "stop" (fun writer -> writer.WriteNumber("order", order))

    let decode: ReadOnlyMemory<byte> -> Result<ToWorker, string> =
        decode (fun element ->
            match element |> field "kind" |> text with
            | "run" -> Run(readOrder element)
            | "stop" -> Stop(order element)
            | kind -> unknown kind)

module FromWorker =
    let encode (it: FromWorker) : byte[] =
        match it with
        | Hello hello ->
            message "hello" (fun writer ->
                writer.WriteNumber("protocol", hello.Protocol)
                writeText writer "build" hello.Build
                writer.WriteNumber("pid", hello.Pid))
        | Began order -> message "began" (fun writer -> writer.WriteNumber("order", order))
        | Progressed(order, progress) ->
            message "progress" (fun writer ->
                writer.WriteNumber("order", order)
                writeProgress progress writer)
        | Beat beat ->
            message "beat" (fun writer ->
                writer.WriteNumber("resident", beat.Resident)
                writer.WritePropertyName "processor"
                writeDouble writer beat.Processor)
        | Ended(order, outcome, facts) ->
            message "ended" (fun writer ->
                writer.WriteNumber("order", order)
                writeOutcome outcome writer
                writer.WriteNumber("peak", facts.PeakMemory)

                writeStep writer "resumed-at" facts.ResumedAt)

    let private hello element : Hello = {
        Protocol = element |> field "protocol" |> count
        Build = element |> field "build" |> text
        Pid = element |> field "pid" |> count
    }

    let private beat element : Beat = {
        Resident = element |> field "resident" |> whole
        Processor = element |> field "processor" |> real
    }

    let private facts element : JobFacts = {
        PeakMemory = element |> field "peak" |> whole
        ResumedAt = element |> optional "resumed-at" whole
    }

    let decode: ReadOnlyMemory<byte> -> Result<FromWorker, string> =
        decode (fun element ->
            match element |> field "kind" |> text with
            | "hello" -> Hello(hello element)
            | "began" -> Began(order element)
            | "progress" -> Progressed(order element, readProgress element)
            | "beat" -> Beat(beat element)
            | "ended" -> Ended(order element, readOutcome element, facts element)
            | kind -> unknown kind)
