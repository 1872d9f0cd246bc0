/// What the runs of a world in virtual time share: records, leases, and time.
namespace Plimsoll.Engine.Tests.VirtualTime

open System
open System.Collections.Generic
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Schedule
open Plimsoll.Engine.Schedule.Machine

[<AutoOpen>]
module internal Checks =
    /// The words are made only when they are needed: making them is the dearest part of a check.
    let inline require condition ([<InlineIfLambda>] what: unit -> string) =
        if not condition then
            failwith (what ())

    let countOf (counts: Dictionary<int, int>) cell =
        match counts.TryGetValue cell with
        | true, count -> count
        | _ -> 0

    let increase (counts: Dictionary<int, int>) cell = counts[cell] <- countOf counts cell + 1

/// How likely things are in one life. Each life has its own.
type Odds = {
    Failure: double
    /// The class of most failures, so that bounds are reached.
    Favoured: FailureClass
    /// Of a checkpoint to have come further.
    Progress: double
    Divergence: double
    Lost: double
    Duplicate: double
    Partition: double
    /// Of the store's disk to be full.
    Starved: double
    /// Of the program to have been rebuilt.
    Refused: double
    /// The longest that news travel, in seconds.
    Delay: double
}

type Happening =
    /// An attempt's stage ends.
    | StageEnds of run: int * Ticket
    /// News reach a run's schedule.
    | Arrives of run: int * Event
    /// The process dies; nothing is heard of it again.
    | Dies of run: int

type Lab(random: Random) =
    let queue = PriorityQueue<Happening, struct (double * int)>()
    let mutable order = 0
    let mutable now = 0.0
    /// Leases of the dead, and when they died.
    let dead = Dictionary<int, double>()
    let leases = Dictionary<int, int>()
    let executing = Dictionary<int, HashSet<int>>()
    let apart = HashSet<int>()

    member val Records = Dictionary<int, Ending>()
    member _.Now = now

    member _.After(delay: double, happening: Happening) =
        order <- order + 1
        queue.Enqueue(happening, struct (now + delay, order))

    member _.TryNext(happening: byref<Happening>) =
        let mutable at = struct (0.0, 0)
        let any = queue.TryDequeue(&happening, &at)

        if any then
            let struct (time, _) = at
            now <- max now time

        any

    /// Whether the run may have the cell; a partition lets it believe so wrongly.
    member _.Claim(run, cell, odds: Odds) =
        match leases.TryGetValue cell with
        | true, holder when holder <> run ->
            let expired = dead.ContainsKey holder && now > dead[holder] + 30.0

            if not expired && random.NextDouble() < odds.Partition then
                apart.Add cell |> ignore
                leases[cell] <- run
                true
            elif expired then
                leases[cell] <- run
                true
            else
                false
        | _ ->
            leases[cell] <- run
            true

    member _.Begin(run, cell) =
        let others =
            match executing.TryGetValue cell with
            | true, runs -> runs
            | _ ->
                executing[cell] <- HashSet()
                executing[cell]

        require (others.Count = 0 || apart.Contains cell) (fun () -> $"cell {cell} is executed twice at once")
        require (others.Add run) (fun () -> $"cell {cell} is executed twice by one run")

    member _.End(run, cell) =
        executing[cell].Remove run |> ignore

        match leases.TryGetValue cell with
        | true, holder when holder = run -> leases.Remove cell |> ignore
        | _ -> ()

    member _.Bury run =
        dead[run] <- now

        for runs in executing.Values do
            runs.Remove run |> ignore
