module Plimsoll.Language.Tests.LiteralTests

open FsCheck
open NUnit.Framework
open FsCheck.NUnit // after NUnit, whose Property is another
open Plimsoll.Language
open Plimsoll.Language.Literal

let private read expected text =
    let findings = Findings()

    Reader.read findings "test.yaml" ("x: " + text + "\n")
    |> Option.bind (fun root ->
        match root.Shape with
        | Mapping [ entry ] -> Literal.value findings (At "x") expected "" entry.Value
        | _ -> None)

let private anyWhole = WholeType(System.Int64.MinValue, System.Int64.MaxValue)
let private anyReal = RealType(-infinity, infinity)

[<Test>]
let ``spelling decides what a bare word is`` () =
    let cases = [
        "300_000", Integer 300_000L
        "-7", Integer -7L
        "+7", Integer 7L
        "1_000_000.5", Decimal 1_000_000.5
        "1e-3", Decimal 0.001
        "1E3", Decimal 1000.0
        ".5", Decimal 0.5
        "5.", Decimal 5.0
        "0..4", Span(0L, 4L)
        "-3..-1", Span(-3L, -1L)
        "0..1_000", Span(0L, 1000L)
        "true", Truth true
        "false", Truth false
        "True", Letters "True"
        "yes", Letters "yes"
        "007", Letters "007"
        "1__0", Letters "1__0"
        "_1", Letters "_1"
        "1_", Letters "1_"
        "0x10", Letters "0x10"
        "1..", Letters "1.."
        "0.1..0.5", Letters "0.1..0.5"
        "-", Letters "-"
        ".", Letters "."
        "e5", Letters "e5"
        "99999999999999999999", TooLarge
        "1e400", TooLarge
        "0..99999999999999999999", TooLarge
        ".inf", NotFinite
        "-.INF", NotFinite
        ".nan", NotFinite
        "null", Nothing
        "~", Nothing
        "", Nothing
        "$dataset", Reference "$dataset"
    ]

    for text, expected in cases do
        Assert.That(word text, Is.EqualTo expected, text)

[<Test>]
let ``a type reads the spellings that it owns and no others`` () =
    let good = [
        anyWhole, "3", Whole 3L
        anyReal, "3", Real 3.0
        anyReal, "-0.0", Real -0.0
        FlagType, "true", Flag true
        TextType, "plain", Text "plain"
        TextType, "'3'", Text "3"
        TextType, "\"true\"", Text "true"
        FileType, "data/a b.hdf5", Text "data/a b.hdf5"
        ChoiceType [ "one"; "two" ], "two", Text "two"
        ChoiceType [ "one"; "two" ], "'two'", Text "two"
        ItemsType anyWhole, "[1, 2]", Items [ Whole 1L; Whole 2L ]
        ItemsType anyWhole, "0..2", Items [ Whole 0L; Whole 1L; Whole 2L ]
        ItemsType anyWhole, "[0..1, 7]", Items [ Whole 0L; Whole 1L; Whole 7L ]
        ItemsType anyReal, "[]", Items []
    ]

    for expected, text, value in good do
        Assert.That(read expected text, Is.EqualTo(Some value), text)

    let bad = [
        anyWhole, "3.0"
        anyWhole, "1e3"
        anyWhole, "'3'"
        anyWhole, "0..2"
        anyReal, "true"
        anyReal, ".nan"
        FlagType, "yes"
        FlagType, "1"
        TextType, "3"
        TextType, "true"
        TextType, "$x"
        ChoiceType [ "one" ], "three"
        ItemsType anyWhole, "1"
        ItemsType anyReal, "0..2"
        ItemsType anyWhole, "[1, x]"
        anyWhole, "[1]"
        anyWhole, "{}"
        anyWhole, ""
    ]

    for expected, text in bad do
        Assert.That(read expected text, Is.EqualTo None, text)

[<Test>]
let ``bounds are kept`` () =
    let percent = RealAboveType(0.0, 1.0)
    Assert.That(read percent "1", Is.EqualTo(Some(Real 1.0)))
    Assert.That(read percent "0", Is.EqualTo None)
    Assert.That(read percent "1.0000001", Is.EqualTo None)
    Assert.That(read (RealType(0.0, 1.0)) "0", Is.EqualTo(Some(Real 0.0)))
    Assert.That(read (WholeType(1L, 3L)) "3", Is.EqualTo(Some(Whole 3L)))
    Assert.That(read (WholeType(1L, 3L)) "4", Is.EqualTo None)
    Assert.That(read (ItemsType(WholeType(1L, 3L))) "0..2", Is.EqualTo None)

[<Property>]
let ``printed values are read back`` (flag: bool) (whole: int64) (NormalFloat real) (letters: int list) =
    let text =
        letters
        |> List.map (fun letter -> char (32 + abs (letter % 600)))
        |> System.String.Concat

    let again expected value =
        read expected (print value) = Some value

    again FlagType (Flag flag)
    && again anyWhole (Whole whole)
    && again anyReal (Real real)
    && again TextType (Text text)
    && again (ItemsType anyReal) (Items [ Real real; Real(-real) ])
    && again (ItemsType TextType) (Items [ Text text; Text "true" ])
