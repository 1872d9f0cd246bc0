/// Workers that do their work, however oddly the stage behaves.
module Plimsoll.Engine.Tests.WorkerTests

open System
open System.Collections.Concurrent
open System.Diagnostics
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Workers
open Plimsoll.Engine.Probe
open Plimsoll.Engine.Tests.WorkerSupport

let private usual = Jobs.options 1
let private pool = lazy (Pool.create usual)

[<OneTimeTearDown>]
let dispose () =
    if pool.IsValueCreated then
        (pool.Value :> IDisposable).Dispose()

let private on kind =
    let job = job kind
    let ended = runOn pool.Value job
    job, ended

/// It finished, on the worker that served before and will serve again.
let private harmless kind =
    let before = next pool.Value
    let job, ended = on kind
    Assert.That(outputOf job ended, Is.EqualTo(string before))
    Assert.That(next pool.Value, Is.EqualTo before)

[<Test>]
let ``one worker serves many jobs`` () =
    let pids = [ for _ in 1..20 -> next pool.Value ]
    Assert.That(List.distinct pids, Has.Length.EqualTo 1)
    Assert.That(pids, Does.Not.Contain Environment.ProcessId)

[<Test>]
let ``a stage gets what the request says`` () =
    let job = job "echo"

    let parameters =
        Map [
            "kind", Text "echo"
            "list",
            Items [
                Real -0.0
                Real infinity
                Whole Int64.MinValue
                Flag true
                Text "a\nb \U0001F6A2"
            ]
            "tiny", Real Double.Epsilon
        ]

    let job = {
        job with
            Request.Parameters = parameters
            Request.Threads = 3
    }

    Assert.That(outputOf job (runOn pool.Value job), Is.EqualTo $"%A{parameters} %A{Some 3L} 3")

[<Test>]
let ``a job of ten megabytes comes through`` () =
    let job = job "pid"

    let job = {
        job with
            Request.Parameters = Map.add "bulk" (Text(String('z', 10_000_000))) job.Request.Parameters
    }

    Assert.That(int (outputOf job (runOn pool.Value job)), Is.Positive)

[<Test>]
let ``whatever prints, native code included, does not disturb the messages`` () = harmless "print"

[<Test>]
let ``a stage that closes stdin and stdout harms nobody`` () =
    // On a pool of its own: the system gives the free descriptors to the next files.
    withPool usual (fun pool ->
        let before = next pool
        let job = job "close stdin"
        Assert.That(outputOf job (runOn pool job), Is.EqualTo(string before))
        Assert.That(next pool, Is.EqualTo before))

[<Test>]
let ``four megabytes on stderr harm nobody`` () = harmless "print flood"

[<Test>]
let ``a stage that reads stdin finds it empty`` () =
    let job, ended = on "read stdin"
    Assert.That(outputOf job ended, Is.Empty)

[<Test>]
let ``a failed attempt's log keeps what managed and native code have printed`` () =
    let job, ended = on "print and fail"
    Assert.That((failureOf ended).What, Is.EqualTo "planted")
    Assert.That(File.ReadAllText job.Log, Does.Contain "managed print\n")
    Assert.That(File.ReadAllText job.Log, Does.Contain "native print\n")

[<Test>]
let ``a log keeps the beginning and the end of a flood and says what was cut`` () =
    let job, ended = on "print flood and fail"
    Assert.That((failureOf ended).What, Is.EqualTo "planted")
    let text = File.ReadAllText job.Log
    let cut = 4096 * 1024 + "the end\n".Length - (64 <<< 10) - (1 <<< 20)
    Assert.That(text, Does.StartWith(String('x', 1023) + "\n"))
    Assert.That(text, Does.EndWith "xxx\nthe end\n")
    Assert.That(text, Does.Contain $"\n[... {cut} bytes cut here ...]\n")
    Assert.That(text.Length, Is.LessThan 1_200_000)

[<Test>]
let ``an exception of a stage is a bug with its words`` () =
    let _, ended = on "throw"
    let failure = failureOf ended
    Assert.That(failure.Class, Is.EqualTo Bug)
    Assert.That(failure.What, Does.StartWith "stage fault threw Exception: planted exception")

[<Test>]
let ``a result of five megabytes comes through`` () =
    match on "huge" |> snd with
    | JobEnd.Ended(Diverged(7L, what), _) -> Assert.That(what, Has.Length.EqualTo 5_000_000)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``metrics that are no numbers and odd words come through`` () =
    let told = ConcurrentQueue<Progress>()
    let job = job "odd metrics"

    let ended =
        runOn pool.Value {
            job with
                Request.Report = told.Enqueue
        }

    match ended with
    | JobEnd.Ended(Diverged(5L, what), facts) ->
        Assert.That(facts.ResumedAt, Is.EqualTo(Some 3L))
        Assert.That(what, Is.EqualTo "loss is NaN\n\"quoted\" \u2028 \U0001F6A2")
    | other -> Assert.Fail $"%A{other}"

    let progress = Seq.exactlyOne told
    Assert.That(progress.Step, Is.EqualTo 5L)

    Assert.That(
        progress.Metrics
        |> List.map (fun (name, number) -> name, BitConverter.DoubleToInt64Bits number),
        Is.EqualTo<(string * int64) list> [
            for name, number in [ "a", nan; "b", infinity; "c", -infinity; "d", -0.0; "a", Double.Epsilon ] ->
                name, BitConverter.DoubleToInt64Bits number
        ]
    )

