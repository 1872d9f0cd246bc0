/// The commands that ask about a run, against the store of one small run. Keys differ from build to build, so they
/// are asked for; the answers are compared as text.
module Plimsoll.Scenarios.Tests.CommandTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework

let private experiment (steps: int) (seed: int) =
    $"""experiment: small
tasks:
  DiscCircle: {{ collect: {{ steps: 4_000, seed: 1 }} }}
protocol: {{ cost_limits: [10], seeds: [{seed}], episodes: 2 }}
arms:
  bc-all: {{ steps: {steps}, policy.hidden: [8] }}
"""

let private folder =
    lazy
        (let folder = Directory.CreateTempSubdirectory("plimsoll-commands-").FullName

         let write (name: string) (text: string) =
             File.WriteAllText(Path.Combine(folder, name), text)

         write "small.yaml" (experiment 50 0)
         write "more.yaml" (experiment 60 0)
         write "seeds.yaml" (experiment 60 1)
         let first = Scenario.call folder [] [ "run"; "small.yaml"; "--executor"; "inline" ]
         Assert.That(first.Exit, Is.Zero, first.Output + first.Aside)
         let second = Scenario.call folder [] [ "run"; "more.yaml"; "--executor"; "inline" ]
         Assert.That(second.Exit, Is.Zero, second.Output + second.Aside)
         folder)

[<OneTimeTearDown>]
let ``take away`` () =
    if folder.IsValueCreated then
        Directory.Delete(folder.Value, true)

let private call (words: string) =
    Scenario.call folder.Value [] (words.Split ' ' |> List.ofArray)

let private expect (exit: int) (text: string) (words: string) =
    let answer = call words
    let shown = answer.Output + answer.Aside

    Assert.That(
        Scenario.matches (text.Trim '\n') shown && answer.Exit = exit,
        Is.True,
        $"$ plimsoll {words}\nexpected (exit {exit}):\n{text}\nbut the program answered (exit {answer.Exit}):\n{shown}"
    )

let private keys (file: string) =
    let answer = call $"plan {file} --json"
    use document = JsonDocument.Parse answer.Output

    dict [
        for cell in document.RootElement.GetProperty("cells").EnumerateArray() do
            string (cell.GetProperty("label").GetString()), string (cell.GetProperty("key").GetString())
    ]

let private policy = "DiscCircle/bc-all/policy seed=0"

let private keyOf (file: string) : string =
    let known = keys file
    known[policy].Substring(0, 12)

[<Test>]
let ``explain names what changed, where it stands and what it touches`` () =
    File.WriteAllText(Path.Combine(folder.Value, "changed.yaml"), experiment 70 0)

    expect
        0
        """
DiscCircle/bc-all/scores seed=0 cost_limit=10: may run

  1. parameter `steps` of DiscCircle/bc-all/policy seed=0: 60 -> 70
     set at changed.yaml:6:20
     touches 2 cells:
       DiscCircle/bc-all/policy seed=0
       DiscCircle/bc-all/scores seed=0 cost_limit=10
     by way of
       DiscCircle/bc-all/policy seed=0 (will run)
       -> `policy` of DiscCircle/bc-all/scores seed=0 cost_limit=10 (may run)

compared with its last record, <*> UTC
"""
        "explain changed.yaml DiscCircle/bc-all/scores seed=0 cost_limit=10"

[<Test>]
let ``explain compares a new cell with the nearest one`` () =
    expect
        0
        """
DiscCircle/bc-all/policy seed=1: will run

  1. the seed of DiscCircle/bc-all/policy seed=1<*>: 0 -> 1
     touches 2 cells:
       DiscCircle/bc-all/policy seed=1
       DiscCircle/bc-all/scores seed=1 cost_limit=10

it has no earlier record; compared with the nearest cell that has one:
  DiscCircle/bc-all/policy seed=0, <*> UTC
"""
        "explain seeds.yaml *policy*"

[<Test>]
let ``explain says that a cached cell has nothing to explain`` () =
    expect
        0
        """
DiscCircle/dataset: cached
  record <*> UTC, <*> s on <*>
  artifact <*>
  nothing in its key differs from what the record was made of
"""
        "explain small.yaml DiscCircle/dataset"

    expect 0 "small: every cell is cached" "explain small.yaml"

[<Test>]
let ``explain lists the cells that a pattern means, and the nearest where it means none`` () =
    expect
        2
        """
`bc-all` means 2 cells
  <*>  DiscCircle/bc-all/policy seed=0
  <*>  DiscCircle/bc-all/scores seed=0 cost_limit=10
  where: bc-all
  why: one cell is explained at a time
  remedy: name one by its label, in quotes, or by the beginning of its id
"""
        "explain small.yaml bc-all"

    expect
        2
        """
no cell is named so
  where: DiscCircle/datasets
  why: the experiment has no cell of this label, id or key, and none whose label has this in it
  remedy: did you mean `DiscCircle/dataset`?
"""
        "explain small.yaml DiscCircle/datasets"

