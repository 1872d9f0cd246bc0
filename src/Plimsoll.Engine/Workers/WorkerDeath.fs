namespace Plimsoll.Engine.Workers

open System
open System.Globalization
open Plimsoll.Stages

/// Every way in which a worker can fail an attempt without its stage having answered.
[<RequireQualifiedAccess>]
type WorkerDeath =
    /// The system could not start the program. Lasting: trying again changes nothing.
    | CannotStart of command: string * why: string * lasting: bool
    | NoHello of TimeSpan
    | EndedBeforeHello of code: int * lastWords: string option
    | OtherProtocol of theirs: int
    | OtherBuild
    /// It ended by itself, with this exit code.
    | Exited of code: int
    | Signalled of signal: int
    /// The runtime or the C library ended it because it could not allocate.
    | OutOfMemory
    /// It was asked to end by somebody else (SIGTERM), and did so in order.
    | Terminated
    | Silent of TimeSpan
    | OverTime of seconds: double
    | OverMemory of limit: int64
    /// A line on the message channel that is no message.
    | Garbage of why: string * excerpt: string
    /// It can no longer answer.
    | ChannelClosed

module WorkerDeath =
    /// With these exit codes a worker ends that can no longer answer, or no longer hears anybody. Chosen to be
    /// nobody else's.
    let channelLost = 97
    let nobodyThere = 98

    let private invariant (value: double) (format: string) =
        value.ToString(format, CultureInfo.InvariantCulture)

    let private seconds (value: double) = invariant value "0.###" + " s"

    let private mebibytes (bytes: int64) =
        invariant (double bytes / 1048576.0) "0.#" + " MiB"

    let private signals =
        Map [
            1, "SIGHUP"
            2, "SIGINT"
            3, "SIGQUIT"
            4, "SIGILL"
            5, "SIGTRAP"
            6, "SIGABRT"
            7, "SIGBUS"
            8, "SIGFPE"
            9, "SIGKILL"
            11, "SIGSEGV"
            13, "SIGPIPE"
            14, "SIGALRM"
            15, "SIGTERM"
            24, "SIGXCPU"
            25, "SIGXFSZ"
            31, "SIGSYS"
        ]

    /// As Linux numbers it.
    let signalName number =
        match Map.tryFind number signals with
        | Some name -> $"{name} (signal {number})"
        | None -> $"signal {number}"

    /// What an exit code of .NET's `Process` says: 128 + n stands for signal n.
    let ofExitCode (code: int) (lastWords: string) =
        let starved =
            lastWords.Contains "Out of memory." || lastWords.Contains "std::bad_alloc"

        match code - 128 with
        | 6 when starved -> WorkerDeath.OutOfMemory
        | signal when signal > 0 && signal <= 64 -> WorkerDeath.Signalled signal
        | _ -> WorkerDeath.Exited code

    /// What the exit code says of a worker that has said nothing.
    let beforeHello (code: int) (lastWords: string option) =
        match ofExitCode code (lastWords |> Option.defaultValue "") with
        | WorkerDeath.Exited code when code = nobodyThere -> WorkerDeath.Terminated
        | WorkerDeath.Exited code -> WorkerDeath.EndedBeforeHello(code, lastWords)
        | death -> death

    let private ofSignal signal =
        let killed = $"was ended by {signalName signal}"

        match signal with
        | 4
        | 5
        | 7
        | 8
        | 11
        | 31 ->
            Deterministic,
            killed + ": native code, or the runtime itself, did what no program may",
            "check that the native libraries fit this machine (`plimsoll doctor`), and report it with the log"
        | 6 ->
            Deterministic,
            killed
            + ": it gave up by itself, most likely over an exception that nothing caught",
            "read its last lines in the log, and report it with them"
        | 9 ->
            Transient,
            killed + ": somebody killed it, or the system did because memory ran out",
            "look for `oom` in the system's log; if memory ran out, run fewer cells at once (--jobs)"
        | 24
        | 25 ->
            Resource,
            killed + ": it went over a limit that the shell or the cluster sets",
            "raise the limit (`ulimit -a` lists them)"
        | _ ->
            Transient,
            killed + ": somebody ended it",
            "if it happens again, find out what ends processes on this machine"

    /// Class, what happened and the remedy. The words depend on nothing that differs from attempt to attempt:
    /// the same words twice are the same failure.
    let private words death =
        match death with
        | WorkerDeath.CannotStart(command, why, lasting) ->
            (if lasting then Invalid else Resource),
            $"could not be started with `{command}`: {why}",
            (if lasting then
                 "make the program a file that this user may run"
             else
                 "wait until the machine has processes and memory to spare, or run fewer cells at once (--jobs)")
        | WorkerDeath.NoHello time ->
            Transient,
            $"was started but said nothing within {seconds time.TotalSeconds}",
            "find out what keeps the machine or the disk of the program so busy, then run again"
        | WorkerDeath.EndedBeforeHello(code, lastWords) ->
            let said =
                lastWords
                |> Option.map (sprintf "; its last words: %s")
                |> Option.defaultValue ""

            Deterministic,
            $"ended before it said hello, with exit code {code}{said}",
            "run `plimsoll doctor`; if it is content, build the program anew"
        | WorkerDeath.OtherProtocol theirs ->
            Invalid,
            $"speaks version {theirs} of the workers' protocol, this program version {Protocol.version}",
            "let both come from the same build"
        | WorkerDeath.OtherBuild ->
            Invalid,
            "comes from another build than the program that started it: the program was rebuilt while it ran",
            "wait until the build has finished, then run again"
        | WorkerDeath.Exited code ->
            Transient,
            $"ended by itself, with exit code {code}, before its stage had answered",
            "read the log; if it says nothing, look for native code that calls `exit`"
        | WorkerDeath.Signalled signal -> ofSignal signal
        | WorkerDeath.OutOfMemory ->
            Resource, "could get no more memory and gave up", "run fewer cells at once (--jobs)"
        | WorkerDeath.Terminated ->
            Transient,
            "was asked to end by somebody else (SIGTERM) and kept what it needs to go on",
            "run again; what has finished is kept"
        | WorkerDeath.Silent time ->
            Deterministic,
            $"gave no sign of life for {seconds time.TotalSeconds} and was killed",
            "if the machine was not merely overloaded or swapping, report it with the log"
        | WorkerDeath.OverTime limit ->
            Deterministic,
            $"ran for longer than the {seconds limit} that were allowed and was killed",
            "raise the time limit, or find out why it takes so long"
        | WorkerDeath.OverMemory limit ->
            Resource,
            $"used more than the {mebibytes limit} of memory that were allowed and was killed",
            "raise the memory limit, or make the stage's data or networks smaller"
        | WorkerDeath.Garbage(why, excerpt) ->
            Deterministic,
            $"sent a line that is no message ({why}): {excerpt}",
            "look for native code that writes to a file descriptor it does not own, and report it"
        | WorkerDeath.ChannelClosed ->
            Deterministic,
            "lost the channel on which it answers",
            "look for native code that closes a file descriptor it does not own, and report it"

    /// Another attempt, or another cell, would meet the same: what the program is has changed.
    let isRefusal death =
        match death with
        | WorkerDeath.OtherProtocol _
        | WorkerDeath.OtherBuild -> true
        | _ -> false

    /// The machine has no room for another process, whatever that is to do.
    let isShortage death =
        match death with
        | WorkerDeath.CannotStart(_, _, lasting) -> not lasting
        | _ -> false

    /// Class, words and remedy of an attempt whose worker died. The log is named where there is one.
    let failure (stage: string) (log: Result<string, string> option) (death: WorkerDeath) : StageFailure =
        let kind, what, remedy = words death

        let printed =
            match log with
            | Some(Ok path) -> $"; what it printed is in {path}"
            | Some(Error why) -> $"; what it printed could not be kept: {why}"
            | None -> ""

        {
            Class = kind
            What = $"the worker process of stage {stage} {what}"
            Remedy = remedy + printed
        }

    /// Of a worker that had no stage to run.
    let alone (death: WorkerDeath) : StageFailure =
        let kind, what, remedy = words death

        {
            Class = kind
            What = $"a worker process {what}"
            Remedy = remedy
        }
