/// The recipes of DRCORL's variants differ from drcorl.yaml in what their heads say and in nothing else.
module Plimsoll.Stages.Tests.DrcorlRecipeTests

open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages.Tests.Workshop

type private Difference = {
    /// Stages that stand in for others, by node.
    Stages: (string * string) list
    /// Values that drcorl.yaml does not set, by `node.parameter`.
    Added: (string * string) list
    /// Short names that drcorl.yaml has and the variant has not, and the other way round with their targets.
    Without: string list
    With: (string * string list) list
}

let private nothing = {
    Stages = []
    Added = []
    Without = []
    With = []
}

let private differences = [
    "drcorl-crpo",
    {
        nothing with
            Added = [ "policy.adaptation", "crpo" ]
            Without = [ "slack" ]
            With = [ "tolerance", [ "policy.tolerance" ] ]
    }
    "drcorl-pid",
    {
        nothing with
            Added = [ "policy.guidance", "pid" ]
            With = [
                "proportional", [ "policy.pid-proportional" ]
                "integral", [ "policy.pid-integral" ]
                "derivative", [ "policy.pid-derivative" ]
            ]
    }
    "drcorl-gaussian",
    {
        nothing with
            Added = [
                "warm.policy-class", "learned-gaussian"
                "policy.policy-class", "learned-gaussian"
            ]
            Without = [ "policy-class"; "deviation" ]
    }
    "drcorl-hybrid",
    {
        nothing with
            Stages = [ "policy", "adapt-hybrid" ]
            Added = [ "policy.task", "each task" ]
            Without = [ "confidence" ]
            With = [ "rollouts", [ "policy.rollouts" ]; "every", [ "policy.every" ] ]
    }
]

let private recipe name = CatalogueTests.recipe $"{name}.yaml"

let private assignments (recipe: Recipe) =
    Map [
        for node in recipe.Nodes do
            for KeyValue(name, assignment) in node.Assignments ->
                $"{node.Name}.{name}",
                match assignment.Argument with
                | Given(Text text) -> text
                | Given value -> $"{value}"
                | EachCostLimit -> "each limit"
                | EachTask -> "each task"
    ]

let private shortNames (recipe: Recipe) =
    Map [
        for short in recipe.ShortNames ->
            short.Name, [ for target in short.Targets -> $"{target.Node}.{target.Parameter}" ]
    ]

let private stages (recipe: Recipe) =
    Map [ for node in recipe.Nodes -> node.Name, node.Signature.Name ]

let private wires (recipe: Recipe) =
    Map [ for node in recipe.Nodes -> node.Name, Map node.Inputs ]

let private over (added: ('k * 'v) list) (map: Map<'k, 'v>) =
    (map, added) ||> List.fold (fun map (key, value) -> Map.add key value map)

let variants = differences |> List.map fst

[<Test>]
let ``every variant of DRCORL has its differences here`` () =
    let shipped =
        CatalogueTests.recipes
        |> Array.filter _.StartsWith("drcorl-")
        |> Array.map _.Replace(".yaml", "")

    Assert.That(shipped, Is.EquivalentTo variants)

[<TestCaseSource(nameof variants)>]
let ``a variant is drcorl but for what it is named after`` (name: string) =
    let variant, drcorl = recipe name, recipe "drcorl"
    let expected = differences |> List.find (fun (known, _) -> known = name) |> snd
    Assert.That(stages variant, equals (stages drcorl |> over expected.Stages))
    Assert.That(wires variant, equals (wires drcorl))
    Assert.That(variant.Result, Is.EqualTo drcorl.Result)
    Assert.That(assignments variant, equals (assignments drcorl |> over expected.Added))

    let kept =
        (shortNames drcorl, expected.Without)
        ||> List.fold (fun names name -> Map.remove name names)

    Assert.That(shortNames variant, equals (kept |> over expected.With))

[<Test>]
let ``a policy's class is chosen for both stages that train it`` () =
    let names = shortNames (recipe "drcorl")
    Assert.That(names["policy-class"], equals [ "warm.policy-class"; "policy.policy-class" ])
    Assert.That(names["deviation"], equals [ "warm.deviation"; "policy.deviation" ])
