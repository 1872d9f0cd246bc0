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

let private apt prefix arguments =
    let words =
        prefix
        @ [ "env"; "DEBIAN_FRONTEND=noninteractive"; "apt-get"; "-qq" ]
        @ arguments

    fst (capture (List.head words) (List.tail words)) = 0

let private install (package: Package) =
    let attempt prefix =
        apt prefix [ "install"; "--yes"; "--no-install-recommends"; package.Name ]

    let installed =
        match asRoot.Value with
        | None -> false
        | Some prefix -> attempt prefix || (apt prefix [ "update" ] && attempt prefix)

    if installed then
        printfn "%s: installed" package.Name
    else
        printfn
            "%s: missing and not installed by this build; needed for %s only (apt-get install %s)"
            package.Name
            package.For
            package.Name

let private sources = Path.Combine(root, "src", "native", "bullet")
let private output = Path.Combine(root, "artifacts", "native")
let private shim = Path.Combine(output, "libplimsoll_bullet.so")

/// What the shim was made of, beside it.
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

    let content = StringBuilder()

    for file in Directory.GetFiles sources |> Array.sort do
        content.Append(Path.GetFileName file).Append('\n').Append(File.ReadAllText file)
        |> ignore

    for line in flags @ headers @ libraries @ [ said "g++" [ "--version" ] ] do
        content.Append(line).Append('\n') |> ignore

    let madeOf =
        content.ToString()
        |> Encoding.UTF8.GetBytes
        |> SHA256.HashData
        |> Convert.ToHexStringLower

    if File.Exists shim && File.Exists stamp && File.ReadAllText stamp = madeOf then
        printfn "shim before Bullet: up to date"
    else
        Directory.CreateDirectory output |> ignore
        let fresh = shim + ".new"
        mustQuietly "g++" (flags @ headers @ files @ [ "-o"; fresh ] @ libraries)
        File.Move(fresh, shim, true)
        File.WriteAllText(stamp, madeOf)
        printfn "shim before Bullet: compiled"

/// Compiles the shim where that is possible, otherwise says in a line why it is not.
let private buildShim () =
    let missing =
        [ "g++"; "pkg-config"; "libbullet-dev" ]
        |> List.filter (fun name -> not ((packages |> List.find (fun p -> p.Name = name)).Present()))

    if not missing.IsEmpty then
        let names = String.Join(' ', missing)
        printfn "shim before Bullet: not compiled, so there are no tasks on Bullet (apt-get install %s)" names
    else
        match said "pkg-config" [ "--modversion"; bullet ] with
        | version when version = bulletVersion -> compile ()
        | other ->
            printfn
                "shim before Bullet: not compiled, so there are no tasks on Bullet (Bullet is %s; they need %s)"
                other
                bulletVersion

let forget () =
    for file in [ shim; stamp ] do
        if File.Exists file then
            File.Delete file

let prepare () =
    for package in packages do
        if package.Present() then
            printfn "%s: present" package.Name
        else
            install package

    buildShim ()
