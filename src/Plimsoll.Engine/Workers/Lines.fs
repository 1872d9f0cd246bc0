namespace Plimsoll.Engine.Workers

open System
open System.IO

/// What a channel yields.
[<RequireQualifiedAccess>]
type internal Line =
    | Whole of ReadOnlyMemory<byte>
    /// The stream ended in the middle of a line.
    | Partial of ReadOnlyMemory<byte>
    | TooLong of beginning: ReadOnlyMemory<byte>
    | End

/// Lines of a stream, each of a bounded length. A line's memory holds until the next one is read.
type internal Lines(stream: Stream, limit: int) =
    let mutable buffer: byte[] = Array.zeroCreate 65_536
    let mutable start = 0
    let mutable stop = 0

    let rec read searched =
        match Array.IndexOf(buffer, '\n'B, start + searched, stop - start - searched) with
        | -1 when stop - start > limit -> Line.TooLong(ReadOnlyMemory(buffer, start, stop - start))
        | -1 ->
            let pending = stop - start

            if stop = buffer.Length then
                let target =
                    if start > 0 then
                        buffer
                    else
                        Array.zeroCreate (2 * buffer.Length)

                Array.Copy(buffer, start, target, 0, pending)
                buffer <- target
                start <- 0
                stop <- pending

            match stream.Read(buffer, stop, buffer.Length - stop) with
            | 0 when pending = 0 -> Line.End
            | 0 ->
                stop <- start
                Line.Partial(ReadOnlyMemory(buffer, start, pending))
            | count ->
                stop <- stop + count
                read pending
        | finish ->
            let line = ReadOnlyMemory(buffer, start, finish - start)
            start <- finish + 1
            Line.Whole line

    member _.Next() : Line = read 0
