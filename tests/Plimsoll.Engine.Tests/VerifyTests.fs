/// Recomputing: a stage that does not repeat itself, damage, and where artifacts differ.
module Plimsoll.Engine.Tests.VerifyTests

open System
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Learning.Training
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Store.Tests
open Plimsoll.Engine
open Plimsoll.Engine.Tests.Fakes

let private benchFor (store: Store) stages : Verify.Bench =
    let folder = Folders.fresh ()
    Directory.CreateDirectory folder |> ignore

    {
        Keying = Keying.make id stages
        Store = openStore store.Root
        RunStage = Inline.runner
        Folder = folder
        Threads = 1
        Report = fun _ _ -> ()
        Cancelled = CancellationToken.None
        Trails = fun _ _ -> None
    }

let private recordOf summary name =
    match finalOf summary name with
    | Final.Finished(record, _) -> record
    | other -> failwith $"%A{other}"

let private verify (store: Store) stages cells name =
    let summary = run stages store cells
    let cell = cells |> List.find (fun cell -> cell.Label = name)
    let bench = benchFor store stages
    Verify.cell bench cell (recordOf summary name) None, bench

[<Test>]
let ``a pure stage gives the same bytes, and leaves nothing behind`` () =
    let stage = add (Log())
    let cells = [ cell stage "a" 1L []; cell stage "b" 2L [ "a" ] ]
    let verdict, bench = verify (newStore ()) [ stage ] cells "b"
    Assert.That(verdict.IsSame, Is.True)
    Assert.That(Directory.GetFiles bench.Folder, Is.Empty)

[<Test>]
let ``a stage that does not repeat itself is told by the second recomputation`` () =
    let mutable count = 0

    let stage =
        stage "counter" [] (fun request ->
            count <- count + 1
            File.WriteAllText(request.Output, $"{{\"runs\": {count}, \"same\": 1}}")
            Finished)

    match verify (newStore ()) [ stage ] [ bare stage "a" [] ] "a" |> fst with
    | Verify.Verdict.Different found ->
        Assert.That(found.Second |> Option.exists (Verify.agree found.First), Is.False)

        Assert.That(
            (found.Where |> Option.map _.Places) =
                Some [
                    {
                        At = "$.runs"
                        Old = Some "1"
                        New = Some "2"
                    }
                ],
            Is.True
        )
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a record of another program's result is told by a second recomputation that agrees`` () =
    let mutable text = "1"

    let stage =
        stage "changing" [] (fun request ->
            File.WriteAllText(request.Output, text)
            Finished)

    let store = newStore ()
    let cells = [ bare stage "a" [] ]
    let summary = run [ stage ] store cells
    text <- "2"

    match Verify.cell (benchFor store [ stage ]) cells.Head (recordOf summary "a") None with
    | Verify.Verdict.Different found ->
        Assert.That(found.Second |> Option.exists (Verify.agree found.First), Is.True)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a flipped bit is damage of the store, not a difference of the stage`` () =
    let stage = addLarge (Log())
    let store = newStore ()
    let cells = [ cell stage "a" 1L [] ]
    let summary = run [ stage ] store cells
    let path = store.Path(digestOf summary "a")
    let bytes = File.ReadAllBytes path
    bytes[50_000] <- bytes[50_000] ^^^ 1uy
    File.WriteAllBytes(path, bytes)

    match Verify.cell (benchFor store [ stage ]) cells.Head (recordOf summary "a") None with
    | Verify.Verdict.Damaged damage -> Assert.That(damage.Path, Is.EqualTo path)
    | other -> Assert.Fail $"%A{other}"

/// A stage that trains for a hundred steps; from step `parts` on its losses are those of the clock.
let private noisy (parts: int) =
    stage "noisy" [] (fun request ->
        let mutable loss = 1.0
        let trail = Text.StringBuilder()

        for step in 1..100 do
            loss <- loss * 0.99

            if step >= parts then
                loss <- loss + double (Diagnostics.Stopwatch.GetTimestamp() % 1_000_003L) * 1e-9

            trail.Append $"{step} {BitConverter.DoubleToUInt64Bits loss:x16} losses\n"
            |> ignore

        File.WriteAllText(request.Output, $"{{\"loss\": {loss:R}}}")
        request.Trail |> Option.iter (fun path -> File.WriteAllText(path, string trail))
        Finished)

let private compare (old: string) (now: string) : Verify.TrailDifference option =
    match TrailComparison.Of(File.ReadAllText old, File.ReadAllText now) with
    | :? TrailComparison.Differs as found ->
        Some {
            Step = found.Step
            LastEqual = found.LastEqual
            Kind = found.Kind
        }
    | _ -> None

[<TestCase 1>]
[<TestCase 42>]
[<TestCase 100>]
let ``a stage that stops repeating itself at a step is found, and the step is named`` (parts: int) =
    let stage = noisy parts
    let store = newStore ()
    let cells = [ bare stage "a" [] ]
    let record = recordOf (run [ stage ] store cells) "a"

    let bench = {
        benchFor store [ stage ] with
            Trails = compare
    }

    match Verify.cell bench cells.Head record (store.Trail record.Key) with
    | Verify.Verdict.Different found ->
        Assert.That(found.Second |> Option.exists (Verify.agree found.First), Is.False)

        let parting: Verify.TrailDifference option =
            Some {
                Step = int64 parts
                LastEqual = int64 parts - 1L
                Kind = "losses"
            }

        Assert.That((found.Trail = parting), Is.True, $"%A{found.Trail}")
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``of two arrays the first element with other bits is named`` () =
    let folder = Folders.fresh ()
    Directory.CreateDirectory folder |> ignore

    let file (name: string) (change: float32) =
        let path = Path.Combine(folder, name)
        let values = Array.init 12 float32
        values[7] <- values[7] + change

        SafetensorsWriter()
            .Add("equal", ReadOnlySpan [| 2L |], ReadOnlySpan [| 1.0f; Single.NaN |])
            .Add("weights", ReadOnlySpan [| 3L; 4L |], ReadOnlySpan values)
            .Write
            path

        path

    let found = ArtifactDifference.between (file "old" 0.0f) (file "new" 0.5f)
    Assert.That(found.Compared, Is.EqualTo 2)

    Assert.That(
        found.Places = [
            {
                At = "weights [1, 3]"
                Old = Some "7"
                New = Some "7.5"
            }
        ],
        Is.True
    )
