module Plimsoll.Language.Tests.ExpandTests

open System.Diagnostics
open FsCheck
open FsCheck.FSharp
open NUnit.Framework
open FsCheck.NUnit // after NUnit, whose Property is another
open Plimsoll.Language
open Plimsoll.Language.Tests.Examples
open Plimsoll.Language.Tests.FakeCatalogue

let ofNode arm node (cells: Cell list) =
    cells
    |> List.filter (fun cell -> cell.Coordinates |> List.exists (fun at -> at.Arm = arm && at.Node = node))

let count arm node cells = (ofNode (Some arm) node cells).Length

[<Test>]
let ``a stage is repeated over what it depends on and shared over the rest`` () =
    let cells = cells small
    // 3 seeds, 2 limits.
    Assert.That((ofNode None "dataset" cells).Length, Is.EqualTo 1)
    Assert.That(count "drcorl" "behaviour" cells, Is.EqualTo 3)
    Assert.That(count "drcorl" "cost-critic" cells, Is.EqualTo 3)
    Assert.That(count "drcorl" "policy" cells, Is.EqualTo 6)
    Assert.That(count "drcorl" "scores" cells, Is.EqualTo 6)
    Assert.That(count "bc-safe" "safe" cells, Is.EqualTo 2)
    Assert.That(count "bc-safe" "policy" cells, Is.EqualTo 6)
    Assert.That(cells.Length, Is.EqualTo(1 + 4 * 3 + 6 + 6 + 2 + 6 + 6))

[<Test>]
let ``arms share what they have in common`` () =
    let cells =
        cells (smallWith "  bc-safe: {}" "  crpo: { recipe: drcorl, adaptation: crpo }")

    Assert.That(cells.Length, Is.EqualTo(1 + 4 * 3 + 2 * (6 + 6)))
    let behaviour = (ofNode (Some "drcorl") "behaviour" cells).Head

    behaviour.Coordinates
    |> List.map _.Arm
    |> Files.equal [ Some "drcorl"; Some "crpo" ]

[<Test>]
let ``scores stand at every limit even where the policy does not know it`` () =
    let cells = cells (smallWith "  bc-safe: {}" "  bc-all: {}")
    let scores = ofNode (Some "bc-all") "scores" cells
    Assert.That(scores.Length, Is.EqualTo 3)

    for cell in scores do
        cell.Coordinates |> List.map _.CostLimit |> Files.equal [ Some 10.0; Some 20.0 ]

    let policy = (ofNode (Some "bc-all") "policy" cells).Head
    policy.Coordinates |> List.map _.CostLimit |> Files.equal [ None ]

[<Test>]
let ``acting is timed once a policy, and only where it is asked for`` () =
    let timings text =
        cells text |> List.filter (fun cell -> cell.Stage.Output = TimingsArtifact)

    Assert.That(timings small, Is.Empty)
    let timed = timings (smallWith "episodes: 5" "episodes: 5, time_actions: [1, 1000]")
    // Both arms have a policy for each of three seeds and two limits.
    Assert.That(count "drcorl" "timings" timed, Is.EqualTo 6)
    Assert.That(count "bc-safe" "timings" timed, Is.EqualTo 6)

    for cell in timed do
        Assert.That(cell.Seed.IsNone, Is.True)
        Assert.That((cell.Parameters["batches"].Value = Items [ Whole 1L; Whole 1000L ]), Is.True)

[<Test>]
let ``axes multiply within their arm`` () =
    let sweep =
        "sweep: { drcorl.pessimism: [0, 1], drcorl.policy.steps: [10, 20, 30] }\n"

    let cells = cells (small + sweep)
    Assert.That(count "drcorl" "behaviour" cells, Is.EqualTo 3)
    // The short name reaches the cost critic and the policy; the dotted one the policy alone.
    Assert.That(count "drcorl" "cost-critic" cells, Is.EqualTo(3 * 2))
    Assert.That(count "drcorl" "policy" cells, Is.EqualTo(3 * 2 * 2 * 3))
    Assert.That(count "drcorl" "scores" cells, Is.EqualTo(3 * 2 * 2 * 3))
    Assert.That(count "bc-safe" "scores" cells, Is.EqualTo(3 * 2))

    for cell in ofNode (Some "drcorl") "policy" cells do
        let at = cell.Coordinates.Head

        at.Sweep
        |> List.map fst
        |> Files.equal [ "drcorl.pessimism"; "drcorl.policy.steps" ]

        at.Sweep
        |> List.map snd
        |> Files.equal [ cell.Parameters["pessimism"].Value; cell.Parameters["steps"].Value ]

