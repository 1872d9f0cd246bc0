/// What the attempts of a run share.
namespace Plimsoll.Engine

open System.Collections.Concurrent
open System.Threading.Tasks
open Plimsoll.Stages
open Plimsoll.Store

/// Whether this run may work at a key.
[<RequireQualifiedAccess>]
type Claim =
    /// To be given back by the function.
    | Mine of release: (unit -> unit)
    | Elsewhere of owner: string

/// A result that is to be stored.
type Product = {
    Record: Record
    /// Files in the store's temporary folder. A diverged cell has no output, and not every stage a trail.
    Output: string option
    Trail: string option
    /// Results of a volatile stage differ, and the latest counts.
    Volatile: bool
}

type Workshop = {
    Keying: Keying.Keying
    Store: Store
    Options: RunOptions
    Damage: Damage -> unit
    Disagreement: Disagreement -> unit
    Claim: Key -> Result<Claim, StageFailure>
    /// Keeps the listing of a stage's code, so that `explain` can say later what has changed in it. To be asked
    /// again before a record names it: it may have been collected while the stage ran.
    KeepCode: Stage -> unit
    /// Stores a result; returns when it is durable.
    Commit: Product -> Result<Committed, StageFailure>
    /// Keys being computed now, each with a signal for those who need the same.
    UnderWay: ConcurrentDictionary<Key, TaskCompletionSource>
}
