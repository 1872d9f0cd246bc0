module Plimsoll.Report.Tests.GatherTests

open System
open System.Collections.Generic
open System.IO
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Store

let private scoresJson =
    """{"costs":[3,0.5],"episode_seeds":[0,1],"horizon":200,"kind":"rollout","lengths":[200,117],"""
    + "\"policy_mode\":\"deterministic\",\"returns\":[10.25,-1],\"reward_range\":[-5,20],\"task\":\"T\"}"

let private signature name output environment : StageSignature = {
    Name = name
    Inputs = []
    Output = output
    Parameters = []
    Seeded = true
    Environment = environment
    Reproducibility = Bitwise
    Meaning = ""
}

let private cell id stage inputs coordinates : Cell = {
    Id = CellId id
    Stage = stage
    Parameters = Map.empty
    Inputs = inputs |> List.map (fun i -> i, CellId i)
    Seed = None
    Label = id
    Coordinates = coordinates
}

let private at node limit =
    Synthetic.place "T" "a" node (Some 0L) limit

let private cells =
    let both = [ at "policy" (Some 10.0); at "policy" (Some 20.0) ]

    let everywhere = {
        at "data" None with
            Arm = None
            Seed = None
    }

    [
        cell "data" (signature "collect" DatasetArtifact MakesData) [] [ everywhere ]
        cell "policy" (signature "fit-bc" PolicyArtifact NoEnvironment) [ "data" ] both
        cell "scores" (signature "evaluate" ScoresArtifact FinalEvaluation) [ "policy" ] [
            at "scores" (Some 10.0)
            at "scores" (Some 20.0)
        ]
        cell "timings" (signature "time-acting" TimingsArtifact NoEnvironment) [ "policy" ] [
            {
                at "timings" (Some 10.0) with
                    Seed = None
            }
        ]
    ]

let private experiment = {
    Synthetic.experiment [ "T" ] [ "a" ] [] with
        Cells = cells
        Protocol = {
            CostLimits = [ 10.0; 20.0 ]
            Seeds = [ 0L ]
            Episodes = 2
            TimeActions = [ 1L; 1000L ]
        }
}

let private recordOf id outcome : Record = {
    Key = Key(Synthetic.hexadecimal ("key " + id))
    Cell = CellId id
    Stage = id
    Label = id
    Parts = []
    Outcome = outcome
    Attempts = 1
    Machine = {
        Host = "host"
        System = "Linux"
        Processor = "CPU"
        Cores = 2
        Runtime = ".NET"
    }
    Started = DateTimeOffset.UnixEpoch
    Ended = DateTimeOffset.UnixEpoch.AddSeconds 3.0
    Seconds = 3.0
    PeakMemory = 1000L
    Threads = 1
    Provenance = {
        Source = Some "abc"
        Sdk = "10"
        Lock = None
    }
    Command = "./plimsoll repro " + id
}

let private finished id path =
    let artifact = {
        Digest = Digest(Synthetic.hexadecimal ("artifact " + id))
        Bytes = 1L
    }

    Recorded(recordOf id (Outcome.Finished artifact), Some path, false)

let private diverged id =
    Recorded(recordOf id (Outcome.Diverged(400L, "the loss is not finite")), None, false)

let private gather (known: (string * CellResult) list) =
    let results = dict known

    let lookup (CellId id) =
        match results.TryGetValue id with
        | true, result -> result
        | _ -> Unrecorded ""

    Gather.results None lookup experiment

let mutable private folder = ""

[<OneTimeSetUp>]
let makeFolder () =
    folder <- Path.Combine(Path.GetTempPath(), "plimsoll-gather-" + Guid.NewGuid().ToString "N")
    Directory.CreateDirectory folder |> ignore

[<OneTimeTearDown>]
let removeFolder () = Directory.Delete(folder, true)

let private write (name: string) (content: string) =
    let path = Path.Combine(folder, name)
    File.WriteAllText(path, content)
    path

let private states results = results.Scores |> List.map _.State

[<Test>]
let ``scores are read as they were written, at each of the cell's places`` () =
    let results =
        gather [ "scores", finished "scores" (write "scores.json" scoresJson) ]

    Assert.That(
        results.Scores |> List.map _.Coordinates.CostLimit,
        Is.EqualTo<double option list> [ Some 10.0; Some 20.0 ]
    )

    match states results |> List.distinct with
    | [ Scored e ] ->
        Assert.That(e.Returns, Is.EqualTo<double array> [| 10.25; -1.0 |])
        Assert.That(e.Costs, Is.EqualTo<double array> [| 3.0; 0.5 |])
        Assert.That(e.Lengths, Is.EqualTo<int array> [| 200; 117 |])
        Assert.That((e.RewardMin, e.RewardMax, e.Horizon), Is.EqualTo((-5.0, 20.0, 200)))
    | other -> Assert.Fail $"{other}"

    let record = results.Scores.Head.Record
    Assert.That(record.Key, Is.EqualTo(Some(Synthetic.hexadecimal "key scores")))
    Assert.That(record.Command, Is.EqualTo(Some "./plimsoll repro scores"))

