namespace Plimsoll.Store

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Runtime.InteropServices
open Plimsoll.Language

/// An immutable output, named by the digest of its bytes.
type Artifact = { Digest: Digest; Bytes: int64 }

/// How a cell ended. A failure leaves no record: it is tried again.
[<RequireQualifiedAccess>]
type Outcome =
    | Finished of Artifact
    /// A result as well: the first guard step that saw a non-finite number. It has no artifact.
    | Diverged of step: int64 * what: string

type Machine = {
    Host: string
    System: string
    Processor: string
    Cores: int
    Runtime: string
}

/// Which program a record comes from.
type Provenance = {
    /// Git commit or digest of the sources.
    Source: string option
    Sdk: string
    /// Digest of paket.lock.
    Lock: string option
}

/// What is known of a finished cell.
type Record = {
    Key: Key
    Cell: CellId
    Stage: string
    Label: string
    Parts: KeyPart list
    Outcome: Outcome
    Attempts: int
    Machine: Machine
    Started: DateTimeOffset
    Ended: DateTimeOffset
    /// Of the stage itself, without waiting and storing.
    Seconds: double
    /// Bytes; of the process that ran the cell, so an upper bound.
    PeakMemory: int64
    Threads: int
    Provenance: Provenance
    /// Makes the artifact again.
    Command: string
} with

    member this.Artifact =
        match this.Outcome with
        | Outcome.Finished artifact -> Some artifact
        | Outcome.Diverged _ -> None

module Machine =
    let private processor () =
        let ofLinux () =
            File.ReadLines "/proc/cpuinfo"
            |> Seq.tryFind (fun line -> line.StartsWith("model name", StringComparison.Ordinal))
            |> Option.map (fun line -> line.Substring(line.IndexOf ':' + 1).Trim())

        try
            if File.Exists "/proc/cpuinfo" then ofLinux () else None
        with :? IOException ->
            None
        |> Option.defaultValue (string RuntimeInformation.ProcessArchitecture)

    let private here =
        lazy
            {
                Host = Environment.MachineName
                System = RuntimeInformation.OSDescription
                Processor = processor ()
                Cores = Environment.ProcessorCount
                Runtime = RuntimeInformation.FrameworkDescription
            }

    /// The machine that this process runs on.
    let current () = here.Value

    /// From a line such as `VmHWM:   123456 kB`.
    let private kibibytes (line: string) =
        let digits = line |> Seq.filter Char.IsAsciiDigit |> Seq.toArray |> String
        Int64.Parse(digits, CultureInfo.InvariantCulture)

    /// Bytes; the most that this process has used so far. Called for every cell: .NET's own way takes
    /// milliseconds on Linux, since it looks at every thread.
    let peakMemory () =
        let ofLinux () =
            File.ReadLines "/proc/self/status"
            |> Seq.tryFind (fun line -> line.StartsWith("VmHWM:", StringComparison.Ordinal))
            |> Option.map (fun line -> 1024L * kibibytes line)

        let ofRuntime () =
            use self = Process.GetCurrentProcess()
            self.PeakWorkingSet64

        if File.Exists "/proc/self/status" then
            ofLinux () |> Option.defaultWith ofRuntime
        else
            ofRuntime ()
