/// Inputs that are missing, damaged or of another kind: a failure that says so, never a crash.
module Plimsoll.Stages.Tests.BadInputTests

open System.IO
open NUnit.Framework
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Learning.Training
open Plimsoll.Stages
open Plimsoll.Stages.Tests.Workshop

let private written (content: byte array) =
    let path = fresh "bad"
    File.WriteAllBytes(path, content)
    path

let private cut (bytesLeft: int -> int) (path: string) =
    let content = File.ReadAllBytes path
    written content[.. bytesLeft content.Length - 1]

let private diverged =
    lazy
        (let path = fresh "diverged"
         ModelFile.SaveDiverged(path, 12L, "loss", TrainingCurves())
         path)

let private pointNav =
    lazy
        (Bench.collect
         |> change "task" (Text "PointNav")
         |> change "steps" (Whole 300L)
         |> make)

let private pointNavPolicy =
    lazy (make (job "fit-bc" (Bench.training @ [ Bench.hidden ]) [ "dataset", pointNav.Value ]))

/// What is put in the place of an input of this kind, by name: the class of the failure and a part of its words.
let private damages (kind: ArtifactKind) (sound: string) =
    let model = kind <> DatasetArtifact

    let wrongKind =
        if model then
            "of the kind"
        else
            "the file is sound safetensors, but not a dataset"

    let stranger =
        match kind with
        | PolicyArtifact -> Bench.behaviour.Value
        | _ -> Bench.policy.Value

    [
        "missing", (fun () -> fresh "missing"), Corrupt, "does not exist"
        "empty", (fun () -> written [||]), Corrupt, "0 bytes"
        "cut in half", (fun () -> cut (fun n -> n / 2) sound), Corrupt, "bytes"
        "without its last byte", (fun () -> cut (fun n -> n - 1) sound), Corrupt, "bytes"
        "a text", (fun () -> written "rewards,costs\n1,0\n"B), Corrupt, "ends before its header"
        "a folder",
        (fun () -> (Directory.CreateDirectory(fresh "folder")).FullName),
        Corrupt,
        "cannot be read"
        "a model of another kind", (fun () -> stranger), Invalid, wrongKind
        if model then
            "a dataset", (fun () -> Bench.dataset.Value), Invalid, "has no entry 'kind'"
            "a diverged run", (fun () -> diverged.Value), Invalid, "its training diverged by step 12, in loss"
        if kind = PolicyArtifact then
            "a policy of another task",
            (fun () -> pointNavPolicy.Value),
            Invalid,
            "the policy is for observations of 7"
        if kind = CostCriticArtifact then
            "a reward critic", (fun () -> Bench.rewardCritic.Value), Invalid, "has no array cost-q"
        if kind = RewardCriticArtifact then
            "a cost critic", (fun () -> Bench.costCritic.Value), Invalid, "has no array"
    ]

let cases = [
    for stage in Catalogue.stages do
        for role, kind in stage.Signature.Inputs do
            // Only the names are needed here, so any file will do.
            for name, _, _, _ in damages kind "" ->
                TestCaseData(stage.Signature.Name, role, name).SetName
                    $"{stage.Signature.Name}: {role} is {name}"
]

let private replace role path (job: Job) = {
    job with
        Inputs = [
            for given, kept in job.Inputs -> given, (if given = role then path else kept)
        ]
}

[<TestCaseSource(nameof cases)>]
let ``a bad input is a failure in words`` (stage: string, role: string, damage: string) =
    let job = Bench.jobOf stage

    let kind =
        job.Stage.Signature.Inputs |> List.find (fun (given, _) -> given = role) |> snd

    let sound = job.Inputs |> List.find (fun (given, _) -> given = role) |> snd

    let _, path, expected, words =
        damages kind sound |> List.find (fun (name, _, _, _) -> name = damage)

    let failure = failure (replace role (path ()) job)
    Assert.That(failure.Class, Is.EqualTo expected, failure.What)
    Assert.That(failure.What, Does.Contain words)
    Assert.That(failure.Remedy, Is.Not.Empty)

[<TestCase("warm-start", "dataset")>]
[<TestCase("fit-cost-critic", "dataset")>]
[<TestCase("adapt", "dataset")>]
[<TestCase("off-policy-evaluate", "dataset")>]
[<TestCase("condition-cdt", "dataset")>]
let ``models of a task with other sizes are refused`` (stage: string, role: string) =
    let failure = Bench.jobOf stage |> replace role pointNav.Value |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid, failure.What)

    Assert.That(
        failure.Remedy,
        Is.EqualTo "Pass a model of the kind that the stage takes, made from data of the same sizes."
    )

[<TestCase("collect")>]
[<TestCase("collect-agents")>]
[<TestCase("adapt-hybrid")>]
[<TestCase("evaluate")>]
let ``a task without a simulator is refused in these words`` (stage: string) =
    let failure = Bench.jobOf stage |> change "task" (Text "Moon") |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)
    Assert.That(failure.What, Is.EqualTo "there is no simulator of a task 'Moon'")
    Assert.That(failure.Remedy, Does.StartWith "Name one of AntCircle, ")
    Assert.That(failure.Remedy, Does.Contain(", DiscCircle, ").And.EndWith ", Walker2dVelocity.")

