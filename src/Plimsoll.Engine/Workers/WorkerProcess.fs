namespace Plimsoll.Engine.Workers

open System
open System.ComponentModel
open System.Diagnostics
open System.IO
open System.Text
open System.Threading
open System.Threading.Tasks
open Plimsoll.Stages
open Plimsoll.Engine

/// What the channel of a worker has told about its current order.
type internal Heard = {
    Hello: Hello option
    Began: bool
    Answer: (StageOutcome * JobFacts) option
    /// Counts messages of any kind: signs of life.
    Signs: int64
    /// Bytes, as the worker last said.
    Resident: int64
    Fault: WorkerDeath option
    Closed: bool
}

/// A worker as the process that started it sees it. Two threads read what it says and prints; everything else is
/// done by whoever runs an attempt on it.
type internal WorkerProcess private (running: Process) =
    let longestLine = 64 <<< 20
    /// Bytes that a pipe takes, whether or not somebody reads it.
    let pipeRoom = 32 <<< 10
    let pid = running.Id
    let gate = obj ()
    let printed = Printed()
    let mutable order = 0L
    let mutable progress: Progress option = None

    let mutable heard = {
        Hello = None
        Began = false
        Answer = None
        Signs = 0L
        Resident = 0L
        Fault = None
        Closed = false
    }

    let change next =
        lock gate (fun () ->
            heard <- next heard
            Monitor.PulseAll gate)

    let excerpt (line: ReadOnlyMemory<byte>) =
        let text = Encoding.UTF8.GetString(line.Span.Slice(0, min line.Length 200))
        let shown = String.map (fun c -> if Char.IsControl c then '?' else c) text
        if line.Length > 200 then $"`{shown}...`" else $"`{shown}`"

    let garbage why line heard = {
        heard with
            Fault = Some(WorkerDeath.Garbage(why, excerpt line))
    }

    let sign heard = { heard with Signs = heard.Signs + 1L }

    let take line =
        match Codec.FromWorker.decode line with
        | Error why -> change (garbage why line)
        | Ok(Hello hello) -> change (fun heard -> { sign heard with Hello = Some hello })
        | Ok(Beat beat) ->
            change (fun heard -> {
                sign heard with
                    Resident = beat.Resident
            })
        // Nobody waits for progress: it is fetched now and then.
        | Ok(Progressed(id, latest)) when id = order ->
            lock gate (fun () ->
                progress <- Some latest
                heard <- sign heard)
        | Ok(Began id) when id = order -> change (fun heard -> { sign heard with Began = true })
        | Ok(Ended(id, outcome, facts)) when id = order ->
            change (fun heard -> {
                sign heard with
                    Answer = Some(outcome, facts)
            })
        | Ok(Progressed _ | Began _ | Ended _) -> change (garbage "it answers another order" line)

    let listen () =
        let lines = Lines(running.StandardOutput.BaseStream, longestLine)

        let rec next () =
            match lines.Next() with
            | Line.Whole line ->
                take line

                if heard.Fault.IsNone then
                    next ()
            | Line.TooLong line -> change (garbage "it is too long" line)
            // It died in the middle of a line; its exit code says more.
            | Line.Partial _
            | Line.End -> ()

        try
            try
                next ()
            with
            | :? IOException
            | :? ObjectDisposedException -> ()
        finally
            change (fun heard -> { heard with Closed = true })

    let collect () =
        let stream = running.StandardError.BaseStream
        let buffer = Array.zeroCreate 16_384

        let rec next () =
            match stream.Read(buffer, 0, buffer.Length) with
            | 0 -> ()
            | count ->
                printed.Append(ReadOnlySpan(buffer, 0, count))
                next ()

        try
            next ()
        with
        | :? IOException
        | :? ObjectDisposedException -> ()

    let write (line: byte[]) =
        try
            running.StandardInput.BaseStream.Write line
            running.StandardInput.BaseStream.Flush()
        with
        // The listener notices its death; the exit code will say how.
        | :? IOException
        | :? ObjectDisposedException -> ()

    let mutable sending: Task = Task.CompletedTask

    let thread name (body: unit -> unit) =
        let thread =
            Thread(body, 256 <<< 10, IsBackground = true, Name = $"worker {pid} {name}")

        thread.Start()
        thread

    let listener = thread "messages" listen
    let collector = thread "prints" collect

    member _.Pid = pid
    member _.Printed = printed
    member _.Heard = lock gate (fun () -> heard)

    /// Waits until something other than progress is heard, at most so many milliseconds. False: the state is no
    /// longer the one that the caller has seen, so it should look again at once.
    member _.WaitForChange(seen: Heard, milliseconds: int) =
        lock gate (fun () ->
            if obj.ReferenceEquals(seen, heard) then
                Monitor.Wait(gate, milliseconds) |> ignore)

    member _.Wake() =
        lock gate (fun () -> Monitor.PulseAll gate)

    member _.TakeProgress() =
        lock gate (fun () ->
            let latest = progress
            progress <- None
            latest)

    /// Returns at once, even if the worker has stopped reading.
    member _.Send(message: ToWorker) =
        let line = Codec.ToWorker.encode message

        if sending.IsCompleted && line.Length <= pipeRoom then
            write line
        else
            sending <- sending.ContinueWith(fun (_: Task) -> write line)

    /// Forgets the last order and begins the next, whose number it returns.
    member _.NextOrder() =
        printed.Reset()

        lock gate (fun () ->
            order <- order + 1L
            progress <- None

            heard <- {
                heard with
                    Began = false
                    Answer = None
            }

            order)

    member _.CloseInput() =
        try
            running.StandardInput.Close()
        with :? IOException ->
            ()

    member _.Kill() =
        try
            if not running.HasExited then
                running.Kill()
        with
        | :? Win32Exception
        | :? InvalidOperationException -> ()

    /// Returns when the process is gone and all that it printed has been read: at the latest after the time
    /// given, when it is killed. What it has started itself may hold its stderr longer; that is not waited for.
    /// The exit code, if it ended by itself.
    member this.Finish(patience: TimeSpan) : int option =
        this.CloseInput()
        let byItself = running.WaitForExit patience

        if not byItself then
            this.Kill()
            running.WaitForExit(TimeSpan.FromSeconds 10.0) |> ignore

        listener.Join(TimeSpan.FromSeconds 1.0) |> ignore
        collector.Join(TimeSpan.FromSeconds 1.0) |> ignore
        let code = if byItself then Some running.ExitCode else None
        running.Dispose()
        code

    static member private Discard(running: Process) =
        try
            running.Kill()
            running.Dispose()
        with
        | :? Win32Exception
        | :? InvalidOperationException -> ()

    static member Start(command: string * string list) : Result<WorkerProcess, WorkerDeath> =
        let program, arguments = command
        let start = ProcessStartInfo program
        arguments |> List.iter start.ArgumentList.Add
        start.RedirectStandardInput <- true
        start.RedirectStandardOutput <- true
        start.RedirectStandardError <- true
        // One heap for each core would multiply the memory of every worker.
        start.Environment["DOTNET_gcServer"] <- "0"

        // As Linux numbers them: nothing to wait for makes a missing or forbidden file run.
        let lasting code = List.contains code [ 2; 8; 13; 20 ]
        let shown = String.concat " " (program :: arguments)

        try
            match Process.Start start with
            | null -> Error(WorkerDeath.CannotStart(shown, "no process came of it", false))
            | running ->
                try
                    Ok(WorkerProcess running)
                with fault ->
                    // Its threads could not be started: nobody would ever hear of it.
                    WorkerProcess.Discard running
                    Error(WorkerDeath.CannotStart(shown, fault.Message, false))
        with
        | :? Win32Exception as fault ->
            let why =
                if fault.NativeErrorCode = 2 then
                    "there is no such program"
                else
                    Win32Exception(fault.NativeErrorCode).Message

            Error(WorkerDeath.CannotStart(shown, why, lasting fault.NativeErrorCode))
        | fault -> Error(WorkerDeath.CannotStart(shown, fault.Message, false))
