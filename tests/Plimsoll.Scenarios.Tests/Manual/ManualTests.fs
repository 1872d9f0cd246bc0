/// The manual is run: every block of commands on every page, as it stands, in the order of the page.
module Plimsoll.Scenarios.Tests.Manual.ManualTests

open System
open System.IO
open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Scenarios.Tests
open Plimsoll.Scenarios.Tests.Manual.Pages

/// Set it to write what commands showed over what a page shows; read the difference before committing it. Blocks
/// that leave lines out (`...`) are for a person to change.
let private accepting = Environment.GetEnvironmentVariable "PLIMSOLL_ACCEPT" = "1"

/// Blocks that are never run here: where, the first line, why.
let private notRun = [
    "README.md", "dotnet fsi build.fsx -- test", "it would run this test too"
    "docs/commands.md", "drcorl: 2 cells not cached, 1 cause", "needs a change in the sources"
    "docs/exporting.md", "import numpy as np", "Python's onnxruntime is no package of Debian"
    "docs/exporting.md",
    "using var session = new InferenceSession(\"policy.onnx\");",
    "the package is none of the repository's"
    "docs/exporting.md",
    "dotnet run --project examples/EmbedPolicy -c Release -- policy.safetensors",
    "a program of its own, built and run by the tests of exports"
    "docs/mujoco.md",
    "PLIMSOLL_SOAK_TABLE=table.md dotnet fsi build.fsx -- soak \\",
    "half an hour, and needs files that are not in the repository"
    "docs/own-task.md",
    "limit 2                  reward        cost        raw cost    within limit    seeds",
    "needs the task in the program"
]

let private languages = [
    "sh"
    "console"
    "text"
    "yaml"
    "csharp"
    "fsharp"
    "python"
    "js"
    "html"
    "xml"
    "json"
]

let private lift (block: Block) (problem: string) = $"{block.Place}: {problem}"

let private rewrite (block: Block) (text: string) =
    let page = read block.Page

    File.WriteAllText(
        Path.Combine(root, block.Page),
        page.Replace($"```console\n{block.Text}```", $"```console\n{text}```")
    )

/// What came of a block, and what is wrong with it.
let private runConsole (folder: Scratch.Folder) (block: Block) : string * string list =
    let entries = Console.entries block.Text
    let answers = entries |> List.map (fun entry -> entry, folder.Run entry.Command)

    let problems = [
        for index, (entry, answer) in List.indexed answers do
            let stated = if index = answers.Length - 1 then block.Exit else 0

            if answer.Exit <> stated then
                lift block $"`{entry.Command}` ended with {answer.Exit}, not {stated}:\n{answer.Shown}"
            elif not (Shown.equals folder.Path entry.Shown answer.Shown) then
                lift block $"`{entry.Command}` is said to show\n{entry.Shown}\nbut shows\n{answer.Shown}"
    ]

    if accepting && not problems.IsEmpty && not (block.Text.Contains "\n...\n") then
        answers
        |> List.map (fun (entry, answer) -> {
            entry with
                Shown = answer.Shown.Replace(folder.Path, "<here>")
        })
        |> Console.text
        |> rewrite block

    answers |> List.map (fun (_, answer) -> answer.Shown) |> String.concat "\n", problems

let private runLines (folder: Scratch.Folder) (block: Block) : string * string list =
    let answer = folder.Run block.Text

    answer.Shown,
    [
        if answer.Exit <> block.Exit then
            lift block $"ended with {answer.Exit}, not {block.Exit}:\n{block.Text}\n{answer.Shown}"
    ]

let private skipped (block: Block) =
    match block.NotRun, block.Needs with
    | Some _, _ -> true
    | None, Some need when Libraries.missing need ->
        TestContext.Out.WriteLine $"{block.Place} is skipped: {need} is not here"
        true
    | _ -> false

let pagesWithCommands =
    all
    |> List.filter (fun page -> blocks page |> List.exists _.IsCommands)
    |> List.map (fun page -> TestCaseData(page).SetName $"the commands of {page} do what the page says")

[<TestCaseSource(nameof pagesWithCommands)>]
[<Parallelizable(ParallelScope.All)>]
let ``the commands of a page do what it says`` (page: string) =
    use folder = new Scratch.Folder()

    let step (problems, shown: (int * string) option) (block: Block) =
        block.SavedAs |> Option.iter (fun name -> folder.Save(name, block.Text))

        match block.Language, shown with
        | "sh", _ when not (skipped block) ->
            let came, wrong = runLines folder block
            problems @ wrong, Some(block.Section, came)
        | "console", _ when not (skipped block) ->
            let came, wrong = runConsole folder block
            problems @ wrong, Some(block.Section, came)
        | "text", Some(section, came) when section = block.Section && block.NotRun.IsNone ->
            problems
            @ [
                if not (Shown.isWithin folder.Path block.Text came) then
                    lift block $"the page shows\n{block.Text}\nbut what came was\n{came}"
            ],
            shown
        | "text", _ -> problems, shown
        | _ -> problems, None

    let problems, _ = blocks page |> List.fold step ([], None)

    if not problems.IsEmpty then
        Assert.Fail(String.concat "\n\n" problems)

