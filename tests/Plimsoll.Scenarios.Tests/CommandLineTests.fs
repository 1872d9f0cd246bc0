/// What the command line refuses, and in which words.
module Plimsoll.Scenarios.Tests.CommandLineTests

open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Cli

let private refused (line: string) : string =
    match CommandLine.check (line.Split ' ' |> List.ofArray) with
    | Error(BadInput words) -> words
    | other -> failwith $"it was not refused: %A{other}"

let private read (line: string) : string =
    match CommandLine.check (line.Split ' ' |> List.ofArray) with
    | Ok words -> String.concat " " words
    | Error trouble -> failwith $"it was refused: %A{trouble}"

[<TestCase("plann x", "there is no command `plimsoll plann`", "did you mean `plan`?")>]
[<TestCase("data inspekt x", "there is no command `plimsoll data inspekt`", "did you mean `inspect`?")>]
[<TestCase("data", "`plimsoll data` alone says too little", "`plimsoll data --help`")>]
[<TestCase("run x --jbs 3", "there is no option `--jbs` here", "did you mean `--jobs`?")>]
[<TestCase("run x --jobs=3", "there is no option `--jobs=3` here", "write `--jobs 3`, with a blank")>]
[<TestCase("run x -j 3", "there is no option `-j` here", "`plimsoll run --help`")>]
[<TestCase("run x --jobs", "--jobs lacks its value", "write `--jobs N`")>]
[<TestCase("run x --out --jobs 2", "--out lacks its value", "write `--out DIR`")>]
[<TestCase("run x --jobs 1 --jobs 2", "--jobs is given twice", "keep one of the two")>]
[<TestCase("run x --jobs many", "--jobs takes a whole number, not `many`", "as in `--jobs 8_000`")>]
[<TestCase("run x --jobs 1__0", "--jobs takes a whole number, not `1__0`", "as in `--jobs 8_000`")>]
[<TestCase("run x --jobs 1.5", "--jobs takes a whole number, not `1.5`", "as in `--jobs 8_000`")>]
[<TestCase("run x --jobs 3_000_000_000",
           "--jobs takes a whole number of at most 2147483647",
           "a smaller number")>]
[<TestCase("rollout --task T", "--policy FILE_OR_KEY must be given", "add --policy FILE_OR_KEY")>]
[<TestCase("rollout", "--task NAME and --policy FILE_OR_KEY must be given", "add --task NAME and --policy")>]
[<TestCase("run", "FILE is missing", "write `plimsoll run FILE`")>]
[<TestCase("run x y", "`y` is one word too many", "quotes around a name with blanks")>]
[<TestCase("doctor x", "nothing is to be done with `x`", "`plimsoll doctor --help`")>]
let ``what cannot be meant is refused with what, where, why and a remedy``
    (line: string)
    what
    (remedy: string)
    =
    let lines = (refused line).Split '\n'
    Assert.That(lines[0], Does.StartWith what)
    Assert.That(lines[1], Is.EqualTo $"  where: plimsoll {line}")
    Assert.That(lines[2], Does.Match "^  why: .{10}")
    Assert.That(lines[3], Does.StartWith "  remedy: ")
    Assert.That(lines[3], Does.Contain remedy)
    Assert.That(lines.Length, Is.EqualTo 4)

[<TestCase("check x --json")>]
[<TestCase("report a b --compare")>]
[<TestCase("report a --compare published --out d")>]
[<TestCase("run x --only a --only b --jobs -1")>]
[<TestCase("rollout --task T --policy p --cost-limit -3 --cost-limit .5 --json")>]
[<TestCase("export policy 12_345 --out 1_0")>]
[<TestCase("data collect --help --nonsense")>]
[<TestCase("--version")>]
let ``what can be meant passes as it stands`` (line: string) = Assert.That(read line, Is.EqualTo line)

[<TestCase("data collect --task T --to f --steps 8_000", "data collect --task T --to f --steps 8000")>]
[<TestCase("run x --jobs 1_0", "run x --jobs 10")>]
[<TestCase("rollout --task T --policy p --cost-limit 1_000.5",
           "rollout --task T --policy p --cost-limit 1000.5")>]
let ``numbers may have underscores, as in experiment files`` (line: string) (plain: string) =
    Assert.That(read line, Is.EqualTo plain)

[<Property>]
let ``a whole number passes with and without underscores`` (number: int) =
    let grouped =
        number.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture).Replace(',', '_')

    read $"run x --jobs {grouped}" = $"run x --jobs {number}"

[<Property>]
let ``whatever is typed is passed on or refused in four lines`` (words: string list) =
    let words =
        words
        |> List.map (fun word -> if isNull (box word) then "" else word.ReplaceLineEndings "")

    match CommandLine.check ("run" :: words) with
    | Ok passed -> passed.Length = words.Length + 1
    | Error(BadInput text) -> (text.Split '\n').Length = 4
    | Error _ -> false
