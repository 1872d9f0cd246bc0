/// Native libraries: what the system's own packages hold, and our shim before Bullet. All of it is optional:
/// without a library only what calls it fails, and says which package is missing.
module Native

open System
open System.IO
open System.Runtime.InteropServices
open System.Security.Cryptography
open System.Text
open Shell

type Package = {
    Name: string
    For: string
    Present: unit -> bool
}

/// Whether a program runs and ends well; a missing one does not.
let private succeeds program arguments =
    try
        fst (capture program arguments) = 0
    with BuildFailed _ ->
        false

let private loads (file: string) () =
    let loaded, handle = NativeLibrary.TryLoad file

    if loaded then
        NativeLibrary.Free handle

    loaded

/// The name by which pkg-config knows Bullet in double precision.
let private bullet = "bullet-float64"

/// The version that the tasks are checked against; others give other bits, and the program refuses them.
let private bulletVersion = "3.24"

let packages = [
    {
        Name = "libhdf5-103-1"
        For = "reading and writing HDF5"
        Present = loads "libhdf5_serial.so.103"
    }
    {
        Name = "libmujoco2.2.2"
        For = "the tasks on MuJoCo"
        Present = loads "libmujoco.so.2.2.2"
    }
    {
        Name = "g++"
        For = "the tasks on Bullet (compiles the shim)"
        Present = fun () -> succeeds "g++" [ "--version" ]
    }
    {
        Name = "pkg-config"
        For = "the tasks on Bullet (finds it)"
        Present = fun () -> succeeds "pkg-config" [ "--version" ]
    }
    {
        Name = "libbullet-dev"
        For = "the tasks on Bullet"
        Present = fun () -> succeeds "pkg-config" [ "--exists"; bullet ]
    }
]

/// How to become root without being asked anything; None when that is not possible.
let private asRoot =
    lazy
        (if not (succeeds "apt-get" [ "--version" ]) then
             None
         elif Environment.UserName = "root" then
             Some []
         elif succeeds "sudo" [ "-n"; "true" ] then
             Some [ "sudo"; "-n" ]
         else
             None)

let private output = Path.Combine(root, "artifacts", "native")

/// The packages that were missing after apt had been asked for them. Asking again costs time-outs where there is no
/// network, so it waits a day, or until others are missing.
let private refused (what: string) = Path.Combine(output, what + ".refused")

let private askedBefore (what: string) (names: string list) =
    File.Exists(refused what)
    && File.ReadAllLines(refused what) |> List.ofArray = names
    && DateTime.UtcNow - File.GetLastWriteTimeUtc(refused what) < TimeSpan.FromDays 1

let private forgetRefusal (what: string) =
    if File.Exists(refused what) then
        File.Delete(refused what)

let private lastLine (text: string) =
    text.Split('\n', StringSplitOptions.RemoveEmptyEntries ||| StringSplitOptions.TrimEntries)
    |> Array.tryLast
    |> Option.defaultValue "nothing"

/// Asks apt once for all that it knows of the packages, after at most one update. None: it did what it was asked.
let private install prefix (names: string list) : string option =
    let apt arguments =
        let words =
            prefix
            @ [ "env"; "DEBIAN_FRONTEND=noninteractive"; "apt-get"; "-qq" ]
            @ arguments

        match capture (List.head words) (List.tail words) with
        | 0, _ -> None
        | _, text -> Some(lastLine text)

    // A package that apt does not know would keep it from installing the others.
    let known () =
        names |> List.filter (fun name -> succeeds "apt-cache" [ "show"; name ])

    let attempt =
        function
        | [] -> Some "none of them is known"
        | some -> apt ([ "install"; "--yes"; "--no-install-recommends" ] @ some)

    let first = known ()

    let tried =
        if first.Length < names.Length then
            Some ""
        else
            attempt first

    match tried with
    | None -> None
    | Some _ ->
        let update = apt [ "update" ]
        // What the update says tells more of a network that is not there.
        attempt (known ()) |> Option.map (fun said -> defaultArg update said)

let private installAll (what: string) (missing: Package list) =
    let names = missing |> List.map _.Name

    let said =
        match asRoot.Value with
        | _ when askedBefore what names -> "apt could not install them less than a day ago"
        | None -> "this build may not install packages"
        | Some prefix ->
            match install prefix names with
            | None -> "apt installed what it knows"
            | Some words -> $"apt said: {words}"

    let absent = missing |> List.filter (fun package -> not (package.Present()))

    for package in missing do
        if not (List.contains package.Name (absent |> List.map _.Name)) then
            printfn "%s: installed" package.Name

    for package in absent do
        printfn "%s: missing; needed for %s only" package.Name package.For

    if not absent.IsEmpty then
        printfn "%s (apt-get install %s)" said (absent |> List.map _.Name |> String.concat " ")

        if asRoot.Value.IsSome && not (askedBefore what names) then
            Directory.CreateDirectory output |> ignore
            File.WriteAllLines(refused what, absent |> List.map _.Name)

let private sources = Path.Combine(root, "src", "native", "bullet")
let private shim = Path.Combine(output, "libplimsoll_bullet.so")

