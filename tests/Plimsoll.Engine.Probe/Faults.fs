/// Stages that misbehave, each in one way, and some that do not.
module Plimsoll.Engine.Probe.Faults

open System
open System.IO
open System.Runtime.InteropServices
open System.Text
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages

let private finish (request: StageRequest) (text: string) =
    File.WriteAllText(request.Output, text)
    Finished

let private finishWithPid request =
    finish request (string Environment.ProcessId)

let private tell (request: StageRequest) step metrics =
    request.Report {
        Step = step
        Steps = 100_000L
        Metrics = metrics
        ResumedAt = if metrics.IsEmpty then None else Some 3L
        SavedAt = None
    }

let private forever () : StageOutcome =
    while true do
        Thread.Sleep 10

    Finished

/// Memory that stays in use; at most 4 GiB, so that a limit that fails to work spares the machine.
let private eat () : StageOutcome =
    let block = 16 <<< 20

    for _ in 1..256 do
        LibC.memset (Marshal.AllocHGlobal block, 1, unativeint block) |> ignore
        Thread.Sleep 10

    Finished

/// The descriptors on which this worker answers: writing ends of a pipe whose other end is elsewhere, and that
/// this process was not born with.
let private channels () =
    let target descriptor =
        string (FileInfo($"/proc/self/fd/{descriptor}").LinkTarget)

    let flags descriptor =
        File.ReadLines $"/proc/self/fdinfo/{descriptor}"
        |> Seq.find (fun line -> line.StartsWith "flags:")
        |> fun line -> Convert.ToInt32(line.Substring(6).Trim(), 8)

    let writesAndEndsWithExec descriptor =
        flags descriptor &&& 0o2000003 = 0o2000001

    let pipes =
        [ 0..1023 ]
        |> List.filter (fun descriptor -> File.Exists $"/proc/self/fdinfo/{descriptor}")
        |> List.map (fun descriptor -> descriptor, target descriptor)
        |> List.filter (fun (_, target) -> target.StartsWith "pipe:")

    let readElsewhere target =
        pipes
        |> List.forall (fun (descriptor, other) -> other <> target || writesAndEndsWithExec descriptor)

    pipes |> List.filter (fun (_, target) -> readElsewhere target) |> List.map fst

let private writeTo descriptor (text: string) =
    let bytes = Encoding.UTF8.GetBytes text
    LibC.write (descriptor, bytes, unativeint bytes.Length) |> ignore

let private allowed () =
    File.ReadLines "/proc/thread-self/status"
    |> Seq.find (fun line -> line.StartsWith "Cpus_allowed_list:")
    |> fun line -> line.Substring(line.IndexOf ':' + 1).Trim()

/// The CPUs of the stage's thread, and those of a thread that it starts, once they are the same.
let private cpus request =
    let own = allowed ()
    let mutable others = ""

    let thread =
        Thread(fun () ->
            SpinWait.SpinUntil((fun () -> allowed () = own), 3000) |> ignore
            others <- allowed ())

    thread.Start()
    thread.Join()
    finish request $"{own} {others}"

/// What the system says of a thread of this process; nothing where the thread has ended meanwhile.
let private statusOf task =
    try
        Some(File.ReadAllLines(Path.Combine(task, "status")))
    with :? IOException ->
        None

/// CPUs of the threads of a team, as stages make it: the stage's own, then the others, once all are there and each
/// has one CPU.
let private team (request: StageRequest) =
    Outcomes.withTeam request (fun _ ->
        let helpers () =
            Directory.EnumerateDirectories "/proc/self/task"
            |> Seq.choose statusOf
            |> Seq.filter (fun lines ->
                lines
                |> Array.exists (fun line -> line = "Name:\tnumerics" || line.StartsWith "Name:\tnumerics "))
            |> Seq.choose (Array.tryFind _.StartsWith("Cpus_allowed_list:"))
            |> Seq.map (fun line -> line.Substring(line.IndexOf ':' + 1).Trim())
            |> List.ofSeq

        let settled () =
            let found = helpers ()

            found.Length = request.Threads - 1
            && found |> List.forall (Seq.forall Char.IsDigit)

        if SpinWait.SpinUntil(settled, 30000) then
            // The worker looks for new threads meanwhile, and may not take these from their CPUs.
            Thread.Sleep 300
            finish request (String.concat " " (allowed () :: helpers ()))
        else
            let found = String.concat ", " (helpers ())

            failwith
                $"of {request.Threads - 1} other threads of the team, on one CPU each, there are: {found}")

