/// Two records side by side.
module Plimsoll.Cli.RecordDifference

open System
open System.Globalization
open Plimsoll.Engine
open Plimsoll.Store

let private outcome (record: Record) =
    match record.Outcome with
    | Outcome.Finished artifact -> $"{Digest.short artifact.Digest} ({Display.bytes artifact.Bytes})"
    | Outcome.Diverged(step, what) -> $"diverged at step {step}: {what}"

/// What is told of a record besides its key, in the words of both forms of output.
let private facts (record: Record) = [
    "stage", record.Stage
    "outcome", outcome record
    "seconds", record.Seconds.ToString("0.000", CultureInfo.InvariantCulture)
    "peak-memory", Display.bytes record.PeakMemory
    "threads", string record.Threads
    "attempts", string record.Attempts
    "ended", record.Ended.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
    "host", record.Machine.Host
    "processor", record.Machine.Processor
    "system", record.Machine.System
    "runtime", record.Machine.Runtime
    "source", record.Provenance.Source |> Option.defaultValue "unknown"
]

let private differingFacts (a: Record) (b: Record) =
    List.zip (facts a) (facts b)
    |> List.filter (fun ((_, old), (_, now)) -> old <> now)
    |> List.map (fun ((name, old), (_, now)) -> name, old, now)

/// Where the artifacts differ; why that cannot be said, otherwise. None: there is nothing to compare.
let private artifacts (store: Store) (a: Record) (b: Record) =
    match a.Artifact, b.Artifact with
    | Some old, Some now when old.Digest <> now.Digest ->
        match store.Use old.Digest, store.Use now.Digest with
        | Ok old, Ok now -> Some(Ok(ArtifactDifference.between old now))
        | Error error, _
        | _, Error error -> Some(Error(StoreError.text error))
    | _ -> None

let private heading (record: Record) =
    $"{(string record.Key).Substring(0, 12)}  {record.Label}"

let text (store: Store) (a: Record) (b: Record) : string =
    let changes = KeyChange.between a.Parts b.Parts

    String.concat "\n" [
        yield $"A  {heading a}"
        yield $"B  {heading b}"
        yield ""

        if changes.IsEmpty then
            yield "the keys are equal"
        else
            yield "the keys differ in"

            for change in changes do
                yield "  " + DifferenceView.changeText change

        match differingFacts a b with
        | [] -> ()
        | facts ->
            yield ""
            yield "the runs differ in"

            for name, old, now in facts do
                yield $"  {name}: {old} -> {now}"

        match artifacts store a b with
        | None ->
            if a.Artifact.IsSome && a.Artifact = b.Artifact then
                yield ""
                yield "the artifacts are equal"
        | Some(Error why) ->
            yield ""
            yield why
        | Some(Ok difference) ->
            yield ""
            yield "the artifacts differ"
            yield! DifferenceView.text difference |> List.map (fun line -> "  " + line)
    ]

let json (store: Store) (a: Record) (b: Record) : string =
    Json.text (fun writer ->
        for name, record in [ "a", a; "b", b ] do
            Json.inObject writer name (fun () ->
                writer.WriteString("key", string record.Key)
                writer.WriteString("label", record.Label)

                Json.optional
                    writer
                    "artifact"
                    (record.Artifact |> Option.map (fun known -> string known.Digest))

                facts record |> List.iter (fun (name, value) -> writer.WriteString(name, value)))

        Json.objects
            writer
            "key-changes"
            (KeyChange.between a.Parts b.Parts)
            (DifferenceView.writeChange writer)

        match artifacts store a b with
        | Some(Ok difference) -> DifferenceView.write writer "artifacts" difference
        | Some(Error why) -> writer.WriteString("unreadable", why)
        | None -> ())
