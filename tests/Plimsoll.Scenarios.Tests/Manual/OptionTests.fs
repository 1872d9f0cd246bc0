/// The page of commands against the program's own help.
module Plimsoll.Scenarios.Tests.Manual.OptionTests

open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Scenarios.Tests
open Plimsoll.Scenarios.Tests.Manual.Pages

let private commands = read "docs/commands.md"

let private help (words: string list) =
    let answer =
        Scenario.callProgram SmallExperiment.program root [] (words @ [ "--help" ])

    Assert.That(answer.Exit, Is.Zero, answer.Aside)
    answer.Output

/// Sub-commands of a help text, in its order.
let private subcommands (text: string) =
    Regex.Matches(text, @"^    ([a-z-]+) <options>", RegexOptions.Multiline)
    |> Seq.map _.Groups[1].Value
    |> List.ofSeq

/// Every command with its help; a command with sub-commands comes before these.
let private helps =
    lazy
        (let rec below (words: string list) =
            let text = help words

            (String.concat " " words, text)
            :: (subcommands text |> List.collect (fun name -> below (words @ [ name ])))

         below [])

let private options (text: string) =
    Regex.Matches(text, @"(?<![\w-])--[a-z][a-z-]+")
    |> Seq.map _.Value
    |> Seq.distinct
    |> List.ofSeq

[<Test>]
let ``every command of the help is in the page's table, and the reverse`` () =
    let known = helps.Value |> List.map fst

    let groups =
        known |> List.filter (fun name -> known |> List.exists _.StartsWith(name + " "))

    let table =
        Regex.Match(commands, @"^\| command \|.*?\n\n", RegexOptions.Multiline ||| RegexOptions.Singleline)

    let named =
        Regex.Matches(table.Value, @"^\| (`[^|]*) \|", RegexOptions.Multiline)
        |> Seq.collect (fun row -> Regex.Matches(row.Groups[1].Value, @"`([a-z]+(?: [a-z]+)?)"))
        |> Seq.map _.Groups[1].Value
        |> Seq.distinct
        |> List.ofSeq

    Assert.That(named, Is.EquivalentTo(known |> List.except ("" :: groups)))

[<Test>]
let ``every option named on the page of commands is some command's`` () =
    let known = helps.Value |> List.collect (snd >> options)
    Assert.That(options commands |> List.except known, Is.Empty)

[<Test>]
let ``the page of options holds the help of every command`` () =
    let shown =
        blocks "docs/options.md"
        |> List.collect (fun block -> Console.entries block.Text)
        |> List.map (fun entry -> entry.Command.Replace("./plimsoll", "").Replace("--help", "").Trim())

    Assert.That((shown = (helps.Value |> List.map fst)), Is.True, $"the page has %A{shown}")
