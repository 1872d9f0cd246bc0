/// The process that runs stages for another one (`plimsoll worker`).
module Plimsoll.Engine.Workers.Worker

open System
open System.Collections.Concurrent
open System.IO
open System.Runtime
open System.Runtime.InteropServices
open System.Threading
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine

/// Bytes. Deep graphs recurse while they are built.
let private stack = 16 <<< 20

/// Bytes; a smaller heap is not worth the time to shrink it.
let private largeHeap = 64L <<< 20

/// Whoever started this process is gone, or does not listen: nothing that it does matters any more.
let private leave () = Native.exitNow WorkerDeath.nobodyThere

type private Channel(output: Stream) =
    let gate = obj ()

    member _.Send(message: FromWorker) =
        let line = Codec.FromWorker.encode message

        try
            lock gate (fun () -> output.Write line)
        with _ ->
            // A descriptor that somebody closed is no IOException to .NET.
            Native.exitNow WorkerDeath.channelLost

/// Shows that the process lives while it works, and passes progress on: at most one message in 50 ms, of which
/// the latest always arrives.
type private Heart(channel: Channel) =
    let pause = 50L
    let gate = obj ()
    let mutable working: (Order * Pinning) option = None
    let mutable pending: Progress option = None
    let mutable told = 0L
    let mutable beaten = 0L
    let mutable began = 0L
    let mutable resumed: int64 option = None

    let flush now =
        match working, pending with
        | Some(order, _), Some progress ->
            pending <- None
            told <- now
            channel.Send(Progressed(order.Id, progress))
        | _ -> ()

    let beat now (order: Order) =
        let due = now - beaten >= int64 order.Beat

        if due then
            beaten <- now

            channel.Send(
                Beat {
                    Resident = Footprint.own ()
                    Processor = Environment.CpuUsage.TotalTime.TotalSeconds
                }
            )

        due

    let live () =
        lock gate (fun () ->
            while true do
                match working with
                | None -> Monitor.Wait gate |> ignore
                | Some(order, pinning) ->
                    let now = Environment.TickCount64
                    flush now
                    let young = now - began < 1000L

                    if beat now order || young then
                        pinning.Spread()

                    Monitor.Wait(gate, int pause) |> ignore)

    do Thread(live, 256 <<< 10, IsBackground = true, Name = "heart").Start()

    member _.Report(progress: Progress) =
        lock gate (fun () ->
            pending <- Some progress
            resumed <- Option.orElse resumed progress.ResumedAt
            let now = Environment.TickCount64

            if now - told >= pause then
                flush now)

    member _.Begin(order: Order, pinning: Pinning) =
        lock gate (fun () ->
            working <- Some(order, pinning)
            pending <- None
            resumed <- None
            beaten <- Environment.TickCount64
            began <- beaten
            Monitor.Pulse gate)

    /// The step at which the stage went on, if it has said so.
    member _.End() : int64 option =
        lock gate (fun () ->
            flush Environment.TickCount64
            working <- None
            resumed)

let private cancelled = {
    Class = Cancelled
    What = "stopped"
    Remedy = "run again to go on"
}

let private unknown name = {
    Class = Bug
    What = $"this worker has no stage {name}"
    Remedy = "please report it"
}

let private outcomeOf (stages: Map<string, Stage>) (order: Order) report (stop: CancellationToken) =
    match Map.tryFind order.Stage stages with
    | None -> Failed(unknown order.Stage)
    | Some stage ->
        try
            stage.Run {
                Parameters = order.Parameters
                Inputs = order.Inputs
                Output = order.Output
                Seed = order.Seed
                Threads = order.Threads
                Report = report
                Cancelled = stop
                Checkpoint = order.Checkpoint
                CheckpointEvery = order.CheckpointEvery
                Trail = order.Trail
            }
        with
        | :? OperationCanceledException when stop.IsCancellationRequested -> Failed cancelled
        | fault -> Failed(Fault.ofException order.Stage fault)

let private execute (channel: Channel) (heart: Heart) stages (order: Order) (pinning: Pinning) stop =
    if not (pinning.Own()) then
        eprintfn "the system would not keep %s on its CPUs; it runs on any" order.Label

    Footprint.forgetPeak ()
    heart.Begin(order, pinning)
    channel.Send(Began order.Id)
    let outcome = outcomeOf stages order heart.Report stop
    let resumed = heart.End()
    // What it printed shall arrive before its answer does.
    Console.Out.Flush()
    Console.Error.Flush()
    Native.flush ()

    channel.Send(
        Ended(
            order.Id,
            outcome,
            {
                PeakMemory = Machine.peakMemory ()
                ResumedAt = resumed
            }
        )
    )