let private printMuch request =
    let line = String('x', 1023)

    for number in 1..4096 do
        Console.Error.WriteLine line

    Console.Error.WriteLine "the end"
    finishWithPid request

let private kindOf (request: StageRequest) =
    match request.Parameters["kind"] with
    | Text kind -> kind
    | other -> failwith $"not a kind: %A{other}"

let private planted kind = {
    Class = kind
    What = "planted"
    Remedy = "none"
}

let private behave (request: StageRequest) : StageOutcome =
    match kindOf request with
    | "pid" -> finishWithPid request
    | "echo" -> finish request $"%A{request.Parameters} %A{request.Seed} {request.Threads}"
    | "hang" ->
        LibC.kill (Environment.ProcessId, LibC.SIGSTOP) |> ignore
        // The signal may reach another thread first.
        forever ()
    | "spin" ->
        tell request 1L []

        while true do
            Thread.SpinWait 1000

        Finished
    | "exit 0" ->
        Environment.Exit 0
        Finished
    | "exit 3" ->
        LibC.exit 3
        Finished
    | "segfault" ->
        Console.Error.WriteLine "about to touch nothing"
        LibC.memset (0n, 1, 1un) |> ignore
        Finished
    | "abort" ->
        LibC.abort ()
        Finished
    | "fail fast" ->
        let thread = Thread(fun () -> failwith "nobody catches this")
        thread.Start()
        forever ()
    | "kill" ->
        LibC.kill (Environment.ProcessId, LibC.SIGKILL) |> ignore
        forever ()
    | "eat" -> eat ()
    | "print" ->
        Console.Write "{\"kind\":\"ended\"}\n"
        Console.Error.WriteLine "to stderr"
        writeTo 1 "{\"kind\":\"nonsense\"}\n"
        LibC.puts "native print" |> ignore
        finishWithPid request
    | "print and fail" ->
        Console.WriteLine "managed print"
        LibC.puts "native print" |> ignore
        Failed(planted Deterministic)
    | "garbage" ->
        writeTo (List.head (channels ())) "\u0007not a message\n"
        forever ()
    | "half a message" ->
        writeTo (List.head (channels ())) "{\"kind\":\"began\","
        tell request 1L []
        forever ()
    | "close the channel" ->
        channels () |> List.iter (LibC.close >> ignore)
        forever ()
    | "progress flood" ->
        for step in 1L .. 100_000L do
            tell request step [ "loss", 1.0 / double step ]

        finishWithPid request
    | "print flood" -> printMuch request
    | "print flood and fail" ->
        printMuch request |> ignore
        Failed(planted Deterministic)
    | "throw" -> failwith "planted exception"
    | "huge" -> Diverged(7L, String('y', 5_000_000))
    | "odd metrics" ->
        tell request 5L [ "a", nan; "b", infinity; "c", -infinity; "d", -0.0; "a", Double.Epsilon ]
        Diverged(5L, "loss is NaN\n\"quoted\" \u2028 \U0001F6A2")
    | "ignore stop" ->
        tell request 1L []
        forever ()
    | "heed stop" ->
        tell request 1L []
        request.Cancelled.WaitHandle.WaitOne() |> ignore
        File.WriteAllText(request.Checkpoint.Value, "kept")
        Failed(planted Cancelled)
    | "close stdin" ->
        LibC.close 0 |> ignore
        LibC.close 1 |> ignore
        finishWithPid request
    | "read stdin" -> finish request (Console.In.ReadToEnd())
    | "die later" ->
        let thread =
            Thread(fun () ->
                Thread.Sleep 100
                Environment.Exit 5)

        thread.IsBackground <- true
        thread.Start()
        finishWithPid request
    | "cpus" -> cpus request
    | "team" -> team request
    | "large" ->
        let arrays = Array.init 8 (fun _ -> Array.create 4_000_000 1.0)
        finish request (string (Array.sumBy Array.sum arrays))
    | other -> failwith $"no such fault: {other}"

let stage: Stage = {
    Signature = {
        Name = "fault"
        Inputs = []
        Output = ScoresArtifact
        Parameters = []
        Seeded = true
        Environment = NoEnvironment
        Reproducibility = Bitwise
        Meaning = ""
    }
    Run = behave
    Code = []
}