[<Test>]
let ``a task without a simulator is scored from its data`` () =
    let cells =
        cells (
            smallWith
                "DiscCircle: { collect: { steps: 100 } }"
                "Ries: { file: a.hdf5, evaluate: { steps: 7 } }"
        )

    let scores = (ofNode (Some "drcorl") "scores" cells).Head
    Assert.That(scores.Stage.Name, Is.EqualTo "off-policy-evaluate")
    scores.Inputs |> List.map fst |> Files.equal [ "policy"; "dataset" ]
    Files.equal (Whole 7L) scores.Parameters["steps"].Value
    let dataset = (ofNode None "dataset" cells).Head
    Files.equal (Text "Ries") dataset.Parameters["task"].Value

[<Test>]
let ``a task with a simulator and a file is scored by rollouts`` () =
    let cells = cells (smallWith "{ collect: { steps: 100 } }" "{ file: a.hdf5 }")
    let scores = (ofNode (Some "drcorl") "scores" cells).Head
    Assert.That(scores.Stage.Name, Is.EqualTo "evaluate")
    Files.equal (Text "DiscCircle") scores.Parameters["task"].Value
    Files.equal (Whole 5L) scores.Parameters["episodes"].Value

[<Test>]
let ``a task can collect in the simulator of another name`` () =
    let cells =
        cells (
            smallWith
                "DiscCircle: { collect: { steps: 100 } }"
                "Much: { collect: { task: PointNav, steps: 9 } }"
        )

    let scores = (ofNode (Some "drcorl") "scores" cells).Head
    Files.equal (Text "PointNav") scores.Parameters["task"].Value

/// Two tasks, of which one is simulated by a native engine and has a collector of its own.
let private withNative = {
    catalogue with
        Stages =
            {
                (catalogue.Stages |> List.find (fun stage -> stage.Name = "collect")) with
                    Name = "collect-agents"
            }
            :: catalogue.Stages
        Tasks =
            catalogue.Tasks
            @ [
                {
                    catalogue.Tasks.Head with
                        Name = "Hopper"
                        Reproducibility = SameMachine
                        Collect = "collect-agents"
                }
            ]
}

[<Test>]
let ``what touches a native simulator is as good as that, and nothing else is`` () =
    let text =
        smallWith
            "DiscCircle: { collect: { steps: 100 } }"
            "DiscCircle: { collect: { steps: 100 } }\n  Hopper: { collect: { steps: 9 } }"

    match Check.experiment withNative recipes "test.yaml" text with
    | Error problems -> failwith (ProblemText.renderAll problems)
    | Ok experiment ->
        let classes task =
            experiment.Cells
            |> List.filter (fun cell -> cell.Coordinates.Head.Task = task)
            |> List.map (fun cell -> cell.Stage.Name, cell.Stage.Reproducibility)
            |> List.distinct

        let native = classes "Hopper"
        Files.equal [ Bitwise ] (classes "DiscCircle" |> List.map snd |> List.distinct)

        Files.equal
            [ "collect-agents"; "evaluate" ]
            (native
             |> List.filter (fun (_, kind) -> kind = SameMachine)
             |> List.map fst
             |> List.sort)

        Assert.That(native |> List.exists (fun (name, kind) -> name = "adapt" && kind = Bitwise))

