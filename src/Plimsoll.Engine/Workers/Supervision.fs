/// One attempt on one worker: from sending the order to the answer or the death.
module internal Plimsoll.Engine.Workers.Supervision

open System
open System.Diagnostics
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine

/// Milliseconds between two looks at a worker that says nothing.
let private tick = 100

/// The longest time between two looks that counts: when this process was itself suspended, its workers are not
/// to blame.
let private longestTick = 1.0

[<RequireQualifiedAccess>]
type Verdict =
    /// The worker lives and can take another order.
    | Answered of StageOutcome * JobFacts
    | Died of WorkerDeath
    /// It was gone before it took the order.
    | NeverBegan
    /// The attempt was cancelled and the worker had to be killed.
    | Abandoned

/// How a worker that closed its channel died; it is gone afterwards.
let private death (worker: WorkerProcess) : WorkerDeath =
    match worker.Finish(TimeSpan.FromSeconds 2.0) with
    | None -> WorkerDeath.ChannelClosed
    // Told to go by now, it went.
    | Some code when code = WorkerDeath.channelLost || code = WorkerDeath.nobodyThere ->
        WorkerDeath.ChannelClosed
    | Some code -> WorkerDeath.ofExitCode code (worker.Printed.LastLine |> Option.defaultValue "")

/// As `death`, of a worker that had nothing to do yet: it has left because somebody asked it to.
let private deathBeforeWork (worker: WorkerProcess) : WorkerDeath =
    match worker.Finish(TimeSpan.FromSeconds 2.0) with
    | None -> WorkerDeath.ChannelClosed
    | Some code when code = WorkerDeath.nobodyThere -> WorkerDeath.Terminated
    | Some code when code = WorkerDeath.channelLost -> WorkerDeath.ChannelClosed
    | Some code -> WorkerDeath.ofExitCode code (worker.Printed.LastLine |> Option.defaultValue "")

let private kill (worker: WorkerProcess) reason =
    worker.Kill()
    worker.Finish(TimeSpan.FromSeconds 10.0) |> ignore
    reason

let private refusal (hello: Hello) =
    if hello.Protocol <> Protocol.version then
        Some(WorkerDeath.OtherProtocol hello.Protocol)
    elif hello.Build <> Build.current () then
        Some WorkerDeath.OtherBuild
    else
        None

/// Waits for a new worker's hello. None: cancelled, and the worker is gone.
let greet
    (options: PoolOptions)
    (worker: WorkerProcess)
    (cancelled: CancellationToken)
    : Result<unit, WorkerDeath> option =
    let clock = Stopwatch.StartNew()

    let rec wait () =
        match worker.Heard with
        | { Fault = Some fault } -> Some(Error(kill worker fault))
        | { Hello = Some hello } ->
            match refusal hello with
            | Some reason -> Some(Error(kill worker reason))
            | None -> Some(Ok())
        | { Closed = true } ->
            match worker.Finish(TimeSpan.FromSeconds 2.0) with
            | None -> Some(Error WorkerDeath.ChannelClosed)
            | Some code -> Some(Error(WorkerDeath.beforeHello code worker.Printed.LastLine))
        | _ when cancelled.IsCancellationRequested -> kill worker None
        | _ when clock.Elapsed > options.Start -> Some(Error(kill worker (WorkerDeath.NoHello options.Start)))
        | seen ->
            worker.WaitForChange(seen, tick)
            wait ()

    wait ()

let private orderOf (options: PoolOptions) allowed id (job: Job) : Order = {
    Id = id
    Stage = job.Stage.Signature.Name
    Label = job.Cell.Label
    Parameters = job.Request.Parameters
    Inputs = job.Request.Inputs
    Output = job.Request.Output
    Seed = job.Request.Seed
    Threads = job.Request.Threads
    Cpus =
        if options.Pin then
            Cpus.ofSlots options.Workers allowed job.Slots
        else
            []
    Checkpoint = job.Request.Checkpoint
    CheckpointEvery = job.Request.CheckpointEvery
    Trail = job.Request.Trail
    Beat = max 1 (int options.Beat.TotalMilliseconds)
}

/// Seconds that count so far.
type private Times = {
    Elapsed: double
    Quiet: double
    SinceStop: double option
    Signs: int64
}

let private overLimit (job: Job) (worker: WorkerProcess) (heard: Heard) times =
    let overTime =
        job.Limits.Seconds
        |> Option.filter (fun limit -> times.Elapsed > limit)
        |> Option.map WorkerDeath.OverTime

    let overMemory () =
        job.Limits.Memory
        |> Option.filter (fun limit ->
            max heard.Resident (Footprint.resident worker.Pid |> Option.defaultValue 0L) > limit)
        |> Option.map WorkerDeath.OverMemory

    overTime |> Option.orElseWith overMemory

/// Runs the job on a worker that has said hello. Reused: the worker has run others before.
let run (options: PoolOptions) allowed (worker: WorkerProcess) (job: Job) reused : Verdict =
    let cancelled = job.Request.Cancelled
    let id = worker.NextOrder()
    use _ = cancelled.Register(fun () -> worker.Wake())
    let mutable last = Stopwatch.GetTimestamp()

    let relay () =
        worker.TakeProgress() |> Option.iter job.Request.Report

    let advance times (heard: Heard) =
        let now = Stopwatch.GetTimestamp()
        let passed = min longestTick (Stopwatch.GetElapsedTime(last, now).TotalSeconds)
        last <- now

        {
            Elapsed = times.Elapsed + passed
            Quiet =
                if heard.Signs = times.Signs then
                    times.Quiet + passed
                else
                    0.0
            SinceStop = times.SinceStop |> Option.map (fun seconds -> seconds + passed)
            Signs = heard.Signs
        }

    let rec watch times =
        let heard = worker.Heard
        relay ()
        let times = advance times heard

        match heard with
        | { Answer = Some(outcome, facts) } -> Verdict.Answered(outcome, facts)
        | { Fault = Some fault } -> Verdict.Died(kill worker fault)
        | { Closed = true; Began = false } when reused ->
            worker.Finish(TimeSpan.FromSeconds 2.0) |> ignore
            Verdict.NeverBegan
        | { Closed = true; Began = false } -> Verdict.Died(deathBeforeWork worker)
        | { Closed = true } -> Verdict.Died(death worker)
        | _ when times.Quiet > options.Silence.TotalSeconds ->
            Verdict.Died(kill worker (WorkerDeath.Silent options.Silence))
        | _ ->
            match times.SinceStop with
            | None when cancelled.IsCancellationRequested ->
                worker.Send(Stop id)
                watch { times with SinceStop = Some 0.0 }
            | Some seconds when seconds > options.Grace.TotalSeconds -> kill worker Verdict.Abandoned
            | _ ->
                match overLimit job worker heard times with
                | Some reason -> Verdict.Died(kill worker reason)
                | None ->
                    worker.WaitForChange(heard, tick)
                    watch times

    worker.Send(Run(orderOf options allowed id job))

    watch {
        Elapsed = 0.0
        Quiet = 0.0
        SinceStop = None
        Signs = worker.Heard.Signs
    }
