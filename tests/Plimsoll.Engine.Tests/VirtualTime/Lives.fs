/// Random lives of random experiments.
module Plimsoll.Engine.Tests.VirtualTime.Lives

open System
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Schedule
open Plimsoll.Engine.Schedule.Machine

let private randomGraph (random: Random) =
    let count = random.Next(1, 15)
    let density = random.NextDouble() * 0.3

    let inputs = [|
        for cell in 0 .. count - 1 ->
            [
                for input in 0 .. cell - 1 do
                    if random.NextDouble() < density then
                        input
            ]
    |]

    let seconds = Array.init count (fun _ -> double (random.Next 4))
    CellGraph.weighted inputs seconds (Array.init count (fun cell -> uint64 (random.Next()) + uint64 cell))

/// As a plan would find them: what is cached rests on what is cached, and who leaves out a cell leaves out what
/// follows.
let private knownEndings (random: Random) (graph: CellGraph) =
    let cached, left = random.NextDouble() * 0.5, random.NextDouble() * 0.15
    let ended: Ending option[] = Array.create graph.Inputs.Length None

    for cell in 0 .. graph.Inputs.Length - 1 do
        let inputs = graph.Inputs[cell] |> List.map (fun input -> ended[input])

        if inputs |> List.contains (Some Ending.NotSelected) || random.NextDouble() < left then
            ended[cell] <- Some Ending.NotSelected
        elif inputs |> List.forall ((=) (Some Ending.Done)) && random.NextDouble() < cached then
            ended[cell] <-
                match random.Next 10 with
                | 0 -> Some Ending.Diverged
                | 1 -> Some Ending.Failed
                | _ -> Some Ending.Done

    ended

/// One random life of a random experiment, under one run or two.
let live (seed: int) : unit =
    let random = Random seed
    let lab = Lab random
    let graph = randomGraph random
    let ended = knownEndings random graph

    let odds = {
        Failure = random.NextDouble() * (if random.Next 5 = 0 then 1.0 else 0.4)
        Favoured = [| Transient; Resource; Deterministic |][random.Next 3]
        Progress = random.NextDouble() * 0.6
        Divergence = random.NextDouble() * 0.1
        Lost = random.NextDouble() * 0.2
        Duplicate = random.NextDouble() * 0.3
        Partition = random.NextDouble() * 0.2
        Starved =
            (match random.Next 4 with
             | 0 -> random.NextDouble()
             | 1 -> 0.1
             | _ -> 0.0)
        Refused = (if random.Next 10 = 0 then 0.05 else 0.0)
        Delay = random.NextDouble() * 5.0
    }

    ended
    |> Array.iteri (fun cell ending ->
        match ending with
        | Some Ending.Done -> lab.Records[cell] <- Ending.Done
        | _ -> ())

    let runs = [|
        for number in 0 .. (if random.NextDouble() < 0.4 then 1 else 0) ->
            RunWorld(
                lab,
                random,
                {
                    Number = number
                    Graph = graph
                    Slots = random.Next(1, 6)
                    Limit = random.Next(1, 5)
                    OnFailure =
                        (if random.NextDouble() < 0.7 then
                             Continue
                         else
                             StopAfter(random.Next(1, 4)))
                    Ended = ended
                    Odds = odds
                }
            )
    |]

    for number in 0 .. runs.Length - 1 do
        if random.NextDouble() < 0.2 then
            let at = random.NextDouble() * 100.0
            lab.After(at, Arrives(number, CancelAll))

            if random.NextDouble() < 0.3 then
                lab.After(at + random.NextDouble() * 5.0, Arrives(number, Abandon))

        if random.NextDouble() < 0.1 then
            lab.After(random.NextDouble() * 100.0, Dies number)

    runs |> Array.iter _.Begin()
    let mutable happenings = 0
    let mutable next = Dies 0

    while lab.TryNext &next do
        happenings <- happenings + 1
        require (happenings < 100_000) (fun () -> "it never ends")

        match next with
        | StageEnds(run, ticket) -> runs[run].StageEnds ticket
        | Arrives(run, event) -> runs[run].Receive event
        | Dies run -> runs[run].Die()

    runs |> Array.iter _.CheckEnd()