[<Test>]
let ``inputs come first, ids are unique and labels too`` () =
    let cells = cells full
    let seen = System.Collections.Generic.HashSet<CellId>()

    for cell in cells do
        Assert.That(cell.Inputs |> List.forall (fun (_, id) -> seen.Contains id), cell.Label)
        Assert.That(seen.Add cell.Id, cell.Label)
        Assert.That(cell.Coordinates, Is.Not.Empty)
        Assert.That(cell.Inputs |> List.map fst, Is.EquivalentTo(cell.Stage.Inputs |> List.map fst))
        Assert.That(cell.Parameters.Count, Is.EqualTo cell.Stage.Parameters.Length)
        Assert.That(cell.Seed.IsSome, Is.EqualTo cell.Stage.Seeded)

    Assert.That(cells |> List.map _.Label, Is.Unique)
    Assert.That(cells |> List.collect _.Coordinates, Is.Unique)

[<Test>]
let ``every value knows its source`` () =
    let at line column length = {
        File = "test.yaml"
        Line = line
        Column = column
        Length = length
    }

    let cells = cells full
    let policy = (ofNode (Some "drcorl-crpo") "policy" cells).Head
    Files.equal (FromFile(at 9 46 4)) policy.Parameters["mode"].Source
    Files.equal FromDefault policy.Parameters["steps"].Source
    Files.equal (FromAxis("cost_limits", at 6 27 2)) policy.Parameters["cost-limit"].Source

    match policy.Parameters["pessimism"].Source with
    | FromRecipe position -> Files.equal ("recipes/drcorl.yaml", 4) (position.File, position.Line)
    | other -> Assert.Fail $"{other}"

    let swept = (ofNode (Some "drcorl") "policy" cells).Head
    Files.equal (FromAxis("drcorl.pessimism", at 13 22 1)) swept.Parameters["pessimism"].Source

// ---- laws of ids ----

[<Test>]
let ``an explicit default is an absent key`` () =
    let same before after =
        Files.equal (ids small) (ids (smallWith before after))

    same "steps: 100" "steps: 100, noise: 0.1, seed: 0"
    same "drcorl: {}" "drcorl: { pessimism: 0.5 }"
    same "drcorl: {}" "drcorl: { policy.layers: [64, 64], adaptation: three-mode, behaviour.width: 64 }"
    same "drcorl: {}" "drcorl: { policy.cost-limit: $cost-limit }"
    same "episodes: 5" "episodes: +5"
    same "[10, 20]" "[1e1, 2_0.0]"

[<Test>]
let ``names of arms and recipes are in no id`` () =
    Files.equal (ids small) (ids (smallWith "drcorl: {}" "other: { recipe: drcorl }"))

[<Test>]
let ``an arm that spells its stages out is the same as its recipe`` () =
    let inlined =
        """  bc-safe:
    stages:
      kept: { stage: filter, dataset: $dataset, cost-limit: $cost-limit }
      policy: { stage: fit-bc, dataset: kept }
    result: policy
    policy.steps: 300
"""

    Files.equal (ids small) (ids (smallWith "  bc-safe: {}\n" inlined))

[<Test>]
let ``every change of a definition changes ids`` () =
    let changes =
        [
            "steps: 100", "steps: 101"
            "steps: 100", "steps: 100, noise: 0.2"
            "DiscCircle", "PointNav"
            "[10, 20]", "[10, 21]"
            "[0, 1, 2]", "[0, 1, 3]"
            "episodes: 5", "episodes: 6"
            "drcorl: {}", "drcorl: { adaptation: crpo }"
            "drcorl: {}", "drcorl: { policy.layers: [64, 65] }"
            "bc-safe: {}", "bc-safe: { safe.mode: risky }"
        ]
        |> List.map (fun (before, after) -> ids (smallWith before after))

    Assert.That(ids small :: changes, Is.Unique)

[<Test>]
let ``changing one limit keeps the cells of the others`` () =
    let kept = Set.intersect (ids small) (ids (smallWith "[10, 20]" "[10, 21]"))
    // Of each arm's cells at a limit, half go: 3 policies and 3 scores twice, and one filtered dataset.
    Assert.That((ids small).Count - kept.Count, Is.EqualTo(3 + 3 + 3 + 3 + 1))

