module Plimsoll.Engine.Tests.RunTests

open System
open System.Collections.Concurrent
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Store.Tests
open Plimsoll.Engine.Tests.Fakes

/// a -> b, c -> d, and e alone.
let private diamond stage b = [
    cell stage "a" 1L []
    cell stage "b" b [ "a" ]
    cell stage "c" 3L [ "a" ]
    cell stage "d" 4L [ "b"; "c" ]
    cell stage "e" 5L []
]

[<Test>]
let ``outputs flow along the inputs`` () =
    let add = add (Log())
    let store = newStore ()
    let summary = run [ add ] store (diamond add 2L)
    Assert.That(summary.Complete)
    Assert.That(summary.Executed, Is.EqualTo 5)
    Assert.That(textOf store summary "d", Is.EqualTo "11")

[<Test>]
let ``one job and four give the same artifacts`` () =
    let add = add (Log())
    let cells = diamond add 2L

    let digests jobs =
        let summary, _ = runWith (optionsFor jobs cells) [ add ] (newStore ()) cells
        cells |> List.map (fun cell -> digestOf summary cell.Label)

    Assert.That(digests 4, Is.EqualTo<Digest list>(digests 1))

[<Test>]
let ``a second run executes nothing`` () =
    let log = Log()
    let add = add log
    let store = newStore ()
    let first = run [ add ] store (diamond add 2L)
    log.Clear()
    let second = run [ add ] store (diamond add 2L)
    Assert.That(log.Count, Is.EqualTo 0)
    Assert.That((second.Executed, second.Cached), Is.EqualTo((0, 5)))
    Assert.That(digestOf second "d", Is.EqualTo(digestOf first "d"))

[<Test>]
let ``a change of one parameter reruns exactly what depends on it`` () =
    let log = Log()
    let add = add log
    let store = newStore ()
    run [ add ] store (diamond add 2L) |> ignore
    log.Clear()
    let summary = run [ add ] store (diamond add 7L)
    Assert.That(log.Entries, Is.EqualTo<string list> [ "add 7"; "add 4" ])
    Assert.That(textOf store summary "d", Is.EqualTo "16")

[<Test>]
let ``equal bytes upstream spare what comes after`` () =
    let log = Log()
    let add, parity = add log, parity log
    let store = newStore ()

    let cells number = [ cell add "a" number []; cell parity "p" 0L [ "a" ]; cell add "b" 3L [ "p" ] ]

    run [ add; parity ] store (cells 1L) |> ignore
    log.Clear()
    let summary = run [ add; parity ] store (cells 5L)
    Assert.That(log.Entries, Is.EqualTo<string list> [ "add 5"; "parity 0" ])
    Assert.That((summary.Executed, summary.Cached), Is.EqualTo((2, 1)))

[<Test>]
let ``a stage with other code runs again`` () =
    let log = Log()
    let add = add log
    let store = newStore ()
    run [ add ] store (diamond add 2L) |> ignore
    log.Clear()

    let changed = {
        add with
            Code = typeof<Store>.Assembly :: add.Code
    }

    Assert.That((run [ changed ] store (diamond add 2L)).Executed, Is.EqualTo 5)

[<Test>]
let ``a label is not part of a key`` () =
    let add = add (Log())
    let store = newStore ()
    run [ add ] store [ cell add "a" 1L [] ] |> ignore
    Assert.That((run [ add ] store [ cell add "renamed" 1L [] ]).Cached, Is.EqualTo 1)

[<Test>]
let ``cells with one key are executed once, also at the same time`` () =
    let log = Log()

    let slow =
        stage "slow" plus (fun request ->
            log.Add "slow"
            Thread.Sleep 50
            File.WriteAllText(request.Output, "x")
            Finished)

    let cells = [ for number in 1..4 -> cell slow $"cell {number}" 1L [] ]
    let summary, _ = runWith (optionsFor 4 cells) [ slow ] (newStore ()) cells
    Assert.That(log.Count, Is.EqualTo 1)
    Assert.That((summary.Executed, summary.Cached), Is.EqualTo((1, 3)))

