/// Pieces of F#: as they are, after a change that means nothing, and after one that does.
module Plimsoll.Engine.Tests.FSharpScenarios

open Plimsoll.Engine.Tests.CSharpScenarios

let private scenario name (text: string) (neutral: (string * string) list) (before: string, after: string) =
    let replace (text: string) (before: string, after: string) =
        if not (text.Contains before) then
            failwith $"{name}: '{before}' is not in the source"

        text.Replace(before, after)

    {
        Name = name
        Base = text
        Neutral = List.fold replace text neutral
        Changed = replace text (before, after)
    }

let scenarios: Scenario list = [
    scenario
        "Closures"
        """module Closures =
    let private apply f (x: int) : int = f (f x)
    let run (x: int) = [ 1; x ] |> List.map (fun y -> apply (fun z -> z * 5 + x) y) |> List.sum
"""
        [
            "let run",
            "let before (x: int) = [ 1; x ] |> List.map (fun y -> apply (fun z -> z - x) y)\n\n    // moved\n    let run"
        ]
        ("z * 5", "z * 6")
    scenario
        "ModuleValues"
        """module ModuleValues =
    type Scale = { Factor: float; Name: string }
    let private declare factor name = { Factor = factor; Name = name }
    let scale = declare 2.5 "scale"
    let other = declare 3.5 "other"
    let run (x: float) = x * scale.Factor
"""
        [ "declare 3.5", "declare 4.5"; "let scale", "// its value\n    let scale" ]
        ("declare 2.5", "declare 2.75")
    scenario
        "ModuleEffects"
        """module ModuleEffects =
    let table = Array.zeroCreate<int> 4
    table[2] <- 50
    let run (x: int) = table[x]
"""
        [ "let run", "\n    let run" ]
        ("<- 50", "<- 51")
    scenario
        "ModuleValuesOfValues"
        """module ModuleValuesOfValues =
    let private width = [ 1..4 ] |> List.map (fun x -> x * 2)
    let private total = List.sum width
    let run (x: int) = total + x
"""
        [ "let private total", "\n\n    let private total" ]
        ("x * 2", "x * 3")
    scenario
        "IncompleteMatches"
        """module IncompleteMatches =
    let run (x: int) = match x with | 1 -> 10 | 2 -> 20
"""
        [ "let run", "\n\n\n    let run" ]
        ("20", "21")
    scenario
        "FailureWords"
        """module FailureWords =
    let run (x: int) =
        if x > 3 then invalidOp $"the value {x} is too large"
        if x < 0 then failwith "negative"
        x
"""
        [ "is too large", "must be smaller"; "negative", "below zero" ]
        ("x > 3", "x > 4")
    scenario
        "WordingParameters"
        """module WordingParameters =
    type Declared = { Standard: int; Meaning: string }
    [<System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)>]
    let declare (standard: int) ([<Wording>] meaning: string) = { Standard = standard; Meaning = meaning }
    let steps = declare 5 "steps of a fit"
    let run (x: int) = steps.Standard + x
"""
        [ "steps of a fit", "gradient steps" ]
        ("declare 5", "declare 6")
    scenario
        "ObjectExpressions"
        """module ObjectExpressions =
    type IStep = abstract Step: int -> int
    let private go (step: IStep) x = step.Step x
    let run (x: int) = go { new IStep with member _.Step y = y + x * 3 } 4
"""
        [
            "let private go", "let other = { new IStep with member _.Step y = y }\n    let private go"
        ]
        ("x * 3", "x * 4")
    scenario
        "Overrides"
        """module Overrides =
    [<AbstractClass>]
    type Layer() =
        abstract Apply: float -> float
        default _.Apply x = x + 1.0
    type Doubling() =
        inherit Layer()
        override _.Apply x = base.Apply x * 2.0
    let layers: Layer list = [ Doubling() ]
    let run (x: float) = layers |> List.fold (fun x layer -> layer.Apply x) x
"""
        [ "type Doubling", "// twice\n    type Doubling" ]
        ("* 2.0", "* 3.0")
    scenario
        "Sequences"
        """module Sequences =
    let private count n = seq { for i in 1..n do if i % 2 = 0 then yield i * 9 }
    let run (x: int) = count x |> Seq.sum
"""
        [ "let private count", "let none = seq { yield 1 }\n\n    let private count" ]
        ("i * 9", "i * 8")
    scenario
        "Tasks"
        """module Tasks =
    let private later (x: int) = task {
        do! System.Threading.Tasks.Task.Yield()
        return x + 13
    }
    let run (x: int) = (later x).Result
"""
        [ "let private later", "\n    let private later" ]
        ("x + 13", "x + 14")
    scenario
        "InnerFunctions"
        """module InnerFunctions =
    let run (x: int) =
        let rec power total n = if n = 0 then total else power (total * 7) (n - 1)
        let result = power 1 x
        result + 1
"""
        [
            "result", "outcome"
            "let run",
            "let unused (x: int) = let rec power t n = (if n = 0 then t else power (t + 1) (n - 1)) in power 1 x\n    let run"
        ]
        ("total * 7", "total * 6")
    scenario
        "GenericFunctions"
        """module GenericFunctions =
    let private size<'T> () = typeof<'T> = typeof<int>
    let run (x: int) = if size<int> () then x else 0
"""
        [ "let run", "\n    let run" ]
        ("size<int>", "size<int64>")
    scenario
        "Unions"
        """module Unions =
    type Value = Whole of int | Text of string
    let private asWhole = function Whole x -> x + 2 | Text _ -> 0
    let run (x: int) = asWhole (Whole x)
"""
        [ "let private asWhole", "// numbers\n    let private asWhole" ]
        ("x + 2", "x + 3")
    scenario
        "StaticMembers"
        """module StaticMembers =
    type Table() =
        static let entries = [| for i in 1..3 -> i * 4 |]
        static member Entry i = entries[i]
    let run (x: int) = Table.Entry x
"""
        [ "type Table", "\n    type Table" ]
        ("i * 4", "i * 5")
    scenario
        "ModuleOrder"
        """module ModuleOrder =
    let mutable x = 1
    let y = x
    x <- 2
    let z = [ x ]
    let run () = y
"""
        [ "let z", "\n    // last\n    let z" ]
        ("    let y = x\n    x <- 2\n    let z = [ x ]\n", "    x <- 2\n    let z = [ x ]\n    let y = x\n")
    scenario
        "ModuleArrays"
        """module ModuleArrays =
    let a = Array.zeroCreate<int> 3
    let y = a[0]
    a[0] <- 5
    let z = [ 3 ]
    let run () = y
"""
        [ "let z", "\n    let z" ]
        ("    let y = a[0]\n    a[0] <- 5\n    let z = [ 3 ]\n",
         "    a[0] <- 5\n    let z = [ 3 ]\n    let y = a[0]\n")
    scenario
        "ModuleCalls"
        """module ModuleCalls =
    let mutable x = 1
    [<System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)>]
    let bump () = x <- x + 1
    let y = x
    bump ()
    let z = [ 3 ]
    let run () = y
"""
        [ "let z", "\n    let z" ]
        ("    let y = x\n    bump ()\n    let z = [ 3 ]\n", "    bump ()\n    let z = [ 3 ]\n    let y = x\n")
    scenario
        "ConstructorEffects"
        """module ConstructorEffects =
    type Total =
        val mutable Sum: float
        new() = { Sum = 0.0 }
    type Entry(total: Total, weight: float) =
        do total.Sum <- weight
        member _.Weight = weight
    let total = Total()
    let entry = Entry(total, 1.5)
    let run () = total.Sum
"""
        [ "let entry", "\n    let entry" ]
        ("1.5", "2.5")
    scenario
        "ConstructorsOfTheirKind"
        """module ConstructorsOfTheirKind =
    type Chain =
        val mutable Weight: float
        new(weight: float) = { Weight = weight }
        new(other: Chain, weight: float) as this =
            { Weight = weight }
            then other.Weight <- weight
    let first = Chain 1.0
    let second = Chain(first, 2.5)
    let run () = first.Weight
"""
        [ "let second", "\n    let second" ]
        ("2.5", "3.5")
    scenario
        "DisplayFormats"
        """module DisplayFormats =
    [<StructuredFormatDisplay("{A}")>]
    type Shown(value: int) =
        member _.A = value
        member _.B = value + 1
    let run () = sprintf "%A" (Shown 3)
"""
        [ "let run", "\n    let run" ]
        ("\"{A}\"", "\"{B}\"")
    scenario
        "DisplayedProperties"
        """module DisplayedProperties =
    [<StructuredFormatDisplay("{A}")>]
    type Shown =
        { V: int }
        member t.A = t.V + 1
    let run () = sprintf "%A" { V = 3 }
"""
        [ "let run", "\n    let run" ]
        ("t.V + 1", "t.V + 2")
    scenario
        "CaughtTexts"
        """module CaughtTexts =
    let run (x: int) = try (if x > 1 then failwith "fast" else "a") with Failure text -> text
"""
        [ "let run", "\n    let run" ]
        ("fast", "slow")
    scenario
        "CaseNames"
        """module CaseNames =
    type Colour = Red | Blue
    let make (x: int) : Colour = unbox (box x)
    let run (colour: Colour) = string colour
"""
        [ "let run", "\n    let run" ]
        ("Red", "Crimson")
]

let private attribute =
    "namespace Fixture\n\ntype WordingAttribute() =\n    inherit System.Attribute()\n"

/// File names and texts, in the order of compilation. A file each, as its values are filled together.
let files (version: Scenario -> string) : (string * string) list = [
    "Attributes", attribute
    for scenario in scenarios do
        scenario.Name, "namespace Fixture\n\n" + version scenario
]

/// The neutral version of everything, in the opposite order.
let neutralFiles: (string * string) list = [
    "Attributes", "// Of the fixture.\n\n" + attribute
    for scenario in List.rev scenarios do
        scenario.Name, $"// A comment.\n\nnamespace Fixture\n\n\n/// {scenario.Name}\n{scenario.Neutral}"
]
