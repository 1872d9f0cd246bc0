/// The program's own stages without their work, and experiments run with them. Keys are those of the real
/// stages: signatures and code stay, so the program finds what is stored here.
module Plimsoll.Engine.Benchmarks.Idle

open System.IO
open System.Threading
open Plimsoll.Cli
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine

let private counter = ref 0

/// Writes a number that no other artifact of this process holds: equal bytes would spare cells after it.
let private run (request: StageRequest) =
    File.WriteAllText(request.Output, string (Interlocked.Increment counter))
    Finished

let stages: Stage list =
    Composition.stages |> List.map (fun stage -> { stage with Run = run })

let load (file: string) : Experiment =
    match Loading.load file with
    | Ok loaded -> loaded.Experiment
    | Error trouble -> failwith $"{trouble}"

let openStore (folder: string) : Store =
    match Store.Open(Path.Combine(folder, "store"), ReadWrite) with
    | Ok store -> store
    | Error error -> failwith (StoreError.text error)

/// Runs every cell; seconds from the call to the summary, of which planning is a part.
let runAll (experiment: Experiment) (store: Store) : double =
    let options = RunOptions.ofExperiment experiment

    let seconds, summary =
        Measured.time (fun () -> Run.run options experiment stages store ignore)

    if not summary.Complete then
        failwith $"{summary.Failed} cells failed, {summary.Blocked} were blocked"

    seconds
