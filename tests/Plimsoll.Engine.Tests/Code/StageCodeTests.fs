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

let private catalogue = lazy (StageCode.ofStages CodeCache.none Catalogue.stages)

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
    "fit-reward-critic", "RewardCriticFit"
    "fit-cost-critic", "CostCriticFit"
    "adapt", "SafeAdaptation"
    "adapt-hybrid", "SafeAdaptation"
    "fit-cpq", "ConstraintsPenalisedQ"
    "fit-bcq-lag", "BatchConstrainedLagrangian"
    "fit-bear-lag", "BearLagrangian"
    "fit-coptidice", "Coptidice"
    "fit-td3-bc", "Td3Bc"
    "fit-spi", "SafePolicyImprovement"
    "fit-cdt", "ConstrainedDecisionTransformer"
    "off-policy-evaluate", "FittedQEvaluation"
]

let private algorithms = "Plimsoll.Learning.Algorithms."

[<Test>]
let ``a stage reaches its own algorithm and not the others'`` () =
    let own stage algorithm =
        reaches stage $"{algorithms}{algorithm}.Build"

    for stage, algorithm in trains do
        Assert.That(own stage algorithm, Is.True, $"{stage} reaches {algorithm}")

    for stage, algorithm in
        [
            "fit-bc", "SafeAdaptation"
            "fit-bc", "DiffusionFit"
            "evaluate", "DiffusionFit"
        ] do
        Assert.That(own stage algorithm, Is.False, $"{stage} does not reach {algorithm}")

    for stage in [ "filter"; "remap-cost"; "load-dataset"; "collect"; "evaluate" ] do
        Assert.That(reaches stage algorithms, Is.False, $"{stage} reaches no algorithm")

/// What acts in a simulator, and what makes one.
let private simulation = [
    "Plimsoll.Learning.Rollouts.Rollout."
    "Plimsoll.Environments.Tasks.Create"
    "Plimsoll.Environments.BatchedEnvironment."
]

[<Test>]
let ``of all stages that train, only the hybrid one reaches a simulator`` () =
    for stage, _ in trains do
        for part in simulation do
            Assert.That(reaches stage part, Is.EqualTo((stage = "adapt-hybrid")), $"{stage} and {part}")

[<Test>]
let ``every stage that trains is known here`` () =
    let training =
        Catalogue.stages
        |> List.map _.Signature.Name
        |> List.filter (fun stage -> reaches stage "Plimsoll.Learning.Training.TrainingLoop.")

    Assert.That(training, Is.EquivalentTo(trains |> List.map fst))

[<Test>]
let ``stages that make data reach no training step, and no stage reaches the engine or the store`` () =
    for stage in [ "filter"; "remap-cost"; "load-dataset"; "collect" ] do
        Assert.That(reaches stage "Plimsoll.Numerics.Graph.", Is.False, stage)

    for stage in Catalogue.stages do
        for outside in [ "Plimsoll.Engine."; "Plimsoll.Store."; "Plimsoll.Report."; "Plimsoll.Cli." ] do
            Assert.That(
                reaches stage.Signature.Name outside,
                Is.False,
                $"{stage.Signature.Name} and {outside}"
            )

[<Test>]
let ``the stage whose agents learn reaches their update and their lives, and the scripted one does not`` () =
    for part in
        [
            "Td3Agent.CriticStep"
            "AgentRun.Run"
            "ReplayTable.Draw"
            "ExploringActor.Act"
        ] do
        let name = $"Plimsoll.Learning.Collection.{part}"
        Assert.That(reaches "collect-agents" name, Is.True, name)
        Assert.That(reaches "collect" name, Is.False, name)

[<Test>]
let ``only the stage that reads HDF5 falls back to a whole assembly`` () =
    let whole =
        Catalogue.stages
        |> List.map _.Signature.Name
        |> List.filter (fun stage ->
            members stage
            |> Array.exists (fun name -> name.StartsWith("whole ", StringComparison.Ordinal)))

    Assert.That(whole, Is.EqualTo<string list> [ "load-dataset" ])

[<Test>]
let ``every stage's code differs from every other's`` () =
    let digests = [
        for stage in Catalogue.stages -> catalogue.Value[stage.Signature.Name].Digest
    ]

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

    TestContext.Out.WriteLine
        $"cold {cold:F0} ms of a processor ({coldWall:F0} ms), cached {cached:F0} ms ({cachedWall:F0} ms)"

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

/// The function itself, and nothing else that counts.
let private plain (run: StageRequest -> StageOutcome) : Stage = {
    stage "holding" [] run with
        Run = run
        Code = []
}

let private holding (number: int) (text: string) =
    plain (fun _ ->
        if text.Length > number then
            Finished
        else
            Diverged(int64 number, text))

let private digestOf (stage: Stage) : string =
    let codes = StageCode.ofStages CodeCache.none [ stage ]
    codes[stage.Signature.Name].Digest

