module Plimsoll.Scenarios.Tests.DisplayTests

open System
open NUnit.Framework
open FsCheck.NUnit // last: both have a Property
open Plimsoll.Cli

[<TestCase(0.004, "0.00 s")>]
[<TestCase(9.87, "9.87 s")>]
[<TestCase(14.24, "14.2 s")>]
[<TestCase(185.0, "3 min 05 s")>]
[<TestCase(7620.0, "2 h 07 min")>]
let ``times are short and keep their order of magnitude`` (seconds: double, text: string) =
    Assert.That(Display.seconds seconds, Is.EqualTo text)

[<TestCase(1023L, "1023 B")>]
[<TestCase(1536L, "1.5 KiB")>]
[<TestCase(3565158L, "3.4 MiB")>]
[<TestCase(4294967296L, "4.0 GiB")>]
let ``sizes are in binary units`` (bytes: int64, text: string) =
    Assert.That(Display.bytes bytes, Is.EqualTo text)

[<Property>]
let ``each column of a table begins at the same place in every line`` (cells: (byte * byte) list) =
    let rows =
        cells
        |> List.map (fun (a, b) -> [ String('a', int a % 9 + 1); String('b', int b % 9 + 1) ])

    let lines = Display.table [ "first", Display.Left; "second", Display.Left ] rows
    let starts = lines.Tail |> List.map (fun line -> line.IndexOf 'b') |> List.distinct
    starts.Length <= 1 && lines.Length = rows.Length + 1

[<Property>]
let ``no line of a table ends in blanks`` (cells: byte list) =
    let rows = cells |> List.map (fun n -> [ "x"; String(' ', int n % 3) ])

    Display.table [ "a", Display.Right; "", Display.Left ] rows
    |> List.forall (fun line -> line = line.TrimEnd())