[<Test>]
let ``explain in JSON carries the same causes`` () =
    use document = JsonDocument.Parse((call "explain seeds.yaml --json").Output)
    let cause = document.RootElement.GetProperty("causes")[0]
    Assert.That(cause.GetProperty("kind").GetString(), Is.EqualTo "seed")
    Assert.That(cause.GetProperty("new").GetString(), Is.EqualTo "1")
    Assert.That(cause.GetProperty("touched").GetInt32(), Is.EqualTo 2)

[<Test>]
let ``diff of two records names parts, facts and the first differing element`` () =
    expect
        0
        """
A  <*>  DiscCircle/bc-all/policy seed=0
B  <*>  DiscCircle/bc-all/policy seed=0

the keys differ in
  parameter steps: 50 -> 60

the runs differ in
  outcome: <*>
<...>

the artifacts differ
  differs at <*> places (<*> arrays or values compared)
<...>
"""
        $"""diff {keyOf "small.yaml"} {keyOf "more.yaml"}"""

[<Test>]
let ``diff of two runs names the cells with other keys`` () =
    expect
        0
        """
A  <*>: small, 3 recorded cells, <*> s
B  <*>: small, 3 recorded cells, <*> s

1 of equal keys, 2 of other keys, 0 in one run only
  other artifact  DiscCircle/bc-all/policy seed=0
    parameter steps: 50 -> 60
  <*> artifact  DiscCircle/bc-all/scores seed=0 cost_limit=10
    input policy: <*> -> <*>
"""
        "diff last~1 last"

    expect
        2
        """
there is no run `last~9`
  where: <*>: 2 runs
  why: `last` is the latest run of this store, `last~1` the one before it
  remedy: name a later one, or a run by its id
"""
        "diff last last~9"

[<Test>]
let ``verify makes cached artifacts again`` () =
    expect
        0
        """
same       DiscCircle/dataset  <*> s
same       DiscCircle/bc-all/policy seed=0  <*> s
same       DiscCircle/bc-all/scores seed=0 cost_limit=10  <*> s
3 cells: 3 same
"""
        "verify small.yaml"

[<Test>]
let ``verify takes a sample, and records by their keys`` () =
    expect 0 "same       <*>  <*> s\n1 cell of 3 recorded: 1 same" "verify small.yaml --sample 1 --seed 7"

    expect
        0
        "same       DiscCircle/bc-all/policy seed=0  <*> s\n1 cell: 1 same"
        $"""verify {keyOf "more.yaml"}"""

[<Test>]
let ``repro prints one command, and running it gives the same artifact`` () =
    let key = keyOf "small.yaml"

    let command =
        $"plimsoll run .plimsoll/store/runs/<*>/experiment.yaml --only '{policy}' --store .plimsoll/repro/{key} "
        + $"--out .plimsoll/repro/{key}-report"

    expect 0 command $"repro {key}"
    let answer = call $"repro {key} --run --json"
    use document = JsonDocument.Parse answer.Output
    Assert.That(document.RootElement.GetProperty("result").GetString(), Is.EqualTo "same")
    Assert.That(answer.Exit, Is.Zero)

[<Test>]
let ``gc asks for a criterion, and says what would go`` () =
    expect
        2
        """
gc does not know what may go
  where: the command line
  why: it removes nothing unless told what
  remedy: name --older-than AGE, --max-size SIZE, --only-kept with --keep FILE, or --leftovers
"""
        "gc"

    expect
        2
        """
--older-than takes a number with a unit, not `soon`
  where: --older-than soon
  why: without a unit, 30 can be anything from seconds to days, or bytes to terabytes
  remedy: write it as in `--older-than 30d`
"""
        "gc --older-than soon"

    expect 0 "nothing to remove; what is younger than an hour always stays" "gc --leftovers --dry-run"

[<Test>]
let ``status shows the latest run and the store`` () =
    expect
        0
        """
small: 3 of 3 cells finished

arm                  cached
DiscCircle (shared)       1
DiscCircle/bc-all         2
all                       3

run <*>: ended
  3 of 3 cells ended: 2 finished, 1 cached

store .plimsoll/store
  <*> artifacts, <*>
  5 records
"""
        "status small.yaml"

    expect 0 "<...>\nrun <*>: ended\n  3 of 3 cells ended: 2 finished, 1 cached" "status --follow"

[<Test>]
let ``commands that only look make no store`` () =
    let place = Directory.CreateTempSubdirectory("plimsoll-empty-").FullName

    try
        File.WriteAllText(Path.Combine(place, "small.yaml"), experiment 50 0)

        // The first two say what a run would do; what was done is not looked for in a store that is not there.
        for words, exit in [ "plan", 0; "explain", 0; "status", 3; "report", 3 ] do
            let answer = Scenario.call place [] [ words; "small.yaml"; "--store"; "nowhere" ]
            Assert.That(answer.Exit, Is.EqualTo exit, answer.Output + answer.Aside)

        for words in [ "status"; "report" ] do
            let answer = Scenario.call place [] [ words; "small.yaml" ]
            Assert.That(answer.Exit, Is.Zero, answer.Output + answer.Aside)

        Assert.That(Directory.Exists(Path.Combine(place, "nowhere")), Is.False)
    finally
        Directory.Delete(place, true)