[<Test>]
let ``what a stage's function holds counts by its value`` () =
    Assert.That(digestOf (holding 1 "a"), Is.EqualTo(digestOf (holding 1 "a")))
    Assert.That(digestOf (holding 1 "a"), Is.Not.EqualTo(digestOf (holding 2 "a")))
    Assert.That(digestOf (holding 1 "a"), Is.Not.EqualTo(digestOf (holding 1 "b")))

/// For an assembly that is loaded a second time.
let unplaced () : Stage = plain (fun _ -> Finished)

/// A stage that uses what it holds.
let private using (value: 'value) (use': 'value -> StageRequest -> float) =
    plain (fun request -> Diverged(int64 (use' value request), ""))

type Reading = { Mark: int }

type Setting(value: float) =
    member _.Value = value

type private Pick =
    | Low
    | High of int

let private never _ _ = 1.0
let private doubling (x: float) = x + x
let private squaring (x: float) = x * x

/// Name, a stage, and one that holds something else in the same way.
let private heldPairs =
    let swap (f: float -> float) (g: float -> float) =
        plain (fun request -> Diverged(int64 (f (g (float request.Threads))), ""))

    let two, square = (fun x -> doubling x), (fun x -> squaring x)
    let a, b = { Mark = 1 }, { Mark = 2 }
    let same = { Mark = 1 }

    [
        "functions in another order", swap two square, swap square two
        "one function twice", swap two two, swap two square
        "boundaries of arrays", using [| [| 1; 2 |]; [| 3 |] |] never, using [| [| 1 |]; [| 2; 3 |] |] never
        "maps", using (Map [ "a", 1.0 ]) never, using (Map [ "a", 2.0 ]) never
        "lists of the runtime", using (List [ 1 ]) never, using (List [ 2 ]) never
        "dictionaries", using (Dictionary(dict [ "a", 1 ])) never, using (Dictionary(dict [ "a", 2 ])) never
        "delegates",
        using (Func<float, float>(fun x -> x + 1.0)) never,
        using (Func<float, float>(fun x -> x * 7.0)) never
        "what delegates hold",
        using (let k = a.Mark in Func<int>(fun () -> k)) never,
        using (let k = b.Mark in Func<int>(fun () -> k)) never
        "times", using (TimeSpan.FromSeconds 1.0) never, using (TimeSpan.FromSeconds 2.0) never
        "ticks", using (DateTime 10000000L) never, using (DateTime 10000001L) never
        "which is shared", using (a, b, a) never, using (a, b, b) never
        "what is shared", using (a, a) never, using (a, same) never
        "classes of ours", using (Setting 1.0) never, using (Setting 2.0) never
        "cases", using Low never, using (High 1) never
        "kinds of numbers", using (box 1) never, using (box 1L) never
        "signs of zero", using 0.0 never, using -0.0 never
        "an end within a text", using ("a", "b") never, using ("a\n6 text 1", "b") never
        "types", using typeof<int> never, using typeof<int64> never
    ]

let private heldNames = heldPairs |> List.map (fun (name, _, _) -> name)

[<TestCaseSource(nameof heldNames)>]
let ``two states that a stage's function holds are told apart`` (name: string) =
    let _, first, second = heldPairs |> List.find (fun (known, _, _) -> known = name)
    Assert.That(digestOf first, Is.Not.EqualTo(digestOf second))
    Assert.That(digestOf first, Is.EqualTo(digestOf first))

let private isRefused (stage: Stage) =
    Assert.That(Action(fun () -> digestOf stage |> ignore), Throws.InvalidOperationException)

[<Test>]
let ``a stage that holds what has no value for a key is refused`` () =
    use source = new System.Threading.CancellationTokenSource()

    for stage in [ using source never; using (IO.Stream.Null) never; using (nativeint 5) never ] do
        isRefused stage

[<Test>]
let ``a stage from an assembly without a file is refused`` () =
    let bytes = IO.File.ReadAllBytes typeof<Log>.Assembly.Location

    let loaded =
        System.Runtime.Loader
            .AssemblyLoadContext("without a file", true)
            .LoadFromStream(new IO.MemoryStream(bytes))

    let made =
        loaded.GetType "Plimsoll.Engine.Tests.StageCodeTests"
        |> Unchecked.nonNull
        |> _.GetMethod("unplaced")
        |> Unchecked.nonNull

    match made.Invoke(null, [||]) with
    | :? Stage as stage -> isRefused stage
    | other -> Assert.Fail $"{other}"

[<Test>]
let ``an assembly that a stage asks for is in the key as a whole`` () =
    let keyOf (stage: Stage) =
        (Keying.make id [ stage ]).Code[stage.Signature.Name] |> List.map fst

    let plain = { add (Log()) with Code = [] }

    let asking = {
        plain with
            Code = [ typeof<Store>.Assembly ]
    }

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
            Assert.That(
                isWords method.ReturnType,
                Is.True,
                $"{kind}.{method.Name} returns {method.ReturnType}"
            )
