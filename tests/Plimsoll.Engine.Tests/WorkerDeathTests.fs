/// Workers that break, each in one way: the class and the words that come of it, and a pool that goes on.
module Plimsoll.Engine.Tests.WorkerDeathTests

open System
open System.IO
open System.Text.RegularExpressions
open System.Text
open NUnit.Framework
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Workers
open Plimsoll.Engine.Probe
open Plimsoll.Engine.Tests.WorkerSupport
open Plimsoll.Store.Tests

let private usual = Jobs.options 1

/// One shared pool: whatever happens to one of its workers must not matter to the next test.
let private pool = lazy (Pool.create usual)

[<OneTimeTearDown>]
let dispose () =
    if pool.IsValueCreated then
        (pool.Value :> IDisposable).Dispose()

let private inLog (job: Job) =
    if File.Exists job.Log then File.ReadAllText job.Log else ""

/// What fails with these words and this class, on a pool that then serves the next job with a new process.
let private dies (pool: Pool) (job: Job) (kind: FailureClass) (what: string) (remedy: string) =
    let before = next pool
    let failure = runOn pool job |> failureOf
    let remedy = remedy.Replace("LOG", job.Log)
    // Which order of its worker this was depends on the tests before.
    let said = Regex.Replace(failure.What, "\"order\":[0-9]+", "\"order\":N")
    Assert.That(said, Is.EqualTo("the worker process of stage fault " + what))
    Assert.That(failure.Remedy, Is.EqualTo remedy)
    Assert.That(failure.Class, Is.EqualTo kind)
    let after = next pool
    Assert.That(after, Is.Not.EqualTo before)
    Assert.That(allGone [ before ])

let private diesHere = fun kind -> dies pool.Value (job kind)

[<Test>]
let ``a worker that exits with 0 has failed the attempt`` () =
    diesHere
        "exit 0"
        Transient
        "ended by itself, with exit code 0, before its stage had answered"
        "read the log; if it says nothing, look for native code that calls `exit`"

[<Test>]
let ``a worker whose native code exits has failed the attempt`` () =
    diesHere
        "exit 3"
        Transient
        "ended by itself, with exit code 3, before its stage had answered"
        "read the log; if it says nothing, look for native code that calls `exit`"

[<Test>]
let ``a segmentation fault in native code costs one attempt, and its log is kept`` () =
    let job = job "segfault"

    dies
        pool.Value
        job
        Deterministic
        ("was ended by SIGSEGV (signal 11): native code, or the runtime itself, did what no program may")
        ("check that the native libraries fit this machine (`plimsoll doctor`), and report it with the log; "
         + "what it printed is in LOG")

    Assert.That(inLog job, Does.StartWith "about to touch nothing\n")

[<Test>]
let ``a worker that aborts is a deterministic failure`` () =
    diesHere
        "abort"
        Deterministic
        ("was ended by SIGABRT (signal 6): it gave up by itself, most likely over an exception that nothing "
         + "caught")
        "read its last lines in the log, and report it with them"

[<Test>]
let ``an exception on a stage's own thread ends the worker, and the log names it`` () =
    let job = job "fail fast"
    let failure = runOn pool.Value job |> failureOf
    Assert.That(failure.Class, Is.EqualTo Deterministic)
    Assert.That(failure.What, Does.Contain "SIGABRT")
    Assert.That(inLog job, Does.Contain "nobody catches this")

[<Test>]
let ``a worker killed from outside is a transient failure`` () =
    diesHere
        "kill"
        Transient
        "was ended by SIGKILL (signal 9): somebody killed it, or the system did because memory ran out"
        "look for `oom` in the system's log; if memory ran out, run fewer cells at once (--jobs)"

[<Test>]
let ``a worker that stops showing life is killed`` () =
    let options = {
        usual with
            Silence = TimeSpan.FromSeconds 0.75
    }

    withPool options (fun pool ->
        dies
            pool
            (job "hang")
            Deterministic
            "gave no sign of life for 0.75 s and was killed"
            "if the machine was not merely overloaded or swapping, report it with the log")

[<Test>]
let ``a stage that spins shows life and is ended by its time limit`` () =
    let options = {
        usual with
            Silence = TimeSpan.FromSeconds 0.75
    }

    let job = job "spin"

    withPool options (fun pool ->
        dies
            pool
            {
                job with
                    Limits = { Limits.none with Seconds = Some 1.25 }
            }
            Deterministic
            "ran for longer than the 1.25 s that were allowed and was killed"
            "raise the time limit, or find out why it takes so long")

[<Test>]
let ``a stage that eats memory is ended by its memory limit`` () =
    let job = job "eat"

    dies
        pool.Value
        {
            job with
                Limits = {
                    Limits.none with
                        Memory = Some(300L <<< 20)
                }
        }
        Resource
        "used more than the 300 MiB of memory that were allowed and was killed"
        "raise the memory limit, or make the stage's data or networks smaller"

[<Test>]
let ``garbage on the message channel ends the worker`` () =
    diesHere
        "garbage"
        Deterministic
        "sent a line that is no message (it is not JSON): `?not a message`"
        "look for native code that writes to a file descriptor it does not own, and report it"

[<Test>]
let ``half a message on the channel spoils the next one`` () =
    diesHere
        "half a message"
        Deterministic
        ("sent a line that is no message (it is not JSON): "
         + "`{\"kind\":\"began\",{\"kind\":\"progress\",\"order\":N,\"step\":1,\"steps\":100000,\"metrics\":[]}`")
        "look for native code that writes to a file descriptor it does not own, and report it"

[<Test>]
let ``a worker without its channel is killed`` () =
    diesHere
        "close the channel"
        Deterministic
        "lost the channel on which it answers"
        "look for native code that closes a file descriptor it does not own, and report it"

