/// The numbers that papers print, against the references they were taken from.
module Plimsoll.Report.Tests.PublishedTests

open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Report

let private published = Published.shipped ()

let private numbers table =
    published.Numbers |> List.filter (fun n -> n.Table = table)

let private suite (task: string) =
    match DsrlTasks.ByName task with
    | null -> failwith $"DSRL has no task {task}"
    | known ->
        match known.Suite with
        | DsrlSuite.Bullet -> "Bullet"
        | DsrlSuite.MetaDrive -> "MetaDrive"
        | _ -> "SafetyGym"

[<Test>]
let ``every file is read to its last line`` () =
    let lines file =
        (Published.text (file + ".csv")).Split('\n', System.StringSplitOptions.RemoveEmptyEntries).Length
        - 1

    Assert.That(published.Numbers.Length, Is.EqualTo(Published.numberFiles |> List.sumBy lines))
    Assert.That(published.Tables.Length, Is.EqualTo(lines "tables"))
    Assert.That(published.Methods.Length, Is.EqualTo(lines "methods"))
    Assert.That(published.Trainings.Length, Is.EqualTo(lines "training"))

[<TestCase("dsrl", 304)>]
[<TestCase("fisor", 182)>]
[<TestCase("caps-3-4", 228)>]
[<TestCase("caps-10", 228)>]
[<TestCase("drcorl-1", 117)>]
[<TestCase("drcorl-notebook", 12)>]
[<TestCase("spi-1", 48)>]
[<TestCase("spi-2", 24)>]
[<TestCase("osrl-reruns", 24)>]
[<TestCase("o3srl", 20)>]
let ``a table has as many numbers as it prints`` (table: string, count: int) =
    Assert.That((numbers table).Length, Is.EqualTo count)

[<Test>]
let ``each number is on a task of DSRL, and tables, methods and trainings point at what is there`` () =
    let methods = published.Methods |> List.map _.Name |> set

    for number in published.Numbers do
        Assert.That(suite number.Task, Is.Not.Empty)
        Assert.That(methods.Contains number.Method, number.Method)
        Assert.That((published.TableOf number).Id, Is.EqualTo number.Table)

    for training in published.Trainings do
        Assert.That(
            numbers training.Table |> List.exists (fun n -> n.Method = training.Method)
            // DRCORL's table of parameters has all methods of its table of results.
            || training.Table = "drcorl-1",
            $"{training.Table} {training.Method}"
        )

[<Test>]
let ``the limits of a mean over three are those of DSRL's protocol`` () =
    for number in numbers "dsrl" @ numbers "caps-3-4" do
        match DsrlTasks.ByName number.Task with
        | null -> Assert.Fail number.Task
        | task -> Assert.That(number.Limits, Is.EqualTo<double list>(List.ofSeq task.CostLimits), number.Task)

let private means table method name =
    let own =
        numbers table
        |> List.filter (fun n -> n.Method = method && (name = "" || suite n.Task = name))

    own |> List.averageBy _.Reward, own |> List.averageBy (fun n -> n.Cost.Value)

/// Printed averages; a hundredth is what they are rounded to, and half of one what each cell is.
let private agree table method name (reward: double) (cost: double) =
    let own = means table method name
    Assert.That(fst own, Is.EqualTo(reward).Within 0.0101, $"{table} {method} {name} reward")
    Assert.That(snd own, Is.EqualTo(cost).Within 0.0101, $"{table} {method} {name} cost")

[<Test>]
let ``DSRL's averages as TraC prints them come out, but for the one that is known not to`` () =
    let methods = [
        "BC-All"
        "BC-Safe"
        "CDT"
        "BCQ-Lag"
        "BEAR-Lag"
        "CPQ"
        "COptiDICE"
        "TraC"
    ]

    let printed = [
        "SafetyGym",
        [
            0.46, 3.03
            0.34, 0.75
            0.54, 1.06
            0.50, 3.29
            0.39, 2.70
            0.27, 2.79
            0.37, 2.65
            0.38, 0.90
        ]
        "Bullet",
        [
            0.64, 3.36
            0.52, 0.82
            0.68, 1.04
            0.74, 3.11
            0.48, 3.80
            0.33, 1.12
            0.55, 2.55
            0.61, 0.55
        ]
        "MetaDrive",
        [
            0.42, 2.06
            0.18, 0.58
            0.42, 0.80
            0.54, 2.05
            0.02, 0.39
            -0.06, 0.06
            0.58, 2.77
            0.53, 0.55
        ]
    ]

    for suite, averages in printed do
        for method, (reward, cost) in List.zip methods averages do
            agree "dsrl" method suite reward cost

    // What TraC prints for itself over Safety-Gymnasium, 0.40 and 0.92, its rows do not give.
    let reward, cost = means "dsrl" "TraC" "SafetyGym"
    Assert.That(abs (reward - 0.40), Is.GreaterThan 0.015)
    Assert.That(abs (cost - 0.92), Is.GreaterThan 0.015)
    Assert.That((published.Tables |> List.find (fun t -> t.Id = "dsrl")).Protocol, Does.Contain "0.38 / 0.90")