[<Test>]
let ``a cost is not measured in a task of other sizes than the data's`` () =
    let failure =
        Bench.jobOf "adapt-hybrid" |> change "task" (Text "PointNav") |> failure

    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo(
            "the simulator's task is PointNav (observations of 7 numbers and actions of 2), "
            + "and the data are of DiscCircle (observations of 5 numbers and actions of 2)"
        )
    )

    Assert.That(failure.Remedy, Is.EqualTo "Name the task of the data, as `$task` in a recipe does.")

[<Test>]
let ``nor in another task of the same sizes`` () =
    let renamed =
        use data = Dataset.Open Bench.dataset.Value
        use other = data.WithMetadata(DatasetMetadata("Elsewhere", data.Metadata.Horizon))
        let path = fresh "renamed"
        other.Save path
        path

    let failure = Bench.jobOf "adapt-hybrid" |> replace "dataset" renamed |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)
    Assert.That(failure.What, Does.Contain "the simulator's task is DiscCircle ")
    Assert.That(failure.What, Does.Contain "the data are of Elsewhere ")

[<TestCase("PointNav")>]
[<TestCase("PixelWorld")>]
let ``a policy is not rolled out in a task of other sizes`` (task: string) =
    let failure = Bench.jobOf "evaluate" |> change "task" (Text task) |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Does.StartWith "the policy is for observations of 5 numbers and actions of 2, not for "
    )

[<Test>]
let ``a data file that is not there is refused in these words`` () =
    let file = fresh "gone.hdf5"
    let failure = Bench.jobOf "load-dataset" |> change "file" (Text file) |> failure
    Assert.That(failure.Class, Is.EqualTo Invalid)

    Assert.That(
        failure.What,
        Is.EqualTo $"the dataset file does not exist\nwhere: {file}\nwhy: there is nothing to read"
    )

    Assert.That(
        failure.Remedy,
        Is.EqualTo "check the path; in an experiment file it is relative to that file"
    )

let private guarded (inputs: (string * string) list) (body: unit -> unit) =
    let request = {
        Parameters = Map.empty
        Inputs = Map inputs
        Output = "artifact"
        Seed = None
        Threads = 1
        Report = ignore
        Cancelled = System.Threading.CancellationToken.None
        Checkpoint = None
        CheckpointEvery = StageRequest.checkpointEvery
        Trail = None
    }

    match
        Outcomes.guarding request (fun () ->
            body ()
            Finished)
    with
    | Failed failure -> failure
    | other -> failwith $"{other}"

[<TestCase(28)>]
[<TestCase(122)>]
let ``a disk that fills up under a stage is a lack of space, in such words`` (code: int) =
    let failure =
        guarded [] (fun () -> raise (IOException("No space left on device", code)))

    Assert.That(failure.Class, Is.EqualTo Resource)
    Assert.That(failure.What, Is.EqualTo "the disk is full: the artifact could not be written")

[<Test>]
let ``a full device is a lack of space`` () =
    if not (File.Exists "/dev/full") then
        Assert.Ignore "there is no device that is always full"

    let failure = guarded [] (fun () -> File.WriteAllText("/dev/full", "x"))
    Assert.That(failure.Class, Is.EqualTo Resource)

[<Test>]
let ``an input that has gone is corrupt, another missing file is not`` () =
    let gone = Path.Combine(Path.GetTempPath(), System.Guid.NewGuid().ToString "N")
    let read () = File.ReadAllBytes gone |> ignore
    Assert.That((guarded [ "dataset", gone ] read).Class, Is.EqualTo Corrupt)
    Assert.That((guarded [ "dataset", "other" ] read).Class, Is.EqualTo Transient)

let stages = Bench.names

[<TestCaseSource(nameof stages)>]
let ``an artifact that cannot be written is a failure that may pass`` (name: string) =
    let job = Bench.jobOf name
    let missing = Path.Combine(fresh "no-folder", "artifact")

    let outcome =
        job.Stage.Run {
            Parameters = Map [ for p in job.Stage.Signature.Parameters -> p.Name, setting job p.Name ]
            Inputs = Map job.Inputs
            Output = missing
            Seed = job.Seed
            Threads = 1
            Report = ignore
            Cancelled = System.Threading.CancellationToken.None
            Checkpoint = None
            CheckpointEvery = StageRequest.checkpointEvery
            Trail = None
        }

    match outcome with
    | Failed {
                 Class = Transient
                 What = what
                 Remedy = remedy
             } ->
        Assert.That(what, Does.StartWith "the artifact could not be written: ")
        Assert.That(remedy, Is.Not.Empty)
    | other -> Assert.Fail $"{other}"
