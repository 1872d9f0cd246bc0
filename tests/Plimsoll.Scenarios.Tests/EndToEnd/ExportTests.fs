/// `export policy` from a store. Keys differ from build to build, so they are asked for.
module Plimsoll.Scenarios.Tests.ExportTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework

let private label = "DiscCircle/bc-all/policy seed=0"

let private experiment (steps: int) =
    $"""experiment: small
tasks:
  DiscCircle: {{ collect: {{ steps: 4_000, seed: 1 }} }}
protocol: {{ cost_limits: [10], seeds: [0], episodes: 2 }}
arms:
  bc-all: {{ steps: {steps}, policy.hidden: [8] }}
"""

let private folder =
    lazy
        (let folder = Directory.CreateTempSubdirectory("plimsoll-export-").FullName
         File.WriteAllText(Path.Combine(folder, "small.yaml"), experiment 50)
         File.WriteAllText(Path.Combine(folder, "more.yaml"), experiment 60)

         let answer = Scenario.call folder [] [ "run"; "small.yaml"; "--executor"; "inline" ]

         Assert.That(answer.Exit, Is.Zero, answer.Output + answer.Aside)
         folder)

[<OneTimeTearDown>]
let ``take away`` () =
    if folder.IsValueCreated then
        Directory.Delete(folder.Value, true)

let private call arguments = Scenario.call folder.Value [] arguments

let private exported (what: string) (out: string) =
    let answer = call [ "export"; "policy"; what; "--out"; out; "--replace"; "--json" ]
    Assert.That(answer.Exit, Is.Zero, answer.Aside)
    (JsonDocument.Parse answer.Output).RootElement.Clone()

let private text (name: string) (element: JsonElement) =
    string (element.GetProperty(name).GetString())

let private refused (words: string) arguments =
    let answer = call arguments

    Assert.That(
        Scenario.matches (words.Trim '\n') answer.Aside && answer.Exit = 2,
        Is.True,
        $"expected:\n{words}\nbut the program answered (exit {answer.Exit}):\n{answer.Output}{answer.Aside}"
    )

let private bytes (name: string) =
    File.ReadAllBytes(Path.Combine(folder.Value, name))

[<Test; Order 1>]
let ``a policy is named by its label, its key, its artifact or its file, and the model is the same`` () =
    let first = exported label "label.onnx"
    Assert.That(text "task" first, Is.EqualTo "DiscCircle")
    Assert.That(text "label" first, Is.EqualTo label)
    let key, digest = text "key" first, text "policy-digest" first
    exported (key.Substring(0, 12)) "key.onnx" |> ignore
    exported (digest.Substring(0, 12)) "digest.onnx" |> ignore
    Assert.That(bytes "key.onnx", Is.EqualTo<byte array>(bytes "label.onnx"))
    Assert.That(bytes "digest.onnx", Is.EqualTo<byte array>(bytes "label.onnx"))

    exported label "policy.safetensors" |> ignore
    let ofFile = exported "policy.safetensors" "file.onnx"
    Assert.That(text "kind" ofFile, Is.EqualTo "dirac-policy")
    Assert.That(fst (ofFile.TryGetProperty "task"), Is.False)

[<Test; Order 2>]
let ``an exported policy scores as the one in the store`` () =
    exported label "scored.safetensors" |> ignore

    let rolled (policy: string) =
        let answer =
            call [
                "rollout"
                "--task"
                "DiscCircle"
                "--policy"
                policy
                "--episodes"
                "2"
                "--json"
            ]

        Assert.That(answer.Exit, Is.Zero, answer.Aside)
        use document = JsonDocument.Parse answer.Output
        document.RootElement.GetProperty("episodes").GetRawText()

    Assert.That(rolled "scored.safetensors", Is.EqualTo(rolled label))

[<Test; Order 3>]
let ``a label that is none and an artifact that is no policy are refused in words`` () =
    refused
        """
there is no such policy file
  where: DiscCircle/bc-all/policy seed=1
  remedy: did you mean `DiscCircle/bc-all/policy seed=0`? give a path, the label of a record of a policy, or at least 6 digits of its key or of its artifact's digest
"""
        [ "export"; "policy"; "DiscCircle/bc-all/policy seed=1"; "--out"; "x.onnx" ]

    refused
        """
this is no policy
  where: <*>
  why: <*>
  remedy: <*>
"""
        [ "export"; "policy"; "DiscCircle/dataset"; "--out"; "x.onnx" ]

    Assert.That(File.Exists(Path.Combine(folder.Value, "x.onnx")), Is.False)

[<Test; Order 4>]
let ``a label of several records asks for a key`` () =
    Assert.That((call [ "run"; "more.yaml"; "--executor"; "inline" ]).Exit, Is.Zero)

    refused
        """
`DiscCircle/bc-all/policy seed=0` means 2 records; name one by its key
  <*>  DiscCircle/bc-all/policy seed=0
  <*>  DiscCircle/bc-all/policy seed=0
"""
        [ "export"; "policy"; label; "--out"; "x.onnx" ]

[<Test; Order 5>]
let ``replacing metrics deletes the runs that the folder's own index names, and follows no links`` () =
    let metrics = [ "export"; "metrics"; "small.yaml"; "--out"; "board"; "--replace" ]
    Assert.That((call metrics).Exit, Is.Zero)
    let board = Path.Combine(folder.Value, "board")
    let index = Path.Combine(board, "runs.csv")

    let events (run: string) =
        Path.Combine(board, run, "events.out.tfevents.0.plimsoll")

    for run in [ "stale"; "mine" ] do
        Directory.CreateDirectory(Path.Combine(board, run)) |> ignore
        File.WriteAllText(events run, run)

    File.AppendAllText(index, "stale,\"a, \"\"b\"\"\r\nmine\",bc,,finished,1,1\r\n")
    Assert.That((call metrics).Exit, Is.Zero)
    Assert.That(File.Exists(events "stale"), Is.False)
    Assert.That(File.ReadAllText(events "mine"), Is.EqualTo "mine")
    Assert.That(File.Exists(events label[.. label.IndexOf ' ' - 1]), Is.False)
    Assert.That(File.Exists(events (label.Replace(' ', '/'))), Is.True)

    File.AppendAllText(index, "../elsewhere,a,bc,,finished,1,1\r\n")

    refused
        """
the export is not written
  where: board/runs.csv
  why: it names `../elsewhere`, which no export does
  remedy: delete what is there, or name another folder
"""
        metrics

    File.Delete index
    Directory.Delete(Path.Combine(board, "mine"), true)
    Directory.Move(Path.Combine(board, "DiscCircle"), Path.Combine(folder.Value, "moved"))

    Directory.CreateSymbolicLink(Path.Combine(board, "DiscCircle"), Path.Combine(folder.Value, "moved"))
    |> ignore

    refused
        """
the export is not written
  where: board/DiscCircle
  why: it is a link, and links are not followed
  remedy: delete what is there, or name another folder
"""
        metrics
