/// One attempt at one cell: from its inputs to what is to be stored.
namespace Plimsoll.Engine

open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// What an executor needs to run a cell once.
type CellAssignment = {
    Ticket: Schedule.Ticket
    /// Counts the attempts of this run from 1; a ticket may be spent on a question as well.
    Attempt: int
    Cell: Cell
    Stage: Stage
    /// The artifact of each input, by role.
    Inputs: (string * Digest) list
    Slots: Slot list
    /// Called when the stage is about to run: its key is new and its inputs are whole.
    Began: unit -> unit
    /// Called at most once, with the step at which it goes on.
    Resumed: int64 -> unit
    Report: Progress -> unit
    Cancelled: CancellationToken
} with

    member this.Threads = this.Slots.Length

/// How an attempt ended. A result is stored by now.
[<RequireQualifiedAccess>]
type Ended =
    /// Cached: equal inputs have been seen before.
    | Result of Record * Origin
    /// Checkpoints had reached this step; 0: there is none.
    | Failed of StageFailure * reached: int64
    /// Inputs with these digests are damaged.
    | InputLost of Digest list
    /// The store or the machine lacks what every cell needs.
    | Starved of StageFailure
    /// Nothing can run any more: the program is no longer the one that was started.
    | Refused of StageFailure
    /// Another run has the key.
    | Held of owner: string
    | Stopped

module Ended =
    /// What the engine itself could not do: no stage is to blame for a lack of resources.
    let ofEngine (failure: StageFailure) : Ended =
        match failure.Class with
        | Resource -> Ended.Starved failure
        | _ -> Ended.Failed(failure, 0L)

/// Something that makes an assignment run somewhere: here a thread, later a worker process. It returns at
/// once and tells the end exactly once.
type Executor = CellAssignment -> (Ended -> unit) -> unit