[<Test>]
let ``a flood of progress is thinned, and the last of it arrives`` () =
    let told = ConcurrentQueue<Progress>()
    let job = job "progress flood"

    let ended =
        runOn pool.Value {
            job with
                Request.Report = told.Enqueue
        }

    Assert.That(outputOf job ended, Is.Not.Empty)
    Assert.That((Seq.last told).Step, Is.EqualTo 100_000L)
    Assert.That(told, Has.Count.LessThan 100)

[<Test>]
let ``the peak of memory is that of the job, not of those before it`` () =
    let peak kind =
        match on kind |> snd with
        | JobEnd.Ended(Finished, facts) -> facts.PeakMemory
        | other -> failwith $"%A{other}"

    let large = peak "large"
    let small = peak "pid"
    Assert.That(large, Is.GreaterThan(256_000_000L))
    Assert.That(small, Is.LessThan(large - 150_000_000L))

[<Test>]
let ``a cancelled stage keeps what it needs, and its worker goes on`` () =
    let before = next pool.Value
    use cancel = new CancellationTokenSource()
    let job = job "heed stop"

    let ended =
        runOn pool.Value {
            job with
                Request.Cancelled = cancel.Token
                Request.Report = fun _ -> cancel.Cancel()
        }

    Assert.That(ended, Is.EqualTo JobEnd.Stopped)
    Assert.That(File.ReadAllText job.Request.Checkpoint.Value, Is.EqualTo "kept")
    Assert.That(next pool.Value, Is.Not.EqualTo before)

[<Test>]
let ``a cancelled stage that does not listen is killed after the grace`` () =
    let options = {
        usual with
            Grace = TimeSpan.FromSeconds 0.3
    }

    withPool options (fun pool ->
        let before = next pool
        use cancel = new CancellationTokenSource()
        let job = job "ignore stop"

        let ended =
            runOn pool {
                job with
                    Request.Cancelled = cancel.Token
                    Request.Report = fun _ -> cancel.Cancel()
            }

        Assert.That(ended, Is.EqualTo JobEnd.Stopped)
        Assert.That(allGone [ before ])
        Assert.That(next pool, Is.Not.EqualTo before))

[<Test>]
let ``a job that is cancelled before it begins starts no process`` () =
    withPool usual (fun pool ->
        let job = job "pid"

        let ended =
            runOn pool {
                job with
                    Request.Cancelled = CancellationToken true
            }

        Assert.That(ended, Is.EqualTo JobEnd.Stopped)
        Assert.That(pool.Pids, Is.Empty))

[<Test>]
let ``SIGTERM lets the stage keep what it needs and is a transient failure`` () =
    let before = next pool.Value
    let job = job "heed stop"

    let failure =
        runOn pool.Value {
            job with
                Request.Report = fun _ -> LibC.kill (before, LibC.SIGTERM) |> ignore
        }
        |> failureOf

    Assert.That(failure.Class, Is.EqualTo Transient)

    Assert.That(
        failure.What,
        Is.EqualTo(
            "the worker process of stage fault was asked to end by somebody else (SIGTERM) and kept what it "
            + "needs to go on"
        )
    )

    Assert.That(File.ReadAllText job.Request.Checkpoint.Value, Is.EqualTo "kept")
    Assert.That(allGone [ before ])

[<Test>]
let ``an interrupt of the terminal is left to the scheduler`` () =
    let before = next pool.Value
    LibC.kill (before, 2) |> ignore
    Assert.That(next pool.Value, Is.EqualTo before)

[<Test>]
let ``a worker that dies between two jobs is replaced and no job is lost`` () =
    let job, ended = on "die later"
    let before = int (outputOf job ended)
    Assert.That(allGone [ before ])
    Assert.That(next pool.Value, Is.Not.EqualTo before)

[<Test>]
let ``a worker killed just as it is lent costs no attempt`` () =
    for _ in 1..5 do
        let before = next pool.Value
        LibC.kill (before, LibC.SIGKILL) |> ignore
        Assert.That(next pool.Value, Is.Not.EqualTo before)

