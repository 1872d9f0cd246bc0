/// Whether workers can be had on this machine.
module Plimsoll.Engine.Workers.Trial

open System
open System.Diagnostics
open System.Threading
open Plimsoll.Stages

type Trial = {
    /// From asking the system for a process to its hello.
    Hello: TimeSpan
    /// CPUs that this process may use, ascending.
    Allowed: int list
    /// Whether a stage stays on the CPUs of its slots.
    Pinned: bool
}

/// Starts one worker, waits until it says hello and ends it. Nothing of it is left afterwards.
let run (options: PoolOptions) : Result<Trial, StageFailure> =
    let clock = Stopwatch.StartNew()

    match WorkerProcess.Start options.Command with
    | Error death -> Error(WorkerDeath.alone death)
    | Ok worker ->
        match Supervision.greet options worker CancellationToken.None with
        | None -> Error(WorkerDeath.alone WorkerDeath.Terminated)
        | Some(Error death) -> Error(WorkerDeath.alone death)
        | Some(Ok()) ->
            let hello = clock.Elapsed
            worker.Finish(TimeSpan.FromSeconds 2.0) |> ignore
            let allowed = Cpus.allowed ()

            Ok {
                Hello = hello
                Allowed = allowed
                Pinned = options.Pin && options.Workers = allowed.Length
            }
