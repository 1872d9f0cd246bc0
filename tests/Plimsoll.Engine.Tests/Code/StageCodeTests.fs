module Plimsoll.Engine.Tests.StageCodeTests

open System
open System.Collections.Generic
open System.Diagnostics
open System.Reflection
open NUnit.Framework
open Plimsoll.Engine
open Plimsoll.Engine.Code
open Plimsoll.Engine.Tests.Fakes
open Plimsoll.Stages
open Plimsoll.Store

let private catalogue =
    lazy (StageCode.ofStages CodeCache.none Catalogue.stages)

let private members stage =
    catalogue.Value[stage].Listing.Value.Members |> Array.map fst

let private reaches stage (prefix: string) =
    members stage
    |> Array.exists (fun name ->
        name.StartsWith(prefix, StringComparison.Ordinal)
        || name.StartsWith("type " + prefix, StringComparison.Ordinal))

let private trains = [
    "fit-bc", "BehaviourCloning"
    "fit-diffusion", "DiffusionFit"
    "warm-start", "WarmStart"
    "fit-reward-critic", "RewardCritic"
    "fit-cost-critic", "CostCritic"
    "adapt", "SafeAdaptation"
    "off-policy-evaluate", "FittedQEvaluation"
]

let private algorithms = "Plimsoll.Learning.Algorithms."

[<Test>]
let ``a stage reaches its own algorithm and not the others'`` () =
    let own stage algorithm =
        reaches stage $"{algorithms}{algorithm}.Build"

    for stage, algorithm in trains do
        Assert.That(own stage algorithm, Is.True, $"{stage} reaches {algorithm}")

    for stage, algorithm in [ "fit-bc", "SafeAdaptation"; "fit-bc", "DiffusionFit"; "evaluate", "DiffusionFit" ] do
        Assert.That(own stage algorithm, Is.False, $"{stage} does not reach {algorithm}")

    for stage in [ "filter"; "remap-cost"; "load-dataset"; "collect"; "evaluate" ] do
        Assert.That(reaches stage algorithms, Is.False, $"{stage} reaches no algorithm")

[<Test>]
let ``stages that make data reach no training step, and no stage reaches the engine or the store`` () =
    for stage in [ "filter"; "remap-cost"; "load-dataset"; "collect" ] do
        Assert.That(reaches stage "Plimsoll.Numerics.Graph.", Is.False, stage)

    for stage in Catalogue.stages do
        for outside in [ "Plimsoll.Engine."; "Plimsoll.Store."; "Plimsoll.Report."; "Plimsoll.Cli." ] do
            Assert.That(reaches stage.Signature.Name outside, Is.False, $"{stage.Signature.Name} and {outside}")

[<Test>]
let ``only the stage that reads HDF5 falls back to a whole assembly`` () =
    let whole =
        Catalogue.stages
        |> List.map _.Signature.Name
        |> List.filter (fun stage ->
            members stage |> Array.exists (fun name -> name.StartsWith("whole ", StringComparison.Ordinal)))

    Assert.That(whole, Is.EqualTo<string list> [ "load-dataset" ])

[<Test>]
let ``every stage's code differs from every other's`` () =
    let digests = [ for stage in Catalogue.stages -> catalogue.Value[stage.Signature.Name].Digest ]
    Assert.That(digests, Is.Unique)

[<Test>]
let ``following the catalogue's code twice gives the same`` () =
    let again = StageCode.ofStages CodeCache.none (List.rev Catalogue.stages)

    for stage in Catalogue.stages do
        let name = stage.Signature.Name
        Assert.That(again[name].Digest, Is.EqualTo catalogue.Value[name].Digest, name)

let private processorTime body =
    use self = Process.GetCurrentProcess()
    let before = self.TotalProcessorTime
    let clock = Stopwatch.StartNew()
    body ()
    self.Refresh()
    (self.TotalProcessorTime - before).TotalMilliseconds, clock.Elapsed.TotalMilliseconds

