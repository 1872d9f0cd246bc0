/// Training stages that are killed or cancelled and run again: the same artifact, the same trail.
module Plimsoll.Stages.Tests.ResumeTests

open System
open System.IO
open System.Security.Cryptography
open System.Threading
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Training
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let trained = OutcomeTests.trained

exception Killed

/// The files beside an artifact, all of them in a folder of their own.
type Files = { Checkpoint: string; Trail: string }

let private files () =
    let folder = fresh "resume"
    Directory.CreateDirectory folder |> ignore

    {
        Checkpoint = Path.Combine(folder, "ab", "checkpoint")
        Trail = Path.Combine(folder, "trail")
    }

let private digest (path: string) =
    path |> File.ReadAllBytes |> SHA256.HashData |> Convert.ToHexString

let private runIn (files: Files) every report cancelled (job: Job) =
    let output = fresh job.Stage.Signature.Name

    let request = {
        request output report cancelled job with
            Checkpoint = Some files.Checkpoint
            CheckpointEvery = every
            Trail = Some files.Trail
    }

    job.Stage.Run request, output

/// Artifact, trail, and where the run began.
let private finishIn (files: Files) (job: Job) =
    let reports = ResizeArray()

    match runIn files (TimeSpan.FromHours 1.0) reports.Add CancellationToken.None job with
    | Finished, output
    | Diverged _, output ->
        (digest output, File.ReadAllText files.Trail), reports |> Seq.tryLast |> Option.bind _.ResumedAt
    | outcome, _ -> failwith $"{job.Stage.Signature.Name} gave {outcome}"

/// Runs until there is a checkpoint at a step, then dies with it: only files live on.
let private killAt step (files: Files) (job: Job) =
    let report (progress: Progress) =
        if progress.SavedAt = Some step then
            raise Killed

    try
        let outcome = runIn files TimeSpan.Zero report CancellationToken.None job
        failwith $"no checkpoint at step {step}: {outcome}"
    with Killed ->
        Assert.That(File.Exists files.Trail, Is.False, "a trail is written at the end")

let private whole (job: Job) = fst (finishIn (files ()) job)

[<TestCaseSource(nameof trained)>]
let ``a stage killed at any step gives the bytes and the trail of one that was not`` (name: string) =
    let job = Bench.jobOf name
    let expected = whole job
    Assert.That(fst expected, Is.EqualTo(Bench.digest name), "with no checkpoint and no trail")

    for step in 1L .. 5L do
        let files = files ()
        killAt step files job
        Assert.That(finishIn files job, equals (expected, Some step))

[<TestCaseSource(nameof trained)>]
let ``a stage killed three times gives the bytes and the trail of one that was not`` (name: string) =
    let job = Bench.jobOf name
    let files = files ()

    for step in [ 2L; 3L; 5L ] do
        killAt step files job

    Assert.That(finishIn files { job with Threads = 2 }, equals (whole job, Some 5L))

[<TestCaseSource(nameof trained)>]
let ``a stage that is cancelled keeps its state and goes on from there`` (name: string) =
    let job = Bench.jobOf name
    let files = files ()
    use source = new CancellationTokenSource()

    match runIn files (TimeSpan.FromHours 1.0) (fun _ -> source.Cancel()) source.Token job with
    | Failed { Class = Cancelled }, _ -> ()
    | outcome, _ -> Assert.Fail $"{outcome}"

    Assert.That(finishIn files job, equals (whole job, Some 3L))

[<TestCaseSource(nameof trained)>]
let ``a stage that is asked again after its end gives the same without a step`` (name: string) =
    let job = Bench.jobOf name
    let files = files ()
    killAt 5L files job
    let first = finishIn files job
    File.Delete files.Trail
    Assert.That(finishIn files job, equals first)

