/// Bits that flip in the store between two runs of an experiment.
module Plimsoll.Scenarios.Tests.DamageFaultTests

open System.IO
open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment
open Plimsoll.Scenarios.Tests.FaultBench

let private flip (path: string) =
    let bytes = File.ReadAllBytes path
    let at = bytes.Length * 2 / 3
    bytes[at] <- bytes[at] ^^^ 1uy
    File.WriteAllBytes(path, bytes)

let private truncate (path: string) =
    let bytes = File.ReadAllBytes path
    File.WriteAllBytes(path, bytes[.. bytes.Length / 2])

let private bySize (kind: string) place =
    files kind place |> List.sortByDescending (fun path -> FileInfo(path).Length)

/// What is damaged, how, and whether a look at lengths and records alone finds it.
let private damages: (string * ((Place -> string) * (string -> unit) * bool)) list = [
    "a bit of the large dataset", ((fun place -> List.head (bySize "objects" place)), flip, false)
    "a bit of a small policy", ((fun place -> List.last (bySize "objects" place)), flip, false)
    "a policy cut in half", ((fun place -> List.last (bySize "objects" place)), truncate, true)
    "a bit of a record", ((fun place -> List.head (bySize "records" place)), flip, true)
]

let names = damages |> List.map fst

[<TestCaseSource(nameof names)>]
let ``damage is found, told once, set aside and made good`` (what: string) =
    let choose, harm, isShallow = (dict damages)[what]
    use place = new Place()
    write quick place
    run place "--until *policy*" |> expectExit 0
    let path = choose place
    harm path
    let name = Regex.Escape(Path.GetFileName path |> string)

    // Looking changes nothing.
    let doctor = call place [ "doctor"; "--deep" ]
    expectExit 1 doctor
    Assert.That(shown doctor, Does.Match $"(?m)^damaged in the store: .*{name}$")

    if isShallow then
        expectExit 1 (call place [ "doctor" ])

    let verify = call place [ "verify"; file ]
    expectExit 1 verify
    Assert.That(shown verify, Does.Match $"(?m)^DAMAGED .*(\n.*)?{name}")
    Assert.That(files "quarantine" place, Is.Empty)

    let again = run place "--jobs 2"
    expectExit 0 again
    Assert.That(Regex.Count(again.Output, "damaged in the store"), Is.EqualTo 1, again.Output)
    Assert.That(again.Output, Does.Match $"(?m)^ *damaged in the store: .*{name}$")
    Assert.That(files "quarantine" place |> List.exists (fun aside -> Regex.IsMatch(aside, name)))
    expectResults quick place
    expectExit 0 (call place [ "doctor"; "--deep" ])
    Assert.That(told "done" (run place "").Output, Is.Empty)
