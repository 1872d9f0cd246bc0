module Plimsoll.Language.Tests.CanonicalTests

open System
open NUnit.Framework
open FsCheck.NUnit // after NUnit, whose Property is another
open Plimsoll.Language
open Plimsoll.Language.Canonical

let private hex (bytes: byte[]) = Convert.ToHexStringLower bytes

/// A list as FsCheck makes them becomes an item without NaN, doubled names and lone surrogates.
type Shape =
    | B of bool
    | I of int64
    | R of FsCheck.NormalFloat
    | T of int list
    | L of Shape list
    | M of Map<int, Shape>

let rec private item shape =
    match shape with
    | B flag -> Truth flag
    | I whole -> Integer whole
    | R real -> Number real.Get
    | T letters ->
        String(
            letters
            |> List.map (fun letter -> char (97 + abs (letter % 3)))
            |> String.Concat
        )
    | L shapes -> Canonical.Sequence(List.map item shapes)
    | M entries -> Record [ for KeyValue(name, shape) in entries -> string name, item shape ]

/// Equality of meaning: entries of records in any order, -0 as 0.
let rec private meaning item =
    match item with
    | Number real when real = 0.0 -> Number 0.0
    | Canonical.Sequence items -> Canonical.Sequence(List.map meaning items)
    | Record entries ->
        Record(entries |> List.map (fun (name, item) -> name, meaning item) |> List.sortBy fst)
    | other -> other

[<Property>]
let ``items have the same bytes exactly when they mean the same`` (left: Shape) (right: Shape) =
    let left, right = item left, item right
    (bytes "test/1" left = bytes "test/1" right) = (meaning left = meaning right)

[<Property>]
let ``the order of a record's entries is irrelevant`` (entries: Map<int, Shape>) =
    let record = [ for KeyValue(name, shape) in entries -> string name, item shape ]
    digest "test/1" (Record record) = digest "test/1" (Record(List.rev record))

[<Property>]
let ``the domain separates equal items`` (shape: Shape) =
    digest "test/1" (item shape) <> digest "test/2" (item shape)

[<Test>]
let ``texts cannot be moved across a border`` () =
    let pair left right =
        digest "test/1" (Canonical.Sequence [ String left; String right ])

    Assert.That(pair "a" "bc", Is.Not.EqualTo(pair "ab" "c"))
    Assert.That(pair "" "abc", Is.Not.EqualTo(pair "abc" ""))

    let record name text =
        digest "test/1" (Record [ name, String text ])

    Assert.That(record "a" "bc", Is.Not.EqualTo(record "ab" "c"))
    let domain name text = digest name (String text)
    Assert.That(domain "a" "bc", Is.Not.EqualTo(domain "ab" "c"))

[<Test>]
let ``a number's type is part of it`` () =
    let digests =
        [
            Integer 1L
            Number 1.0
            String "1"
            Truth true
            Bytes [| 1uy |]
            Canonical.Sequence [ Integer 1L ]
        ]
        |> List.map (digest "test/1")

    Assert.That(digests, Is.Unique)

[<Test>]
let ``minus zero is zero`` () =
    Assert.That(digest "test/1" (Number -0.0), Is.EqualTo(digest "test/1" (Number 0.0)))

[<Test>]
let ``what has no canonical bytes is refused`` () =
    let refused item =
        let thrown =
            try
                bytes "test/1" item |> ignore
                false
            with :? ArgumentException ->
                true

        Assert.That(thrown, $"{item} has bytes")

    refused (Number nan)
    refused (Record [ "a", Truth true; "a", Truth false ])
    refused (String(string (char 0xD800)))
    refused (Canonical.Sequence [ Record [ "a", Number nan ] ])

[<Test>]
let ``bytes follow the written layout`` () =
    let item =
        Record [ "b", Integer -2L; "a", Canonical.Sequence [ Truth true; String "é" ] ]

    let expected = [
        "64 0600000000000000 746573742f31" // domain "test/1"
        "6d 0200000000000000" // record of two entries, sorted by name
        "73 0100000000000000 61"
        "6c 0200000000000000" // list of two items
        "62 0100000000000000 01"
        "73 0200000000000000 c3a9"
        "73 0100000000000000 62"
        "69 0800000000000000 feffffffffffffff"
    ]

    Assert.That(hex (bytes "test/1" item), Is.EqualTo((String.Concat expected).Replace(" ", "")))
    let real = "64 0600000000000000 746573742f31 72 0800000000000000 000000000000f83f"
    Assert.That(hex (bytes "test/1" (Number 1.5)), Is.EqualTo(real.Replace(" ", "")))
    let blob = "64 0600000000000000 746573742f31 78 0200000000000000 00ff"
    Assert.That(hex (bytes "test/1" (Bytes [| 0uy; 255uy |])), Is.EqualTo(blob.Replace(" ", "")))

[<Test>]
let ``digests are SHA-256 in lower-case hexadecimal`` () =
    // FIPS 180-2, appendix B.1.
    Assert.That(hash "abc"B, Is.EqualTo "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

[<Test>]
let ``an item written before has the bytes of the item`` () =
    let item = Record [ "b", Number 1.5; "a", Sequence [ String "x" ] ]

    let around inner = Sequence [ Truth true; inner ]

    Files.equal (digest "test/1" (around item)) (digest "test/1" (around (written item)))
