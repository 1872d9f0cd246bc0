/// What planning consists of, each part by itself in a warm process, in processor time.
module Plimsoll.Engine.Benchmarks.Parts

open System.IO
open Plimsoll.Cli
open Plimsoll.Language
open Plimsoll.Store
open Plimsoll.Engine

/// A result that no compiler may take for useless.
let private keep (result: 'a) = System.GC.KeepAlive result

let private definition (file: string) () =
    match Check.definition Composition.catalogue (Files.recipe file) file (File.ReadAllText file) with
    | Ok definition -> definition
    | Error problems -> failwith (ProblemText.renderAll problems)

/// Digests that stand for the inputs' artifacts.
let private inputs (cell: Cell) =
    cell.Inputs |> List.map (fun (role, CellId id) -> role, Digest id)

let private key keying (cell: Cell) =
    match Keying.definition keying cell (inputs cell) with
    | Ok definition -> Key.ofDefinition definition
    | Error failure -> failwith failure.What

let private parts folder (size: Sizes.Size) : (string * (unit -> unit)) list * int =
    let file = Sizes.write folder size
    let checked' = definition file ()
    let experiment = Check.expand Composition.catalogue checked'
    let options = RunOptions.ofExperiment experiment
    let stages = Composition.stages
    let keying = Keying.make options.FileOf stages
    let store = Idle.openStore folder
    let plan, _ = Run.plan options experiment stages store

    let each work =
        experiment.Cells |> List.map work |> keep

    let keys = experiment.Cells |> List.map (key keying)

    [
        "read and check the file", (fun () -> definition file () |> keep)
        "expand, ids and labels included", (fun () -> Check.expand Composition.catalogue checked' |> keep)
        "  ids",
        (fun () -> each (fun cell -> CellIdentity.id cell.Stage.Name cell.Parameters cell.Inputs cell.Seed))
        "  labels", (fun () -> each (fun cell -> CellIdentity.label cell.Coordinates.Head))
        "keys of all cells", (fun () -> each (key keying))
        "lookups that find nothing", (fun () -> keys |> List.map store.Find |> keep)
        "plan, as far as it is known", (fun () -> Run.plan options experiment stages store |> keep)
        "print", (fun () -> PlanView.text false plan |> keep)
        "print as JSON", (fun () -> PlanView.toJson plan |> keep)
    ],
    experiment.Cells.Length

let private lookups folder =
    let file = Sizes.write folder Sizes.tenThousand
    let experiment = Idle.load file
    let store = Idle.openStore folder
    Idle.runAll experiment store |> ignore
    let options = RunOptions.ofExperiment experiment

    // As a process that has just begun: nothing is known to be verified.
    (fun () -> Run.plan options experiment Composition.stages (Idle.openStore folder) |> keep),
    experiment.Cells.Length

let private microseconds goes (work: unit -> unit) cells =
    (1e6 * Measured.steady goes work / double cells).ToString "0.00"

let table (goes: int) (newFolder: unit -> string) : string list =
    let bySize =
        Sizes.all
        |> List.map (fun size ->
            Workplace.within (newFolder ()) (fun folder ->
                let parts, cells = parts folder size
                parts |> List.map (fun (name, work) -> name, microseconds goes work cells)))

    let rows = [
        for number, (name, _) in List.indexed bySize.Head ->
            name :: (bySize |> List.map (fun parts -> snd parts[number]))
    ]

    let cached =
        Workplace.within (newFolder ()) (fun folder ->
            let work, cells = lookups folder
            [ "plan, all cached"; ""; microseconds goes work cells; "" ])

    Display.table
        (("processor us a cell", Display.Left)
         :: [ for size in Sizes.all -> size.Name + " cells", Display.Right ])
        (rows @ [ cached ])
