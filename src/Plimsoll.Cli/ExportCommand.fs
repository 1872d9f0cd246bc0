/// `export policy`.
module Plimsoll.Cli.ExportCommand

open System
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
        | None -> Error(BadInput $"--format takes `onnx` or `safetensors`, not `{name}`")
    | None ->
        match formats |> List.tryFind (fun (known, _) -> known = ending) with
        | Some(_, format) -> Ok format
        | None ->
            Troubles.bad
                "the file's ending names no format"
                file
                "let it end in .onnx or .safetensors, or add --format onnx or --format safetensors"

/// The beginning of a label.
let private taskOf (record: Record) = (record.Label.Split '/')[0]

let private json (word: string) format (origin: PolicyOrigin) (exported: ExportOutcome.Exported) =
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
            writer.WriteNumber("fixed-batch", exported.FixedBatch.Value))

let private text format (origin: PolicyOrigin) (exported: ExportOutcome.Exported) =
    let facts = exported.Facts

    [
        $"{exported.Path}: {nameOf format}, {exported.Bytes} bytes"

        match origin.Task with
        | null -> $"  policy   {facts.Kind}"
        | task -> $"  policy   {facts.Kind} for {task}"

        $"  takes    observations of {facts.ObservationSize} numbers"

        if facts.Normals > 0 then
            $"           and {facts.Normals} standard normal draws for each"

        $"  gives    actions of {facts.ActionSize} numbers"

        if exported.FixedBatch.HasValue then
            $"  batch    {exported.FixedBatch.Value} only"

        $"  made of  {origin.Artifact}"
    ]
    |> String.concat "\n"

let private origin (chosen: PolicyChoice.Chosen) =
    match chosen.Record with
    | None -> PolicyOrigin(Origins.version (), chosen.Digest)
    | Some record ->
        PolicyOrigin(Origins.version (), chosen.Digest, taskOf record, record.Label, string record.Key)

let policy (arguments: ParseResults<ExportPolicyArguments>) : Result<int, Trouble> =
    Troubles.named "WHAT" (arguments.GetResult ExportPolicyArguments.What)
    >>= fun word ->
        Troubles.named "--out" (arguments.GetResult ExportPolicyArguments.Out)
        >>= fun out ->
            format (arguments.TryGetResult ExportPolicyArguments.Format) out
            >>= fun format ->
                PolicyChoice.find (arguments.TryGetResult ExportPolicyArguments.Store) word
                >>= fun chosen ->
                    let origin = origin chosen
                    let replace = arguments.Contains ExportPolicyArguments.Replace

                    match PolicyExport.Write(chosen.Path, out, format, origin, replace) with
                    | :? ExportOutcome.Exported as exported ->
                        if arguments.Contains ExportPolicyArguments.Json then
                            Console.Out.WriteLine(json word format origin exported)
                        else
                            Console.Out.WriteLine(text format origin exported)

                        Ok ExitCode.ok
                    | :? ExportOutcome.Refused as refused -> Error(ExportFiles.trouble refused.Problem)
                    | other -> invalidOp $"an export ended in {other}"
