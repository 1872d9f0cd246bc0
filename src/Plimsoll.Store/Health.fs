namespace Plimsoll.Store

open System

/// Files of one kind.
type Tally = { Count: int; Bytes: int64 }

module internal Tally =
    let ofFacts (facts: FileFact seq) =
        let mutable count = 0
        let mutable bytes = 0L

        for fact in facts do
            count <- count + 1
            bytes <- bytes + fact.Bytes

        { Count = count; Bytes = bytes }

/// A lease as it lies in the store.
type LeaseFact = {
    Key: Key
    Generation: int
    Owner: string
    Since: DateTimeOffset
    /// When its owner was last heard of, by the clock of the disk.
    Heard: DateTimeOffset option
    /// The owner is surely no more.
    Gone: bool
}

/// Whether everything in the store is what it should be.
type Health = {
    Records: int
    /// Records that cannot be read, and artifacts that are missing or are not what their record says.
    Damages: Damage list
    /// Artifacts that no record names.
    Orphans: Tally
    Leases: LeaseFact list
    Checkpoints: Tally
    Temporary: Tally
    Quarantined: Tally
    /// Bytes that may still be written.
    Free: int64
} with

    member this.IsSound = this.Damages.IsEmpty
