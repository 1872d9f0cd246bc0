namespace Plimsoll.Store

open System

/// What is to go.
type CollectPolicy = {
    /// Never removed, whatever the other rules say.
    Keep: Set<Key>
    /// Remove every record whose key is not in `Keep`.
    OnlyKept: bool
    /// Remove records that ended longer ago than this.
    OlderThan: TimeSpan option
    /// Remove the oldest records until the artifacts that records name fit.
    MaxBytes: int64 option
    /// What is younger is never removed, whoever it belongs to: it may be about to get its record.
    Grace: TimeSpan
    /// Checkpoints that nobody works at, of cells without a record.
    CheckpointAge: TimeSpan
    RunAge: TimeSpan
    QuarantineAge: TimeSpan
    /// Leases and temporary folders of processes that cannot be seen from here.
    SilenceAge: TimeSpan
}

module CollectPolicy =
    /// Removes what no record needs, and what is old enough to be of no use; no record.
    let leftovers = {
        Keep = Set.empty
        OnlyKept = false
        OlderThan = None
        MaxBytes = None
        Grace = TimeSpan.FromHours 1.0
        CheckpointAge = TimeSpan.FromDays 14.0
        RunAge = TimeSpan.FromDays 90.0
        QuarantineAge = TimeSpan.FromDays 30.0
        SilenceAge = TimeSpan.FromDays 2.0
    }

[<RequireQualifiedAccess>]
type Rubbish =
    | Record
    | Artifact
    | Checkpoint
    | Trail
    | Listing
    | Run
    | Lease
    | Temporary
    | Quarantined

/// A file or folder that was removed, or would be.
type Removal = {
    Kind: Rubbish
    Path: string
    Bytes: int64
    Why: string
}

type Collected = {
    Removed: Removal list
    /// What could not be removed, and why.
    Refused: (string * string) list
    /// Nothing was removed.
    DryRun: bool
} with

    member this.Bytes = this.Removed |> List.sumBy _.Bytes

    /// Number and bytes by kind, for those that occur.
    member this.Counts: (Rubbish * int * int64) list =
        this.Removed
        |> List.groupBy _.Kind
        |> List.map (fun (kind, removals) -> kind, removals.Length, removals |> List.sumBy _.Bytes)
        |> List.sortBy (fun (kind, _, _) -> kind)