let private startsOver (bytes: byte array) (job: Job) (expected: string * string) (why: string) =
    let files = files ()

    Directory.CreateDirectory(Path.GetDirectoryName files.Checkpoint |> string)
    |> ignore

    File.WriteAllBytes(files.Checkpoint, bytes)
    let before = Console.Error
    use said = new StringWriter()
    Console.SetError said

    try
        Assert.That(finishIn files job, equals (expected, (None: int64 option)))
    finally
        Console.SetError before

    Assert.That(string said, Does.Contain files.Checkpoint)
    Assert.That(string said, Does.Contain why)
    Assert.That(string said, Does.Contain "the stage starts over")

let private checkpoint (job: Job) =
    let files = files ()
    killAt 4L files job
    File.ReadAllBytes files.Checkpoint

[<TestCaseSource(nameof trained)>]
let ``a checkpoint that was cut or has a flipped bit is not trusted`` (name: string) =
    let job = Bench.jobOf name
    let expected = whole job
    let sound = checkpoint job
    let random = Random 3

    for part in [ 0; 1; 7; 13; 19 ] do
        startsOver sound[.. sound.Length * part / 20 - 1] job expected "is damaged"

    for _ in 1..3 do
        let bytes = Array.copy sound
        let at = random.Next bytes.Length
        bytes[at] <- bytes[at] ^^^ 16uy
        startsOver bytes job expected "is damaged"

[<Test>]
let ``a checkpoint of another stage is not trusted`` () =
    let checkpoints =
        trained |> List.map (fun name -> name, checkpoint (Bench.jobOf name))

    for name in trained do
        let job = Bench.jobOf name
        let expected = whole job

        for other, bytes in checkpoints do
            if other <> name then
                startsOver bytes job expected "is of another version, stage or setting"

[<Test>]
let ``a checkpoint of another setting or another seed is not trusted`` () =
    let job = Bench.jobOf "adapt"
    let sound = checkpoint job
    let other = change "cost-limit" (Real 19.0) job
    startsOver sound other (whole other) "is of another version, stage or setting"
    let other = { job with Seed = Some 4L }
    startsOver sound other (whole other) "is of another version, stage or setting"

[<Test>]
let ``a disk that takes neither checkpoint nor trail does not cost the result`` () =
    let job = Bench.jobOf "fit-bc"
    let blocked = fresh "file"
    File.WriteAllText(blocked, "where a folder would have to be")

    let files = {
        Checkpoint = Path.Combine(blocked, "checkpoint")
        Trail = Path.Combine(blocked, "trail")
    }

    let before = Console.Error
    use said = new StringWriter()
    Console.SetError said

    try
        match runIn files TimeSpan.Zero ignore CancellationToken.None job with
        | Finished, output -> Assert.That(digest output, Is.EqualTo(Bench.digest "fit-bc"))
        | outcome, _ -> Assert.Fail $"{outcome}"
    finally
        Console.SetError before

    let lines = (string said).Split('\n', StringSplitOptions.RemoveEmptyEntries)
    Assert.That(lines, Has.Length.EqualTo 2)
    Assert.That(lines[0], Does.StartWith $"checkpoint {files.Checkpoint} cannot be written (")
    Assert.That(lines[0], Does.EndWith "; the stage goes on and tries again later")
    Assert.That(lines[1], Does.StartWith $"hash trail {files.Trail} cannot be written (")

[<Test>]
let ``a stage that diverges after it was killed leaves what one that was not leaves`` () =
    let job, (_, output) = OutcomeTests.diverging.Value
    let files = files ()
    killAt 2L files job
    let (artifact, trail), resumed = finishIn files job
    Assert.That(resumed, Is.EqualTo(Some 2L))
    Assert.That(artifact, Is.EqualTo(digest output))
    Assert.That(trail, Is.EqualTo(snd (whole job)))
    Assert.That(trail, Does.Match @"\n3 [0-9a-f]{16} state\n$")

[<Test>]
let ``the trails of two seeds part at the first step`` () =
    let job = Bench.jobOf "warm-start"
    let _, one = whole job
    let _, other = whole { job with Seed = Some 4L }

    Assert.That(
        TrailComparison.Of(one, other),
        Is.EqualTo(TrailComparison.Differs(1L, 0L, "losses") :> TrailComparison)
    )