[<Test>]
let ``no more workers live than are allowed, and all of them work`` () =
    withPool (Jobs.options 2) (fun pool ->
        let pids = ConcurrentBag<int>()
        let threads = [ for _ in 1..6 -> Thread(fun () -> pids.Add(next pool)) ]
        threads |> List.iter _.Start()
        threads |> List.iter _.Join()
        Assert.That(pids, Has.Count.EqualTo 6)
        Assert.That(Seq.distinct pids |> Seq.length, Is.InRange(1, 2))
        Assert.That(pool.Pids, Has.Length.LessThanOrEqualTo 2))

[<Test>]
let ``a pool that is closed ends its workers in the middle of their work`` () =
    let pool = Pool.create usual
    use begun = new ManualResetEventSlim()
    let mutable ended = None
    let job = job "spin"

    let job = {
        job with
            Request.Report = fun _ -> begun.Set()
    }

    let thread = Thread(fun () -> ended <- Some(runOn pool job))
    thread.Start()
    Assert.That(begun.Wait(TimeSpan.FromSeconds 20.0))
    let pids = pool.Pids
    Assert.That(pids, Is.Not.Empty)
    pids |> List.iter need
    (pool :> IDisposable).Dispose()
    Assert.That(allGone pids)
    thread.Join()
    Assert.That(ended, Is.EqualTo(Some JobEnd.Stopped))
    Assert.That(runOn pool job, Is.EqualTo JobEnd.Stopped)

[<Test>]
let ``workers do not outlive a scheduler that is killed`` () =
    let program, arguments = Jobs.command "parent"

    let start =
        ProcessStartInfo(program, arguments, RedirectStandardOutput = true, RedirectStandardError = true)

    use parent =
        match Process.Start start with
        | null -> failwith "no parent"
        | parent -> parent

    let pids =
        match parent.StandardOutput.ReadLine() with
        | null -> failwith $"the parent gave up: {parent.StandardError.ReadToEnd()}"
        | line -> line.Split ' ' |> Array.map int |> List.ofArray

    Assert.That(pids, Has.Length.EqualTo 2)
    pids |> List.iter need
    parent.Kill()
    parent.WaitForExit()
    Assert.That(allGone pids, "a worker outlived its scheduler")

[<Test>]
let ``a stage and its threads stay on the CPUs of its slots when the pool owns them all`` () =
    let allowed = Cpus.allowed ()
    let last = allowed.Length - 1

    withPool (Jobs.options allowed.Length) (fun pool ->
        let cpus slots =
            let job = job "cpus"
            let job = { job with Slots = slots }
            outputOf job (runOn pool job)

        let one = List.last allowed
        Assert.That(cpus [ Cpu last ], Is.EqualTo $"{one} {one}")
        // The next job of the same worker is not held to the last one's CPU.
        Assert.That((cpus [ Cpu 999 ]).Split ' ' |> Array.distinct, Has.Length.EqualTo 1)

        if allowed.Length > 1 then
            Assert.That(cpus [ Cpu 999 ], Is.Not.EqualTo $"{one} {one}"))

[<Test>]
let ``each thread of a stage's team has one of the CPUs of its slots`` () =
    let allowed = Cpus.allowed ()

    if allowed.Length < 2 then
        Assert.Ignore "this system does not let a thread choose between CPUs"

    withPool (Jobs.options allowed.Length) (fun pool ->
        let job = job "team"

        let job = {
            job with
                Slots = [ Cpu 0; Cpu 1 ]
                Request = { job.Request with Threads = 2 }
        }

        let cpus = (outputOf job (runOn pool job)).Split ' ' |> Array.sort

        let expected =
            allowed |> List.truncate 2 |> List.map string |> Array.ofList |> Array.sort

        Assert.That(cpus, Is.EqualTo<string array> expected))

[<Test>]
let ``slots stand for CPUs only where the pool has them all`` () =
    let of' workers slots =
        Cpus.ofSlots workers [ 2; 3; 7 ] [ for slot in slots -> Cpu slot ]

    Assert.That(of' 3 [ 0; 2 ], Is.EqualTo<int list> [ 2; 7 ])
    Assert.That(of' 2 [ 0; 1 ], Is.Empty)
    Assert.That(of' 4 [ 0; 1 ], Is.Empty)
    Assert.That(of' 3 [ 3 ], Is.Empty)

[<Test>]
let ``a warm worker adds little to a job, a cold one starts soon`` () =
    withPool usual (fun pool ->
        let clock = Stopwatch.StartNew()
        next pool |> ignore
        let cold = clock.Elapsed.TotalMilliseconds

        let times = [|
            for _ in 1..60 do
                clock.Restart()
                next pool |> ignore
                clock.Elapsed.TotalMilliseconds
        |]

        let warm = (Array.sort times)[30]
        TestContext.Out.WriteLine $"first job {cold:F0} ms, median of a warm worker {warm:F2} ms"
        // Loose: the machine may be busy. The targets stand in docs/workers.md.
        Assert.That(warm, Is.LessThan 200.0))
