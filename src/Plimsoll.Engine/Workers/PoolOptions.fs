namespace Plimsoll.Engine.Workers

open System

/// How a pool runs its workers.
type PoolOptions = {
    /// The most workers alive at once, at least 1.
    Workers: int
    /// Program and arguments that start a worker.
    Command: string * string list
    /// How long a new process may take to say hello.
    Start: TimeSpan
    /// How often a worker shows that it lives.
    Beat: TimeSpan
    /// A worker that shows no life for so long hangs.
    Silence: TimeSpan
    /// How long a cancelled stage may take to keep what it needs to go on.
    Grace: TimeSpan
    /// Keep each stage on the CPUs of its slots. Done only where the pool has one worker's thread for every CPU
    /// that this process may use.
    Pin: bool
}

module PoolOptions =
    /// The running program itself, as `plimsoll worker`.
    let itself () : string * string list =
        let host = Environment.ProcessPath |> Option.ofObj |> Option.defaultValue "dotnet"

        match IO.Path.GetFileNameWithoutExtension host with
        | "dotnet" -> host, [ Environment.GetCommandLineArgs()[0]; "worker" ]
        | _ -> host, [ "worker" ]

    let standard workers : PoolOptions = {
        Workers = max 1 workers
        Command = itself ()
        Start = TimeSpan.FromSeconds 60.0
        Beat = TimeSpan.FromSeconds 1.0
        Silence = TimeSpan.FromSeconds 30.0
        Grace = TimeSpan.FromSeconds 10.0
        Pin = true
    }
