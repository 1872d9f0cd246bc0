/// What a schedule knows, hears and asks for.
namespace Plimsoll.Engine.Schedule

open System
open Plimsoll.Engine

/// One attempt at one cell, which goes by its place in the experiment. Events of another attempt are ignored.
[<Struct>]
type Ticket = { Cell: int; Attempt: int }

[<RequireQualifiedAccess>]
type Ending =
    | Done
    | Failed
    | Diverged
    /// By the first cell that failed or diverged.
    | Blocked of by: int
    /// Failures elsewhere had ended the run before it could start.
    | NotStarted
    | Cancelled
    /// The user did not ask for it.
    | NotSelected

type CellState =
    /// The number of inputs that are not done.
    | Waiting of int
    | Ready
    | Running of attempt: int * Slot list
    /// Without a slot until a time has passed since this attempt.
    | Sleeping of attempt: int
    | Ended of Ending

/// What failed cells mean for those that have nothing to do with them.
type OnFailure =
    | Continue
    /// After so many failed cells nothing new starts; what runs is finished.
    | StopAfter of int

type Phase =
    | Going
    /// Too many cells have failed.
    | Halted
    /// The user wants it to end.
    | Cancelling

type State = {
    Graph: CellGraph
    OnFailure: OnFailure
    Phase: Phase
    Cells: Map<int, CellState>
    Histories: Map<int, Retry.History>
    /// Negative rank first, so that the longest remaining chain is the least element.
    ReadyCells: Set<struct (double * int)>
    /// The length of the above: a set counts itself one by one.
    ReadyCount: int
    Free: Set<Slot>
    /// The most slots lent to one cell.
    Limit: int
    /// Cells that have not ended.
    Open: int
    /// The pauses that may follow one another without a result between them.
    Waits: TimeSpan list
    /// Those of them that have been used since the last result.
    Waited: int
    /// The number of the latest pause, from 1.
    Pauses: int
    /// Nothing starts until this pause is over.
    Paused: TimeSpan option
    Failures: int
}

type Event =
    | Finished of Ticket
    | Diverged of Ticket
    | Failed of Ticket * Retry.Failure
    /// The attempt could not begin: artifacts of these cells are damaged.
    | InputLost of Ticket * producers: int list
    /// The attempt could not begin: another run has the cell.
    | Held of Ticket
    /// The store or the machine lacks what every cell needs; the cell is not to blame.
    | Starved of Ticket
    /// The attempt could not begin, and no other one could.
    | Refused of Ticket
    /// The attempt ended early because it was told to.
    | Stopped of Ticket
    /// The time of a `WakeAfter` has passed.
    | Due of Ticket
    /// The time of a `Pause` has passed.
    | Wake of pause: int
    /// Nothing new starts, and what runs is to save its state and end.
    | CancelAll
    /// Everything ends now, whatever still runs.
    | Abandon

type Command =
    | Start of Ticket * Slot list
    | Stop of Ticket
    /// `Due` with the ticket, after a time.
    | WakeAfter of Ticket * TimeSpan
    /// Nothing is started before `Wake` with the number, after a time.
    | Pause of number: int * TimeSpan
    /// The cell will be started again when the pause of this length is over.
    | PutBack of Ticket * TimeSpan
    | Settle of cell: int * Ending
    /// Every cell has ended. The last command.
    | Complete
