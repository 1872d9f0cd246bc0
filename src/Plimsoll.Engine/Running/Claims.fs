namespace Plimsoll.Engine

open System
open System.Threading
open Plimsoll.Stages
open Plimsoll.Store

/// The leases of one run. Its sign of life begins with the first of them, so that a run with nothing to do
/// writes nothing.
type Claims(store: Store, expiry: TimeSpan) =
    let beating =
        lazy
            (let leases = store.Leases(expiry = expiry)
             let every = min Leases.BeatEvery (expiry / 6.0)

             // A beat that fails costs work done twice, never a result.
             let beat () = leases.Beat() |> ignore
             beat ()
             leases, new Timer((fun _ -> beat ()), null, every, every))

    member _.Take(key: Key) : Result<Claim, StageFailure> =
        let leases, _ = beating.Value

        leases.TryTake key
        |> Result.mapError Fault.ofStore
        |> Result.map (fun answer ->
            match answer with
            | LeaseAnswer.Taken lease
            | LeaseAnswer.TakenOver(lease, _) -> Claim.Mine lease.Release
            | LeaseAnswer.Held owner -> Claim.Elsewhere owner)

    interface IDisposable with
        member _.Dispose() =
            if beating.IsValueCreated then
                let leases, timer = beating.Value
                timer.Dispose()
                (leases :> IDisposable).Dispose()
