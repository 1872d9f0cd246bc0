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

/// What is damaged, and how.
let private damages: (string * ((Place -> string) * (string -> unit))) list = [
    "a bit of the large dataset", ((fun place -> List.head (bySize "objects" place)), flip)
    "a bit of a small policy", ((fun place -> List.last (bySize "objects" place)), flip)
    "a policy cut in half", ((fun place -> List.last (bySize "objects" place)), truncate)
    "a bit of a record", ((fun place -> List.head (bySize "records" place)), flip)
]

/// The experiment has run up to its policies.
let private half =
    lazy
        (let place = new Place()
         write quick place
         run place "--until *policy*" |> expectExit 0
         place)

[<OneTimeTearDown>]
let ``take away`` () =
    if half.IsValueCreated then
        (half.Value :> System.IDisposable).Dispose()

let rec private copy (source: string) (target: string) =
    Directory.CreateDirectory target |> ignore

    for path in Directory.GetFiles source do
        File.Copy(path, Path.Combine(target, string (Path.GetFileName path)))

    for folder in Directory.GetDirectories source do
        copy folder (Path.Combine(target, string (Path.GetFileName folder)))

let names = damages |> List.map fst

[<TestCaseSource(nameof names)>]
let ``damage is found, told once, set aside and made good`` (what: string) =
    let choose, harm = (dict damages)[what]
    use place = new Place()
    copy half.Value.Folder place.Folder
    let path = choose place
    harm path
    let name = Regex.Escape(Path.GetFileName path |> string)

    // Looking changes nothing.
    let doctor = call place [ "doctor"; "--deep" ]
    expectExit 1 doctor
    Assert.That(shown doctor, Does.Match $"(?m)^damaged in the store: .*{name}$")

    let verify = call place [ "verify"; file ]
    expectExit 1 verify
    Assert.That(shown verify, Does.Match $"(?m)^DAMAGED .*(\n.*)?{name}")
    Assert.That(files "quarantine" place, Is.Empty)

    let again = run place "--jobs 2"
    expectExit 0 again
    Assert.That(Regex.Count(again.Output, "damaged in the store"), Is.EqualTo 1, again.Output)
    Assert.That(again.Output, Does.Match $"(?m)^ *damaged in the store: .*{name}$")

    Assert.That(
        files "quarantine" place
        |> List.exists (fun aside -> Regex.IsMatch(aside, name))
    )

    expectResults quick place