[<Test>]
let ``a failure stops only what depends on it`` () =
    let log = Log()
    let add = add log

    let cells = [
        bare throwing "t" []
        bare failing "f" []
        cell add "a" 1L []
        cell add "after t" 1L [ "t" ]
        cell add "after that" 1L [ "after t"; "a" ]
        cell add "b" 2L [ "a" ]
    ]

    let store = newStore ()
    let summary = run [ throwing; failing; add ] store cells
    Assert.That((summary.Executed, summary.Failed, summary.Blocked), Is.EqualTo((2, 2, 2)))
    Assert.That(textOf store summary "b", Is.EqualTo "3")
    Assert.That(finalOf summary "after that", Is.EqualTo(Final.Blocked(Obstacle.InputFailed(idOf "t"))))

    match finalOf summary "t", finalOf summary "f" with
    | Final.Failed thrown, Final.Failed returned ->
        Assert.That(thrown.Class, Is.EqualTo Bug)
        Assert.That(thrown.What, Does.StartWith "stage throw threw Exception: planted")
        Assert.That(returned.What, Is.EqualTo "planted failure")
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a failed cell is tried again by the next run`` () =
    let mutable broken = true

    let flaky =
        stage "flaky" [] (fun request ->
            if broken then
                failwith "not yet"

            File.WriteAllText(request.Output, "x")
            Finished)

    let store = newStore ()
    Assert.That((run [ flaky ] store [ bare flaky "a" [] ]).Failed, Is.EqualTo 1)
    broken <- false
    Assert.That((run [ flaky ] store [ bare flaky "a" [] ]).Executed, Is.EqualTo 1)

[<Test>]
let ``divergence is a result: kept, blocking, and not tried again`` () =
    let log = Log()
    let add, diverging = add log, diverging log
    let store = newStore ()

    let cells = [
        bare diverging "d" []
        cell add "b" 1L [ "d" ]
        cell add "c" 1L [ "b" ]
        cell add "e" 2L []
    ]

    let first = run [ add; diverging ] store cells
    let second = run [ add; diverging ] store cells
    Assert.That(log.Entries |> List.filter ((=) "diverge"), Has.Length.EqualTo 1)
    Assert.That((first.Diverged, first.Blocked, first.Executed), Is.EqualTo((1, 2, 2)))
    Assert.That((second.Diverged, second.Blocked, second.Cached), Is.EqualTo((1, 2, 2)))

    match finalOf second "d" with
    | Final.Diverged(record, Origin.Cached) ->
        Assert.That(record.Outcome, Is.EqualTo(Outcome.Diverged(3000L, "loss is NaN")))
    | other -> Assert.Fail $"%A{other}"

    match store.Status() with
    | Ok status -> Assert.That((status.Artifacts, status.Temporary), Is.EqualTo((1, 0)))
    | Error error -> Assert.Fail(StoreError.text error)

[<Test>]
let ``a file counts by its content`` () =
    let log = Log()
    let readFile = readFile log
    let folder = Folders.fresh ()

    let write name (text: string) =
        File.WriteAllText(Path.Combine(folder, name), text)

    let store = newStore ()

    let runOn file =
        let cells = [ cellWith readFile "f" [ "file", Text file ] [] ]

        let options = {
            optionsFor 1 cells with
                FileOf = fun name -> Path.Combine(folder, name)
        }

        let summary, _ = runWith options [ readFile ] (openStore store.Root) cells
        textOf store summary "f"

    write "one" "content"
    write "two" "content"
    Assert.That(runOn "one", Is.EqualTo "content")
    Assert.That(runOn "two", Is.EqualTo "content")
    Assert.That(log.Count, Is.EqualTo 1)
    write "two" "changed"
    Assert.That(runOn "two", Is.EqualTo "changed")
    Assert.That(log.Count, Is.EqualTo 2)

/// A stage that leaves the file that it reads with other content each time, for so many times.
let private careless file times =
    let mutable count = 0

    stage "careless" [ parameter "file" FileType ] (fun request ->
        count <- count + 1

        if count <= times then
            File.WriteAllText(file, $"changed {count} times")

        File.WriteAllText(request.Output, "x")
        Finished)

