/// Runs of the real program as processes of their own, and what they leave behind.
module Plimsoll.Scenarios.Tests.FaultBench

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices
open System.Text.Json
open System.Text.RegularExpressions
open System.Threading
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

[<DllImport("libc")>]
extern int private kill(int pid, int signal)

let signal (id: int) (number: int) =
    if kill (id, number) <> 0 then
        failwith $"process {id} takes no signal"

let SIGINT = 2
let SIGKILL = 9

/// How large one cloned policy's training is.
type Size = {
    Steps: int
    Hidden: int
    Batch: int
    /// As in `0..3` or `[0]`.
    Seeds: string
}

/// A dataset, and for every seed a policy and its scores. Training takes a small part of a second.
let quick = {
    Steps = 200
    Hidden = 32
    Batch = 64
    Seeds = "0..1"
}

/// Training takes a second or two: long enough to be hit in the middle.
let slow = {
    Steps = 20_000
    Hidden = 48
    Batch = 128
    Seeds = "0..1"
}

/// Both seeds train side by side for a while, even where one worker starts long after the other.
let slower = { slow with Steps = 80_000 }

let private text (size: Size) =
    $"""experiment: faults
tasks:
  DiscCircle: {{ collect: {{ steps: 4_000, seed: 1 }} }}
protocol: {{ cost_limits: [10], seeds: {size.Seeds}, episodes: 2 }}
arms:
  bc-all:
    steps: {size.Steps}
    policy.hidden: [{size.Hidden}, {size.Hidden}]
    policy.batch: {size.Batch}
    policy.guard-every: 100
"""

let file = "faults.yaml"

let write (size: Size) (place: Place) =
    File.WriteAllText(Path.Combine(place.Folder, file), text size)

let store (place: Place) =
    Path.Combine(place.Folder, ".plimsoll", "store")

