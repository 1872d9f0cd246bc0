/// The stage that measures how fast a policy acts. It is the one stage with a clock, and so never cached.
module Plimsoll.Stages.TimingStage

open System
open System.IO
open System.Text.Json
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Rollouts
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

                batches.Of request |> List.ofArray |> List.map measure |> write request.Output
                Finished)
    Code = []
}
