/// The CPUs that slots stand for.
module Plimsoll.Engine.Workers.Cpus

open System
open Plimsoll.Engine

/// Those that this process may use, ascending, as the system counts them.
let allowed () : int list =
    Native.cpus ()
    |> Option.defaultWith (fun () -> [ 0 .. Environment.ProcessorCount - 1 ])

/// The CPU of each slot: slot i has the i-th CPU allowed. Empty, so that the system chooses, unless there are as
/// many slots as CPUs: with fewer, another program may be busy on just these, and with more, some would be lent
/// twice while others idle.
let ofSlots (workers: int) (allowed: int list) (slots: Slot list) : int list =
    let cpus = Array.ofList allowed

    if workers <> cpus.Length then
        []
    else
        let chosen = slots |> List.choose (fun (Cpu slot) -> Array.tryItem slot cpus)
        if chosen.Length = slots.Length then chosen else []