[<TestCase("{", "")>]
[<TestCase("{}", "returns")>]
[<TestCase("""{"returns":[1],"costs":[],"reward_range":[0,1]}""", "1 returns and 0 costs")>]
[<TestCase("""{"returns":["nan"],"costs":[1],"reward_range":[0,1]}""", "not a finite number")>]
[<TestCase("""{"returns":[1],"costs":[1],"reward_range":[0]}""", "not a pair")>]
[<TestCase("""{"returns":1}""", "")>]
let ``scores that cannot be read are a visible failure`` (json: string, expected: string) =
    let results = gather [ "scores", finished "scores" (write "bad.json" json) ]

    match (states results).Head with
    | Failed why ->
        Assert.That(why, Does.Contain "cannot be read")
        Assert.That(why, Does.Contain expected)
    | other -> Assert.Fail $"{other}"

    Assert.That(results.Cells |> List.filter _.State.IsCellFailed, Has.Length.EqualTo 1)

[<Test>]
let ``a missing score says what stopped it`` () =
    Assert.That((states (gather [])).Head, Is.EqualTo Missing)

    match (states (gather [ "policy", diverged "policy" ])).Head with
    | Diverged why -> Assert.That(why, Is.EqualTo "policy: the loss is not finite (step 400)")
    | other -> Assert.Fail $"{other}"

    match (states (gather [ "data", Broken "no space left" ])).Head with
    | Failed why -> Assert.That(why, Is.EqualTo "data: no space left")
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``an artifact that the store has lost is a failure, not a gap`` () =
    let lost =
        match finished "scores" "" with
        | Recorded(record, _, cached) -> Recorded(record, None, cached)
        | other -> other

    Assert.That((states (gather [ "scores", lost ])).Head.IsFailed)

let private timingsJson =
    """{"batches":[1,1000],"kind":"acting-time","seconds_per_1000_actions":[0.004,0.001]}"""

[<Test>]
let ``times to act are read, and shown in the page, the text and the CSV`` () =
    let results =
        gather [
            "scores", finished "scores" (write "timed-scores.json" scoresJson)
            "timings", finished "timings" (write "timings.json" timingsJson)
        ]

    let times = results.ActingTimes |> List.map (fun t -> t.Arm, t.Batch, t.Seconds)
    Assert.That((times = [ "a", 1, [| 0.004 |]; "a", 1000, [| 0.001 |] ]), Is.True, $"{times}")
    let target = Path.Combine(folder, "timed")

    match Report.build results target with
    | Error problem -> Assert.Fail problem.Message
    | Ok files ->
        Assert.That(File.ReadAllText files.Page, Does.Contain "Time to act")
        Assert.That(files.Text, Does.Contain "1: 4.00   1000: 1.00")

        Assert.That(
            File.ReadAllText(Option.get files.ActingCsv),
            Is.EqualTo(
                "task,arm,sweep,observations_at_once,seconds_per_1000_actions,training\r\n"
                + "T,a,,1,0.004,offline\r\nT,a,,1000,0.001,offline\r\n"
            )
        )

[<Test>]
let ``a report without times leaves none of an earlier one`` () =
    let target = Path.Combine(folder, "stale")
    let scores = "scores", finished "scores" (write "stale-scores.json" scoresJson)

    let build cells =
        match Report.build (gather cells) target with
        | Error problem -> failwith problem.Message
        | Ok files -> files

    build [ scores; "timings", finished "timings" (write "stale.json" timingsJson) ]
    |> ignore

    Assert.That(File.Exists(Path.Combine(target, "acting.csv")), Is.True)
    let files = build [ scores ]
    Assert.That(files.ActingCsv, Is.EqualTo None)
    Assert.That(File.Exists(Path.Combine(target, "acting.csv")), Is.False)

[<Test>]
let ``the median of an even number of times is the mean of the two in the middle`` () =
    let time seconds : ActingTime = {
        Task = "T"
        Arm = "a"
        Sweep = []
        Batch = 1
        Seconds = seconds
        Records = []
    }

    Assert.That(ActingTimes.median (time [| 3.0 |]), Is.EqualTo 3.0)
    Assert.That(ActingTimes.median (time [| 1.0; 3.0; 4.0 |]), Is.EqualTo 3.0)
    Assert.That(ActingTimes.median (time [| 1.0; 2.0; 4.0; 9.0 |]), Is.EqualTo 3.0)