/// The lines of the full example's sections, which may stand in any order within their section.
let private shuffled (seed: int) =
    let random = System.Random seed

    let shuffle (lines: string list) =
        lines |> List.sortBy (fun _ -> random.Next())

    let sections =
        (full.Split '\n')
        |> Array.filter (fun line -> line <> "" && not (line.StartsWith '#'))
        |> List.ofArray
        |> List.fold
            (fun sections line ->
                match sections with
                | head :: rest when line.StartsWith ' ' -> (head @ [ line ]) :: rest
                | sections -> [ line ] :: sections)
            []

    sections
    |> List.map (fun section -> section.Head :: shuffle section.Tail)
    |> List.sortBy (fun _ -> random.Next())
    |> List.concat
    |> String.concat "\n"

/// The coordinates of each cell by its id, whatever their order.
let private places text =
    let place (at: Coordinates) =
        CellIdentity.label {
            at with
                Sweep = List.sortBy fst at.Sweep
        }

    cells text
    |> List.map (fun cell -> cell.Id, cell.Coordinates |> List.map place |> set)
    |> Map.ofList

let private fullPlaces = lazy (places full)

[<Property(MaxTest = 20)>]
let ``the order of entries is irrelevant`` (seed: int) =
    places (shuffled seed) = fullPlaces.Value

[<Property(MaxTest = 20)>]
let ``an experiment is the union of its parts`` (PositiveInt seeds) (PositiveInt limits) =
    let seeds, limits = [ 0 .. seeds % 4 ], [ 1 .. 1 + limits % 3 ]

    let list items =
        "[" + (items |> List.map string |> String.concat ", ") + "]"

    let ids seeds limits =
        ids ((smallWith "[0, 1, 2]" (list seeds)).Replace("[10, 20]", list limits))

    let parts = [
        for seed in seeds do
            for limit in limits -> ids [ seed ] [ limit ]
    ]

    ids seeds limits = Set.unionMany parts

[<Test>]
let ``ids and labels are those of the golden file`` () =
    let lines =
        cells full
        |> List.map (fun cell -> $"{cell.Id} {cell.Stage.Name} {cell.Label} at {cell.Coordinates.Length}")

    Files.matchesGolden "cells.txt" (String.concat "\n" lines + "\n")

[<Test>]
let ``ten times the cells take about ten times as long`` () =
    // Processor time, not the clock: other programs may be running.
    let processorTime () =
        Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds

    let time seeds =
        let text = smallWith "[0, 1, 2]" $"1..{seeds}"
        let start = processorTime ()
        let cells = cells text
        processorTime () - start + 1.0, cells.Length

    time 100 |> ignore
    let small, few = time 100
    let large, many = time 1000
    Assert.That(few, Is.GreaterThan 1000)
    Assert.That(many, Is.GreaterThan 10_000)
    // Quadratic would be a hundred times.
    Assert.That(large / small, Is.LessThan 40.0, $"{few} cells in {small} ms, {many} in {large} ms")

[<Test>]
let ``four times the seeds allocate four times the memory`` () =
    // Bytes, not seconds: the same on every machine. A list that is searched or copied for each cell shows
    // as sixteen times.
    let allocated seeds =
        let text = smallWith "[0, 1, 2]" $"1..{seeds}"
        let before = System.GC.GetAllocatedBytesForCurrentThread()
        let cells = cells text
        double (System.GC.GetAllocatedBytesForCurrentThread() - before), cells.Length

    allocated 10 |> ignore
    let fewBytes, few = allocated 250
    let manyBytes, many = allocated 1000
    Assert.That(double many / double few, Is.EqualTo(4.0).Within 0.01)
    Assert.That(manyBytes / fewBytes, Is.InRange(3.0, 4.5), $"{fewBytes} and {manyBytes} bytes")

[<Test>]
let ``seeds share the settings of their cells`` () =
    for node in [ "behaviour"; "policy"; "scores" ] do
        let settings = ofNode (Some "drcorl") node (cells small) |> List.map _.Parameters
        let own = System.Collections.Generic.HashSet(settings, HashIdentity.Reference)
        // One map for each limit that the node reads, whatever the number of seeds.
        Assert.That(own.Count, Is.EqualTo(if node = "policy" then 2 else 1), node)