[<Test>]
let ``FISOR's and CAPS's printed averages come out, but for two that are known not to`` () =
    let fisor = [ "BC"; "CDT"; "BCQ-Lag"; "CPQ"; "COptiDICE"; "TREBI"; "FISOR" ]

    for suite, averages in
        [
            "SafetyGym",
            [
                0.35, 6.05
                0.50, 4.31
                0.38, 11.38
                0.02, 10.58
                0.29, 5.94
                0.28, 1.36
                0.30, 0.35
            ]
            "Bullet",
            [
                0.72, 10.58
                0.63, 2.09
                0.71, 10.63
                0.32, 5.28
                0.55, 7.64
                0.56, 2.45
                0.39, 0.10
            ]
            "MetaDrive",
            [
                0.40, 3.21
                0.25, 1.45
                0.59, 7.48
                -0.06, 0.24
                0.63, 10.26
                0.13, 3.18
                0.36, 0.25
            ]
        ] do
        for method, (reward, cost) in List.zip fisor averages do
            agree "fisor" method suite reward cost

    for suite, averages in
        [
            "SafetyGym", [ 0.36, 0.72; 0.35, 0.74; 0.35, 0.72; 0.37, 1.02; 0.37, 0.94; 0.34, 0.89 ]
            "Bullet", [ 0.57, 0.79; 0.59, 0.77; 0.58, 0.74; 0.55, 0.29; 0.56, 0.22; 0.53, 0.32 ]
            // The paper prints 0.40 / 0.54 and 0.29 / 0.43 for two and eight heads, which the rows do not give.
            "MetaDrive", [ 0.36, 0.51; 0.36, 0.57; 0.30, 0.55; 0.31, 0.63; 0.28, 0.68; 0.34, 0.88 ]
        ] do
        let methods = [
            for learner in [ "IQL"; "SAC+BC" ] do
                for heads in [ 2; 4; 8 ] -> $"CAPS({learner})-{heads}heads"
        ]

        for method, (reward, cost) in List.zip methods averages do
            agree "caps-3-4" method suite reward cost

    let said = (published.Tables |> List.find (fun t -> t.Id = "caps-3-4")).Protocol
    Assert.That(said, Does.Contain "0.36 / 0.51 and 0.30 / 0.55")

[<Test>]
let ``SPI's averages come out to the fourth digit`` () =
    let near (value: double) = Is.EqualTo(value).Within 1e-9
    Assert.That(fst (means "spi-1" "SPI" ""), near 0.8625)
    Assert.That(snd (means "spi-1" "SPI" ""), near 2.18)
    Assert.That(fst (means "spi-1" "BCQL" ""), near 0.7875)
    Assert.That(snd (means "spi-1" "BCQL" ""), near 3.3925)
    agree "spi-2" "SPI w/o Qc'" "" 0.72 7.55
    agree "spi-2" "SPI w/o Qr" "" -0.04 0.36

let private safeTasks table method limits =
    numbers table
    |> List.filter (fun n -> n.Method = method && limits n && n.Cost.Value <= 1.0)
    |> List.length