[<Test>]
let ``the blocks that are not run are those of this list`` () =
    let found = [
        for page in all do
            for block in blocks page do
                match block.NotRun with
                | Some why -> page, (block.Text.Split '\n')[0], why
                | None -> ()
    ]

    Assert.That((found = notRun), Is.True, $"found:\n%A{found}")

[<Test>]
let ``every block says what it is`` () =
    let wrong = [
        for page in all do
            for block in blocks page do
                if not (List.contains block.Language languages) then
                    lift block $"`{block.Language}` is none of {languages}"

                if
                    block.Language = "text"
                    && Regex.IsMatch(block.Text, @"^(\$ |\./plimsoll )", RegexOptions.Multiline)
                then
                    lift block "commands stand in blocks of `sh` or `console`"
    ]

    Assert.That(wrong, Is.Empty, String.concat "\n" wrong)

[<Test>]
let ``no command stands in an indented block`` () =
    let wrong = [
        for page in all do
            for line in
                Regex.Matches(read page, @"^ {4}[^ `].*\b(plimsoll|dotnet) .*$", RegexOptions.Multiline) do
                if not (blocks page |> List.exists _.Text.Contains(line.Value)) then
                    $"{page}: {line.Value}"
    ]

    Assert.That(wrong, Is.Empty)

[<Test>]
let ``every kind of block is really found`` () =
    let found = all |> List.collect blocks
    Assert.That(found |> List.filter _.IsCommands |> List.length, Is.GreaterThan 45)
    Assert.That(found |> List.filter _.SavedAs.IsSome |> List.length, Is.GreaterThan 5)

[<TestCase("took 0.31 s\n", "took 2 min\n", true)>]
[<TestCase("key a94bd4033abd\n", "key 0123456789abcdef\n", true)>]
[<TestCase("a   1\n", "a  1\n", true)>]
[<TestCase("a\n...\nz\n", "a\nb\nz\n", true)>]
[<TestCase("cost 1.5\n", "cost 1.6\n", false)>]
[<TestCase("3 of 3 cells\n", "2 of 3 cells\n", false)>]
[<TestCase("a\n", "a\nb\n", false)>]
let ``a page's output is compared but for times, digests and names``
    (shown: string, came: string, same: bool)
    =
    Assert.That(Shown.equals "/nowhere" shown came, Is.EqualTo same)

[<Test>]
let ``a page is cut into its blocks`` () =
    let text =
        "# A\n\nSave this as\n`x.yaml`:\n\n```yaml\na: 1\n```\n\nThen\n\n```sh exit: 2, needs: hdf5\nfalse\n```\n# B\n```sh not-run: a, b\nc\n```\n"

    let found = parse "page" text
    Assert.That((found |> List.map _.Line) = [ 6; 12; 16 ])
    Assert.That((found |> List.map _.SavedAs) = [ Some "x.yaml"; None; None ])
    Assert.That((found |> List.map _.Exit) = [ 0; 2; 0 ])
    Assert.That((found |> List.map _.Needs) = [ None; Some "hdf5"; None ])
    Assert.That((found |> List.map _.NotRun) = [ None; None; Some "a, b" ])
    Assert.That((found |> List.map _.Section) = [ 1; 1; 2 ])

[<Test>]
let ``a failed command and a wrong line are found`` () =
    use folder = new Scratch.Folder()

    let problems (text: string) =
        let block = (parse "page" text).Head

        match block.Language with
        | "sh" -> snd (runLines folder block)
        | _ -> snd (runConsole folder block)

    Assert.That(problems "```sh\ntrue\nfalse\ntrue\n```\n", Has.Length.EqualTo 1)
    Assert.That(problems "```sh exit: 1\nfalse\n```\n", Is.Empty)
    Assert.That(problems "```console\n$ echo a\nb\n```\n", Has.Length.EqualTo 1)
    Assert.That(problems "```console exit: 3\n$ echo a\na\n$ exit 3\n```\n", Is.Empty)
    Assert.That(problems "```console\n$ echo a >&2 | cat\na\n```\n", Is.Empty)
