/// What this machine offers, and whether the store is sound.
module Plimsoll.Cli.Doctor

open System
open System.IO
open System.Runtime.Intrinsics.X86
open Argu
open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Numerics.Kernels
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

/// A line: its name in JSON, its name for people, its value.
type private Fact = {
    Name: string
    Title: string
    Value: string
}

let private fact name title value = {
    Name = name
    Title = title
    Value = value
}

let private yes flag = if flag then "yes" else "no"

let private simd () = [
    fact "path-taken" "path taken" InstructionSet.Name
    fact "avx-512" "AVX-512 (F, BW)" (yes InstructionSet.IsAvx512)
    fact "avx2-fma" "AVX2 and FMA" (yes (Avx2.IsSupported && Fma.IsSupported))
]

let private hdf5 () =
    match Hdf5Library.TryLoad null with
    | null, tried ->
        let tried = String.concat ", " tried

        [
            fact "hdf5" "HDF5" "missing: HDF5 files can be neither read nor written; everything else works"
            fact
                "hdf5-remedy"
                "  remedy"
                $"install the Debian package {Hdf5Library.DebianPackage}, or set {Hdf5Library.EnvironmentVariable}"
            fact "hdf5-tried" "  tried" tried
        ]
    | library, _ -> [ fact "hdf5" "HDF5" $"{library.Version} ({library.Name})" ]

let private engine (name: string) title which =
    match Engines.StateOf which with
    | :? EngineState.Missing as missing -> [
        fact name title $"missing: {missing.What}"
        fact (name + "-remedy") "  remedy" missing.Remedy
      ]
    | :? EngineState.Ready as ready -> [
        fact name title (ready.Files |> Seq.map _.Name |> String.concat ", ")
      ]
    | other -> invalidOp $"an engine is in the state {other}"

/// Differs from the number of cores where a container or taskset allows fewer.
let private allowed () =
    if OperatingSystem.IsLinux() then
        let line =
            try
                File.ReadLines "/proc/self/status"
                |> Seq.tryFind (fun line -> line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))
            with :? IOException ->
                None

        match line with
        | Some line -> line.Substring(line.IndexOf ':' + 1).Trim()
        | None -> "unknown"
    else
        "unknown"

let private machine () =
    let machine = Machine.current ()
    let memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes

    let tick = 1.0e9 / double Diagnostics.Stopwatch.Frequency

    [
        fact "system" "system" machine.System
        fact "processor" "processor" machine.Processor
        fact "cores" "cores" (string machine.Cores)
        fact "cores-allowed" "cores allowed" (allowed ())
        fact "memory" "memory" (Display.bytes memory)
        fact "runtime" "runtime" machine.Runtime
        fact "clock" "clock" $"{tick:F0} ns a tick"
    ]

/// `0-3,6`.
let private ranges (numbers: int list) =
    let grow (ranges: (int * int) list) number =
        match ranges with
        | (first, last) :: rest when number = last + 1 -> (first, number) :: rest
        | _ -> (number, number) :: ranges

    numbers
    |> List.fold grow []
    |> List.rev
    |> List.map (fun (first, last) -> if first = last then string first else $"{first}-{last}")
    |> String.concat ","

/// Starts a worker as `run` does.
let private workers () : Fact list * string list =
    let cores = Environment.ProcessorCount

    let options = {
        Workers.PoolOptions.standard cores with
            Start = TimeSpan.FromSeconds 20.0
    }

    match Workers.Trial.run options with
    | Ok trial ->
        [
            fact "hello" "first answer" $"after {Display.seconds trial.Hello.TotalSeconds}"
            fact
                "cpus"
                "CPUs"
                (if trial.Pinned then
                     $"each thread of a run keeps to one of {ranges trial.Allowed}, unless --jobs is not {cores}"
                 else
                     "the system chooses: a run has another number of threads than there are CPUs allowed")
        ],
        []
    | Error failure ->
        [ fact "hello" "first answer" "none" ],
        [ $"{Display.indented 2 failure.What}\n  remedy: {failure.Remedy}" ]