[<Test>]
let ``following the whole catalogue takes well under a second, and from the cache almost nothing`` () =
    let kept = Dictionary<string, string>()

    let cache = {
        Read =
            fun name ->
                match kept.TryGetValue name with
                | true, text -> Some text
                | _ -> None
        Write = fun name text -> kept[name] <- text
    }

    let follow () =
        StageCode.ofStages cache Catalogue.stages |> ignore

    let cold, coldWall = processorTime follow
    let cached, cachedWall = processorTime follow
    TestContext.Out.WriteLine $"cold {cold:F0} ms of a processor ({coldWall:F0} ms), cached {cached:F0} ms ({cachedWall:F0} ms)"
    Assert.That(kept.Count, Is.EqualTo Catalogue.stages.Length)
    Assert.That(cold, Is.LessThan 3000.0)
    Assert.That(cached, Is.LessThan 300.0)

[<Test>]
let ``a cached digest is taken without following the code`` () =
    let digest = String('a', 64)

    let cache = {
        Read = fun _ -> Some digest
        Write = fun _ _ -> failwith "nothing is to be written"
    }

    let code = StageCode.ofStages cache [ add (Log()) ]
    Assert.That(code["add"].Digest, Is.EqualTo digest)
    Assert.That(code["add"].Listing.IsValueCreated, Is.False)

[<Test>]
let ``a cached text that is no digest is not believed`` () =
    let cache = {
        Read = fun _ -> Some "../../etc"
        Write = fun _ _ -> ()
    }

    let code = StageCode.ofStages cache [ add (Log()) ]
    Assert.That(code["add"].Digest, Has.Length.EqualTo 64)

let private holding (number: int) (text: string) =
    stage "holding" [] (fun _ ->
        if text.Length > number then
            Finished
        else
            Diverged(int64 number, text))

let private digestOf (stage: Stage) =
    (StageCode.ofStages CodeCache.none [ { stage with Code = [] } ])[stage.Signature.Name].Digest

[<Test>]
let ``what a stage's function holds counts by its value`` () =
    Assert.That(digestOf (holding 1 "a"), Is.EqualTo(digestOf (holding 1 "a")))
    Assert.That(digestOf (holding 1 "a"), Is.Not.EqualTo(digestOf (holding 2 "a")))
    Assert.That(digestOf (holding 1 "a"), Is.Not.EqualTo(digestOf (holding 1 "b")))

[<Test>]
let ``an assembly that a stage asks for is in the key as a whole`` () =
    let keyOf (stage: Stage) =
        (Keying.make id [ stage ]).Code[stage.Signature.Name] |> List.map fst

    let plain = { add (Log()) with Code = [] }
    let asking = { plain with Code = [ typeof<Store>.Assembly ] }
    Assert.That(keyOf plain, Is.EqualTo<string list> [ Keying.reachableCode ])
    Assert.That(keyOf asking, Is.EqualTo<string list> [ Keying.reachableCode; "Plimsoll.Store" ])

/// Texts, failures and problems, and lists and options of them.
let rec private isWords (kind: Type) =
    kind = typeof<string>
    || kind = typeof<StageFailure>
    || kind = typeof<Plimsoll.Data.ProblemText>
    || (kind.IsGenericType && kind.GetGenericArguments() |> Array.forall isWords)

[<Test>]
let ``types that word messages return words and nothing else`` () =
    let all =
        BindingFlags.Static
        ||| BindingFlags.Instance
        ||| BindingFlags.Public
        ||| BindingFlags.NonPublic
        ||| BindingFlags.DeclaredOnly

    let wording =
        [
            typeof<Plimsoll.Data.Dataset>.Assembly
            typeof<Plimsoll.Environments.Tasks>.Assembly
            typeof<Plimsoll.Learning.Training.ITraining>.Assembly
            typeof<StageRequest>.Assembly
        ]
        |> List.collect (fun assembly -> List.ofArray (assembly.GetTypes()))
        |> List.filter (fun kind -> kind.IsDefined(typeof<Plimsoll.Data.WordingAttribute>, false))

    Assert.That(wording |> List.map _.Name, Has.Member "DatasetProblemText")
    Assert.That(wording |> List.map _.Name, Has.Member "FailureText")

    for kind in wording do
        for method in kind.GetMethods all do
            Assert.That(isWords method.ReturnType, Is.True, $"{kind}.{method.Name} returns {method.ReturnType}")
