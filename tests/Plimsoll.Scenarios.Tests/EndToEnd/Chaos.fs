/// An experiment of about sixty cells with real training, while its processes are killed with -9 at random times.
module Plimsoll.Scenarios.Tests.Chaos

open System
open System.Collections.Generic
open System.Diagnostics
open System.IO
open System.Text.Json
open System.Threading
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

/// Steps chosen so that a cell takes a good part of a second: long enough to be hit in the middle.
let private experiment =
    """experiment: chaos
tasks:
  DiscCircle: { collect: { steps: 20_000, seed: 1 } }
protocol: { cost_limits: [20, 60], seeds: 0..4, episodes: 2 }
arms:
  drcorl:
    hidden: [32, 32]
    behaviour.steps: 600
    behaviour.batch: 128
    behaviour.width: 32
    behaviour.embedding: 16
    behaviour.frequencies: 8
    behaviour.guard-every: 150
    reward-critic.steps: 1_000
    reward-critic.batch: 128
    reward-critic.guard-every: 300
    warm.steps: 600
    warm.guard-every: 250
    cost-critic.steps: 800
    cost-critic.batch: 128
    cost-critic.guard-every: 300
    policy.steps: 500
    policy.batch: 128
    policy.guard-every: 170
  bc-safe: { policy.steps: 1_500, policy.hidden: [32, 32], policy.batch: 128 }
"""

let private file = "chaos.yaml"

let prepare (place: Place) =
    File.WriteAllText(Path.Combine(place.Folder, file), experiment)

/// A checkpoint every so often that most killed cells have one.
let private run = [ "run"; file; "--jobs"; "2"; "--checkpoint-every"; "0.1s" ]

/// Label and artifact of each cell, and what state it is in.
let outcome (place: Place) : (string * string * string) list =
    use document = JsonDocument.Parse(place.Call([], [ "plan"; file; "--json" ]))

    [
        for cell in document.RootElement.GetProperty("cells").EnumerateArray() do
            let text (name: string) =
                match cell.TryGetProperty name with
                | true, value -> string (value.GetString())
                | _ -> ""

            text "label", text "state", text "artifact"
    ]

let undisturbed (place: Place) : (string * string * string) list =
    prepare place
    place.Call([], run) |> ignore
    outcome place

let private start (place: Place) : Process =
    let info = ProcessStartInfo("dotnet", program :: run)
    info.WorkingDirectory <- place.Folder
    info.RedirectStandardInput <- true
    info.RedirectStandardOutput <- true
    info.RedirectStandardError <- true

    match Process.Start info with
    | null -> failwith "dotnet did not start"
    | started ->
        started.OutputDataReceived.Add ignore
        started.BeginOutputReadLine()
        started

/// Ids of the processes that this one started.
let private children (parent: int) : int list = [
    for tasks in Directory.GetDirectories $"/proc/{parent}/task" do
        let list = Path.Combine(tasks, "children")

        if File.Exists list then
            for id in (File.ReadAllText list).Split(' ', StringSplitOptions.RemoveEmptyEntries) do
                int id
]

let private tryChildren parent =
    try
        children parent
    with :? IOException -> []

let private kill (id: int) =
    try
        use victim = Process.GetProcessById id
        victim.Kill()
    with
    | :? ArgumentException
    | :? InvalidOperationException -> ()

let private lives (id: int) =
    try
        use found = Process.GetProcessById id
        not found.HasExited
    with :? ArgumentException ->
        false

type Toll = {
    Workers: int
    Schedulers: int
    /// Processes that outlived the scheduler that started them.
    Orphans: int list
}

/// Runs the experiment to its end. For `trouble` of time something is killed every now and then, mostly workers, now
/// and then the scheduler, which is then started anew.
let disturbed (seed: int) (trouble: TimeSpan) (place: Place) : Toll =
    prepare place
    let random = Random seed
    let clock = Stopwatch.StartNew()
    let seen = HashSet<int>()
    let mutable workers = 0
    let mutable schedulers = 0
    let mutable finished = false

    while not finished do
        use scheduler = start place
        let aside = scheduler.StandardError.ReadToEndAsync()

        while not scheduler.HasExited do
            let calm = clock.Elapsed >= trouble
            let pause = if calm then 200 else random.Next(50, 1_200)

            if not (scheduler.WaitForExit pause) && not calm then
                let living = tryChildren scheduler.Id
                living |> List.iter (seen.Add >> ignore)

                if random.NextDouble() < 0.25 then
                    schedulers <- schedulers + 1
                    kill scheduler.Id
                elif not living.IsEmpty then
                    workers <- workers + 1
                    kill living[random.Next living.Length]

            if clock.Elapsed > trouble + TimeSpan.FromMinutes 5.0 then
                scheduler.Kill true
                failwith $"seed {seed}: the run did not end after the trouble was over"

        scheduler.WaitForExit()

        match scheduler.ExitCode with
        | 0 -> finished <- true
        | 137 -> ()
        // Cells that were killed too often for one run: the next one goes on.
        | 1 when clock.Elapsed < trouble + TimeSpan.FromMinutes 1.0 -> ()
        | other -> failwith $"seed {seed}: the run ended with {other}\n{aside.Result}"

    // A worker notices at once that its scheduler is gone, but on a busy machine it needs a moment.
    let patience = Stopwatch.StartNew()

    while seen |> Seq.exists lives && patience.Elapsed < TimeSpan.FromSeconds 10.0 do
        Thread.Sleep 50

    {
        Workers = workers
        Schedulers = schedulers
        Orphans = seen |> Seq.filter lives |> List.ofSeq
    }

/// One pass in a store of its own; the end must be that of the undisturbed run.
let pass (expected: (string * string * string) list) (seed: int) (trouble: TimeSpan) : Toll =
    use place = new Place()
    let toll = disturbed seed trouble place
    let found = outcome place

    for wanted, got in List.zip expected found do
        Assert.That((got = wanted), Is.True, $"seed {seed}: {got} instead of {wanted}")

    Assert.That(toll.Orphans, Is.Empty, $"seed {seed}: workers outlived their schedulers")
    toll
