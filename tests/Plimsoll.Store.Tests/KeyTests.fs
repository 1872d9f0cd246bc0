module Plimsoll.Store.Tests.KeyTests

open System.IO
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Store
open Plimsoll.Store.Tests.Samples

let private sample = definition (Some 7L)
let private key = Key.ofDefinition sample

// Made by a second implementation of the canonical bytes.
[<Test>]
let ``the key of a fixed definition never changes`` () =
    Assert.That(string key, Is.EqualTo "7696e5960b418b6e0db9b223784fb0e26151ef972624b824e80a4023c487fe54")

[<Test>]
let ``every part of a definition changes the key`` () =
    let other = digestOf [| 9uy |]

    let variants = [
        { sample with Stage = "fit2" }
        { sample with Seed = None }
        { sample with Seed = Some 8L }
        {
            sample with
                Code = [ "Plimsoll.Learning", other ]
        }
        {
            sample with
                Code = [ "Plimsoll.Numerics", snd sample.Code.Head ]
        }
        {
            sample with
                Inputs = [ "data", other ]
        }
        {
            sample with
                Inputs = [ "critic", snd sample.Inputs.Head ]
        }
        {
            sample with
                Inputs = sample.Inputs @ [ "critic", other ]
        }
        {
            sample with
                Parameters = sample.Parameters.Tail
        }
        {
            sample with
                Parameters = ("eta", Known(Real 0.5)) :: sample.Parameters.Tail
        }
        {
            sample with
                Parameters = ("eta", Known(Text "0.4")) :: sample.Parameters.Tail
        }
        {
            sample with
                Parameters = ("eta2", Known(Real 0.4)) :: sample.Parameters.Tail
        }
        {
            sample with
                Libraries = [ "libmujoco.so.2.2.2", other ]
        }
        {
            sample with
                Libraries = [ "libmujoco.so.2.2.2", digestOf [| 8uy |] ]
        }
        {
            sample with
                Code = sample.Code @ [ "libmujoco.so.2.2.2", other ]
        }
    ]

    let keys = key :: List.map Key.ofDefinition variants
    Assert.That(List.distinct keys |> List.length, Is.EqualTo(variants.Length + 1))

[<Test>]
let ``the order in which parts are given does not change the key`` () =
    let reversed = {
        sample with
            Parameters = List.rev sample.Parameters
            Code = List.rev sample.Code
    }

    Assert.That(Key.ofDefinition reversed, Is.EqualTo key)

let private withReal number =
    {
        sample with
            Parameters = [ "eta", Known(Key.typed (RealType(-10.0, 10.0)) number) ]
    }
    |> Key.ofDefinition

[<Test>]
let ``a real parameter written as a whole number has the same key`` () =
    Assert.That(withReal (Whole 1L), Is.EqualTo(withReal (Real 1.0)))

[<Test>]
let ``minus zero is zero in a key`` () =
    Assert.That(withReal (Real -0.0), Is.EqualTo(withReal (Real 0.0)))

[<FsCheck.NUnit.Property>]
let ``two seeds have two keys`` (left: int64) (right: int64) =
    (Key.ofDefinition (definition (Some left)) = Key.ofDefinition (definition (Some right))) = (left = right)

[<Test>]
let ``the digest of a file follows its content and not its path`` () =
    let folder = Folders.fresh ()
    let first, second = Path.Combine(folder, "a"), Path.Combine(folder, "b")
    File.WriteAllText(first, "content")
    File.WriteAllText(second, "content")
    let before = Fingerprint.ofFile first
    Assert.That(Fingerprint.ofFile second, Is.EqualTo before)
    File.WriteAllText(first, "changed!")
    Assert.That(Fingerprint.ofFile first, Is.Not.EqualTo before)

[<Test>]
let ``a missing file and a folder have no digest but a reason`` () =
    let folder = Folders.fresh ()
    Assert.That(Fingerprint.ofFile(Path.Combine(folder, "none")).IsError)
    Assert.That((Fingerprint.ofFile folder).IsError)

[<Test>]
let ``the fingerprint of code names each assembly once, in order`` () =
    let ours = typeof<Store>.Assembly
    let language = typeof<Cell>.Assembly
    let fingerprint = Fingerprint.ofAssemblies [ ours; language; ours ]

    Assert.That(
        fingerprint |> List.map fst,
        Is.EqualTo<string list> [ "Plimsoll.Language"; "Plimsoll.Store" ]
    )

    let expected = digestOf (File.ReadAllBytes ours.Location)
    Assert.That(snd fingerprint[1], Is.EqualTo expected)

[<Test>]
let ``the parts of a key say every value in words`` () =
    let lines =
        Key.parts sample
        |> List.map (fun part -> $"%A{part.Kind} {part.Name} = {part.Value}")
        |> List.filter (fun line -> not (line.Contains "Code"))

    let expected = [
        "StagePart  = fit"
        "ParameterPart eta = 0.4"
        "ParameterPart layers = [64, 64]"
        $"ParameterPart file = content {digestOf [| 2uy |]}"
        "ParameterPart guarded = true"
        "ParameterPart name = a \"quoted\" name"
        $"InputPart data = {digestOf [| 3uy |]}"
        "SeedPart  = 7"
    ]

    Assert.That(lines, Is.EqualTo<string list> expected)
