/// `gc` on a store with two versions of an experiment.
module Plimsoll.Scenarios.Tests.CollectingTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

let private experiment (steps: int) =
    $"""experiment: small
tasks:
  DiscCircle: {{ collect: {{ steps: 4_000, seed: 1 }} }}
protocol: {{ cost_limits: [10], seeds: [0], episodes: 2 }}
arms:
  bc-all: {{ steps: {steps}, policy.hidden: [8] }}
"""

let private words = [ "gc"; "--only-kept"; "--keep"; "new.yaml" ]

let private store (place: Place) =
    Path.Combine(place.Folder, ".plimsoll", "store")

let private inJson (place: Place) (words: string list) (ask: JsonElement -> 'a) : 'a =
    use document = JsonDocument.Parse(place.Call([], words @ [ "--json" ]))
    ask document.RootElement

/// Kind, path, bytes and reason of each file.
let private removed (answer: JsonElement) = [
    for file in answer.GetProperty("removed").EnumerateArray() -> file.GetRawText()
]

let private states (place: Place) file =
    inJson place [ "plan"; file ] (fun answer -> [
        for cell in answer.GetProperty("cells").EnumerateArray() ->
            string (cell.GetProperty("state").GetString())
    ])

let private same (found: 'a) (expected: 'a) =
    Assert.That((found = expected), Is.True, $"%A{found} instead of %A{expected}")

[<Test>]
let ``gc removes one version of an experiment, exactly as announced, and leaves the other whole`` () =
    use place = new Place()

    for name, steps in [ "old", 50; "new", 60 ] do
        File.WriteAllText(Path.Combine(place.Folder, name + ".yaml"), experiment steps)

        place.Call([], [ "run"; name + ".yaml"; "--executor"; "inline" ]) |> ignore

    let before = place.Stored "records", place.Stored "objects"

    Assert.That(
        place.Call([], words),
        Is.EqualTo "nothing to remove; what is younger than an hour always stays\n"
    )

    let dayBefore = DateTime.UtcNow.AddDays -1.0

    for path in Directory.GetFiles(store place, "*", SearchOption.AllDirectories) do
        File.SetLastWriteTimeUtc(path, dayBefore)

    let announced = inJson place (words @ [ "--dry-run" ]) removed
    same (place.Stored "records", place.Stored "objects") before
    let gone = inJson place words removed
    same gone announced

    // The dataset is of both; a policy and its scores are of each.
    Assert.That((place.Stored "records").Length, Is.EqualTo 3)
    Assert.That((place.Stored "objects").Length, Is.EqualTo 3)
    same (states place "new.yaml") [ "cached"; "cached"; "cached" ]
    same (states place "old.yaml") [ "cached"; "will-run"; "may-run" ]

    // Exit code 0: nothing points at nothing, and every byte is as its name says.
    let health = place.Call([], [ "doctor"; "--deep" ])
    Assert.That(health, Does.Contain "without a record    0, 0 B")

    let again = place.Call([], [ "run"; "new.yaml"; "--executor"; "inline" ])
    Assert.That(again, Does.Contain "3 cells in ")
    Assert.That(again, Does.Contain ": 3 cached\n")
    let back = place.Call([], [ "run"; "old.yaml"; "--executor"; "inline" ])
    Assert.That(back, Does.Contain ": 1 cached, 2 executed\n")
    same (place.Stored "records", place.Stored "objects") before

[<Test>]
let ``gc keeps the latest times of an experiment, and remaking them promises nothing`` () =
    use place = new Place()

    let timed = (experiment 50).Replace("episodes: 2", "episodes: 2, time_actions: [1]")
    File.WriteAllText(Path.Combine(place.Folder, "new.yaml"), timed)

    for _ in 1..2 do
        place.Call([], [ "run"; "new.yaml"; "--executor"; "inline" ]) |> ignore

    let key =
        inJson place [ "plan"; "new.yaml" ] (fun answer ->
            answer.GetProperty("cells").EnumerateArray()
            |> Seq.find (fun cell -> cell.GetProperty("state").GetString() = "measures-anew")
            |> fun cell -> string (cell.GetProperty("key").GetString()))

    let dayBefore = DateTime.UtcNow.AddDays -1.0

    for path in Directory.GetFiles(store place, "*", SearchOption.AllDirectories) do
        File.SetLastWriteTimeUtc(path, dayBefore)

    place.Call([], words) |> ignore
    Assert.That((place.Stored "records").Length, Is.EqualTo 4)
    // What the first run measured has gone.
    Assert.That((place.Stored "objects").Length, Is.EqualTo 4)
    Assert.That(place.Call([], [ "report"; "new.yaml" ]), Does.Match "DiscCircle +bc-all +1: [0-9.]+")

    let result =
        inJson place [ "repro"; key; "--run" ] (fun answer -> answer.GetProperty("result").GetString())

    Assert.That(result, Is.EqualTo "skipped")
