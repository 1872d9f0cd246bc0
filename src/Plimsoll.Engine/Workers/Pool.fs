namespace Plimsoll.Engine.Workers

open System
open System.Collections.Generic
open System.Threading
open Plimsoll.Stages
open Plimsoll.Engine

/// Worker processes, started when they are needed and reused while they last.
type Pool internal (options: PoolOptions) =
    let gate = obj ()
    let allowed = Cpus.allowed ()
    let idle = Stack<WorkerProcess>()
    let living = HashSet<WorkerProcess>()
    /// Those living and those about to be started.
    let mutable places = 0
    let mutable closed = false

    let leavePlace () =
        lock gate (fun () ->
            places <- places - 1
            Monitor.PulseAll gate)

    let forget worker =
        lock gate (fun () -> living.Remove worker |> ignore)
        leavePlace ()

    /// Ends it in order and reads all that it has printed.
    let retire (worker: WorkerProcess) =
        worker.Finish(TimeSpan.FromSeconds 2.0) |> ignore
        forget worker

    let giveBack worker =
        let kept =
            lock gate (fun () ->
                if not closed then
                    idle.Push worker
                    Monitor.PulseAll gate

                not closed)

        if not kept then
            retire worker

    /// An idle worker or a place for a new one. None: cancelled or closed.
    let rec place (cancelled: CancellationToken) : WorkerProcess option option =
        let found =
            lock gate (fun () ->
                let rec look () =
                    if closed || cancelled.IsCancellationRequested then
                        Some None
                    elif idle.Count > 0 then
                        Some(Some(Some(idle.Pop())))
                    elif places < options.Workers then
                        places <- places + 1
                        Some(Some None)
                    else
                        Monitor.Wait(gate, 100) |> ignore
                        look ()

                look ())

        match found with
        | Some(Some(Some worker)) when worker.Heard.Closed ->
            // It died while it had nothing to do.
            retire worker
            place cancelled
        | found -> Option.flatten found

    let fail (job: Job) log death =
        let failure = WorkerDeath.failure job.Stage.Signature.Name log death

        if WorkerDeath.isRefusal death then
            JobEnd.Refused failure
        elif WorkerDeath.isShortage death then
            JobEnd.Starved failure
        else
            JobEnd.Ended(Failed failure, { PeakMemory = 0L; ResumedAt = None })

    let start cancelled : Result<WorkerProcess, WorkerProcess option * WorkerDeath> option =
        match WorkerProcess.Start options.Command with
        | Error death ->
            leavePlace ()
            Some(Error(None, death))
        | Ok worker ->
            lock gate (fun () -> living.Add worker |> ignore)

            let greeted =
                try
                    Supervision.greet options worker cancelled
                with fault ->
                    worker.Kill()
                    worker.Finish(TimeSpan.FromSeconds 2.0) |> ignore
                    let command = String.concat " " (fst options.Command :: snd options.Command)
                    Some(Error(WorkerDeath.CannotStart(command, fault.Message, false)))

            match greeted with
            | Some(Ok()) -> Some(Ok worker)
            | Some(Error death) ->
                forget worker
                Some(Error(Some worker, death))
            | None ->
                forget worker
                None

    let stopped (job: Job) =
        job.Request.Cancelled.IsCancellationRequested || lock gate (fun () -> closed)

    let answered (worker: WorkerProcess) (job: Job) outcome facts =
        match outcome with
        | Finished
        | Diverged _ ->
            // Such as a checkpoint that was damaged, or that the disk would not take.
            worker.Printed.Save job.Log |> ignore
            giveBack worker
            JobEnd.Ended(outcome, facts)
        | Failed failure ->
            // The next attempt gets a clean process, and this one's output is read to its end.
            retire worker

            match failure.Class with
            | Cancelled when stopped job -> JobEnd.Stopped
            | Cancelled -> fail job (worker.Printed.Save job.Log) WorkerDeath.Terminated
            | _ ->
                worker.Printed.Save job.Log |> ignore
                JobEnd.Ended(outcome, facts)

    let rec run (job: Job) : JobEnd =
        match place job.Request.Cancelled with
        | None -> JobEnd.Stopped
        | Some(Some worker) -> runOn worker job true
        | Some None ->
            match start job.Request.Cancelled with
            | None -> JobEnd.Stopped
            | Some(Ok worker) -> runOn worker job false
            | Some(Error(worker, death)) -> fail job (worker |> Option.bind _.Printed.Save(job.Log)) death

    and supervise worker job reused =
        try
            Supervision.run options allowed worker job reused
        with _ ->
            // Whoever hears of the job's progress threw.
            worker.Kill()
            retire worker
            reraise ()

    and runOn worker job reused =
        match supervise worker job reused with
        | Supervision.Verdict.Answered(outcome, facts) -> answered worker job outcome facts
        | Supervision.Verdict.Abandoned ->
            forget worker
            JobEnd.Stopped
        | Supervision.Verdict.NeverBegan ->
            forget worker
            run job
        | Supervision.Verdict.Died death ->
            forget worker

            if stopped job then
                JobEnd.Stopped
            else
                fail job (worker.Printed.Save job.Log) death

    static member Create(options: PoolOptions) = new Pool(options)

    /// Runs a job on a worker; blocks until it has ended. May be called by many threads at once; those beyond
    /// the number of workers wait for one. After the pool is disposed it answers `Stopped`.
    member _.Runner: StageRunner = run

    /// Process ids of the workers that live.
    member _.Pids = lock gate (fun () -> [ for worker in living -> worker.Pid ])

    interface IDisposable with
        /// Ends all workers. Those that run something end in the middle of it.
        member _.Dispose() =
            let resting, working =
                lock gate (fun () ->
                    closed <- true
                    Monitor.PulseAll gate
                    let resting = List.ofSeq idle
                    idle.Clear()

                    resting,
                    [
                        for worker in living do
                            if not (List.contains worker resting) then
                                worker
                    ])

            resting |> List.iter _.CloseInput()
            working |> List.iter _.CloseInput()
            resting |> List.iter retire

            // Whoever runs an attempt on one of them sees it die, and ends it.
            lock gate (fun () ->
                let deadline = Environment.TickCount64 + 12_000L

                while places > 0 && Environment.TickCount64 < deadline do
                    Monitor.Wait(gate, 100) |> ignore)

module Pool =
    /// Starts nothing yet, but settles which build its workers have to come from.
    let create (options: PoolOptions) : Pool =
        Build.current () |> ignore
        Pool.Create options
