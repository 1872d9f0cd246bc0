/// Standard output, whose faults are told apart from all others.
namespace Plimsoll.Cli

open System
open System.IO

/// What the program says reaches nobody: a full disk behind a redirection, for instance.
type OutputLost(fault: exn) =
    inherit Exception("standard output cannot be written to", fault)

    static member Text(fault: exn) =
        let why =
            match fault.InnerException with
            | null -> fault.Message
            | inner -> inner.Message

        $"standard output cannot be written to\n  why: {why}\n  \
          remedy: let it go to a place with space left and run again: what has finished is kept"

/// Passes everything on.
type GuardedOutput(inner: TextWriter) =
    inherit TextWriter()

    let guarded (work: unit -> unit) =
        try
            work ()
        with
        | :? IOException
        | :? UnauthorizedAccessException as fault -> raise (OutputLost fault)

    override _.Encoding = inner.Encoding
    override _.Write(letter: char) = guarded (fun () -> inner.Write letter)

    override _.Write(text: string | null) = guarded (fun () -> inner.Write text)

    override _.Write(letters: char[], start: int, count: int) =
        guarded (fun () -> inner.Write(letters, start, count))

    override _.WriteLine(text: string | null) =
        guarded (fun () -> inner.WriteLine text)

    override _.Flush() = guarded inner.Flush
