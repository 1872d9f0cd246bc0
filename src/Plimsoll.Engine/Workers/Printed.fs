namespace Plimsoll.Engine.Workers

open System
open System.IO
open System.Text

/// What a process has printed since the last reset: the beginning and the end, so that a flood needs no more
/// than 1.1 MB. Safe to be used by several threads.
type internal Printed() =
    let headLimit = 64 <<< 10
    let tailLimit = 1 <<< 20
    let gate = obj ()
    let head = new MemoryStream()
    let mutable tail: byte[] = Array.empty
    /// Bytes that have ever gone to the tail; the next one lands at this number modulo its length.
    let mutable past = 0L

    let appendToTail (bytes: ReadOnlySpan<byte>) =
        if tail.Length = 0 && bytes.Length > 0 then
            tail <- Array.zeroCreate tailLimit

        let kept = min bytes.Length tailLimit
        let bytes' = bytes.Slice(bytes.Length - kept)
        past <- past + int64 (bytes.Length - kept)
        let at = int (past % int64 tailLimit)
        let first = min kept (tailLimit - at)
        bytes'.Slice(0, first).CopyTo(tail.AsSpan at)
        bytes'.Slice(first).CopyTo(tail.AsSpan())
        past <- past + int64 kept

    let tailBytes () =
        let kept = int (min past (int64 tailLimit))
        let result = Array.zeroCreate<byte> kept

        let at =
            if past <= int64 tailLimit then
                0
            else
                int (past % int64 tailLimit)

        let first = min kept (tail.Length - at)
        Array.Copy(tail, at, result, 0, first)
        Array.Copy(tail, 0, result, first, kept - first)
        result

    member _.Append(bytes: ReadOnlySpan<byte>) =
        // A lambda cannot hold a span.
        Threading.Monitor.Enter gate

        try
            let room = min bytes.Length (headLimit - int head.Length)
            head.Write(bytes.Slice(0, room))

            if room < bytes.Length then
                appendToTail (bytes.Slice room)
        finally
            Threading.Monitor.Exit gate

    member _.Reset() =
        lock gate (fun () ->
            head.SetLength 0L
            past <- 0L)

    member _.IsEmpty = lock gate (fun () -> head.Length = 0L)

    /// Everything kept, with a line that says what was cut.
    member _.Bytes: byte[] =
        lock gate (fun () ->
            let cut = past - int64 tailLimit

            let note =
                if cut > 0L then
                    Encoding.UTF8.GetBytes $"\n[... {cut} bytes cut here ...]\n"
                else
                    Array.empty

            Array.concat [ head.ToArray(); note; tailBytes () ])

    /// The last line that says anything, at most 300 characters of it.
    member this.LastLine: string option =
        let bytes = this.Bytes
        let last = bytes.AsSpan(max 0 (bytes.Length - 4096)).ToArray()

        (Encoding.UTF8.GetString last).Split '\n'
        |> Array.map _.Trim()
        |> Array.tryFindBack (fun line -> line <> "")
        |> Option.map (fun line -> line[.. min line.Length 300 - 1])

    /// Writes it to a file, whose folder is made. None: nothing was printed. A disk that cannot take it is the
    /// reason returned.
    member this.Save(path: string) : Result<string, string> option =
        if this.IsEmpty then
            None
        else
            try
                match Path.GetDirectoryName path |> Option.ofObj with
                | Some folder when folder <> "" -> Directory.CreateDirectory folder |> ignore
                | _ -> ()

                File.WriteAllBytes(path, this.Bytes)
                Some(Ok path)
            with
            | :? IOException as fault -> Some(Error fault.Message)
            | :? UnauthorizedAccessException as fault -> Some(Error fault.Message)
