/// Our numbers beside published ones.
module Plimsoll.Report.Tests.ComparisonTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Report.Tests.ComparisonSamples

let private ours = resultsOf "ours" tasks arms Synthetic.limits 1L 5_000L
let private recipes = [ for arm in arms -> arm, arm ]

let private compare results =
    PublishedComparison.build (Published.shipped ()) recipes results (Table.build results)

let private comparison = compare ours

let private pair task arm table =
    comparison.Pairs
    |> List.find (fun p -> p.Task = task && p.Arm = arm && p.Table.Id = table)

let private has (p: BesidePublished) test = p.Differences |> List.exists test

[<Test>]
let ``an arm meets the published method of its recipe, whatever the paper calls it`` () =
    let methods =
        comparison.Pairs
        |> List.filter (fun p -> p.Task = "BallCircle" && p.Arm = "bcq-lag")
        |> List.map (fun p -> p.Table.Id, p.Number.Method)

    Assert.That(
        methods |> List.toArray,
        Is.EquivalentTo [|
            "dsrl", "BCQ-Lag"
            "fisor", "BCQ-Lag"
            "drcorl-1", "BCQ-Lag"
            "spi-1", "BCQL"
        |]
    )

[<Test>]
let ``the gap is ours less theirs, at their limits where we have them all`` () =
    let three, one =
        pair "BallCircle" "bcq-lag" "dsrl", pair "BallCircle" "bcq-lag" "drcorl-1"

    let tables = Table.build ours

    let values limit =
        (tables.Head.Rollouts.Head.Entries |> List.find (fun e -> e.Limit = limit)).Values.Value

    Assert.That(three.Limits, Is.EqualTo<double list> Synthetic.limits)
    Assert.That(three.RewardGap.Value, Is.EqualTo((values None).Reward.Mean - 0.69))
    Assert.That(three.CostGap.Value, Is.EqualTo((values None).Cost.Mean - 2.36))
    Assert.That(one.Limits, Is.EqualTo<double list> [ 10.0 ])
    // DRCORL's table is met in DRCORL's normalisation.
    Assert.That(one.CostGap.Value, Is.EqualTo((values (Some 10.0)).CostDrcorl - 3.79))

[<Test>]
let ``protocols that differ are warned of, each by name`` () =
    let p = pair "BallCircle" "bcq-lag" "drcorl-1"

    let all =
        p.Differences |> List.map ProtocolDifference.describe |> String.concat "\n"

    Assert.That(has p (_.IsOtherSeeds), Is.False, all)
    Assert.That(all, Does.Contain "hidden layers: theirs [256, 256], ours policy [64, 64]")
    Assert.That(all, Does.Contain "gradient steps: theirs 100,000, ours policy 5,000")
    Assert.That(all, Does.Contain "checkpoint: theirs is the best of many by rollouts in the simulator")
    Assert.That(all, Does.Contain "theirs DSRL's SafetyBallCircle-v0-80-886.hdf5")
    Assert.That(all, Does.Contain "ours collected by the stage collect, steps 300000, seed 1")
    Assert.That(all, Does.Contain "reward scale: theirs maps 0.38 to 881 to 0 and 1")
    Assert.That(has p _.IsOtherHorizon, Is.False, all)
    Assert.That(has p _.IsKnownDefect, all)
    Assert.That(has (pair "BallCircle" "bcq-lag" "dsrl") _.IsOtherSeeds)
    Assert.That(has (pair "CarCircle" "bcq-lag" "dsrl") _.IsOtherHorizon)
    Assert.That(has (pair "BallCircle" "bcq-lag" "fisor") _.IsOtherLimits)
    Assert.That(has (pair "BallCircle" "bcq-lag" "spi-1") _.IsNotStated)

/// The training of bcq-lag on BallCircle with other parameters.
let private trainedWith change =
    let results = {
        ours with
            Results.Experiment.Cells =
                ours.Experiment.Cells
                |> List.map (fun cell ->
                    if
                        cell.Coordinates
                        |> List.exists (fun c -> c.Task = "BallCircle" && c.Arm = Some "bcq-lag")
                    then
                        {
                            cell with
                                Parameters = change cell.Parameters
                        }
                    else
                        cell)
    }

    (compare results).Pairs
    |> List.find (fun p -> p.Task = "BallCircle" && p.Arm = "bcq-lag" && p.Table.Id = "drcorl-1")
    |> _.Differences
    |> List.map ProtocolDifference.describe

[<Test>]
let ``what we set and papers do not print is a difference, and so is what we do not set`` () =
    let nowhere = {
        File = ""
        Line = 0
        Column = 0
        Length = 0
    }

    let set source =
        Map.add "penalty" { Value = Real 0.25; Source = source }

    let words = "set by the experiment and not stated of theirs: policy.penalty = 0.25"
    Assert.That(trainedWith (set (FromFile nowhere)), Does.Contain words)
    Assert.That(trainedWith (set FromDefault), Does.Not.Contain words)
    // An axis that the row is no point of.
    Assert.That(trainedWith (set (FromAxis("bcq-lag.penalty", nowhere))), Does.Not.Contain words)
    let none = trainedWith (fun _ -> Map.empty)
    Assert.That(none, Does.Contain "gradient steps: theirs 100,000, ours not set")
    Assert.That(none, Does.Contain "hidden layers: theirs [256, 256], ours not set")

