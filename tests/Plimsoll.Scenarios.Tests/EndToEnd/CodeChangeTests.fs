/// A store whose records were made by other code: `explain` names the member, where it stands, and the cells.
module Plimsoll.Scenarios.Tests.CodeChangeTests

open System
open System.IO
open System.Security.Cryptography
open System.Text
open System.Text.Json
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

let private experiment =
    """experiment: small
tasks:
  DiscCircle: { collect: { steps: 4_000, seed: 1 } }
protocol: { cost_limits: [10], seeds: [0], episodes: 2 }
arms:
  bc-all: { steps: 50, policy.hidden: [8] }
"""

let private sha (text: string) =
    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes text))

let private spread (store: string) kind (digest: string) extension =
    Path.Combine(store, kind, digest.Substring(0, 2), digest.Substring 2 + extension)

let private save (path: string) (text: string) =
    Directory.CreateDirectory(string (Path.GetDirectoryName path)) |> ignore
    File.WriteAllText(path, text)

/// A record ends with the digest of what stands before it.
let private resealed (record: string) =
    let body = record.Substring(0, record.LastIndexOf ",\n  \"sha256\"")
    $"{body},\n  \"sha256\": \"{sha body}\"\n}}"

let private codeOf (record: string) : string =
    use document = JsonDocument.Parse record

    document.RootElement.GetProperty("parts").EnumerateArray()
    |> Seq.find (fun part -> part.GetProperty("name").GetString() = "reachable code")
    |> fun part -> string (part.GetProperty("value").GetString())

let private keyOf (record: string) : string =
    use document = JsonDocument.Parse record
    string (document.RootElement.GetProperty("key").GetString())

/// As if the stage's records came from a program in which this member was another one.
let private age (store: string) (stage: string) (memberName: string) (keepListing: bool) =
    let ofStage =
        Directory.GetFiles(Path.Combine(store, "records"), "*.json", SearchOption.AllDirectories)
        |> Array.filter (fun path -> (File.ReadAllText path).Contains $"\"stage\": \"{stage}\"")

    Assert.That(ofStage, Is.Not.Empty)

    for path in ofStage do
        let record = File.ReadAllText path
        let code, key = codeOf record, keyOf record
        let lines = (File.ReadAllText(spread store "code" code "")).Split '\n'

        let old =
            lines
            |> Array.map (fun line ->
                if line.StartsWith(memberName + "(", StringComparison.Ordinal) then
                    line.Split('\t')[0] + "\t" + sha "other code"
                else
                    line)

        Assert.That((old = lines), Is.False, $"{stage} does not reach {memberName}")
        let listing = String.concat "\n" old

        if keepListing then
            save (spread store "code" (sha listing) "") listing

        let aged = record.Replace(code, sha listing).Replace(key, sha key) |> resealed
        File.Delete path
        save (spread store "records" (sha key) ".json") aged

let private within (body: Place -> string -> unit) =
    use place = new Place()
    File.WriteAllText(Path.Combine(place.Folder, "small.yaml"), experiment)
    place.Run([], [ "--executor"; "inline" ]) |> ignore
    body place (Path.Combine(place.Folder, ".plimsoll", "store"))

let private explained (place: Place) (expected: string) =
    let answer = place.Call([], [ "explain"; "small.yaml" ])
    Assert.That(Scenario.matches (expected.Trim '\n') answer, Is.True, $"{expected}\nbut:\n{answer}")

[<Test>]
let ``explain names the member that changed, where it stands and the cells that it touches`` () =
    within (fun place store ->
        age store "fit-bc" "Plimsoll.Learning.Training.TrainingLoop.Run" true

        explained
            place
            """
small: 2 cells not cached, 1 cause

  1. code that fit-bc can reach: <*> -> <*>
     changed  Plimsoll.Learning.Training.TrainingLoop.Run
       at src/Plimsoll.Learning/Training/TrainingLoop.cs:<*>
     touches 2 cells:
       DiscCircle/bc-all/policy seed=0
       DiscCircle/bc-all/scores seed=0 cost_limit=10
"""

        use document =
            JsonDocument.Parse(place.Call([], [ "explain"; "small.yaml"; "--json" ]))

        let cause = document.RootElement.GetProperty("causes")[0]
        let changed = cause.GetProperty("members")[0]
        Assert.That(cause.GetProperty("kind").GetString(), Is.EqualTo "code")
        Assert.That(changed.GetProperty("how").GetString(), Is.EqualTo "changed")
        Assert.That(changed.GetProperty("file").GetString(), Does.EndWith "TrainingLoop.cs")
        Assert.That(changed.GetProperty("line").GetInt32(), Is.GreaterThan 1))

[<Test>]
let ``explain says so where the list of the old code is gone`` () =
    within (fun place store ->
        age store "fit-bc" "Plimsoll.Learning.Training.TrainingLoop.Run" false

        explained
            place
            """
small: 2 cells not cached, 1 cause

  1. code that fit-bc can reach: <*> -> <*>
     which members is unknown: the store has no list of the old code
     touches 2 cells:
       DiscCircle/bc-all/policy seed=0
       DiscCircle/bc-all/scores seed=0 cost_limit=10
""" )