let private runCareless times =
    let file = Path.Combine(Folders.fresh (), "file")
    File.WriteAllText(file, "before")
    let careless = careless file times
    let cells = [ cellWith careless "c" [ "file", Text file ] [] ]
    finalOf (run [ careless ] (newStore ()) cells) "c"

[<Test>]
let ``a file that changes while it is read gives no result`` () =
    match runCareless 100 with
    | Final.Failed failure ->
        Assert.That(failure.Class, Is.EqualTo Transient)
        Assert.That(failure.What, Is.EqualTo "a file that c reads changed while the stage ran")
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a file that has come to rest is read again`` () =
    match runCareless 2 with
    | Final.Finished(record, Origin.Executed) -> Assert.That(record.Attempts, Is.EqualTo 3)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a volatile stage always runs`` () =
    let log = Log()
    let stage = volatileAdd log
    let store = newStore ()
    run [ stage ] store [ cell stage "v" 1L [] ] |> ignore
    Assert.That((run [ stage ] store [ cell stage "v" 1L [] ]).Executed, Is.EqualTo 1)
    Assert.That(log.Count, Is.EqualTo 2)

[<Test>]
let ``a stage that writes nothing and one that is unknown fail by name`` () =
    let silent = stage "silent" [] (fun _ -> Finished)
    let unknown = stage "unknown" [] (fun _ -> Finished)

    let summary =
        run [ silent ] (newStore ()) [ bare silent "s" []; bare unknown "u" [] ]

    match finalOf summary "s", finalOf summary "u" with
    | Final.Failed silent, Final.Failed unknown ->
        Assert.That(silent.What, Is.EqualTo "stage silent: the stage wrote no output")
        Assert.That(unknown.What, Is.EqualTo "this program has no stage 'unknown' (cell u)")
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a record tells how the artifact came to be`` () =
    let add = add (Log())

    let cells = [
        {
            cell add "a" 1L [] with
                Seed = Some 40L
        }
    ]

    let options = {
        optionsFor 3 cells with
            Provenance = {
                Source = Some "abc"
                Sdk = "10"
                Lock = None
            }
            Command = fun cell -> $"plimsoll repro {cell.Label}"
    }

    let store = newStore ()
    let summary, _ = runWith options [ add ] store cells
    Assert.That(textOf store summary "a", Is.EqualTo "41")

    match finalOf summary "a" with
    | Final.Finished(record, Origin.Executed) ->

        match store.Find record.Key with
        | Ok(Lookup.Found found) -> Assert.That(found, Is.EqualTo record)
        | other -> Assert.Fail $"%A{other}"

        Assert.That(record.Command, Is.EqualTo "plimsoll repro a")
        Assert.That((record.Threads, record.Attempts, record.Stage), Is.EqualTo((3, 1, "add")))
        Assert.That(record.Provenance.Source, Is.EqualTo(Some "abc"))
        Assert.That(record.PeakMemory, Is.GreaterThan 0L)
        let parts = record.Parts |> List.map (fun part -> part.Kind, part.Name)
        let code = typeof<Log>.Assembly.GetName().Name |> string

        Assert.That(
            parts,
            Is.EqualTo<(KeyPartKind * string) list> [
                StagePart, ""
                ParameterPart, "plus"
                SeedPart, ""
                CodePart, Keying.reachableCode
                CodePart, code
            ]
        )
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``code that is collected while its stage runs is kept again for the record`` () =
    let store = newStore ()

    let slow =
        stage "slow" [] (fun request ->
            for file in Directory.GetFiles(Layout.code store.Root, "*", SearchOption.AllDirectories) do
                File.Delete file

            File.WriteAllText(request.Output, "x")
            Finished)

    match finalOf (run [ slow ] store [ bare slow "a" [] ]) "a" with
    | Final.Finished(record, _) ->
        let listed =
            record.Parts
            |> List.filter (fun part -> part.Kind = CodePart && part.Name = Keying.reachableCode)
            |> List.map (fun part -> store.Code(Digest part.Value))

        Assert.That(listed |> List.map _.IsSome, Is.EqualTo<bool list> [ true ])
    | other -> Assert.Fail $"%A{other}"
