module Plimsoll.Engine.Tests.CodeTests

open System
open System.IO
open System.Reflection.Metadata
open System.Reflection.Metadata.Ecma335
open NUnit.Framework
open Plimsoll.Engine.Code
open Plimsoll.Engine.Tests
open Plimsoll.Engine.Tests.CSharpScenarios
open Plimsoll.Store.Tests

/// A compiled fixture, and the listing of a method of it.
type private Built(path: string) =
    let locate name =
        if name = "Fixture" then Some path else None

    let image = lazy (new Image(0, path))
    let reachable = lazy (new Reachable(locate))

    member _.Path = path

    member _.Listing(typeName: string, methodName: string) : Listing =
        let image = image.Value

        let owner =
            image.TryType typeName
            |> Option.defaultWith (fun () -> failwith $"no type {typeName} in {path}")

        let method =
            (image.Data.GetTypeDefinition owner).GetMethods()
            |> Seq.find (fun method ->
                image.Data.StringComparer.Equals((image.Data.GetMethodDefinition method).Name, methodName))

        reachable.Value.Listing {
            Methods = [
                "Fixture", MetadataTokens.GetToken(MethodDefinitionHandle.op_Implicit method: EntityHandle)
            ]
            Given = []
            Whole = []
            Outside = []
            Held = []
        }

let private folder = lazy (Folders.fresh ())

