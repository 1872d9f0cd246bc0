/// Native libraries, by the system's own packages. All of them are optional: without one, only the
/// stages that call it fail, and they say which package is missing.
module Native

open System.Runtime.InteropServices
open Shell

type Library = {
    File: string
    DebianPackage: string
    For: string
}

let libraries = [
    {
        File = "libhdf5_serial.so.103"
        DebianPackage = "libhdf5-103-1"
        For = "reading and writing HDF5"
    }
]

let private present (library: Library) =
    let loaded, handle = NativeLibrary.TryLoad library.File

    if loaded then
        NativeLibrary.Free handle

    loaded

let private exists program =
    (try
        fst (capture program [ "--version" ]) = 0
     with BuildFailed _ ->
         false)

/// How to become root without being asked anything; None when that is not possible.
let private asRoot () =
    if not (exists "apt-get") then
        None
    elif System.Environment.UserName = "root" then
        Some []
    elif exists "sudo" && fst (capture "sudo" [ "-n"; "true" ]) = 0 then
        Some [ "sudo"; "-n" ]
    else
        None

let private apt prefix arguments =
    let words =
        prefix
        @ [ "env"; "DEBIAN_FRONTEND=noninteractive"; "apt-get"; "-qq" ]
        @ arguments

    fst (capture (List.head words) (List.tail words)) = 0

let install () =
    for library in libraries do
        if present library then
            printfn "%s: present" library.DebianPackage
        else
            let install prefix =
                apt prefix [ "install"; "--yes"; "--no-install-recommends"; library.DebianPackage ]

            let installed =
                match asRoot () with
                | None -> false
                | Some prefix -> install prefix || (apt prefix [ "update" ] && install prefix)

            if installed then
                printfn "%s: installed" library.DebianPackage
            else
                printfn
                    "%s: missing and not installed by this build; needed for %s only (apt-get install %s)"
                    library.DebianPackage
                    library.For
                    library.DebianPackage