/// What the shim was made of, beside it: a digest of our sources and flags, then one that takes in the compiler
/// and where Bullet is.
let private stamp = shim + ".made-of"

// Results depend on these flags: no product and sum become one rounding, and nothing is reordered.
let private flags =
    [
        "-std=c++17"
        "-O2"
        "-ffp-contract=off"
        "-fno-fast-math"
        "-fPIC"
        "-shared"
    ]
    @ [ "-fvisibility=hidden"; "-Wall"; "-Wextra"; "-Wl,--as-needed"; "-Wl,-s" ]

let private said program arguments =
    match capture program arguments with
    | 0, text -> text.Trim()
    | status, text -> raise (BuildFailed $"`{program}` ended with {status}: {text.Trim()}")

let private words (text: string) =
    text.Split(' ', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

let private digest (lines: string seq) =
    String.Join('\n', lines)
    |> Encoding.UTF8.GetBytes
    |> SHA256.HashData
    |> Convert.ToHexStringLower

let private ourPart () =
    let files =
        Directory.GetFiles sources
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))

    digest [
        for file in files do
            Path.GetFileName file
            File.ReadAllText file
        yield! flags
    ]

/// What the shim in place was made of; nothing where there is none.
let private madeOf () =
    if File.Exists shim && File.Exists stamp then
        File.ReadAllLines stamp |> List.ofArray
    else
        []

let private forgetShim () =
    for file in [ shim; stamp ] do
        if File.Exists file then
            File.Delete file

/// The shim's file is written beside its place and moved there, so that a program that runs keeps the old one.
let private compile () =
    // Warnings are for our own lines, not for Bullet's.
    let headers =
        said "pkg-config" [ "--cflags"; bullet ]
        |> words
        |> List.map (fun flag ->
            if flag.StartsWith "-I" then
                "-isystem" + flag.Substring 2
            else
                flag)

    let libraries = said "pkg-config" [ "--libs"; bullet ] |> words

    let files =
        Directory.GetFiles(sources, "*.cpp")
        |> Array.map (fun file -> Path.GetRelativePath(root, file))
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> List.ofArray

    let ours = ourPart ()
    let wanted = [ ours; digest ([ ours; said "g++" [ "--version" ] ] @ headers @ libraries) ]

    if madeOf () = wanted then
        printfn "shim before Bullet: up to date"
    else
        Directory.CreateDirectory output |> ignore
        let fresh = shim + ".new"
        said "g++" (flags @ headers @ files @ [ "-o"; fresh ] @ libraries) |> ignore
        File.Move(fresh, shim, true)
        File.WriteAllLines(stamp, wanted)
        printfn "shim before Bullet: compiled"

/// A shim that is not of the present sources must not pass for one that is.
let private without (why: string) =
    forgetShim ()
    printfn "shim before Bullet: not compiled, so there are no tasks on Bullet (%s)" why

/// Compiles the shim where that is possible, otherwise says in a line why it is not: a build never fails for it.
let private buildShim () =
    let missing =
        [ "g++"; "pkg-config"; "libbullet-dev" ]
        |> List.filter (fun name -> not ((packages |> List.find (fun p -> p.Name = name)).Present()))

    if not missing.IsEmpty then
        let names = String.Join(' ', missing)

        match madeOf () with
        | ours :: _ when ours = ourPart () ->
            printfn "shim before Bullet: the one of these sources stays in use, without %s" names
        | _ -> without $"apt-get install {names}"
    else
        try
            match said "pkg-config" [ "--modversion"; bullet ] with
            | version when version = bulletVersion -> compile ()
            | other -> without $"Bullet is {other}; they need {bulletVersion}"
        with BuildFailed words ->
            printfn "%s" words
            without "the compiler's words are above"

let private libraries, browser, python = "packages", "browser", "python"

let forget () =
    forgetShim ()
    forgetRefusal libraries
    forgetRefusal browser
    forgetRefusal python

let private provide (what: string) (wanted: Package list) =
    let present, missing = wanted |> List.partition (fun package -> package.Present())

    for package in present do
        printfn "%s: present" package.Name

    if missing.IsEmpty then
        forgetRefusal what
    else
        installAll what missing

let prepare () =
    if not (OperatingSystem.IsLinux()) then
        printfn "native libraries: this build prepares them on Linux only"
    else
        provide libraries packages
        buildShim ()

/// What tests look with at Plimsoll's files from outside. For them alone, so that whoever runs experiments downloads
/// no browser.
let prepareForTests () =
    let imports (modules: string) () =
        succeeds "/usr/bin/python3" [ "-c"; "import " + modules ]

    if OperatingSystem.IsLinux() then
        provide browser [
            {
                Name = "chromium"
                For = "the browser tests"
                Present = fun () -> succeeds "chromium" [ "--version" ]
            }
        ]

        provide python [
            {
                Name = "python3-numpy"
                For = "the tests that read exported weights in Python"
                Present = imports "numpy"
            }
            {
                Name = "python3-onnx"
                For = "the tests that check exported policies with ONNX's own checker"
                Present = imports "onnx"
            }
        ]
