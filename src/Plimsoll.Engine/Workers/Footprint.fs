/// What a process uses of the machine, from /proc. None where there is no /proc or no such process.
module internal Plimsoll.Engine.Workers.Footprint

open System
open System.Globalization
open System.IO

let private kibibytes (line: string) =
    line.Split([| ' '; '\t' |], StringSplitOptions.RemoveEmptyEntries)
    |> Array.tryItem 1
    |> Option.bind (fun number ->
        match Int64.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture) with
        | true, number -> Some(1024L * number)
        | _ -> None)

let private entry (name: string) (pid: string) =
    try
        File.ReadLines $"/proc/{pid}/status"
        |> Seq.tryFind (fun line -> line.StartsWith(name, StringComparison.Ordinal))
        |> Option.bind kibibytes
    with
    | :? IOException
    | :? UnauthorizedAccessException -> None

/// Bytes of resident memory.
let resident (pid: int) = entry "VmRSS:" (string pid)

/// As `resident`, of this process.
let own () =
    entry "VmRSS:" "self" |> Option.defaultValue Environment.WorkingSet

/// Lets the peak that the system keeps for this process start anew. Where that is not allowed, the peak stays
/// that of the whole life of the process.
let forgetPeak () =
    try
        File.WriteAllText("/proc/self/clear_refs", "5")
    with
    | :? IOException
    | :? UnauthorizedAccessException -> ()