[<Test>]
let ``as many tasks are safe as the papers' tables show`` () =
    for method, count in
        [
            "BC-Safe", 8
            "BEARL", 2
            "BCQ-Lag", 2
            "CPQ", 7
            "COptiDICE", 2
            "CDT", 4
            "CAPS", 9
            "CCAC", 7
            "DRCORL", 13
        ] do
        Assert.That(safeTasks "drcorl-1" method (fun _ -> true), Is.EqualTo count, method)

    let bullet limit (number: PublishedNumber) =
        number.Limits = [
            (if suite number.Task = "SafetyGym" then
                 2.0 * limit
             else
                 limit)
        ]

    for limit, caps, cdt in [ 5.0, 18, 11; 15.0, 31, 19; 30.0, 33, 22 ] do
        Assert.That(safeTasks "caps-10" "CAPS(IQL)-2heads" (bullet limit), Is.EqualTo caps)
        Assert.That(safeTasks "caps-10" "CDT" (bullet limit), Is.EqualTo cdt)

let private refused change =
    let text name =
        let content = Published.text name
        change name content

    match Published.parse text with
    | Error why -> why
    | Ok _ -> "nothing was refused"

[<TestCase("dsrl.csv", "0.1,0.06", "0.1x,0.06", "dsrl.csv: line 2: '0.1x' is not a number")>]
[<TestCase("dsrl.csv", "0.1,0.06", "NaN,0.06", "dsrl.csv: line 2: 'NaN' is not a number")>]
[<TestCase("dsrl.csv", "0.1,0.06,", "0.1,", "dsrl.csv: line 2: it has 8 fields and the header 9")>]
[<TestCase("dsrl.csv",
           "dsrl,BC-All,PointButton1",
           "dsrx,BC-All,PointButton1",
           "tables.csv has no table 'dsrx'")>]
[<TestCase("dsrl.csv",
           "dsrl,BC-All,PointButton1",
           "dsrl,BC All,PointButton1",
           "methods.csv has no method 'BC All'")>]
[<TestCase("dsrl.csv",
           "dsrl,BC-Safe,PointButton1",
           "dsrl,BC-All,PointButton1",
           "dsrl has two numbers for BC-All on PointButton1")>]
[<TestCase("dsrl.csv",
           "table,method",
           "method,table",
           "dsrl.csv: line 1: the header is not table,method,task,limits,reward,reward_std,cost,cost_std,note")>]
[<TestCase("tables.csv", ",online,", ",offline,", "tables.csv: line 6: 'offline' is none of final, online")>]
let ``what is not as it must be is refused with its place``
    (file: string, old: string, now: string, why: string)
    =
    let replace name (content: string) =
        if name = file then
            let at = content.IndexOf(old, System.StringComparison.Ordinal)
            content.Substring(0, at) + now + content.Substring(at + old.Length)
        else
            content

    Assert.That(refused replace, Is.EqualTo why)

[<TestCase("a,b\n1,\"x\"\"y, \nz\"\n", "1|x\"y, \nz")>]
[<TestCase("a,b\r\n1,2\r\n", "1|2")>]
let ``CSV is read as RFC 4180 has it`` (text: string, row: string) =
    match CsvText.table [ "a"; "b" ] text with
    | Ok [ _, fields ] -> Assert.That(String.concat "|" fields, Is.EqualTo row)
    | other -> Assert.Fail $"{other}"

[<TestCase("a,b\n1,2", "line 2: the last line does not end")>]
[<TestCase("a,b\n1,\"2\n", "line 3: a quoted field does not end")>]
[<TestCase("a,b\n1,\"2\"x\n", "line 2: something stands between a closing quote and the next comma")>]
[<TestCase("a,b\n1,2\"\n", "line 2: a quote within a field that does not begin with one")>]
let ``CSV that is not well formed is refused`` (text: string, why: string) =
    match CsvText.table [ "a"; "b" ] text with
    | Error found -> Assert.That(found, Is.EqualTo why)
    | Ok rows -> Assert.Fail $"{rows}"

[<Test>]
let ``what is wrong with a table is wrong with every row; what is wrong with some is a note of theirs`` () =
    let tasks = published.Numbers |> List.map _.Task |> List.distinct

    for table in published.Tables do
        Assert.That(table.Defects, Does.Not.Contain "average", table.Id)

        for task in tasks do
            Assert.That(table.Defects, Does.Not.Contain task, table.Id)

    let noted =
        published.Numbers
        |> List.filter (fun n -> n.Table = "spi-1" && n.Note <> "")
        |> List.map (fun n -> n.Method, n.Task)

    Assert.That(
        noted,
        Is.EqualTo<(string * string) list> [
            "SPI", "BallCircle"
            "SPI", "DroneCircle"
            "SPI", "HopperVelocity"
        ]
    )
