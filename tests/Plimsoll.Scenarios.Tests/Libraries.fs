/// What a scenario or a page of the manual needs beyond .NET, and whether it is here.
module Plimsoll.Scenarios.Tests.Libraries

open System.ComponentModel
open System.Diagnostics
open Plimsoll.Data
open Plimsoll.Environments

let private python =
    lazy
        (try
            match Process.Start(ProcessStartInfo("python3", [ "-c"; "pass" ])) with
            | null -> false
            | child ->
                use child = child
                child.WaitForExit()
                child.ExitCode = 0
         with :? Win32Exception ->
             false)

let missing (name: string) =
    match name with
    | "hdf5" ->
        match Hdf5Library.TryLoad null with
        | null, _ -> true
        | _ -> false
    | "engines" ->
        [ Engine.Bullet; Engine.MuJoCo ]
        |> List.exists (fun engine -> Engines.StateOf engine :? EngineState.Missing)
    | "python3" -> not python.Value
    | other -> failwith $"nothing can need `{other}`"
