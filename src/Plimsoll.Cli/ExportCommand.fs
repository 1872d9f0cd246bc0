/// `export policy`.
module Plimsoll.Cli.ExportCommand

open System
open System.Globalization
open System.IO
open Argu
open Plimsoll.Export.Policies
open Plimsoll.Store
open Plimsoll.Cli.ExportArguments
open Plimsoll.Cli.Loading

let private formats = [ "onnx", PolicyFormat.Onnx; "safetensors", PolicyFormat.Safetensors ]

let private nameOf format =
    formats |> List.find (fun (_, known) -> known = format) |> fst

/// What is said, else what the file's ending says.
let private format (said: string option) (file: string) : Result<PolicyFormat, Trouble> =
    let ending = (string (Path.GetExtension file)).TrimStart('.').ToLowerInvariant()

    match said with
    | Some name ->
        match formats |> List.tryFind (fun (known, _) -> known = name) with
        | Some(_, format) -> Ok format
        | None ->
            Troubles.option
                "--format"
                "`onnx` or `safetensors`"
                name
                "these are the formats that a policy is written in"
                "onnx"
    | None ->
        match formats |> List.tryFind (fun (known, _) -> known = ending) with
        | Some(_, format) -> Ok format
        | None ->
            Troubles.refused
                "the file's ending names no format"
                file
                "the format is chosen by the ending where --format does not"
                "let it end in .onnx or .safetensors, or add --format onnx or --format safetensors"

/// The beginning of a label.
let private taskOf (record: Record) = (record.Label.Split '/')[0]

let private json (word: string) format (origin: PolicyOrigin) history (exported: ExportOutcome.Exported) =
    Json.text (fun writer ->
        writer.WriteString("policy", word)
        writer.WriteString("policy-digest", origin.Artifact)
        Json.optional writer "task" (Option.ofObj origin.Task)
        Json.optional writer "label" (Option.ofObj origin.Label)
        Json.optional writer "key" (Option.ofObj origin.Key)
        writer.WriteString("file", exported.Path)
        writer.WriteString("format", nameOf format)
        writer.WriteNumber("bytes", exported.Bytes)
        writer.WriteString("kind", exported.Facts.Kind)
        writer.WriteNumber("observation-size", exported.Facts.ObservationSize)
        writer.WriteNumber("action-size", exported.Facts.ActionSize)
        writer.WriteNumber("normals", exported.Facts.Normals)

        if exported.FixedBatch.HasValue then
            writer.WriteNumber("fixed-batch", exported.FixedBatch.Value)

        history
        |> Option.iter (fun (history: PolicyHistory.History) ->
            Json.objects writer "evaluations" history.Evaluations (PolicyHistory.writeEvaluation writer)))

let private estimate (of': PolicyHistory.Estimate) =
    let shown (x: double) =
        x.ToString("0.00", CultureInfo.InvariantCulture)

    $"{shown of'.Mean} [{shown of'.Low}, {shown of'.High}]"

/// What its evaluations saw: means of an episode's sums, with 95 % intervals.
let private scores (history: PolicyHistory.History) = [
    for evaluation in history.Evaluations do
        let episodes = Display.plural evaluation.Episodes "episode"
        let reward, cost = estimate evaluation.Reward, estimate evaluation.Cost
        $"  scored   reward {reward}, cost {cost} in {episodes} ({PolicyHistory.kindName evaluation.Kind})"

    for record, why in history.Unread do
        $"  scored   {record.Label}: it cannot be read: {why}"

    if history.Evaluations.IsEmpty && history.Unread.IsEmpty then
        "  scored   nowhere in this store"
]

let private text format (origin: PolicyOrigin) history (exported: ExportOutcome.Exported) =
    let facts = exported.Facts

    [
        $"{exported.Path}: {nameOf format}, {exported.Bytes} bytes"

        match origin.Task with
        | null -> $"  policy   {facts.Kind}"
        | task -> $"  policy   {facts.Kind} for {task}"

        $"""  takes    observations of {Display.plural facts.ObservationSize "number"}"""

        if facts.Normals > 0 then
            $"""           and {Display.plural facts.Normals "standard normal draw"} for each"""

        $"""  gives    actions of {Display.plural facts.ActionSize "number"}"""

        if exported.FixedBatch.HasValue then
            $"  batch    {exported.FixedBatch.Value} only"

        $"  made of  {origin.Artifact}"
        yield! history |> Option.map scores |> Option.defaultValue []
    ]
    |> String.concat "\n"

/// What the store knows of a policy that lies in it.
let private history (root: string) (record: Record) : Result<PolicyHistory.History, Trouble> =
    openToRead root
    >>= fun store ->
        PolicyHistory.find store record
        |> Result.mapError (fun error -> Surroundings(StoreError.text error))

let private origin (digest: string) (known: (Record * PolicyHistory.History) option) =
    match known with
    | None -> PolicyOrigin(Origins.version (), digest)
    | Some(record, history) ->
        PolicyOrigin(
            Origins.version (),
            digest,
            taskOf record,
            record.Label,
            string record.Key,
            PolicyHistory.made history,
            PolicyHistory.evaluations history
        )

let private knownOf (store: string option) (chosen: PolicyChoice.Chosen) =
    match chosen.Record with
    | None -> Ok None
    | Some record ->
        history (storeRoot store) record
        |> Result.map (fun history -> Some(record, history))

let policy (arguments: ParseResults<ExportPolicyArguments>) : Result<int, Trouble> =
    let store = arguments.TryGetResult ExportPolicyArguments.Store
    let replace = arguments.Contains ExportPolicyArguments.Replace

    let write word out format (chosen: PolicyChoice.Chosen) known =
        let origin = origin chosen.Digest known

        match PolicyExport.Write(chosen.Path, out, format, origin, replace) with
        | :? ExportOutcome.Exported as exported ->
            let history = Option.map snd known

            if arguments.Contains ExportPolicyArguments.Json then
                Console.Out.WriteLine(json word format origin history exported)
            else
                Console.Out.WriteLine(text format origin history exported)

            Ok ExitCode.ok
        | :? ExportOutcome.Refused as refused -> Error(ExportFiles.trouble refused.Problem)
        | other -> invalidOp $"an export ended in {other}"

    Troubles.named "WHAT" (arguments.GetResult ExportPolicyArguments.What)
    >>= fun word ->
        Troubles.named "--out" (arguments.GetResult ExportPolicyArguments.Out)
        >>= fun out ->
            format (arguments.TryGetResult ExportPolicyArguments.Format) out
            >>= fun format ->
                // As the other exports say it; another program may still be faster.
                ExportFiles.newFile out replace
                >>= fun () -> PolicyChoice.find store word
                >>= fun chosen -> knownOf store chosen >>= write word out format chosen
