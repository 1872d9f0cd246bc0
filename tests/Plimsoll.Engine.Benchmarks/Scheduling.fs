/// What the engine itself costs a cell: stages that do nothing, on a store in memory.
module Plimsoll.Engine.Benchmarks.Scheduling

open Plimsoll.Cli

let private row (newFolder: unit -> string) (size: Sizes.Size) =
    Workplace.within (newFolder ()) (fun folder ->
        let experiment = Idle.load (Sizes.write folder size)
        let store = Idle.openStore folder
        let first = Idle.runAll experiment store
        let again = Idle.runAll experiment (Idle.openStore folder)
        let cells = experiment.Cells.Length

        let perCell seconds =
            (1e3 * seconds / double cells).ToString "0.000"

        [ size.Name; string cells; perCell first; perCell again ])

let table (sizes: Sizes.Size list) (newFolder: unit -> string) : string list =
    // Once for the runtime's compiler.
    row newFolder Sizes.all.Head |> ignore

    Display.table
        [
            "run", Display.Left
            "cells", Display.Right
            "ms a cell", Display.Right
            "ms a cell, all cached", Display.Right
        ]
        (sizes |> List.map (row newFolder))