let private built compile name (source: unit -> 'source) =
    lazy (Built(compile (Path.Combine(folder.Value, name)) (source ())))

let private deep = "ThreeCallsDeep"

let private csharp = {|
    Base = built Compilers.csharp "cs-base" (fun () -> CSharpScenarios.source _.Base)
    Neutral = built Compilers.csharp "cs-neutral" (fun () -> CSharpScenarios.neutralSource)
    Changed = built Compilers.csharp "cs-changed" (fun () -> CSharpScenarios.source _.Changed)
    OneChanged =
        built Compilers.csharp "cs-one" (fun () ->
            CSharpScenarios.source (fun s -> if s.Name = deep then s.Changed else s.Base))
    Told = built Compilers.csharp "cs-told" (fun () -> CSharpScenarios.told + CSharpScenarios.source _.Base)
|}

let private fsharp = {|
    Base = built Compilers.fsharp "fs-base" (fun () -> FSharpScenarios.files _.Base)
    Neutral = built Compilers.fsharp "fs-neutral" (fun () -> FSharpScenarios.neutralFiles)
    Changed = built Compilers.fsharp "fs-changed" (fun () -> FSharpScenarios.files _.Changed)
|}

let private csharpNames = CSharpScenarios.scenarios |> List.map _.Name
let private fsharpNames = FSharpScenarios.scenarios |> List.map _.Name
let private ofCSharp (built: Lazy<Built>) name = built.Value.Listing(name, "Run")

let private ofFSharp (built: Lazy<Built>) name =
    built.Value.Listing($"Fixture.{name}", "run")

let private difference before after =
    Listing.diff before after |> List.map string |> String.concat "\n"

[<TestCaseSource(nameof csharpNames)>]
let ``in C#, moving code and changing words changes nothing`` (name: string) =
    Assert.That(difference (ofCSharp csharp.Base name) (ofCSharp csharp.Neutral name), Is.Empty)

[<TestCaseSource(nameof csharpNames)>]
let ``in C#, a change of meaning is noticed`` (name: string) =
    Assert.That(difference (ofCSharp csharp.Base name) (ofCSharp csharp.Changed name), Is.Not.Empty)

[<TestCaseSource(nameof csharpNames)>]
let ``a constant three calls deep concerns those who reach it and nobody else`` (name: string) =
    let changed =
        difference (ofCSharp csharp.Base name) (ofCSharp csharp.OneChanged name)

    let expected =
        if name = deep then
            "Changed \"ThreeCallsDeep.Factor(Int32):Double\""
        else
            ""

    Assert.That(changed, Is.EqualTo expected)

[<TestCaseSource(nameof fsharpNames)>]
let ``in F#, moving code and changing words changes nothing`` (name: string) =
    Assert.That(difference (ofFSharp fsharp.Base name) (ofFSharp fsharp.Neutral name), Is.Empty)

[<TestCaseSource(nameof fsharpNames)>]
let ``in F#, a change of meaning is noticed`` (name: string) =
    Assert.That(difference (ofFSharp fsharp.Base name) (ofFSharp fsharp.Changed name), Is.Not.Empty)

[<Test>]
let ``reflection makes the whole assembly count, and the listing says so`` () =
    let names = csharp.Base.Value.Listing("Reflecting", "Run").Members |> Array.map fst

    Assert.That(
        names,
        Has.Some.StartsWith "whole Fixture: Reflecting.Run(String):Object uses System.Type.GetType"
    )

[<TestCase("Accessing", "Accessing.Hidden(Held):Int32& uses UnsafeAccessor")>]
[<TestCase("Writing", "Writing.Run(Int32):String uses System.Text.Json.Nodes.JsonArray.Add`")>]
let ``other ways to reach code by its name make everything count as well`` (name: string) (reason: string) =
    let names = csharp.Base.Value.Listing(name, "Run").Members |> Array.map fst
    Assert.That(names, Has.Member $"whole Fixture: {reason}")
    Assert.That(names, Has.Member "program Fixture")

[<Test>]
let ``what is said of an assembly and runs before all its code counts`` () =
    Assert.That(
        difference (ofCSharp csharp.Base deep) (ofCSharp csharp.Told deep),
        Is.EqualTo(
            String.concat "\n" [
                "Added \"Beginning.Start():Void\""
                "Changed \"assembly Fixture\""
                "Added \"type Beginning\""
            ]
        )
    )

[<Test>]
let ``an assembly beside the program counts by its build and not by its version alone`` () =
    let runtime = "System.Private.CoreLib"

    let listing (deployed: string) =
        let locate name =
            if name = "Fixture" then
                Some csharp.Base.Value.Path
            else
                None

        let deployed name =
            if name = runtime then Some deployed else None

        use reachable = new Reachable(locate, deployed)

        reachable.Listing {
            Methods = []
            Given = [ "Fixture", deep ]
            Whole = []
            Outside = []
            Held = []
        }

    Assert.That(
        difference (listing csharp.Base.Value.Path) (listing csharp.Changed.Value.Path),
        Is.EqualTo $"Changed \"outside {runtime}\""
    )

[<TestCase("System.Object", "outside System.Private.CoreLib")>]
[<TestCase("System.NoSuchType", "whole System.Runtime: System.NoSuchType cannot be found")>]
let ``a type that has moved is followed, and one that is missing makes everything count``
    (name: string)
    (expected: string)
    =
    // An assembly of the runtime in which there are forwards and hardly anything else.
    let facade =
        Path.Combine(string (Path.GetDirectoryName typeof<obj>.Assembly.Location), "System.Runtime.dll")

    let locate name =
        if name = "System.Runtime" then Some facade else None

    use reachable = new Reachable(locate)

    let listing =
        reachable.Listing {
            Methods = []
            Given = [ "System.Runtime", name ]
            Whole = []
            Outside = []
            Held = []
        }

    Assert.That(listing.Members |> Array.map fst, Has.Member expected)

[<Test>]
let ``what only virtual calls reach is listed, and what nobody makes is not`` () =
    let names = (ofCSharp csharp.Base "VirtualCalls").Members |> Array.map fst
    Assert.That(names, Has.Member "Doubling.Apply(Double):Double")
    Assert.That(names, Has.None.StartsWith "Unused")

[<Test>]
let ``a listing reads back from its text`` () =
    let listing = ofCSharp csharp.Base deep
    Assert.That(Listing.tryParse (Listing.text listing), Is.EqualTo(Some listing))
    Assert.That(Listing.tryParse "no tab", Is.EqualTo None)

[<Test>]
let ``a member's place is found by the symbols beside the assembly`` () =
    let file = "Fixture.cs"

    let lines =
        File.ReadAllLines(Path.Combine(string (Path.GetDirectoryName csharp.Base.Value.Path), file))

    let line =
        1 + Array.findIndex (fun (line: string) -> line.Contains "Factor(int i)") lines

    match Location.find [ csharp.Base.Value.Path ] "ThreeCallsDeep.Factor(Int32):Double" with
    | Some place ->
        Assert.That(Path.GetFileName place.File, Is.EqualTo file)
        Assert.That(place.Line, Is.EqualTo line)
    | None -> Assert.Fail "no place"

    Assert.That(Location.find [ csharp.Base.Value.Path ] "ThreeCallsDeep.None(Int32):Double", Is.EqualTo None)
