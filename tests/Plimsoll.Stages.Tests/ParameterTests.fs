/// Every declared parameter changes what the stage gives, or the exception is listed with its reason.
module Plimsoll.Stages.Tests.ParameterTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages.Tests.Workshop

/// The stages of safe adaptation.
let private (|Adapts|_|) (stage: string) = stage.StartsWith "adapt"

/// Settings without which a parameter says nothing.
let private within (stage: string) (parameter: string) : (string * Value) list =
    let costMode = [ "adaptation", Text "crpo"; "tolerance", Real -1000.0 ]

    match stage, parameter with
    | Adapts, ("adaptation" | "combine") -> [ "slack", Real 1000.0 ]
    | Adapts, ("tolerance" | "reward-only-steps" | "guidance") -> costMode
    | Adapts, ("pid-proportional" | "pid-integral" | "pid-derivative") ->
        costMode @ [ "guidance", Text "pid"; "cost-limit", Real 0.0 ]
    | Adapts, "temperature-rate" -> [ "temperature-schedule", Text "sqrt" ]
    | Adapts, "temperature-offset" -> [ "temperature-schedule", Text "sqrt-affine" ]
    | (Adapts | "warm-start"), "deviation" -> [ "policy-class", Text "gaussian" ]
    | _ -> []

/// Values where half or one more would not do.
let private other (stage: string) (parameter: Parameter) : Value list option =
    match stage, parameter.Name with
    | ("collect" | "collect-agents"), "task" -> Some [ Text "PointNav" ]
    | ("collect" | "collect-agents"), "most-per-cell" -> Some [ Whole 0L ]
    | "collect-agents", "penalties" -> Some [ Items [ Real 0.0; Real 9.0 ]; Items [ Real 0.0 ] ]
    | "load-dataset", "horizon" -> Some [ Whole 500L ]
    | "filter", "cost-limit" ->
        // Whatever the limit keeps, none or all of it is something else.
        Some [ Real 1e6 ]
    // Limits, bounds and slack act through the mode alone, so they must move it.
    // A density of DSRL's and a grid exclude each other; and a limit moves the best unsafe trajectory.
    | "preprocess", "density" -> Some []
    | "preprocess", "cost-limit" -> Some [ Real 3.0 ]
    | "preprocess", "outlier-share" -> Some [ Real 0.0 ]
    | "preprocess", "inpaint" -> Some [ Items []; Items [ Real 0.0; Real 1.0; Real 0.0; Real 0.5 ] ]
    | "preprocess", "sparse-up-to" -> Some [ Whole 3L ]
    | "preprocess", "epsilon" -> Some [ Real -200.0; Real 50.0 ]
    // No weight can change alone; they are changed together in the tests of the improvement.
    | "fit-spi", ("eta" | "mu" | "phi") -> Some []
    // The rollouts' cost is over the bench's limit.
    | "adapt-hybrid", "cost-limit" -> Some [ Real 1e4 ]
    | Adapts, "cost-limit" -> Some [ Real 0.0 ]
    | Adapts, "slack" -> Some [ Real 1000.0 ]
    | Adapts, "tolerance" -> Some [ Real 1000.0 ]
    | Adapts, "reward-only-steps" -> Some [ Whole 2L ]
    // The bench's policy has no deviation of its own.
    | Adapts, "policy-class" -> Some [ Text "gaussian" ]
    // These have tests of their own below, or with the tests of loading.
    | "adapt-hybrid", "task"
    | "evaluate", "task"
    | "load-dataset", "task"
    | "load-dataset", "file" -> Some []
    | _ -> None

let private alternatives (job: Job) (parameter: Parameter) : Value list =
    match other job.Stage.Signature.Name parameter with
    | Some values -> values
    | None ->
        match parameter.Type, setting job parameter.Name with
        | ChoiceType options, Text now -> options |> List.filter ((<>) now) |> List.map Text
        | _, Flag now -> [ Flag(not now) ]
        | _, Whole now -> [ Whole(now + 1L) ]
        | _, Real now -> [ Real(if now = 0.0 then 0.01 else now / 2.0) ]
        | ItemsType _, Items now -> [ Items(now @ [ Whole 8L ]) ]
        | _, now -> failwith $"say in this file what {parameter.Name} can be besides {now}"

let private parametersOf (stage: string) =
    (Workshop.stage stage).Signature.Parameters

/// Which choices mean the same on the bench's data, and why.
let private synonyms = [
    // DiscCircle's episodes never end early.
    "cost-horizon", "auto", "endless"
    // An endless horizon is read over the data's states unless told otherwise.
    "estimate-over", "auto", "states"
    // The bench's file has many episodes.
    "one-trajectory", "refuse", "allow"
]

let private areSynonyms (parameter: string) (one: string) (other: string) =
    synonyms
    |> List.exists (fun (name, a, b) -> name = parameter && ((a, b) = (one, other) || (b, a) = (one, other)))

/// Scores hold no training curves, and where nothing diverges a look changes nothing.
let private isIdle (stage: string) (parameter: string) =
    (stage, parameter) = ("off-policy-evaluate", "guard-every")

let parameters = [
    for stage in Bench.names do
        for parameter in parametersOf stage ->
            TestCaseData(stage, parameter.Name).SetName $"{stage}.{parameter.Name}"
]

[<TestCaseSource(nameof parameters)>]
let ``a parameter changes the bytes`` (stage: string, name: string) =
    let parameter = parametersOf stage |> List.find (fun p -> p.Name = name)
    let settings = within stage name

    let job =
        (Bench.jobOf stage, settings) ||> List.fold (fun job (n, v) -> change n v job)

    let before = if settings.IsEmpty then Bench.digest stage else bytes job

    for value in alternatives job parameter do
        let same = bytes (change name value job) = before

        let expected =
            match value, setting job name with
            | Text one, Text now when areSynonyms name one now -> true
            | _ -> isIdle stage name

        Assert.That(same, Is.EqualTo expected, $"{name} = {value}: the same bytes")

[<Test>]
let ``the scale of an indicator is idle`` () =
    let job = Bench.jobOf "remap-cost" |> change "form" (Text "indicator")
    Assert.That(bytes (change "scale" (Real 5.0) job), Is.EqualTo(bytes job))

[<Test>]
let ``another file of the same layout gives other bytes`` () =
    let job = Bench.jobOf "load-dataset"
    use data = Plimsoll.Data.Dataset.Open Bench.dataset.Value
    use part = data.Select [ 0; 1 ]
    let path = fresh "part.hdf5"
    Plimsoll.Data.DsrlExport.Write(part, path) |> ignore
    Assert.That(bytes (change "file" (Text path) job), Is.Not.EqualTo(bytes job))

[<Test>]
let ``no other task takes the policy of the bench's task`` () =
    // So there is no other valid value of the evaluation's task: each is refused, see the tests of bad input.
    let takers =
        Plimsoll.Environments.Tasks.All
        |> Seq.filter (fun task -> (task.ObservationSize, task.ActionSize) = (5, 2))
        |> Seq.map _.Name

    Assert.That(takers, Is.EqualTo<string seq> [ "DiscCircle" ])
