/// What this machine offers.
module Plimsoll.Cli.Doctor

open System
open System.IO
open System.Runtime.Intrinsics.X86
open Plimsoll.Data
open Plimsoll.Numerics.Kernels
open Plimsoll.Store

let private yes flag = if flag then "yes" else "no"

let private simd () = [
    "path taken", InstructionSet.Name
    "AVX-512 (F, BW)", yes InstructionSet.IsAvx512
    "AVX2 and FMA", yes (Avx2.IsSupported && Fma.IsSupported)
]

let private hdf5 () =
    match Hdf5Library.TryLoad null with
    | null, tried ->
        let tried = String.concat ", " tried

        [
            "HDF5", "missing: HDF5 files can be neither read nor written; everything else works"
            "  remedy",
            $"install the Debian package {Hdf5Library.DebianPackage}, or set {Hdf5Library.EnvironmentVariable}"
            "  tried", tried
        ]
    | library, _ -> [ "HDF5", $"{library.Version} ({library.Name})" ]

let private storeState (root: string) =
    match Store.Open(root, ReadOnly) with
    | Ok store ->
        match store.Status() with
        | Ok status ->
            Display.plural status.Artifacts "artifact"
            + ", "
            + Display.bytes status.ArtifactBytes
        | Error error -> StoreError.text error
    | Error(NoStore _) -> "none yet; the first run makes it"
    | Error error -> StoreError.text error

let private section (title: string) (facts: (string * string) list) =
    let width = facts |> List.map (fst >> _.Length) |> List.max
    title :: [ for name, value in facts -> $"  {name.PadRight width}  {value}" ]

/// What `doctor` prints.
let text (storeRoot: string) : string =
    let machine = Machine.current ()
    let memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes

    [
        section "machine" [
            "system", machine.System
            "processor", machine.Processor
            "cores", string machine.Cores
            "memory", Display.bytes memory
            "runtime", machine.Runtime
        ]
        section "vector instructions" (simd ())
        section "native libraries" (hdf5 ())
        section "program" [
            "version", Origins.version ()
            "folder", AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)
        ]
        section "store" [ storeRoot, storeState storeRoot ]
    ]
    |> List.map (String.concat "\n")
    |> String.concat "\n\n"
