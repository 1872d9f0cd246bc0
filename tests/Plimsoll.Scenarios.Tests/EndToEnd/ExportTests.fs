/// `export policy` from a store. Keys differ from build to build, so they are asked for.
module Plimsoll.Scenarios.Tests.ExportTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Data

let private are (expected: 'a list) = Is.EqualTo(box expected)

let private label = "DiscCircle/bc-all/policy seed=0"

let private experiment (steps: int) =
    $"""experiment: small
tasks:
  DiscCircle: {{ collect: {{ steps: 4_000, seed: 1 }} }}
protocol: {{ cost_limits: [10], seeds: [0], episodes: 2 }}
arms:
  bc-all: {{ steps: {steps}, policy.hidden: [8] }}
"""

let private eventFile = "events.out.tfevents.0.plimsoll"

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

/// The columns of a CSV file without quotes.
let private columns (name: string) =
    let lines =
        File.ReadAllLines(Path.Combine(folder.Value, name)) |> Array.map _.Split(',')

    let header = lines[0]
    fun (column: string) -> lines[1..] |> Array.map (fun line -> line[Array.IndexOf(header, column)])

[<Test; Order 3>]
let ``an exported policy says how it was made and what it scored`` () =
    let answer = exported label "told.safetensors"
    use file = SafetensorsFile.Open(Path.Combine(folder.Value, "told.safetensors"))

    let entries (name: string) =
        (JsonDocument.Parse file.Metadata["plimsoll." + name]).RootElement
        |> _.EnumerateArray()
        |> List.ofSeq

    Assert.That(file.Metadata["plimsoll.task"], Is.EqualTo "DiscCircle")
    Assert.That(file.Metadata["plimsoll.mode"], Is.EqualTo "deterministic")
    let made = entries "made"
    Assert.That(made |> List.map (text "label"), are [ "DiscCircle/dataset"; label ])
    Assert.That(text "key" made[1], Is.EqualTo(text "key" answer))
    Assert.That(text "artifact" made[1], Is.EqualTo(text "policy-digest" answer))
    Assert.That(text "steps" (made[1].GetProperty "parameters"), Is.EqualTo "50")
    Assert.That(text "seed" made[1], Is.EqualTo "0")
    Assert.That(text "dataset" (made[1].GetProperty "inputs"), Is.EqualTo(text "artifact" made[0]))

    call [ "export"; "episodes"; "small.yaml"; "--out"; "told.csv"; "--replace" ]
    |> ignore

    let column = columns "told.csv"

    let mean name =
        column name
        |> Array.averageBy (fun number -> Double.Parse(number, Globalization.CultureInfo.InvariantCulture))

    let evaluation = entries "evaluations" |> List.exactlyOne
    Assert.That(text "label" evaluation, Is.EqualTo "DiscCircle/bc-all/scores seed=0 cost_limit=10")
    Assert.That((evaluation.GetProperty "episodes").GetInt32(), Is.EqualTo 2)

    for name, column in [ "reward", "return"; "cost", "cost" ] do
        let number (part: string) =
            ((evaluation.GetProperty name).GetProperty part).GetDouble()

        Assert.That(number "mean", Is.EqualTo(mean column).Within 1e-9)
        Assert.That(number "low", Is.LessThanOrEqualTo(number "mean"))
        Assert.That(number "high", Is.GreaterThanOrEqualTo(number "mean"))

    let answered = (answer.GetProperty "evaluations").EnumerateArray() |> Seq.exactlyOne
    Assert.That(text "label" answered, Is.EqualTo(text "label" evaluation))

[<Test; Order 3>]
let ``a label that is none and an artifact that is no policy are refused in words`` () =
    refused
        """
there is no such policy
  where: DiscCircle/bc-all/policy seed=1
  why: no file is called so, and no record of the store has this label
  remedy: did you mean `DiscCircle/bc-all/policy seed=0`? give a path, the label of a record of a policy, or at least 6 digits of its key or of its artifact's digest
"""
        [ "export"; "policy"; "DiscCircle/bc-all/policy seed=1"; "--out"; "x.onnx" ]

    refused
        """
`DiscCircle/dataset` is a dataset, not a policy
  where: DiscCircle/dataset, key <*>
  why: its stage is collect
  remedy: name the record of a training; `plimsoll plan FILE --all` lists the labels of an experiment
"""
        [ "export"; "policy"; "DiscCircle/dataset"; "--out"; "x.onnx" ]

    Assert.That(File.Exists(Path.Combine(folder.Value, "x.onnx")), Is.False)

[<Test; Order 4>]
let ``a label of several records asks for a key`` () =
    Assert.That((call [ "run"; "more.yaml"; "--executor"; "inline" ]).Exit, Is.Zero)

    refused
        """
`DiscCircle/bc-all/policy seed=0` means 2 records
  <*>  <*>  DiscCircle/bc-all/policy seed=0  (the latest)
  <*>  <*>  DiscCircle/bc-all/policy seed=0
    from it to the latest:
      parameter steps: 50 -> 60
  where: DiscCircle/bc-all/policy seed=0
  why: they are of this label and differ in their keys, as after a change of parameters, data or code
  remedy: name one by the beginning of its key; `plimsoll plan FILE --json` has the keys of an experiment as it stands
"""
        [ "export"; "policy"; label; "--out"; "x.onnx" ]

[<Test; Order 4>]
let ``metrics that were cut off say so and are made again with --replace`` () =
    let two =
        (experiment 50).Replace("seeds: [0]", "seeds: [0, 1]").Replace("small", "two")

    File.WriteAllText(Path.Combine(folder.Value, "two.yaml"), two)
    Assert.That((call [ "run"; "two.yaml"; "--executor"; "inline" ]).Exit, Is.Zero)
    let cut = Path.Combine(folder.Value, "cut")

    let events (seed: int) =
        Path.Combine(cut, "DiscCircle/bc-all/policy", $"seed={seed}", eventFile)

    // In the way of the second run.
    Directory.CreateDirectory(events 1) |> ignore
    let again = [ "export"; "metrics"; "two.yaml"; "--out"; "cut"; "--replace" ]
    let first = call again
    Assert.That(first.Exit, Is.EqualTo 3, first.Aside)
    Assert.That(first.Aside, Does.Contain(eventFile).And.Contain "it is a folder")
    Assert.That(File.Exists(events 0))

    let index () =
        File.ReadAllText(Path.Combine(cut, "runs.csv"))

    for seed in 0..1 do
        let line =
            $"DiscCircle/bc-all/policy/seed={seed},,,,unfinished: the export was cut off"

        Assert.That(index (), Does.Contain line)

    Directory.Delete(events 1)
    let second = call again
    Assert.That(second.Exit, Is.Zero, second.Aside)
    Assert.That(index (), Does.Not.Contain "unfinished")
    Assert.That(File.Exists(events 0) && File.Exists(events 1))

[<Test; Order 5>]
let ``replacing metrics deletes the runs that the folder's own index names, and follows no links`` () =
    let metrics = [ "export"; "metrics"; "small.yaml"; "--out"; "board"; "--replace" ]
    Assert.That((call metrics).Exit, Is.Zero)
    let board = Path.Combine(folder.Value, "board")
    let index = Path.Combine(board, "runs.csv")

    let events (run: string) = Path.Combine(board, run, eventFile)

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