/// The stage has a thread of its own.
let private runOne allowed channel heart stages order stop =
    let pinning = Pinning order.Cpus

    let thread =
        Thread((fun () -> execute channel heart stages order pinning stop), stack, IsBackground = true)

    thread.Name <- order.Label
    thread.Start()
    thread.Join()
    pinning.Release allowed

/// Between two jobs memory goes back to the system: the next one may be small, and others want it.
let private tidy () =
    let held = GC.GetGCMemoryInfo().TotalCommittedBytes

    if
        max held (GC.GetTotalMemory false) > largeHeap
        || Footprint.own () > 4L * largeHeap
    then
        GCSettings.LargeObjectHeapCompactionMode <- GCLargeObjectHeapCompactionMode.CompactOnce
        GC.Collect(2, GCCollectionMode.Aggressive, blocking = true, compacting = true)
        Native.trim ()

type private Post =
    | Work of Order * CancellationTokenSource
    | Leave

/// Reads orders until nobody can send any more: then the process ends at once, in the middle of a kernel if
/// need be, so that none outlives its scheduler.
let private listen
    (input: Stream)
    (posts: BlockingCollection<Post>)
    (current: (Order * CancellationTokenSource) ref)
    =
    let lines = Lines(input, 64 <<< 20)

    let rec next () =
        match lines.Next() with
        | Line.Whole line ->
            match Codec.ToWorker.decode line with
            | Ok(Run order) ->
                let stop = new CancellationTokenSource()
                Volatile.Write(&current.contents, (order, stop))
                posts.Add(Work(order, stop))
                next ()
            | Ok(Stop id) ->
                let order, stop = Volatile.Read &current.contents

                if order.Id = id then
                    // Whoever listens to the token may take its time; this thread may not.
                    stop.CancelAsync() |> ignore

                next ()
            | Error why ->
                eprintfn "the worker got a line that is no message: %s" why
                Native.exitNow 70
        | Line.Partial _
        | Line.TooLong _
        | Line.End -> leave ()

    try
        next ()
    with :? IOException ->
        leave ()

let private nothing: Order = {
    Id = -1L
    Stage = ""
    Label = ""
    Parameters = Map.empty
    Inputs = Map.empty
    Output = ""
    Seed = None
    Threads = 1
    Cpus = []
    Checkpoint = None
    CheckpointEvery = TimeSpan.Zero
    Trail = None
    Beat = 1000
}

/// Ctrl-C reaches every process of the terminal's foreground group; what it means for a worker the scheduler
/// decides. SIGTERM comes from elsewhere, such as a cluster that wants its machine back: the stage keeps what it
/// needs to go on, and the process ends.
let private onSignals (posts: BlockingCollection<Post>) (current: (Order * CancellationTokenSource) ref) =
    let ignoreIt (context: PosixSignalContext) = context.Cancel <- true

    let terminate (context: PosixSignalContext) =
        context.Cancel <- true
        let _, stop = Volatile.Read &current.contents
        stop.CancelAsync() |> ignore
        posts.Add Leave

    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, ignoreIt)
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, terminate)
    ]

/// As `main`, saying hello in the name of another version or build. For tests.
let mainAs (hello: unit -> Hello) (stages: unit -> Stage list) : int =
    let input, output = Native.takeChannel ()
    Console.SetOut Console.Error
    use posts = new BlockingCollection<Post>()
    let current = ref (nothing, new CancellationTokenSource())
    let signals = onSignals posts current

    Thread((fun () -> listen input posts current), 1 <<< 20, IsBackground = true, Name = "orders").Start()

    let channel = Channel output
    channel.Send(Hello(hello ()))
    let heart = Heart channel
    let allowed = Cpus.allowed ()
    let stages = Map.ofList [ for stage in stages () -> stage.Signature.Name, stage ]

    let rec serve () =
        match posts.Take() with
        | Leave -> ()
        | Work(order, stop) ->
            runOne allowed channel heart stages order stop.Token
            tidy ()
            serve ()

    serve ()
    GC.KeepAlive signals
    leave ()
    0

let private truth () : Hello = {
    Protocol = Protocol.version
    Build = Build.current ()
    Pid = Environment.ProcessId
}

/// Runs what it is ordered to on stdin until stdin ends. Its first act is to keep stdin and stdout for messages:
/// whatever prints from then on prints to stderr. The stages are asked for after that.
let main (stages: unit -> Stage list) : int = mainAs truth stages
