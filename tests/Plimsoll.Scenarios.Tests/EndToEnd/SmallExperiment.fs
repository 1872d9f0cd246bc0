/// All shipped recipes on DiscCircle, two seeds, two limits: small, yet large enough that kernels are split between
/// threads (a kernel is from 8,192 elements).
module Plimsoll.Scenarios.Tests.SmallExperiment

open System
open System.IO
open System.Text.Json
open NUnit.Framework

let text (limits: string) =
    $"""experiment: small
tasks:
  DiscCircle: {{ collect: {{ steps: 20_000, seed: 1 }} }}
protocol: {{ cost_limits: [{limits}], seeds: 0..1, episodes: 2 }}
arms:
  drcorl:
    hidden: [40, 24]
    behaviour.steps: 6
    behaviour.batch: 256
    behaviour.width: 24
    behaviour.blocks: 2
    behaviour.embedding: 16
    behaviour.frequencies: 8
    reward-critic.steps: 6
    warm.steps: 6
    cost-critic.steps: 6
    policy.steps: 6
  bc-all: {{ steps: 6, policy.hidden: [40, 24] }}
  bc-safe: {{ steps: 6, policy.hidden: [40, 24] }}
"""

/// The real program: what lies beside the command line's own project, built in the tests' configuration.
let program =
    let output =
        DirectoryInfo(AppContext.BaseDirectory.TrimEnd Path.DirectorySeparatorChar)

    let framework = output.Name

    let rec root (folder: DirectoryInfo) (configuration: string) =
        if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
            Path.Combine(
                folder.FullName,
                "src",
                "Plimsoll.Cli",
                "bin",
                configuration,
                framework,
                "plimsoll.dll"
            )
        else
            match folder.Parent with
            | null -> failwith "no folder above the test assembly holds Pipeline.sln"
            | parent -> root parent configuration

    match output.Parent with
    | null -> failwith "the test assembly lies in no configuration's folder"
    | configuration -> root configuration configuration.Name

type Cell = {
    Label: string
    State: string
    Key: string
    Artifact: string
}

/// A folder with an experiment file and a store of its own, deleted in the end.
type Place() =
    let folder = Directory.CreateTempSubdirectory("plimsoll-small-").FullName

    member _.Folder = folder

    member _.Write(limits: string) =
        File.WriteAllText(Path.Combine(folder, "small.yaml"), text limits)

    member _.Call(environment: (string * string) list, arguments: string list) : string =
        let answer = Scenario.callProgram program folder environment arguments
        Assert.That(answer.Exit, Is.Zero, answer.Output + answer.Aside)
        answer.Output

    member place.Run(environment, options: string list) : string =
        place.Call(environment, [ "run"; "small.yaml" ] @ options)

    /// What `plan --json` says of each cell.
    member place.Plan() : Cell list =
        use document =
            JsonDocument.Parse(place.Call([], [ "plan"; "small.yaml"; "--json" ]))

        [
            for cell in document.RootElement.GetProperty("cells").EnumerateArray() do
                let text (name: string) =
                    match cell.TryGetProperty name with
                    | true, value -> string (value.GetString())
                    | _ -> ""

                {
                    Label = text "label"
                    State = text "state"
                    Key = text "key"
                    Artifact = text "artifact"
                }
        ]

    /// Paths of the store's artifacts (or records) relative to it: their digests (or keys).
    member _.Stored(kind: string) : string array =
        let kept = Path.Combine(folder, ".plimsoll", "store", kind)

        Directory.GetFiles(kept, "*", SearchOption.AllDirectories)
        |> Array.map (fun path -> Path.GetRelativePath(kept, path))
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))

    interface IDisposable with
        member _.Dispose() = Directory.Delete(folder, true)