let private neverServes command (kind: FailureClass) (what: string) (remedy: string) =
    let options = {
        usual with
            Command = command
            Start = TimeSpan.FromSeconds 1.5
    }

    withPool options (fun pool ->
        for _ in 1..2 do
            let job = job "pid"
            let failure = runOn pool job |> failureOf
            Assert.That(failure.What, Is.EqualTo("the worker process of stage fault " + what))
            Assert.That(failure.Remedy, Is.EqualTo(remedy.Replace("LOG", job.Log)))
            Assert.That(failure.Class, Is.EqualTo kind))

[<Test>]
let ``a worker of another protocol is refused`` () =
    neverServes
        (Jobs.command "worker of another protocol")
        Invalid
        "speaks version 99 of the workers' protocol, this program version 1"
        "let both come from the same build"

[<Test>]
let ``a worker of another build is refused`` () =
    neverServes
        (Jobs.command "worker of another build")
        Invalid
        "comes from another build than the program that started it: the program was rebuilt while it ran"
        "wait until the build has finished, then run again"

[<Test>]
let ``a program that is rebuilt before its first worker starts gets no work done by it`` () =
    let program, arguments = Jobs.command "rebuilt"
    let probe = List.head arguments
    let folder = Folders.fresh ()
    Directory.CreateDirectory folder |> ignore

    for file in Directory.GetFiles(string (DirectoryInfo(probe).Parent)) do
        if file.EndsWith ".dll" || file.EndsWith "Probe.runtimeconfig.json" then
            File.Copy(file, Path.Combine(folder, FileInfo(file).Name))

    let start = Diagnostics.ProcessStartInfo program
    start.ArgumentList.Add(Path.Combine(folder, FileInfo(probe).Name))
    start.ArgumentList.Add "rebuilt"
    start.RedirectStandardOutput <- true
    use running = Diagnostics.Process.Start start |> nonNull
    let said = running.StandardOutput.ReadToEnd()
    running.WaitForExit()
    Assert.That(said, Does.Contain "rebuilt while it ran")

[<Test>]
let ``a program that is not there is named`` () =
    neverServes
        ("no-such-plimsoll", [ "worker" ])
        Invalid
        "could not be started with `no-such-plimsoll worker`: there is no such program"
        "make the program a file that this user may run"

[<Test>]
let ``a worker that ends before it says hello leaves its last words`` () =
    neverServes
        (Jobs.command "worker that ends")
        Deterministic
        "ended before it said hello, with exit code 4; its last words: no stages today"
        "run `plimsoll doctor`; if it is content, build the program anew; what it printed is in LOG"

[<Test>]
let ``a worker that somebody ends before its first work is a transient failure`` () =
    neverServes
        (Jobs.command "worker that is killed")
        Transient
        "was ended by SIGKILL (signal 9): somebody killed it, or the system did because memory ran out"
        "look for `oom` in the system's log; if memory ran out, run fewer cells at once (--jobs)"

    for kind in [ "worker that is told to go"; "worker that greets and goes" ] do
        neverServes
            (Jobs.command kind)
            Transient
            "was asked to end by somebody else (SIGTERM) and kept what it needs to go on"
            "run again; what has finished is kept"

[<Test>]
let ``a worker that cannot be started, however that fails, costs no place and is nobody's failure`` () =
    withPool { usual with Command = "", [] } (fun pool ->
        for _ in 1..2 do
            use patience =
                new System.Threading.CancellationTokenSource(TimeSpan.FromSeconds 5.0)

            let job = job "pid"

            match
                runOn pool {
                    job with
                        Request.Cancelled = patience.Token
                }
            with
            | JobEnd.Starved failure -> Assert.That(failure.Class, Is.EqualTo Resource)
            | other -> Assert.Fail $"%A{other}")

[<Test>]
let ``a worker that says nothing is given up`` () =
    neverServes
        (Jobs.command "mute worker")
        Transient
        "was started but said nothing within 1.5 s"
        "find out what keeps the machine or the disk of the program so busy, then run again"

[<Test>]
let ``a program that greets people instead is no worker`` () =
    neverServes
        (Jobs.command "worker that prints first")
        Deterministic
        "sent a line that is no message (it is not JSON): `Welcome!`"
        "look for native code that writes to a file descriptor it does not own, and report it"

[<Test>]
let ``every signal has its class and its name`` () =
    let failure number =
        WorkerDeath.failure "fit" None (WorkerDeath.ofExitCode (128 + number) "")

    for number, name, kind in
        [
            4, "SIGILL (signal 4)", Deterministic
            7, "SIGBUS (signal 7)", Deterministic
            8, "SIGFPE (signal 8)", Deterministic
            15, "SIGTERM (signal 15)", Transient
            24, "SIGXCPU (signal 24)", Resource
            40, "signal 40", Transient
        ] do
        Assert.That((failure number).What, Does.Contain $" was ended by {name}: ")
        Assert.That((failure number).Class, Is.EqualTo kind)

[<Test>]
let ``an abort for want of memory is a resource failure`` () =
    for words in [ "Out of memory."; "  what():  std::bad_alloc" ] do
        Assert.That(WorkerDeath.ofExitCode 134 words, Is.EqualTo WorkerDeath.OutOfMemory)

    let failure =
        WorkerDeath.failure "fit" (Some(Error "disk full")) WorkerDeath.OutOfMemory

    Assert.That(failure.Class, Is.EqualTo Resource)

    Assert.That(
        failure.Remedy,
        Is.EqualTo "run fewer cells at once (--jobs); what it printed could not be kept: disk full"
    )
