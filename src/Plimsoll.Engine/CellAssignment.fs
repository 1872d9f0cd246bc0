/// One attempt at one cell: from its inputs to what is to be stored.
namespace Plimsoll.Engine

open System
open System.IO
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// What an executor needs to run a cell once.
type CellAssignment = {
    Ticket: Schedule.Ticket
    Cell: Cell
    Stage: Stage
    /// The artifact of each input, by role.
    Inputs: (string * Digest) list
    Threads: int
    /// Called when the stage is about to run: its key is new and its inputs are whole.
    Began: unit -> unit
    Report: Progress -> unit
    Cancelled: CancellationToken
}

/// How an attempt ended. A result is stored by now.
[<RequireQualifiedAccess>]
type Ended =
    /// Cached: equal inputs have been seen before.
    | Result of Record * Origin
    | Failed of StageFailure
    /// Inputs with these digests are damaged.
    | InputLost of Digest list
    | Stopped

/// Something that makes an assignment run somewhere: here a thread, later a worker process. It returns at
/// once and tells the end exactly once.
type Executor = CellAssignment -> (Ended -> unit) -> unit

module Fault =
    let bug what = {
        Class = Bug
        What = what
        Remedy = "please report it, with the record's command"
    }

    /// An exception that a stage let through: a fault of the program, whatever it is.
    let ofException (stage: string) (fault: exn) =
        match fault with
        | :? OutOfMemoryException -> {
            Class = Resource
            What = $"stage {stage} ran out of memory"
            Remedy = "run fewer cells at once (--jobs)"
          }
        | :? IOException when FileFault.isFull fault -> {
            Class = Resource
            What = $"stage {stage} found the disk full: {fault.Message}"
            Remedy = "make space and run again: what has finished is kept"
          }
        | _ -> bug $"stage {stage} threw {fault.GetType().Name}: {fault.Message}\n{fault.StackTrace}"

    let ofStore (error: StoreError) =
        let kind =
            match error with
            | Full _
            | NotWritable _ -> Resource
            | Damaged _
            | Unreadable _ -> Corrupt
            | WrongVersion _
            | NotAStore _
            | NoStore _ -> Invalid

        {
            Class = kind
            What = StoreError.text error
            Remedy = "put that right and run again: what has finished is kept"
        }
