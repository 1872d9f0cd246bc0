/// Series stay apart for readers who see fewer colours, in both themes.
module Plimsoll.Report.Tests.PaletteTests

open System
open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Report

/// What a reader sees of linear RGB. Machado, Oliveira and Fernandes 2009, severity 1.
let private visions = [
    "normal", [| [| 1.0; 0.0; 0.0 |]; [| 0.0; 1.0; 0.0 |]; [| 0.0; 0.0; 1.0 |] |]
    "protanopia",
    [|
        [| 0.152286; 1.052583; -0.204868 |]
        [| 0.114503; 0.786281; 0.099216 |]
        [| -0.003882; -0.048116; 1.051998 |]
    |]
    "deuteranopia",
    [|
        [| 0.367322; 0.860646; -0.227968 |]
        [| 0.280085; 0.672501; 0.047413 |]
        [| -0.011820; 0.042940; 0.968881 |]
    |]
    "tritanopia",
    [|
        [| 1.255528; -0.076749; -0.178779 |]
        [| -0.078411; 0.930809; 0.147602 |]
        [| 0.004733; 0.691367; 0.303900 |]
    |]
]

let private times (matrix: double array array) (v: double array) =
    matrix
    |> Array.map (fun row -> Array.fold2 (fun sum a b -> sum + a * b) 0.0 row v)

/// IEC 61966-2-1.
let private linear (hex: string) =
    [| 1; 3; 5 |]
    |> Array.map (fun i ->
        let c = double (Convert.ToInt32(hex.Substring(i, 2), 16)) / 255.0

        if c <= 0.04045 then
            c / 12.92
        else
            Math.Pow((c + 0.055) / 1.055, 2.4))

/// CIELAB under D65.
let private lab (rgb: double array) =
    let xyz =
        times
            [|
                [| 0.4124564; 0.3575761; 0.1804375 |]
                [| 0.2126729; 0.7151522; 0.0721750 |]
                [| 0.0193339; 0.1191920; 0.9503041 |]
            |]
            rgb

    let f t =
        if t > 216.0 / 24389.0 then
            Math.Cbrt t
        else
            (24389.0 / 27.0 * t + 16.0) / 116.0

    let x, y, z = f (xyz[0] / 0.95047), f xyz[1], f (xyz[2] / 1.08883)
    [| 116.0 * y - 16.0; 500.0 * (x - y); 200.0 * (y - z) |]

let private seen matrix hex =
    linear hex
    |> times matrix
    |> Array.map (fun c -> Math.Clamp(c, 0.0, 1.0))
    |> lab

/// Smallest over what readers see, CIE 1976.
let private distance a b =
    visions
    |> List.map (fun (_, matrix) ->
        Array.fold2 (fun sum p q -> sum + (p - q) * (p - q)) 0.0 (seen matrix a) (seen matrix b)
        |> sqrt)
    |> List.min

/// From the style sheet itself: the light colours stand first, then the dark ones.
let private colours (prefix: string) count =
    let found =
        Regex.Matches(Style.css, $"--{prefix}[0-9]: (#[0-9a-f]{{6}});")
        |> Seq.map _.Groups[1].Value
        |> Seq.toArray

    [ "light", found[.. count - 1]; "dark", found[count .. 2 * count - 1] ]

let private cards = dict [ "light", "#ffffff"; "dark", "#181f27" ]

let private luminance hex =
    Array.fold2 (fun sum a b -> sum + a * b) 0.0 [| 0.2126; 0.7152; 0.0722 |] (linear hex)

let private contrast a b =
    let low, high = min (luminance a) (luminance b), max (luminance a) (luminance b)
    (high + 0.05) / (low + 0.05)

let private pairs count = [
    for i in 0 .. count - 1 do
        for j in 0 .. i - 1 -> i, j
]

[<Test>]
let ``simulated readers see greys as they are, and red and green closer together`` () =
    for _, matrix in visions do
        for a, b in Array.zip (seen matrix "#808080") (lab (linear "#808080")) do
            Assert.That(a, Is.EqualTo(b).Within 0.1)

    let apart name =
        let matrix = visions |> List.find (fun (n, _) -> n = name) |> snd
        abs ((seen matrix "#cc3311")[1] - (seen matrix "#228833")[1])

    Assert.That(apart "protanopia", Is.LessThan(0.4 * apart "normal"))
    Assert.That(apart "deuteranopia", Is.LessThan(0.4 * apart "normal"))

[<Test>]
let ``of 15 methods, those of one shape or one dash differ in colour for every reader`` () =
    for theme, palette in colours "c" Palette.colours do
        for i, j in pairs 15 do
            let same =
                Palette.shapeOf i = Palette.shapeOf j || Palette.dashOf i = Palette.dashOf j

            if same then
                let apart = distance palette[Palette.colourOf i] palette[Palette.colourOf j]
                Assert.That(apart, Is.GreaterThan 20.0, $"{theme}: {i} and {j}")

[<Test>]
let ``the eight colours alone differ for every reader`` () =
    for theme, palette in colours "c" Palette.colours do
        Assert.That(palette, Has.Length.EqualTo Palette.colours)

        for i, j in pairs Palette.colours do
            Assert.That(distance palette[i] palette[j], Is.GreaterThan 10.0, $"{theme}: {i} and {j}")

[<Test>]
let ``no two of 56 methods have the same colour and shape`` () =
    let looks = [ for i in 0..55 -> Palette.colourOf i, Palette.shapeOf i ]
    Assert.That(looks, Is.Unique)

[<Test>]
let ``no two of 25 limits have the same colour and dash, and the five colours differ`` () =
    let looks = [ for i in 0..24 -> Palette.limitColourOf i, Palette.limitDashOf i ]
    Assert.That(looks, Is.Unique)

    for theme, palette in colours "s" Palette.limitColours do
        for i, j in pairs Palette.limitColours do
            Assert.That(distance palette[i] palette[j], Is.GreaterThan 10.0, $"{theme}: {i} and {j}")

[<Test>]
let ``every colour stands out from the card by 3 to 1`` () =
    for prefix, count in [ "c", Palette.colours; "s", Palette.limitColours ] do
        for theme, palette in colours prefix count do
            for colour in palette do
                Assert.That(contrast colour cards[theme], Is.GreaterThan 3.0, $"{theme}: {colour}")
