/// The main promises of a run, kept by the real program: the same bits, nothing twice, only what depends on a change.
module Plimsoll.Scenarios.Tests.EndToEndTests

open System
open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

let mutable private place: Place option = None

/// The experiment run once on one thread, for all tests here.
let private reference () : Place =
    match place with
    | Some made -> made
    | None ->
        let made = new Place()
        made.Write "20, 60"
        made.Run([], [ "--jobs"; "1"; "--threads"; "1" ]) |> ignore
        place <- Some made
        made

let private ran (output: string) : string list = [
    for line in output.Split '\n' do
        let found = Regex.Match(line, @"^\[[^\]]*\] done +(.*?)  ")

        if found.Success then
            found.Groups[1].Value
]

[<OneTimeTearDown>]
let ``take away`` () =
    place |> Option.iter (fun made -> (made :> IDisposable).Dispose())

[<Test; Order 1>]
[<TestCase("two threads for a cell", "", "--jobs 2 --threads 2")>]
[<TestCase("two cells at once, without AVX-512", "DOTNET_EnableAVX512", "--jobs 2 --threads 1")>]
[<TestCase("two threads for a cell, without AVX2", "DOTNET_EnableAVX2", "--jobs 2 --threads 2")>]
let ``another run in an empty store makes the same records and artifacts``
    (how: string, switchedOff: string, options: string)
    =
    let first = reference ()
    use again = new Place()
    again.Write "20, 60"
    let environment = if switchedOff = "" then [] else [ switchedOff, "0" ]
    again.Run(environment, options.Split ' ' |> Array.toList) |> ignore
    Assert.That(first.Stored "objects", Is.Not.Empty)
    Assert.That(again.Stored "objects", Is.EqualTo<string array>(first.Stored "objects"), how)
    Assert.That(again.Stored "records", Is.EqualTo<string array>(first.Stored "records"), how)

    let named (cells: Cell list) =
        cells |> List.map (fun cell -> $"{cell.Label} {cell.Artifact}")

    Assert.That(named (again.Plan()) = named (first.Plan()), Is.True, $"{how}: each cell has its artifact")

[<Test; Order 2>]
let ``a second run executes nothing and leaves the store as it was`` () =
    let first = reference ()
    let before = first.Stored "objects", first.Stored "records"
    let cells = first.Plan()
    Assert.That(cells |> List.map _.State |> List.distinct = [ "cached" ], Is.True)
    let output = first.Run([], [])
    Assert.That(ran output, Is.Empty)
    Assert.That(output, Does.Match $@"(?m)^{cells.Length} cells in .* s: {cells.Length} cached$")
    Assert.That((first.Stored "objects", first.Stored "records") = before, Is.True)

[<Test; Order 3>]
let ``changing one cost limit runs only the cells that depend on it`` () =
    let first = reference ()
    let before = first.Plan()
    first.Write "20, 50"
    let planned = first.Plan()
    let cached, missing = planned |> List.partition (fun cell -> cell.State = "cached")

    // Two seeds each: an adapted policy and its scores; the filter is one, the cloned policy and its scores two.
    Assert.That(missing.Length, Is.EqualTo(2 + 2 + 1 + 2 + 2))

    for cell in missing do
        Assert.That(cell.Label, Does.EndWith "cost_limit=50")

    for cell in cached do
        Assert.That(
            before
            |> List.exists (fun old -> old.Key = cell.Key && old.Artifact = cell.Artifact),
            Is.True
        )

    let output = first.Run([], [ "--jobs"; "2" ])
    let labels = missing |> List.map _.Label |> set
    // An equal filtered dataset would stop there: fewer may run, others never.
    Assert.That(Set.isSubset (set (ran output)) labels, Is.True, output)
    Assert.That(ran output, Is.Not.Empty)
    Assert.That(first.Plan() |> List.forall (fun cell -> cell.State = "cached"), Is.True)

[<Test; Order 4>]
let ``going back to the old limit runs nothing`` () =
    let first = reference ()
    first.Write "20, 60"
    Assert.That(ran (first.Run([], [])), Is.Empty)
