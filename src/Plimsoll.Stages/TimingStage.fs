/// The stage that measures how fast a policy acts. It is the one stage with a clock, and so never cached.
module Plimsoll.Stages.TimingStage

open System
open System.IO
open System.Text.Json
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Networks
open Plimsoll.Learning.Rollouts
open Plimsoll.Learning.Sequences
open Plimsoll.Numerics.State
open Plimsoll.Stages.Common
open Plimsoll.Stages.Typed

let private batches =
    wholes
        "batches"
        [ 1L; 1000L ]
        (1L, 100_000L)
        "observation"
        "numbers of observations acted on at once, each timed by itself"

/// What acting on many observations at once may take for random draws or histories: 1 GiB.
let private most = 1L <<< 28

let private numbersOf (policy: IPolicy) (batch: int) =
    match policy with
    | :? IMarkovPolicy as policy -> int64 batch * int64 policy.Normals
    | :? ConditionedPolicy as policy -> int64 batch * policy.WindowNumbers
    | _ -> 0L

let private write (path: string) (measured: (int * double) list) =
    use stream = new FileStream(path, FileMode.CreateNew)
    use json = new Utf8JsonWriter(stream)
    json.WriteStartObject()
    json.WriteStartArray "batches"

    for batch, _ in measured do
        json.WriteNumberValue batch

    json.WriteEndArray()
    json.WriteString("kind", "acting-time")
    json.WriteStartArray "seconds_per_1000_actions"

    for _, seconds in measured do
        json.WriteNumberValue seconds

    json.WriteEndArray()
    json.WriteEndObject()

let stage = {
    Signature = {
        Name = "time-acting"
        Inputs = [ "policy", PolicyArtifact; "dataset", DatasetArtifact ]
        Output = TimingsArtifact
        Parameters = [ batches.Declared ]
        Seeded = false
        Environment = NoEnvironment
        Reproducibility = Volatile
        Meaning =
            "seconds for 1,000 actions of a policy on one thread of this machine, at the data's observations (DRCORL, figure 2a)"
    }
    Run =
        fun request ->
            onDataset { request with Threads = 1 } (fun dataset team ->
                use model = ModelFile.Open request.Inputs["policy"]
                use state = new TrainingState()
                let policy = loadPolicy dataset.ObservationSize dataset.ActionSize model state

                let measure batch =
                    batch, ActingTime.Measure(policy, dataset, batch, team, TimeProvider.System)

                let batches = batches.Of request |> List.ofArray

                match batches |> List.tryFind (fun batch -> numbersOf policy batch > most) with
                | Some batch -> Failed(FailureText.actingTooLarge batch (numbersOf policy batch) most)
                | None ->
                    batches |> List.map measure |> write request.Output
                    Finished)
    Code = []
}
