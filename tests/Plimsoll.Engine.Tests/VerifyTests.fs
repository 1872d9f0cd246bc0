/// Recomputing: a stage that does not repeat itself, damage, and where artifacts differ.
module Plimsoll.Engine.Tests.VerifyTests

open System
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Data
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
