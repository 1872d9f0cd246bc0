/// Made-up records.
module Plimsoll.Scenarios.Tests.Records

open System
open Plimsoll.Language
open Plimsoll.Store

/// Of a cell that ended so.
let ended (outcome: Outcome) : Record = {
    Key = Key(String('a', 64))
    Cell = CellId "c"
    Stage = "s"
    Label = "T/c"
    Parts = []
    Outcome = outcome
    Attempts = 1
    Machine = Machine.current ()
    Started = DateTimeOffset.UnixEpoch
    Ended = DateTimeOffset.UnixEpoch
    Seconds = 1.0
    PeakMemory = 1L
    Threads = 1
    Provenance = {
        Source = None
        Sdk = "10"
        Lock = None
    }
    Command = ""
}
