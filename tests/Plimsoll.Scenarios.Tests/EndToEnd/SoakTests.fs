/// Long runs, by `build.fsx soak` only.
module Plimsoll.Scenarios.Tests.SoakTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

let private longest = TimeSpan.FromMinutes 30.0

/// The program's own folder holds the shipped recipes; the experiment lies in the repository's.
let private quickstart =
    let rec find (folder: DirectoryInfo) =
        let path = Path.Combine(folder.FullName, "experiments", "quickstart.yaml")

        if File.Exists path then
            path
        else
            match folder.Parent with
            | null -> failwith "no folder above the program holds experiments/quickstart.yaml"
            | parent -> find parent

    match DirectoryInfo(program).Parent with
    | null -> failwith "the program lies in no folder"
    | folder -> find folder

let private runIn (place: Place) (environment: (string * string) list) (options: string list) =
    File.Copy(quickstart, Path.Combine(place.Folder, "quickstart.yaml"))

    let answer =
        Scenario.callProgramWithin
            longest
            program
            place.Folder
            environment
            ([ "run"; "quickstart.yaml" ] @ options)

    Assert.That(answer.Exit, Is.Zero, answer.Output + answer.Aside)

[<Test; Category "Soak">]
let ``the whole quickstart gives the same artifacts on other threads and another instruction set`` () =
    use one = new Place()
    use other = new Place()
    runIn one [] [ "--jobs"; "2"; "--threads"; "1" ]
    runIn other [ "DOTNET_EnableAVX512", "0" ] [ "--jobs"; "2"; "--threads"; "2" ]
    Assert.That(one.Stored "objects", Is.Not.Empty)
    Assert.That(other.Stored "objects", Is.EqualTo<string array>(one.Stored "objects"))
    Assert.That(other.Stored "records", Is.EqualTo<string array>(one.Stored "records"))
