/// What no file may hold.
module Plimsoll.Architecture.Tests.TextTests

open System.IO
open System.Text.RegularExpressions
open NUnit.Framework

let private none (found: string list) =
    Assert.That(found, Is.Empty, String.concat "\n" found)

/// The patterns are put together from pieces, so that this file does not match itself.
let private pattern (pieces: string list list) =
    Regex(pieces |> List.map (String.concat "") |> String.concat "|", RegexOptions.IgnoreCase)

[<Test>]
let ``no file names a package registry`` () =
    let hosts =
        pattern [
            [ @"nuget\."; "org" ]
            [ @"api\."; "nuget" ]
            [ @"nuget\."; "pkg" ]
            [ "my"; @"get\.org" ]
            [ @"pkgs\."; @"dev\.azure" ]
            [ "npm"; @"js\.(org|com)" ]
            [ @"pypi\."; "org" ]
            [ @"python"; @"hosted\.org" ]
            [ @"crates\."; "io" ]
        ]

    Repository.texts
    |> List.collect (fun f -> Source.matches hosts f (Repository.read f))
    |> none

[<Test>]
let ``no file holds an absolute path of somebody's machine`` () =
    let paths =
        pattern [
            [ @"(?<![\w.}/~-])/"; @"(home|Users)/\w" ]
            [ @"(?<![\w.}/~-])/"; @"(root|work|workspace)\b(?=[/""'`\s)]|$)" ]
            [ @"\b[A-Z]:\\"; "Users" ]
        ]

    Repository.texts
    |> List.collect (fun f -> Source.matches paths f (Repository.read f))
    |> none

/// Design: each output element is one fixed sequence of operations. What these functions return depends on
/// the C library and the CPU; `Plimsoll.Numerics` has its own polynomials.
[<Test>]
let ``pure stages call no transcendental function of the platform`` () =
    let functions =
        "(Exp|Exp2|Exp10|ExpM1|Log|Log2|Log10|LogP1|Log2P1|Log10P1|ILogB|Sin|SinPi|SinCos|SinCosPi|Cos|CosPi"
        + "|Tan|TanPi|Tanh|Pow|Sinh|Cosh|Atan|Atan2|AtanPi|Atan2Pi|Atanh|Asin|AsinPi|Asinh|Acos|AcosPi|Acosh"
        + "|Cbrt|Hypot|RootN|Sigmoid|SoftMax)"

    let owners =
        @"(MathF?|float|double|Half|Single|Double|Vector|Vector64|Vector128|Vector256|Vector512|TensorPrimitives|T)"

    let calls =
        Regex($@"\b{owners}\s*\.\s*{functions}\s*[(<;]|using\s+static\s+System\.MathF?\b")

    [ "Numerics"; "Learning"; "Environments"; "Data" ]
    |> List.collect (fun project -> Repository.under $"src/Plimsoll.{project}" [ ".cs" ])
    // Tasks on Bullet hold on the same machine only, and the platform's functions are among the files in their keys.
    |> List.filter (fun file -> not (file.Contains "Plimsoll.Environments/Bullet/"))
    |> List.collect (fun file -> Source.matches calls file (Source.code (Repository.read file)))
    |> none

[<Test>]
let ``no source file is longer than 400 lines`` () =
    [ "src"; "tests"; "build" ]
    |> List.collect (fun folder -> Repository.under folder [ ".cs"; ".fs"; ".fsx"; ".cpp"; ".h"; ".sh" ])
    |> List.map (fun file -> file, (Repository.lines file).Length)
    |> List.filter (fun (_, count) -> count > 400)
    |> List.map (fun (file, count) -> $"{file}: {count} lines")
    |> none

[<Test>]
let ``no source is left for later`` () =
    let later =
        Regex @"NotImplementedException|\bTODO\b|\bFIXME\b|\bXXX\b|not implemented"

    Repository.under "src" [ ".cs"; ".fs"; ".cpp"; ".h" ]
    |> List.collect (fun file -> Source.matches later file (Repository.read file))
    |> none

[<Test>]
let ``each folder that a build makes is ignored by git`` () =
    let ignored = Repository.lines ".gitignore" |> Array.map _.Trim()

    for folder in
        [
            "bin/"
            "obj/"
            "feed/"
            "paket-files/"
            "artifacts/"
            "TestResults/"
            ".plimsoll/"
        ] do
        Assert.That(ignored, Does.Contain folder)

[<TestCase("float y = 1; // MathF.Exp(x)", "MathF.Exp", false)>]
[<TestCase("var s = \"Math.Log(\"; y = Math.Log(2);", "Math.Log(2)", true)>]
[<TestCase("/* Math.Sin( */ Cos(1)", "Math.Sin", false)>]
[<TestCase("char c = '\"'; Math.Sin(1)", "Math.Sin(1)", true)>]
[<TestCase("@\"a\"\"b\" + Math.Tan(1)", "Math.Tan(1)", true)>]
let ``the reader of C# keeps code and drops comments and literals`` (text: string, part: string, kept: bool) =
    let code = Source.code text
    Assert.That(code.Contains part, Is.EqualTo kept)
    Assert.That(code.Length, Is.EqualTo text.Length)

[<Test>]
let ``the repository is really being read`` () =
    Assert.That(Repository.files, Does.Contain "paket.lock")
    Assert.That(Repository.under "src" [ ".cs"; ".fs" ], Is.Not.Empty)
    Assert.That(File.Exists(Path.Combine(Repository.root, "Pipeline.sln")))
