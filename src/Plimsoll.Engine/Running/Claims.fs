namespace Plimsoll.Engine

open System
open System.Threading
open Plimsoll.Stages
open Plimsoll.Store

/// The leases of one run. Its sign of life begins with the first of them, so that a run with nothing to do
/// writes nothing.
///
/// Once it is disposed it beats no more, but what still computes keeps its lease until it gives it back: the key is
/// not free before that, or before the silence has lasted long enough. The last one removes the sign of life.
type Claims(store: Store, expiry: TimeSpan) =
    let gate = obj ()
    let mutable held = 0
    let mutable closed = false

    let leases = lazy (store.Leases(expiry = expiry))

    // A beat that fails costs work done twice, never a result.
    let beat () =
        lock gate (fun () ->
            if not closed then
                leases.Value.Beat() |> ignore)

    let beating =
        lazy
            (beat ()
             let every = min Leases.BeatEvery (expiry / 6.0)
             new Timer((fun _ -> beat ()), null, every, every))

    let endIfOver () =
        if closed && held = 0 && leases.IsValueCreated then
            (leases.Value :> IDisposable).Dispose()

    let ended = {
        Class = Cancelled
        What = "the run has ended"
        Remedy = "run again to go on"
    }

    let release (lease: Lease) =
        let once = ref 0

        fun () ->
            if Interlocked.Exchange(once, 1) = 0 then
                lease.Release()

                lock gate (fun () ->
                    held <- held - 1
                    endIfOver ())

    member _.Take(key: Key) : Result<Claim, StageFailure> =
        // Counted before it is taken, lest the sign of life be removed meanwhile.
        let mayTake =
            lock gate (fun () ->
                if not closed then
                    beating.Force() |> ignore
                    held <- held + 1

                not closed)

        let leave () =
            lock gate (fun () ->
                held <- held - 1
                endIfOver ())

        if not mayTake then
            Error ended
        else
            try
                match leases.Value.TryTake key with
                | Ok(LeaseAnswer.Taken lease)
                | Ok(LeaseAnswer.TakenOver(lease, _)) -> Ok(Claim.Mine(release lease))
                | Ok(LeaseAnswer.Held owner) ->
                    leave ()
                    Ok(Claim.Elsewhere owner)
                | Error error ->
                    leave ()
                    Error(Fault.ofStore error)
            with _ ->
                leave ()
                reraise ()

    interface IDisposable with
        member _.Dispose() =
            lock gate (fun () ->
                closed <- true

                if beating.IsValueCreated then
                    beating.Value.Dispose()

                endIfOver ())