let private leaseText (lease: LeaseFact) =
    let state =
        if lease.Gone then
            "its process is gone"
        else
            "may be at work"

    $"{(string lease.Key).Substring(0, 12)} by {lease.Owner}: {state}"

/// Facts about the store, and what is wrong with it.
let private storeFacts (root: string) deep : Fact list * string list =
    let place = fact "path" "folder" root

    match openIfThere root with
    | Error trouble ->
        let words =
            match trouble with
            | BadInput words
            | Surroundings words
            | OwnFault words -> words

        [ place ], [ words ]
    | Ok None -> [ place; fact "state" "state" "none yet; the first run makes it" ], []
    | Ok(Some store) ->
        match store.Status(), store.Check deep with
        | Error error, _
        | _, Error error -> [ place ], [ StoreError.text error ]
        | Ok status, Ok health ->
            let tally (tally: Tally) =
                $"{tally.Count}, {Display.bytes tally.Bytes}"

            let facts = [
                place
                fact "records" "records" (tally health.Records)
                fact "artifacts" "artifacts" $"{status.Artifacts}, {Display.bytes status.ArtifactBytes}"
                fact "without-record" "without a record" (tally health.Orphans)
                fact "checkpoints" "checkpoints" (tally health.Checkpoints)
                fact "unfinished" "unfinished files" (tally health.Temporary)
                fact "quarantined" "damaged, set aside" (tally health.Quarantined)
                fact "free" "free on its disk" (Display.bytes health.Free)
                fact
                    "checked"
                    "checked"
                    (if deep then
                         "every artifact's bytes"
                     else
                         "lengths (--deep: every byte)")
                for lease in health.Leases do
                    fact "lease" "lease" (leaseText lease)
            ]

            facts, health.Damages |> List.map Damage.text

let private section (title: string) (facts: Fact list) =
    let width = facts |> List.map _.Title.Length |> List.max

    title
    :: [
        for fact in facts -> $"  {fact.Title.PadRight width}  {fact.Value}".TrimEnd()
    ]
    |> String.concat "\n"

let private program () = [
    fact "version" "version" (Origins.version ())
    fact "folder" "folder" (AppContext.BaseDirectory.TrimEnd Path.DirectorySeparatorChar)
    fact "source" "source" ((Origins.provenance ()).Source |> Option.defaultValue "unknown")
]

/// What is wrong is told with exit code 1: the rest of what is said stays true.
let doctor (arguments: ParseResults<DoctorArguments>) : Result<int, Trouble> =
    let root = storeRoot (arguments.TryGetResult DoctorArguments.Store)
    let store, damages = storeFacts root (arguments.Contains Deep)
    let workers, failures = workers ()
    let problems = failures @ damages

    let sections = [
        "machine", machine ()
        "vector instructions", simd ()
        "native libraries",
        hdf5 ()
        @ engine "bullet" "Bullet" Engine.Bullet
        @ engine "mujoco" "MuJoCo" Engine.MuJoCo
        "program", program ()
        "workers", workers
        "store", store
    ]

    if arguments.Contains DoctorArguments.Json then
        Console.Out.WriteLine(
            Json.text (fun writer ->
                for title, facts in sections do
                    Json.inObject writer (title.Replace(' ', '-')) (fun () ->
                        for name, values in facts |> List.groupBy _.Name do
                            match values with
                            | [ one ] -> writer.WriteString(name, one.Value)
                            | several -> Json.strings writer (name + "s") (several |> List.map _.Value))

                Json.strings writer "problems" problems)
        )
    else
        sections
        |> List.map (fun (title, facts) -> section title facts)
        |> String.concat "\n\n"
        |> Console.Out.WriteLine

        for problem in problems do
            Console.Out.WriteLine("\n" + problem)

    Ok(
        if problems.IsEmpty then
            ExitCode.ok
        else
            ExitCode.cellsFailed
    )