/// Files of the store below a folder of this kind.
let files (kind: string) (place: Place) : string list =
    let folder = Path.Combine(store place, kind)

    if Directory.Exists folder then
        List.ofArray (Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
    else
        []

let call (place: Place) (arguments: string list) : Scenario.Answer =
    Scenario.callProgram program place.Folder [] arguments

let run (place: Place) (options: string) : Scenario.Answer =
    let options =
        options.Split(' ', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

    call place ([ "run"; file ] @ options)

let shown (answer: Scenario.Answer) = answer.Output + answer.Aside

let expectExit (exit: int) (answer: Scenario.Answer) =
    Assert.That(answer.Exit, Is.EqualTo exit, shown answer)

/// The text matches a pattern as those of scenarios, at any place.
let expectWords (words: string) (text: string) =
    Assert.That(
        Scenario.matches ($"<...>\n{words.Trim '\n'}\n<...>") ("\n" + text),
        Is.True,
        $"expected:\n{words}\nbut found:\n{text}"
    )

/// Lines of a run's output that begin, after the time, with this word: what comes after it, up to two spaces.
let told (word: string) (output: string) : string list = [
    for line in output.Split '\n' do
        let found = Regex.Match(line, $@"^\[[^\]]*\] {word} +(.*?)(?:  |$)")

        if found.Success then
            found.Groups[1].Value
]

/// What the records name, which is all that a run is for: keys and the digests of artifacts.
let results (place: Place) : (string * string) list =
    files "records" place
    |> List.map (fun path ->
        use record = JsonDocument.Parse(File.ReadAllBytes path)
        let root = record.RootElement

        string (root.GetProperty("key").GetString()),
        string (root.GetProperty("outcome").GetProperty("finished").GetString()))
    |> List.sort

/// A number that the record of a cell holds.
let recorded (name: string) (label: string) (place: Place) : int =
    files "records" place
    |> List.pick (fun path ->
        use record = JsonDocument.Parse(File.ReadAllBytes path)
        let root = record.RootElement

        if root.GetProperty("label").GetString() = label then
            Some(root.GetProperty(name).GetInt32())
        else
            None)

let private undisturbed = Dictionary<Size, (string * string) list>()

/// What a run that nothing disturbs ends with.
let expected (size: Size) : (string * string) list =
    match undisturbed.TryGetValue size with
    | true, known -> known
    | _ ->
        use place = new Place()
        write size place
        run place "--jobs 2" |> expectExit 0
        let found = results place
        Assert.That(found, Is.Not.Empty)
        undisturbed[size] <- found
        found

let expectResults (size: Size) (place: Place) =
    Assert.That((results place = expected size), Is.True, "the results are those of an undisturbed run")

/// Events of this kind in all runs of the store, oldest first.
let events (kind: string) (place: Place) : JsonElement list = [
    for path in files "runs" place |> List.filter _.EndsWith("events.jsonl") |> List.sort do
        use file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)

        use reader = new StreamReader(file)

        for line in reader.ReadToEnd().Split '\n' do
            // The last line of a run that was killed may be cut.
            if line.EndsWith '}' then
                let found = JsonDocument.Parse(line).RootElement

                if found.GetProperty("event").GetString() = kind then
                    found
]

let waitFor (what: string) (seconds: double) (condition: unit -> bool) =
    let clock = Stopwatch.StartNew()

    while not (condition ()) do
        if clock.Elapsed.TotalSeconds > seconds then
            failwith $"{what} did not come about within {seconds} s"

        Thread.Sleep 10

let private isGone (id: int) =
    try
        let stat = File.ReadAllText $"/proc/{id}/stat"
        stat[stat.LastIndexOf ')' + 2] = 'Z'
    with :? IOException ->
        true

/// A run under way, in a process group of its own as a shell would give it.
type Running(place: Place, options: string) =
    let lines = ConcurrentQueue<string>()
    let aside = ConcurrentQueue<string>()
    let seen = HashSet<int>()

    let started =
        let words =
            options.Split(' ', StringSplitOptions.RemoveEmptyEntries) |> List.ofArray

        // A shell starts what runs in its background with SIGINT ignored, and that is inherited.
        let info =
            ProcessStartInfo(
                "setsid",
                [ "env"; "--default-signal=INT"; "dotnet"; program; "run"; file ] @ words
            )

        info.WorkingDirectory <- place.Folder
        info.RedirectStandardInput <- true
        info.RedirectStandardOutput <- true
        info.RedirectStandardError <- true

        match Process.Start info with
        | null -> failwith "dotnet did not start"
        | started ->
            let keep (into: ConcurrentQueue<string>) (line: DataReceivedEventArgs) =
                line.Data |> Option.ofObj |> Option.iter into.Enqueue

            started.OutputDataReceived.Add(keep lines)
            started.ErrorDataReceived.Add(keep aside)
            started.BeginOutputReadLine()
            started.BeginErrorReadLine()
            started

    let workers () =
        try
            let found = [
                for task in Directory.GetDirectories $"/proc/{started.Id}/task" do
                    let list = Path.Combine(task, "children")

                    for id in (File.ReadAllText list).Split(' ', StringSplitOptions.RemoveEmptyEntries) do
                        int id
            ]

            found |> List.iter (seen.Add >> ignore)
            found
        with :? IOException -> []

    member _.Output = String.Join('\n', lines)
    member _.Aside = String.Join('\n', aside)
    member _.Id = started.Id

    /// Ids of the workers that live now.
    member _.Workers = workers ()

    member this.WaitForLine(pattern: string) =
        waitFor $"a line `{pattern}` in\n{this.Output}\n{this.Aside}" 60.0 (fun () ->
            workers () |> ignore

            let found () =
                Regex.IsMatch(this.Output, pattern, RegexOptions.Multiline)

            // What it has printed may arrive after its end.
            if not (found ()) && started.WaitForExit 0 then
                started.WaitForExit()

                if not (found ()) then
                    failwith $"the run ended without a line `{pattern}`:\n{this.Output}\n{this.Aside}"

            found ())

    member _.Signal(signal: int) = kill (started.Id, signal) |> ignore
    member _.SignalWorker(id: int, signal: int) = kill (id, signal) |> ignore

    /// As a terminal does it: the run and all its workers.
    member _.SignalAll(signal: int) =
        workers () |> ignore
        kill (-started.Id, signal) |> ignore

    /// The exit code and the seconds until it came.
    member this.End() : int * double =
        let clock = Stopwatch.StartNew()

        if not (started.WaitForExit(TimeSpan.FromSeconds 60.0)) then
            failwith $"the run did not end:\n{this.Output}\n{this.Aside}"

        let seconds = clock.Elapsed.TotalSeconds
        started.WaitForExit()
        started.ExitCode, seconds

    /// No worker that was ever seen lives, two seconds from now at the latest.
    member _.ExpectNobodyLeft() =
        Assert.That(seen, Is.Not.Empty)

        Assert.That(
            SpinWait.SpinUntil((fun () -> Seq.forall isGone seen), TimeSpan.FromSeconds 2.0),
            "a worker outlived its run"
        )

    interface IDisposable with
        member _.Dispose() =
            if not started.HasExited then
                kill (-started.Id, SIGKILL) |> ignore
                started.WaitForExit 5000 |> ignore

            started.Dispose()

/// Tests with signals need Linux' way of showing processes.
let needsProcesses () =
    if not (Directory.Exists "/proc/self/task") then
        Assert.Ignore "the test finds workers through /proc, which this system has not"

    if not (File.Exists "/usr/bin/setsid") then
        Assert.Ignore "the test needs `setsid`, which this system has not"

let start (place: Place) (options: string) : Running = new Running(place, options)

/// Checkpoints that are whole.
let checkpoints (place: Place) : string list =
    files "checkpoints" place
    |> List.filter (fun path -> not (path.EndsWith ".tmp"))
