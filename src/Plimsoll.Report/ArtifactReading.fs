/// What the artifacts of stages hold, as far as a report shows it. Nothing in a file can throw: what is wrong with it
/// comes back in words.
module Plimsoll.Report.ArtifactReading

open System
open System.IO
open System.Text.Json
open Plimsoll.Data
open Plimsoll.Language

let private required (element: JsonElement) (name: string) =
    match element.TryGetProperty name with
    | true, value -> value
    | _ -> raise (InvalidDataException $"it has no '{name}'")

let private optionalArray read (element: JsonElement) (name: string) =
    match element.TryGetProperty name with
    | true, value when value.ValueKind = JsonValueKind.Array -> [|
        for item in value.EnumerateArray() -> read item
      |]
    | _ -> [||]

/// Non-finite numbers travel as texts.
let private real (element: JsonElement) =
    match element.ValueKind with
    | JsonValueKind.Number -> element.GetDouble()
    | _ -> raise (InvalidDataException $"'{element}' is not a finite number")

let private textOf (element: JsonElement) name =
    match (required element name).GetString() with
    | null -> raise (InvalidDataException $"'{name}' is not a text")
    | content -> content

let private kindOf (name: string) =
    match name with
    | "rollout" -> Rollout
    | "off-policy" -> OffPolicy
    | other -> raise (InvalidDataException $"'{other}' is no kind of score")

/// A scores artifact (canonical JSON): its kind and what the evaluation saw.
let parseScores (json: string) : Result<ScoreKind * Episodes, string> =
    try
        use document = JsonDocument.Parse json
        let root = document.RootElement
        let returns = [| for item in (required root "returns").EnumerateArray() -> real item |]
        let costs = [| for item in (required root "costs").EnumerateArray() -> real item |]

        match [ for item in (required root "reward_range").EnumerateArray() -> real item ] with
        | [ low; high ] when returns.Length = costs.Length && returns.Length > 0 ->
            Ok(
                kindOf (textOf root "kind"),
                {
                    Returns = returns
                    Costs = costs
                    Lengths = optionalArray _.GetInt32() root "lengths"
                    Seeds = optionalArray _.GetInt64() root "episode_seeds"
                    Horizon = (required root "horizon").GetInt32()
                    RewardMin = low
                    RewardMax = high
                    PolicyMode = textOf root "policy_mode"
                }
            )
        | [ _; _ ] -> Error $"it has {returns.Length} returns and {costs.Length} costs"
        | _ -> Error "its reward_range is not a pair"
    with
    | :? JsonException
    | :? InvalidOperationException
    | :? FormatException
    | :? InvalidDataException as fault -> Error fault.Message

let readText parse path =
    try
        parse (File.ReadAllText path)
    with
    | :? IOException
    | :? UnauthorizedAccessException as fault -> Error fault.Message

let private metricPrefix, stepSuffix = "metric/", "/step"

/// The series of a training artifact: arrays `metric/<name>` with `metric/<name>/step` beside them.
let readCurves (path: string) : Result<(string * struct (double * double) array) list, string> =
    match SafetensorsFile.TryOpen path with
    | :? SafetensorsOpening.Opened as opened ->
        use file = opened.File

        let series (name: string) =
            let values = file.Floats(metricPrefix + name)
            let stepName = metricPrefix + name + stepSuffix
            let steps = file.Floats stepName
            let points = Array.zeroCreate (min values.Length steps.Length)

            for i in 0 .. points.Length - 1 do
                points[i] <- struct (double steps[i], double values[i])

            points, values.Length = steps.Length

        let names =
            file.Names
            |> Seq.filter (fun n -> n.StartsWith(metricPrefix, StringComparison.Ordinal))
            |> Seq.filter (fun n -> not (n.EndsWith(stepSuffix, StringComparison.Ordinal)))
            |> Seq.map _.Substring(metricPrefix.Length)
            |> Seq.toList

        let isFloats name =
            file.Contains name && file.Type name = SafetensorsType.F32

        let unsound =
            names
            |> List.tryFind (fun n ->
                not (isFloats (metricPrefix + n) && isFloats (metricPrefix + n + stepSuffix))
                || not (snd (series n)))

        match unsound with
        | Some name -> Error $"the series '{name}' has no float32 values and steps of the same length"
        | None -> Ok(names |> List.map (fun name -> name, fst (series name)))
    | :? SafetensorsOpening.Refused as refused -> Error(string refused.Problem)
    | _ -> Error "it cannot be opened"

/// Returns and costs of a dataset's whole trajectories.
let readTrajectories (path: string) : Result<double array * double array, string> =
    match Dataset.TryOpen path with
    | :? DatasetOpening.Opened as opened ->
        use dataset = opened.Dataset
        let trajectories = dataset.Trajectories
        Ok([| for t in trajectories -> t.Return |], [| for t in trajectories -> t.Cost |])
    | :? DatasetOpening.Refused as refused -> Error(DatasetProblemText.Message refused.Problem)
    | _ -> Error "it cannot be opened"
