/// `plimsoll plan FILE` as its user sees it: the process, reading and checking the file, printing.
module Plimsoll.Engine.Benchmarks.Planning

open Plimsoll.Cli

let private row (goes: int) what cells (arguments: string list) =
    let costs = [ for _ in 1..goes -> Measured.child arguments ]
    let seconds = costs |> List.map _.Seconds |> Measured.median

    [
        what
        string cells
        seconds.ToString "0.00"
        (costs |> List.map _.ProcessorSeconds |> Measured.median).ToString "0.00"
        Display.bytes (costs |> List.map _.Peak |> List.max)
        (1e6 * seconds / double cells).ToString "0"
        Display.bytes costs.Head.OutputBytes
    ]

let private columns = [
    "plan", Display.Left
    "cells", Display.Right
    "s", Display.Right
    "CPU s", Display.Right
    "peak memory", Display.Right
    "us a cell", Display.Right
    "printed", Display.Right
]

let table (goes: int) (folder: string) : string list =
    let plan file more =
        [ "plan"; file; "--store"; System.IO.Path.Combine(folder, "store") ] @ more

    let files = Sizes.all |> List.map (fun size -> size, Sizes.write folder size)

    let cells file = (Idle.load file).Cells.Length

    let nothing = [
        for size, file in files -> row goes $"nothing cached, {size.Name}" (cells file) (plan file [])
    ]

    let last = snd (List.last files)

    let json = row goes "nothing cached, as JSON" (cells last) (plan last [ "--json" ])

    let middle = files |> List.find (fun (size, _) -> size = Sizes.tenThousand) |> snd
    let experiment = Idle.load middle
    Idle.runAll experiment (Idle.openStore folder) |> ignore

    let cached =
        row goes $"all cached, {Sizes.tenThousand.Name}" experiment.Cells.Length (plan middle [])

    Display.table columns (nothing @ [ json; cached ])
