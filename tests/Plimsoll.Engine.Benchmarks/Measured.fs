/// Time and memory of a piece of work or of a child process.
module Plimsoll.Engine.Benchmarks.Measured

open System
open System.Diagnostics
open System.IO
open System.Threading

let median (values: double list) =
    let sorted = List.sort values
    (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0

/// Seconds of the work, and what it returned.
let time (work: unit -> 'a) : double * 'a =
    let clock = Stopwatch.StartNew()
    let result = work ()
    clock.Elapsed.TotalSeconds, result

/// Processor seconds of the work, all threads: what else the machine does counts little.
let private processorSeconds (work: unit -> 'a) : double =
    let start = Environment.CpuUsage.TotalTime
    let result = work ()
    let spent = Environment.CpuUsage.TotalTime - start
    GC.KeepAlive result
    spent.TotalSeconds

/// Median of several goes after one that does not count, each with an empty heap behind it.
let steady (goes: int) (work: unit -> 'a) : double =
    let once () =
        GC.Collect()
        processorSeconds work

    once () |> ignore
    median [ for _ in 1..goes -> once () ]

type ChildCost = {
    Seconds: double
    /// Processor time of all its threads, user and system.
    ProcessorSeconds: double
    /// Bytes of resident memory.
    Peak: int64
    OutputBytes: int64
}

/// The high-water mark that Linux keeps; None once the process has ended, or elsewhere.
let private peak (id: int) : int64 option =
    try
        File.ReadLines $"/proc/{id}/status"
        |> Seq.tryFind (fun line -> line.StartsWith("VmHWM:", StringComparison.Ordinal))
        |> Option.map (fun line -> 1024L * Int64.Parse(String.filter Char.IsAsciiDigit line))
    with :? IOException ->
        None

/// Processor time so far; None once the process has ended.
let private processorTime (running: Process) : double option =
    try
        running.Refresh()
        Some running.TotalProcessorTime.TotalSeconds
    with :? InvalidOperationException ->
        None

/// Runs the program to its end. Peak and processor time are what was last seen, some milliseconds before the
/// end at most.
let child (arguments: string list) : ChildCost =
    let start =
        ProcessStartInfo(
            "dotnet",
            Workplace.program :: arguments,
            RedirectStandardOutput = true,
            UseShellExecute = false
        )

    let clock = Stopwatch.StartNew()

    match Process.Start start with
    | null -> failwith "the program did not start"
    | started ->
        use running = started
        let mutable most = 0L
        let mutable processor = 0.0
        let mutable bytes = 0L

        let read () =
            let buffer = Array.zeroCreate<byte>(1 <<< 16)
            let mutable count = 1

            while count > 0 do
                count <- running.StandardOutput.BaseStream.Read(buffer, 0, buffer.Length)
                bytes <- bytes + int64 count

        let reader = Thread(read)
        reader.Start()

        while not (running.WaitForExit 2) do
            most <- peak running.Id |> Option.fold max most
            processor <- processorTime running |> Option.fold max processor

        let seconds = clock.Elapsed.TotalSeconds
        reader.Join()

        if running.ExitCode <> 0 then
            failwith $"the program ended with {running.ExitCode}"

        {
            Seconds = seconds
            ProcessorSeconds = processor
            Peak = most
            OutputBytes = bytes
        }
