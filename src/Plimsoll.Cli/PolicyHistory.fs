/// What the store knows of a policy and an exported file carries with it: how it was made, from the data on,
/// and what its evaluations saw. Both are texts of JSON that follow from the records alone.
module Plimsoll.Cli.PolicyHistory

open System.Collections.Generic
open System.IO
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open Plimsoll.Report
open Plimsoll.Store

/// A mean over episodes with its 95 % interval.
type Estimate = {
    Mean: double
    Low: double
    High: double
}

/// Reward and cost are sums over an episode, undiscounted.
type Evaluation = {
    Record: Record
    Kind: ScoreKind
    Mode: string
    Episodes: int
    Reward: Estimate
    Cost: Estimate
}

type History = {
    /// The policy's record after those that it was made of, each after its own inputs.
    Made: Record list
    Evaluations: Evaluation list
    /// Evaluations whose artifact is lost or cannot be read, and why.
    Unread: (Record * string) list
}

let private parts kind (record: Record) =
    record.Parts
    |> List.filter (fun part -> part.Kind = kind)
    |> List.map (fun part -> part.Name, part.Value)

let private inputs = parts InputPart

let private digestOf (record: Record) =
    record.Artifact |> Option.map (fun artifact -> string artifact.Digest)

/// Of several records that made the same bytes, the one with the least key stands for all: which was first
/// depends on the machine.
let private makers (all: Record list) =
    all
    |> List.sortBy (fun record -> string record.Key)
    |> List.choose (fun record -> digestOf record |> Option.map (fun digest -> digest, record))
    |> List.distinctBy fst
    |> dict

let private madeOf (all: Record list) (record: Record) : Record list =
    let makers = makers all
    let seen = HashSet<Key>()

    let rec visit (record: Record) = [
        if seen.Add record.Key then
            for _, digest in inputs record do
                match makers.TryGetValue digest with
                | true, maker -> yield! visit maker
                | _ -> ()

            record
    ]

    visit record

let private estimate (values: double array) =
    let low, high =
        Bootstrap.EpisodeDraws().Interval [| { Weight = 1.0; Values = values } |]
        |> Option.get

    {
        Mean = Array.average values
        Low = low
        High = high
    }

let private evaluation (store: Store) (record: Record) (artifact: Artifact) =
    store.Read artifact.Digest
    |> Result.mapError StoreError.text
    |> Result.bind (fun bytes -> ArtifactReading.parseScores (Encoding.UTF8.GetString bytes))
    |> Result.map (fun (kind, episodes) -> {
        Record = record
        Kind = kind
        Mode = episodes.PolicyMode
        Episodes = episodes.Returns.Length
        Reward = estimate episodes.Returns
        Cost = estimate episodes.Costs
    })
    |> Result.mapError (fun why -> record, why)

let find (store: Store) (record: Record) : Result<History, StoreError> =
    store.Records()
    |> Result.map (fun (all, _) ->
        let isOfPolicy (other: Record) =
            Composition.makes Plimsoll.Language.ScoresArtifact other.Stage
            && inputs other
               |> List.exists (fun (role, digest) -> role = "policy" && Some digest = digestOf record)

        let read =
            all
            |> List.filter isOfPolicy
            |> List.sortBy (fun other -> other.Label, string other.Key)
            |> List.choose (fun other -> other.Artifact |> Option.map (evaluation store other))

        {
            Made = madeOf all record
            Evaluations = read |> List.choose Result.toOption
            Unread =
                read
                |> List.choose (function
                    | Error unread -> Some unread
                    | Ok _ -> None)
        })

let private json (items: 'item list) (write: Utf8JsonWriter -> 'item -> unit) : string =
    use stream = new MemoryStream()

    using
        (new Utf8JsonWriter(stream, JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)))
        (fun writer ->
            writer.WriteStartArray()

            for item in items do
                writer.WriteStartObject()
                write writer item
                writer.WriteEndObject()

            writer.WriteEndArray())

    Encoding.UTF8.GetString(stream.ToArray())

let private writeMade (writer: Utf8JsonWriter) (record: Record) =
    writer.WriteString("label", record.Label)
    writer.WriteString("key", string record.Key)
    writer.WriteString("stage", record.Stage)

    let entries (name: string) items =
        Json.inObject writer name (fun () ->
            for key: string, value: string in items do
                writer.WriteString(key, value))

    entries "parameters" (parts ParameterPart record)
    entries "inputs" (inputs record)

    for _, seed in parts SeedPart record do
        writer.WriteString("seed", seed)

    Json.optional writer "artifact" (digestOf record)
    Json.optional writer "source" record.Provenance.Source

/// An array of objects, the policy's own last: label, key, stage, parameters, inputs by role as the digests
/// of artifacts, seed, artifact, and the commit of the program that ran it.
let made (history: History) : string = json history.Made writeMade

let kindName kind =
    match kind with
    | Rollout -> "rollout"
    | OffPolicy -> "off-policy"

let writeEvaluation (writer: Utf8JsonWriter) (evaluation: Evaluation) =
    let estimate (name: string) (of': Estimate) =
        Json.inObject writer name (fun () ->
            writer.WriteNumber("mean", of'.Mean)
            writer.WriteNumber("low", of'.Low)
            writer.WriteNumber("high", of'.High))

    writer.WriteString("label", evaluation.Record.Label)
    writer.WriteString("key", string evaluation.Record.Key)
    writer.WriteString("kind", kindName evaluation.Kind)
    writer.WriteString("mode", evaluation.Mode)
    writer.WriteNumber("episodes", evaluation.Episodes)
    estimate "reward" evaluation.Reward
    estimate "cost" evaluation.Cost

/// An array of objects: label, key, kind, mode, episodes, and of reward and cost an episode mean, low and
/// high.
let evaluations (history: History) : string =
    json history.Evaluations writeEvaluation
