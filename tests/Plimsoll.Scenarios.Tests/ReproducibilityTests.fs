/// The same file gives the same bits, however it is run.
module Plimsoll.Scenarios.Tests.ReproducibilityTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework

/// Every stage of DRCORL and of cloning, with odd sizes, so that vectors have tails and threads uneven shares.
let private experiment =
    """experiment: bits
tasks:
  PointNav: { collect: { steps: 3_000, seed: 1 } }
protocol: { cost_limits: [5], seeds: [3], episodes: 3 }
arms:
  drcorl:
    hidden: [19, 21]
    behaviour.steps: 25
    behaviour.batch: 67
    behaviour.width: 21
    behaviour.blocks: 1
    behaviour.embedding: 10
    behaviour.frequencies: 5
    reward-critic.steps: 25
    reward-critic.batch: 67
    warm.steps: 25
    warm.batch: 67
    cost-critic.steps: 25
    cost-critic.batch: 67
    policy.steps: 25
    policy.batch: 67
  bc-safe: { steps: 25, policy.hidden: [19, 21], policy.batch: 67 }
"""

let private must (answer: Scenario.Answer) =
    Assert.That(answer.Exit, Is.Zero, answer.Output + answer.Aside)
    answer

/// Label and artifact digest of each cell, from a run in a store of its own.
let private digests (environment: (string * string) list) (options: string list) : (string * string) list =
    let folder = Directory.CreateTempSubdirectory("plimsoll-bits-").FullName

    try
        File.WriteAllText(Path.Combine(folder, "bits.yaml"), experiment)

        Scenario.call folder environment ([ "run"; "bits.yaml" ] @ options)
        |> must
        |> ignore

        let plan =
            Scenario.call folder environment [ "plan"; "bits.yaml"; "--json" ] |> must

        use document = JsonDocument.Parse plan.Output

        [
            for cell in document.RootElement.GetProperty("cells").EnumerateArray() ->
                string (cell.GetProperty("label").GetString()),
                string (cell.GetProperty("artifact").GetString())
        ]
    finally
        Directory.Delete(folder, true)

let private reference = lazy digests [] [ "--jobs"; "1"; "--threads"; "1" ]

let private same environment options =
    let found = digests environment options |> List.map string |> List.toArray
    Assert.That(found, Is.EqualTo<string array>(reference.Value |> List.map string |> List.toArray))

/// The vector path that the program takes under these variables.
let private path environment =
    let answer = Scenario.call (Path.GetTempPath()) environment [ "doctor" ] |> must

    answer.Output.Split '\n'
    |> Array.pick (fun line ->
        match line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries) with
        | [| "path"; "taken"; name |] -> Some name
        | _ -> None)

[<Test>]
let ``the experiment has an artifact of every stage of both recipes`` () =
    let made = reference.Value |> List.map fst |> String.concat "\n"

    for node in
        [
            "dataset"
            "behaviour"
            "reward-critic"
            "warm"
            "cost-critic"
            "policy"
            "scores"
            "bc-safe/safe"
        ] do
        Assert.That(made, Does.Contain node)

[<Test>]
let ``another run, in an empty store and on two threads, makes the same artifacts`` () =
    same [] [ "--jobs"; "2"; "--threads"; "2" ]

[<TestCase("DOTNET_EnableAVX512", "avx2")>]
[<TestCase("DOTNET_EnableAVX2", "scalar")>]
let ``a narrower vector unit makes the same artifacts`` (knob: string, expected: string) =
    let narrower = [ knob, "0" ]

    if path [] <> "avx512" && path [] = path narrower then
        Assert.Ignore "this processor has no wider vector unit to switch off"

    Assert.That(path narrower, Is.EqualTo expected)
    same narrower [ "--jobs"; "2" ]
