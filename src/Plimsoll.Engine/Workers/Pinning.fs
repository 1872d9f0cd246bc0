namespace Plimsoll.Engine.Workers

open System.Collections.Generic

/// Keeps the threads of one stage on its CPUs. The runtime lets new threads run anywhere, whatever the thread
/// that starts them may do, so those that appear during the stage are looked for now and then.
type internal Pinning(cpus: int list) =
    let before = HashSet<int>(if cpus.IsEmpty then [] else Native.threads ())
    let pinned = HashSet<int>()

    /// To be called by the stage's own thread, first. False: the system refused.
    member _.Own() = cpus.IsEmpty || Native.pin 0 cpus

    /// Takes hold of the threads that are new. One that has chosen among the stage's CPUs itself keeps its choice.
    member _.Spread() =
        if not cpus.IsEmpty then
            lock pinned (fun () ->
                for thread in Native.threads () do
                    if
                        not (before.Contains thread)
                        && pinned.Add thread
                        && not (Native.keepsTo thread cpus)
                    then
                        Native.pin thread cpus |> ignore)

    /// Sets free what outlives the stage, such as threads of the runtime's pool.
    member _.Release(allowed: int list) =
        lock pinned (fun () ->
            for thread in pinned do
                Native.pin thread allowed |> ignore

            pinned.Clear())
