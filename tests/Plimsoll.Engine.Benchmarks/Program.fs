module Plimsoll.Engine.Benchmarks.Program

open System

let private usage =
    """usage: bench engine [plan|parts|schedule|commits|all] [--short]
  plan      `plimsoll plan` of 1,000 to 100,000 cells in a process of its own
  parts     what planning consists of
  schedule  running stages that do nothing, on a store in memory
  commits   durable commits
  all       the four of them (the default)
  --short   fewer goes, and scheduling of 1,000 cells alone"""

let private show title (lines: string list) =
    printfn "%s\n" title
    lines |> List.iter (printfn "%s")
    printfn ""

let private measure what isShort =
    let goes = if isShort then 1 else 5
    let includes part = what = part || what = "all"

    let place =
        if Workplace.isQuick then
            "in memory"
        else
            "on the disk for temporary files"

    printfn $".NET {Environment.Version}, {Environment.ProcessorCount} processors, stores {place}\n"

    if includes "plan" then
        Workplace.within (Workplace.quick ()) (Planning.table goes)
        |> show "plimsoll plan FILE, the process included"

    if includes "parts" then
        Parts.table goes Workplace.quick |> show "What planning consists of"

    if includes "schedule" then
        let sizes =
            if isShort then
                [ Sizes.all.Head ]
            else
                List.truncate 2 Sizes.all

        Scheduling.table sizes Workplace.quick
        |> show "plimsoll run, stages that do nothing"

    if includes "commits" then
        Committing.table (if isShort then 50 else 500) |> show "Durable commits"

[<EntryPoint>]
let main arguments =
    match arguments |> Array.except [ "--short" ] with
    | [||] ->
        measure "all" (arguments.Length > 0)
        0
    | [| ("plan" | "parts" | "schedule" | "commits" | "all") as what |] ->
        measure what (arguments.Length > 1)
        0
    | _ ->
        eprintfn "%s" usage
        2