[<Test>]
let ``a missing seed is a difference, and a limit without a score leaves no number`` () =
    let without state =
        {
            ours with
                Scores =
                    ours.Scores
                    |> List.map (fun s -> if state s then { s with State = Missing } else s)
        }
        |> compare

    let find (c: PublishedComparison) =
        c.Pairs
        |> List.find (fun p -> p.Task = "BallCircle" && p.Arm = "bcq-lag" && p.Table.Id = "dsrl")

    let at (s: Score) =
        s.Coordinates.Task = "BallCircle"
        && s.Coordinates.Arm = Some "bcq-lag"
        && s.Coordinates.CostLimit = Some 10.0

    let one = find (without (fun s -> at s && s.Coordinates.Seed = Some 0L))
    Assert.That(has one _.IsOursIncomplete)
    Assert.That(one.RewardGap.IsSome)
    let none = find (without at)
    Assert.That(none.RewardGap.IsNone && none.CostGap.IsNone)
    Assert.That(none.Seeds.Missing, Is.EqualTo 5)

[<Test>]
let ``whatever has no counterpart is listed`` () =
    let published = Published.shipped ()

    let lines =
        (ComparisonCsv.render (WithPublished comparison)).Split("\r\n") |> Array.toList

    // Every row of ours on every task, either beside a number or without one.
    for task in tasks do
        for arm in arms do
            let beside = comparison.Pairs |> List.exists (fun p -> p.Task = task && p.Arm = arm)

            let alone =
                comparison.OursOnly |> List.exists (fun r -> r.Task = task && r.Row = arm)

            Assert.That(beside <> alone, $"{task} {arm}")

    // Every published method on our tasks, either beside a row or in the list.
    for number in published.Numbers do
        if List.contains number.Task tasks then
            let beside =
                comparison.Pairs
                |> List.exists (fun p -> p.Number.Table = number.Table && p.Number.Method = number.Method)

            let alone =
                comparison.TheirsOnly
                |> List.exists (fun o ->
                    o.Task = number.Task
                    && o.Table.Id = number.Table
                    && List.contains number.Method o.Methods)

            Assert.That(beside <> alone, $"{number.Table} {number.Method} {number.Task}")
        else
            Assert.That(comparison.OtherTasks, Does.Contain number.Task)

    Assert.That(
        lines |> List.filter (fun l -> l.StartsWith "compared,") |> List.length,
        Is.EqualTo comparison.Pairs.Length
    )

    Assert.That(lines |> List.exists (fun l -> l.StartsWith "only ours,DiscCircle,mine,"))

    Assert.That(
        lines
        |> List.exists (fun l -> l.StartsWith "only theirs,BallCircle," && l.Contains "CAPS(IQL)-4heads")
    )

    Assert.That(lines |> List.exists (fun l -> l.StartsWith "only theirs,AntRun,"))

[<Test>]
let ``an arm's name chooses an ablation of its recipe`` () =
    let results =
        resultsOf "spi" [ "BallCircle" ] [ "full"; "without-safety" ] [ 10.0 ] 1L 5_000L

    let found =
        PublishedComparison.build
            (Published.shipped ())
            [ "full", "spi"; "without-safety", "spi" ]
            results
            (Table.build results)

    let methods = found.Pairs |> List.map (fun p -> p.Arm, p.Table.Id, p.Number.Method)

    Assert.That(
        methods |> List.toArray,
        Is.EqualTo<(string * string * string) array> [|
            "full", "spi-1", "SPI"
            "full", "spi-2", "SPI"
            "without-safety", "spi-2", "SPI w/o Qc'"
        |]
    )

[<Test>]
let ``the page shows either comparison and stays well formed`` () =
    let other = resultsOf "other" [ "BallCircle" ] [ "drcorl" ] [ 10.0 ] 2L 7_000L

    let folder =
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.Guid.NewGuid().ToString "N")

    let build beside =
        match Report.buildBeside beside ours folder with
        | Ok files -> files
        | Error problem -> failwith problem.Message

    try
        for beside, expected in
            [
                Report.withPublished recipes ours, "Beside published numbers"
                Report.withExperiment other ours, "Beside other"
            ] do
            let files = build (Some beside)
            let page = System.IO.File.ReadAllText files.Page

            let settings =
                System.Xml.XmlReaderSettings(DtdProcessing = System.Xml.DtdProcessing.Ignore)

            use reader = System.Xml.XmlReader.Create(new System.IO.StringReader(page), settings)
            let document = System.Xml.Linq.XDocument.Load reader

            let attribute (name: string) =
                document.Descendants()
                |> Seq.choose (fun e -> Option.ofObj (e.Attribute(System.Xml.Linq.XName.Get name)))
                |> Seq.map _.Value
                |> Seq.toList

            let ids = attribute "id"
            Assert.That(ids, Is.Unique)
            Assert.That(page, Does.Contain expected)

            Assert.That(
                files.Text,
                Does.Contain(
                    if expected = "Beside other" then
                        "A: ours   B: other"
                    else
                        expected
                )
            )

            for target in
                attribute "href"
                |> List.filter (fun h -> h.StartsWith "#not-alike" || h = "#comparison") do
                Assert.That(ids, Does.Contain(target.Substring 1))

            // To look at the page: name a folder.
            match System.Environment.GetEnvironmentVariable "PLIMSOLL_KEEP_REPORT" with
            | null -> ()
            | target ->
                System.IO.Directory.CreateDirectory target |> ignore

                System.IO.File.Copy(
                    files.Page,
                    System.IO.Path.Combine(target, expected.Replace(' ', '-') + ".html"),
                    true
                )

        Assert.That((build None).ComparisonCsv.IsNone)
        Assert.That(System.IO.File.Exists(System.IO.Path.Combine(folder, "comparison.csv")), Is.False)
    finally
        System.IO.Directory.Delete(folder, true)
