/// Jobs for workers of this program.
module Plimsoll.Engine.Probe.Jobs

open System
open System.IO
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Workers

/// This program, started in one of its modes. The runtime that runs this process runs it.
let command mode : string * string list =
    let host = Environment.ProcessPath |> Option.ofObj |> Option.defaultValue "dotnet"

    let dotnet =
        if Path.GetFileNameWithoutExtension host = "dotnet" then
            host
        else
            "dotnet"

    dotnet, [ Reflection.Assembly.GetExecutingAssembly().Location; mode ]

/// Patience for tests: short where a fault is waited for, long where the machine is.
let options workers : PoolOptions = {
    PoolOptions.standard workers with
        Command = command "worker"
        Beat = TimeSpan.FromSeconds 0.1
        Silence = TimeSpan.FromSeconds 10.0
        Grace = TimeSpan.FromSeconds 10.0
}

let private cell: Cell = {
    Id = CellId "00"
    Stage = Faults.stage.Signature
    Parameters = Map.empty
    Inputs = []
    Seed = None
    Label = "probe"
    Coordinates = []
}

/// A job whose files lie in a folder of its own.
let job (folder: string) kind : Job = {
    Cell = { cell with Label = $"probe {kind}" }
    Stage = Faults.stage
    Attempt = 1
    Slots = [ Cpu 0 ]
    // A fault that goes unnoticed fails its test in the end.
    Limits = { Limits.none with Seconds = Some 20.0 }
    Log = Path.Combine(folder, "logs", "attempt.log")
    Request = {
        Parameters = Map [ "kind", Text kind ]
        Inputs = Map.empty
        Output = Path.Combine(folder, Guid.NewGuid().ToString "N")
        Seed = Some 3L
        Threads = 1
        Report = ignore
        Cancelled = CancellationToken.None
        Checkpoint = Some(Path.Combine(folder, "checkpoint"))
        CheckpointEvery = StageRequest.checkpointEvery
        Trail = None
    }
}