[<Test>]
let ``times of sweep points are kept apart`` () =
    let timedAt width seconds =
        {
            at "timings" (Some 10.0) with
                Seed = None
                Sweep = [ "a.width", Whole width ]
        },
        Synthetic.link $"timings {width} {seconds}" true,
        [ 1, seconds ]

    let experiment = {
        experiment with
            Protocol = {
                experiment.Protocol with
                    TimeActions = [ 1L ]
            }
    }

    let times =
        ActingTimes.group experiment [ timedAt 64L 0.9; timedAt 8L 0.1; timedAt 64L 0.7; timedAt 8L 0.3 ]

    let found = times |> List.map (fun t -> ActingTimes.name Set.empty t, t.Seconds)

    Assert.That(
        (found = [ "a (a.width = 64)", [| 0.7; 0.9 |]; "a (a.width = 8)", [| 0.1; 0.3 |] ]),
        Is.True,
        $"{found}"
    )

    let csv =
        Csv.acting {
            gather [] with
                Experiment = experiment
                ActingTimes = times
        }

    Assert.That(csv, Does.Contain "T,a,a.width = 64,1,0.7,offline\r\n")

[<Test>]
let ``times that cannot be read are a visible failure`` () =
    let results =
        gather [ "timings", finished "timings" (write "bad-times.json" "{\"batches\":[1]}") ]

    Assert.That(results.ActingTimes, Is.Empty)
    Assert.That(results.Cells |> List.filter _.State.IsCellFailed, Has.Length.EqualTo 1)

[<Test>]
let ``curves are read from a training artifact`` () =
    let path = Path.Combine(folder, "policy.safetensors")
    let shape = ReadOnlySpan [| 3L |]

    SafetensorsWriter()
        .Add("actor/w", shape, ReadOnlySpan [| 1.0f; 2.0f; 3.0f |])
        .Add("metric/loss", shape, ReadOnlySpan [| 0.5f; 0.25f; nanf |])
        .Add("metric/loss/step", shape, ReadOnlySpan [| 0.0f; 100.0f; 200.0f |])
        .Write
        path

    let results = gather [ "policy", finished "policy" path ]
    let curve = results.Curves |> List.exactlyOne
    Assert.That(curve.Name, Is.EqualTo "loss")
    Assert.That(curve.Coordinates.Length, Is.EqualTo 2)
    let steps = [| for struct (step, _) in curve.Points -> step |]
    let values = [| for struct (_, value) in curve.Points -> value |]
    Assert.That(steps, Is.EqualTo<double array> [| 0.0; 100.0; 200.0 |])
    Assert.That(values, Is.EqualTo<double array> [| 0.5; 0.25; nan |])

[<Test>]
let ``a series without its steps and a file that is none are visible failures`` () =
    let path = Path.Combine(folder, "stepless.safetensors")
    SafetensorsWriter().Add("metric/loss", ReadOnlySpan [| 1L |], ReadOnlySpan [| 0.5f |]).Write path

    for path in [ path; write "none.safetensors" "x" ] do
        let results = gather [ "policy", finished "policy" path ]
        Assert.That(results.Curves, Is.Empty)
        let policy = results.Cells |> List.find (fun c -> c.Label = "policy")
        Assert.That(policy.State.IsCellFailed, path)

[<Test>]
let ``the dataset gives returns and costs of its trajectories`` () =
    let builder = DatasetBuilder(1, 1)

    for reward, cost in [ 1.0f, 0.0f; 2.0f, 1.0f ] do
        builder.BeginTrajectory() |> ignore

        for _ in 1..3 do
            let one = [| 0.0f |]
            builder.Add(one, one, reward, cost, one) |> ignore

        builder.End false |> ignore

    let path = Path.Combine(folder, "data.safetensors")
    use dataset = builder.Build(DatasetMetadata("T", 3))
    dataset.Save path
    let data = (gather [ "data", finished "data" path ]).Data |> List.exactlyOne
    Assert.That(data.Returns, Is.EqualTo<double array> [| 3.0; 6.0 |])
    Assert.That(data.Costs, Is.EqualTo<double array> [| 0.0; 3.0 |])

[<Test>]
let ``what is gathered makes a report`` () =
    let results = gather [ "scores", finished "scores" (write "whole.json" scoresJson) ]

    match Report.text results with
    | Ok text -> Assert.That(text, Does.Contain "1/1 seeds")
    | Error problem -> Assert.Fail problem.Message
