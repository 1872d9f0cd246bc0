/// Names a process among all that may share a store: `host.pid.space.start`.
module Plimsoll.Store.Owner

open System
open System.Diagnostics
open System.Globalization
open System.IO
open System.Runtime.InteropServices
open System.Security.Cryptography
open System.Text

let private digits count (text: string) =
    Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes text)).Substring(0, count)

let private orEmpty (read: unit -> string | null) =
    try
        match read () with
        | null -> ""
        | text -> text.Trim()
    with
    | :? IOException
    | :? UnauthorizedAccessException -> ""

let private textOf path =
    orEmpty (fun () -> if File.Exists path then File.ReadAllText path else "")

let private host = Environment.MachineName.Replace('.', '_')

/// Containers may share a host's name, and count their processes each for itself: a number means something
/// only within one space.
let private space =
    lazy
        (let link =
            orEmpty (fun () ->
                match File.ResolveLinkTarget("/proc/self/ns/pid", false) with
                | null -> ""
                | target -> target.Name)

         digits 6 (link + textOf "/etc/machine-id"))

let private boot = lazy (textOf "/proc/sys/kernel/random/boot_id")

/// When the process began, in ticks since the machine did: field 22 of the line, the 20th after the name,
/// which may hold spaces and brackets.
let private ticks (id: int) =
    let line = textOf $"/proc/{id}/stat"

    match line.LastIndexOf ')' with
    | -1 -> None
    | name ->
        line.Substring(name + 1).Split(' ', StringSplitOptions.RemoveEmptyEntries)
        |> Array.tryItem 19

/// The process of this number, now: None if there is none. Numbers are given out again; the start tells two
/// processes apart, also across a restart of the machine.
let private start (id: int) : string option =
    if Directory.Exists "/proc/self" then
        ticks id |> Option.map (fun ticks -> digits 8 (boot.Value + ticks))
    else
        try
            use found = Process.GetProcessById id
            Some(digits 8 (found.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)))
        with
        | :? ArgumentException
        | :? InvalidOperationException -> None

[<DllImport("libc", SetLastError = true, EntryPoint = "kill")>]
extern int private kill(int id, int signal)

let private noProcess = 3

/// Whether the system knows a process of this number, whoever's it is: asks for the signal that does nothing.
let private isKnown (id: int) =
    not (OperatingSystem.IsWindows())
    && id > 0
    && (kill (id, 0) = 0 || Marshal.GetLastPInvokeError() <> noProcess)

let private self =
    lazy
        (let id = Environment.ProcessId
         let start = start id |> Option.defaultValue "unknown"
         $"{host}.{id}.{space.Value}.{start}")

let ofThisProcess: string = self.Value

let private number (text: string) =
    match Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture) with
    | true, id -> Some id
    | _ -> None

/// Whether it is, or was, a process that can be seen from here.
let isHere (owner: string) : bool =
    match owner.Split '.' with
    | [| otherHost; _; otherSpace; _ |] -> otherHost = host && otherSpace = space.Value
    | _ -> false

/// As `mayLive`, with what can be seen of the processes here: the start of a number's process, and whether
/// there is one. /proc may hide the processes of other users.
let mayLiveAmong (start: int -> string option) (isKnown: int -> bool) (owner: string) : bool =
    let lives isThis id =
        match start id with
        | Some start -> isThis start
        | None -> isKnown id

    match owner.Split '.' with
    | [| otherHost; id; otherSpace; otherStart |] when otherHost = host && otherSpace = space.Value ->
        number id |> Option.forall (lives ((=) otherStart))
    | [| otherHost; id |] when otherHost = host ->
        // As earlier versions named them.
        number id |> Option.forall (lives (fun _ -> true))
    | _ -> true

/// False only when the owner is surely gone: a process of this machine and space that is no more.
let mayLive (owner: string) : bool = mayLiveAmong start isKnown owner
