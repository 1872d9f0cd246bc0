/// Runs stages on real files in a folder of their own.
module Plimsoll.Stages.Tests.Workshop

open System
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages

let private folder =
    lazy (Directory.CreateTempSubdirectory("plimsoll-stages-").FullName)

let mutable private files = 0

/// A path that nothing lies at.
let fresh (name: string) =
    let number = Interlocked.Increment &files
    Path.Combine(folder.Value, $"{number}-{name}")

let clean () =
    if folder.IsValueCreated then
        Directory.Delete(folder.Value, true)

let stage (name: string) : Stage =
    Catalogue.stages |> List.find (fun stage -> stage.Signature.Name = name)

/// What a stage is asked to do, with the settings that differ from the defaults.
type Job = {
    Stage: Stage
    Settings: (string * Value) list
    Inputs: (string * string) list
    Seed: int64 option
    Threads: int
}

let job (name: string) settings inputs = {
    Stage = stage name
    Settings = settings
    Inputs = inputs
    Seed = if (stage name).Signature.Seeded then Some 3L else None
    Threads = 1
}

let setting (job: Job) (name: string) =
    let parameter =
        job.Stage.Signature.Parameters
        |> List.find (fun parameter -> parameter.Name = name)

    match job.Settings |> List.tryFind (fun (given, _) -> given = name), parameter.Default with
    | Some(_, value), _ -> value
    | None, Some value -> value
    | None, None -> failwith $"{job.Stage.Signature.Name} needs a value of {name}"

let change name value (job: Job) = {
    job with
        Settings = (name, value) :: (job.Settings |> List.filter (fun (given, _) -> given <> name))
}

let request output report cancelled (job: Job) : StageRequest = {
    Parameters =
        Map [
            for parameter in job.Stage.Signature.Parameters -> parameter.Name, setting job parameter.Name
        ]
    Inputs = Map job.Inputs
    Output = output
    Seed = job.Seed
    Threads = job.Threads
    Report = report
    Cancelled = cancelled
    Checkpoint = None
    CheckpointEvery = StageRequest.checkpointEvery
    Trail = None
}

let runWith report cancelled (job: Job) : StageOutcome * string =
    let output = fresh job.Stage.Signature.Name
    job.Stage.Run(request output report cancelled job), output

let run (job: Job) : StageOutcome * string =
    runWith ignore CancellationToken.None job

/// The artifact of a job that must succeed.
let make (job: Job) : string =
    match run job with
    | Finished, output -> output
    | outcome, _ -> failwith $"{job.Stage.Signature.Name} gave {outcome}"

/// Equality of sequences, where NUnit's overloads leave F# undecided.
let equals (expected: obj) = Is.EqualTo expected

let bytes (job: Job) : string =
    make job
    |> File.ReadAllBytes
    |> Security.Cryptography.SHA256.HashData
    |> Convert.ToHexString

let failure (job: Job) : StageFailure =
    match run job with
    | Failed failure, output ->
        Assert.That(File.Exists output, Is.False, "a failed stage leaves no artifact")
        failure
    | outcome, _ -> failwith $"{job.Stage.Signature.Name} should have failed and gave {outcome}"

[<SetUpFixture>]
type Cleaning() =
    [<OneTimeTearDown>]
    member _.Clean() = clean ()
