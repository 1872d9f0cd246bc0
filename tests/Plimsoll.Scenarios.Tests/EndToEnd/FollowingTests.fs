/// A run in another process, watched while it lives, when a worker of it is killed, and when it is itself.
module Plimsoll.Scenarios.Tests.FollowingTests

open System
open System.Diagnostics
open System.IO
open System.Text.Json
open System.Threading
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment

let private experiment (steps: int) =
    $"""experiment: small
tasks:
  DiscCircle: {{ collect: {{ steps: 4_000, seed: 1 }} }}
protocol: {{ cost_limits: [10], seeds: [0], episodes: 2 }}
arms:
  bc-all: {{ steps: {steps}, policy.hidden: [32, 32] }}
"""

let private start (place: Place) (words: string list) : Process =
    let info = ProcessStartInfo("dotnet", program :: words)
    info.WorkingDirectory <- place.Folder
    info.RedirectStandardOutput <- true
    info.RedirectStandardError <- true
    info.RedirectStandardInput <- true

    match Process.Start info with
    | null -> failwith "dotnet did not start"
    | started -> started

let private patience = TimeSpan.FromSeconds 60.0

/// Asks until the answer is yes.
let private until (what: string) (ask: unit -> bool) =
    let clock = Stopwatch.StartNew()

    while not (ask ()) do
        if clock.Elapsed > patience then
            Assert.Fail what

        Thread.Sleep 50

let private events (place: Place) : string =
    let runs = Path.Combine(place.Folder, ".plimsoll", "store", "runs")

    if Directory.Exists runs then
        Directory.GetFiles(runs, "events.jsonl", SearchOption.AllDirectories)
        |> Array.map (fun path ->
            use file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)

            (new StreamReader(file)).ReadToEnd())
        |> String.concat ""
    else
        ""

let private told (place: Place) (event: string) (count: int) =
    (events place).Split($"\"event\":\"{event}\"").Length > count

/// With one job there is one.
let private workersOf (scheduler: Process) : int list = [
    for task in Directory.GetDirectories $"/proc/{scheduler.Id}/task" do
        let ids = File.ReadAllText(Path.Combine(task, "children"))

        for id in ids.Split(' ', StringSplitOptions.RemoveEmptyEntries) do
            int id
]

let private kill (id: int) =
    use victim = Process.GetProcessById id
    victim.Kill()

let private isMatch (expected: string) (actual: string) =
    Assert.That(
        Scenario.matches (expected.Trim '\n') actual,
        Is.True,
        $"expected:\n{expected}\nbut:\n{actual}"
    )

[<Test>]
let ``status follows a run in another process to its end`` () =
    use place = new Place()
    File.WriteAllText(Path.Combine(place.Folder, "small.yaml"), experiment 3_000)
    use run = start place [ "run"; "small.yaml"; "--jobs"; "1" ]
    let output = run.StandardOutput.ReadToEndAsync()
    let aside = run.StandardError.ReadToEndAsync()
    until "the run begins" (fun () -> told place "started" 1)
    let seen = place.Call([], [ "status"; "--follow" ])
    Assert.That(run.WaitForExit patience, Is.True)
    Assert.That(run.ExitCode, Is.Zero, output.Result + aside.Result)

    isMatch
        """
[00:00:0<*>] start    DiscCircle/dataset
<...>
[00:00:<*>] done     DiscCircle/bc-all/policy seed=0  <*> s
[00:00:<*>] start    DiscCircle/bc-all/scores seed=0 cost_limit=10
[00:00:<*>] done     DiscCircle/bc-all/scores seed=0 cost_limit=10  <*> s
run <*>: ended
  3 of 3 cells ended: 3 finished
"""
        seen

[<Test>]
let ``status shows what runs, a killed worker's second attempt, and that a killed run is dead`` () =
    use place = new Place()
    File.WriteAllText(Path.Combine(place.Folder, "small.yaml"), experiment 9_000_000)

    use run =
        start place [ "run"; "small.yaml"; "--jobs"; "1"; "--checkpoint-every"; "0.2s" ]

    run.StandardOutput.ReadToEndAsync() |> ignore
    run.StandardError.ReadToEndAsync() |> ignore

    try
        // Not the collecting, which is at work before it and says so too.
        until "a cell trains" (fun () ->
            (events place).Split '\n'
            |> Array.exists (fun line ->
                line.Contains "\"event\":\"progress\"" && line.Contains "bc-all/policy"))

        isMatch
            $"""
small: 1 of 3 cells finished
<...>
run <*>-small-<*>: live, process {run.Id} on {Environment.MachineName}
  1 of 3 cells ended: 1 finished
  DiscCircle/bc-all/policy seed=0  <*> s  0 %%<*>
<...>

store .plimsoll/store
  1 artifact, <*>
  1 record
<...>
"""
            (place.Call([], [ "status"; "small.yaml" ]))

        workersOf run |> List.iter kill
        until "the cell is tried again" (fun () -> told place "retrying" 1 && told place "started" 3)

        isMatch
            """
run <*>: live, <*>
  1 of 3 cells ended: 1 finished, 1 retry
  DiscCircle/bc-all/policy seed=0  <*> s  <*>attempt 2<*>
<...>
"""
            (place.Call([], [ "status" ]))

        use document = JsonDocument.Parse(place.Call([], [ "status"; "--json" ]))
        let cell = document.RootElement.GetProperty("latest-run").GetProperty("running")[0]
        Assert.That(cell.GetProperty("attempt").GetInt32(), Is.EqualTo 2)

        use follower = start place [ "status"; "--follow" ]
        let seen = follower.StandardOutput.ReadToEndAsync()
        Thread.Sleep 1_000
        Assert.That(follower.HasExited, Is.False)
        run.Kill()
        Assert.That(follower.WaitForExit patience, Is.True)
        Assert.That(follower.ExitCode, Is.EqualTo 1)

        isMatch
            """
<...>
[00:00:<*>] retry    DiscCircle/bc-all/policy seed=0: the worker process of stage fit-bc was ended by SIGKILL<*>
<...>
run <*>: dead: process <*> is gone; run again, what has finished is kept
  1 of 3 cells ended: 1 finished, 1 retry
"""
            seen.Result
    finally
        if not run.HasExited then
            run.Kill true

[<Test>]
let ``a reader that closes the pipe early ends the program quietly`` () =
    use place = new Place()

    let cells = String.concat ", " [ for seed in 0..999 -> string seed ]

    File.WriteAllText(
        Path.Combine(place.Folder, "small.yaml"),
        (experiment 60).Replace("seeds: [0]", $"seeds: [{cells}]")
    )

    let info =
        ProcessStartInfo("sh", [ "-c"; $"dotnet '{program}' plan small.yaml --json | head -n 1" ])

    info.WorkingDirectory <- place.Folder
    info.RedirectStandardOutput <- true
    info.RedirectStandardError <- true

    match Process.Start info with
    | null -> failwith "sh did not start"
    | shell ->
        use shell = shell
        let aside = shell.StandardError.ReadToEndAsync()
        Assert.That(shell.StandardOutput.ReadToEnd(), Is.EqualTo "{\n")
        Assert.That(shell.WaitForExit patience, Is.True)
        Assert.That(aside.Result, Is.Empty)
