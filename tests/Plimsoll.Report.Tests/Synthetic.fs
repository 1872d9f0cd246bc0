/// Made-up results: 2 tasks x 3 arms x 3 limits x 5 seeds x 20 episodes, one run diverged and one missing.
module Plimsoll.Report.Tests.Synthetic

open System
open Plimsoll.Language
open Plimsoll.Report

let limits = [ 10.0; 20.0; 40.0 ]
let seeds = [ 0L .. 4L ]

/// Uniform in [0, 1), from the place alone.
let uniform (place: string) (counter: int) =
    let seed =
        place
        |> Seq.fold (fun h c -> (h ^^^ uint64 c) * 0x100000001B3UL) 0xCBF29CE484222325UL

    double (Statistics.Draw.bits seed (uint64 counter) >>> 11) / 9007199254740992.0

/// Roughly normal: twelve uniforms.
let normal place counter =
    (Seq.init 12 (fun i -> uniform place (12 * counter + i)) |> Seq.sum) - 6.0

let hexadecimal (place: string) =
    String.Join("", Seq.init 8 (fun i -> $"{uint32 (uniform place i * 4294967295.0):x8}"))

let link label finished = {
    Cell = CellId(hexadecimal ("cell " + label))
    Label = label
    Key =
        if finished then
            Some(hexadecimal ("key " + label))
        else
            None
    Artifact =
        if finished then
            Some(hexadecimal ("artifact " + label))
        else
            None
    Command =
        if finished then
            Some $"./plimsoll repro {(hexadecimal label).Substring(0, 12)}"
        else
            None
}

let place task arm node seed limit = {
    Task = task
    Arm = Some arm
    Node = node
    Seed = seed
    CostLimit = limit
    Sweep = []
}

/// The cell of a hybrid arm's training: with it in the experiment, the arm is not offline.
let tuning task arm : Cell = {
    Id = CellId("tuning " + arm)
    Stage = {
        Name = "adapt-hybrid"
        Inputs = []
        Output = PolicyArtifact
        Parameters = []
        Seeded = true
        Environment = Hybrid
        Reproducibility = Bitwise
        Meaning = ""
    }
    Parameters = Map.empty
    Inputs = []
    Seed = Some 0L
    Label = $"{task}/{arm}/policy seed=0"
    Coordinates = [ place task arm "policy" (Some 0L) (Some 10.0) ]
}

let episodes (rewardMin, rewardMax) (returns: double array) (costs: double array) = {
    Returns = returns
    Costs = costs
    Lengths = Array.create returns.Length 200
    Seeds = Array.init returns.Length int64
    Horizon = 200
    RewardMin = rewardMin
    RewardMax = rewardMax
    PolicyMode = "deterministic"
}

let private range task =
    if task = "DiscCircle" then 12.0, 880.0 else -95.0, -8.0

/// What each arm is like: reward share and cost share of the limit.
let private character arm limit =
    match arm with
    | "drcorl" -> 0.55 + 0.006 * limit, 0.8 * limit
    | "bc-safe" -> 0.42 + 0.005 * limit, 0.93 * limit
    | _ -> 0.81, 33.0

let experiment tasks arms claims : Experiment = {
    Name = "quickstart"
    File = "experiments/quickstart.yaml"
    Protocol = {
        CostLimits = limits
        Seeds = seeds
        Episodes = 20
        TimeActions = []
    }
    Tasks = tasks
    Arms = arms
    Claims = claims
    Cells = []
}

let score task arm seed limit =
    let label = $"{task}/{arm}/scores seed={seed} cost_limit={limit}"
    let low, high = range task
    let reward, cost = character arm limit
    let seedShift = normal label 1000

    let returns =
        Array.init 20 (fun i -> low + (high - low) * (reward + 0.02 * seedShift + 0.04 * normal label i))

    let costs =
        Array.init 20 (fun i ->
            max 0.0 (round (cost * (1.0 + 0.06 * seedShift) + 0.12 * cost * normal label (500 + i))))

    let state =
        match task, arm, seed, limit with
        | "DiscCircle", "drcorl", 3L, 10.0 -> Diverged "loss of the cost critic is not finite at step 41000"
        | "PointNav", "bc-safe", 1L, 20.0 -> Missing
        | _ -> Scored(episodes (range task) returns costs)

    {
        Coordinates = place task arm "scores" (Some seed) (Some limit)
        Kind = Rollout
        State = state
        Record = link label state.IsScored
    }

let private series label name count value coordinates = {
    Name = name
    Coordinates = coordinates
    Points = Array.init count (fun i -> struct (double (i * 10), value i))
    Record = link label true
}

let private adaptation task seed limit =
    let label = $"{task}/drcorl/policy seed={seed} cost_limit={limit}"
    let at = [ place task "drcorl" "policy" (Some seed) (Some limit) ]
    let fall i = exp (-(double i) / 60.0)
    let noise kind i = normal (label + kind) i

    let estimate i =
        limit * 0.85 + 35.0 * fall i + limit * 0.05 * noise "cost" i

    let mode i =
        let e = estimate i

        if e > 1.15 * limit then 2.0
        elif e > 0.85 * limit then 1.0
        else 0.0

    [
        series label CurveName.EstimatedCost 205 estimate at
        series
            label
            "estimated_return"
            205
            (fun i -> 400.0 + 200.0 * (1.0 - fall i) + 10.0 * noise "return" i)
            at
        series label "score_loss" 205 (fun i -> 0.3 + 2.0 * fall i + 0.05 * noise "loss" i) at
        series label CurveName.Mode 205 mode at
    ]

let private behaviour task seed =
    let label = $"{task}/drcorl/behaviour seed={seed}"

    let at = [
        for limit in limits -> place task "drcorl" "behaviour" (Some seed) (Some limit)
    ]

    [
        series
            label
            "diffusion_loss"
            2000
            (fun i -> 0.6 * exp (-(double i) / 300.0) + 0.2 + 0.02 * normal label i)
            at
        series
            label
            "gradient_norm"
            2000
            (fun i -> 900.0 * exp (-(double i) / 90.0) + 0.4 + 0.05 * uniform label i)
            at
    ]

let private cellOf stage (record: RecordLink) state seconds cached : CellFact = {
    Stage = stage
    Label = record.Label
    State = state
    Seconds = seconds
    Memory = seconds |> Option.map (fun s -> 180_000_000L + int64 (s * 1e6))
    Cached = cached
    Record = record
    Made = None
}

let data task : DataFacts =
    let low, high = range task

    let trajectory i =
        let cost = round (90.0 * uniform (task + "cost") i)
        let frontier = 0.35 + 0.65 * sqrt (cost / 90.0)

        let share =
            if i = 0 then 0.0
            elif i = 1 then 1.0
            else frontier * sqrt (uniform (task + "return") i)

        low + (high - low) * share, (if i = 1 then 90.0 else cost)

    let all = Array.init 800 trajectory

    {
        Task = task
        Returns = Array.map fst all
        Costs = Array.map snd all
        Record = link $"{task}/data" true
    }

let results: Results =
    let tasks, arms = [ "DiscCircle"; "PointNav" ], [ "drcorl"; "bc-safe"; "bc-all" ]

    let nowhere = {
        File = ""
        Line = 0
        Column = 0
        Length = 0
    }

    let claims = [
        {
            Metric = CostMetric
            Arm = "drcorl"
            Bound = AtMost 1.0
            For = EveryLimit
            Position = nowhere
        }
        {
            Metric = RewardMetric
            Arm = "drcorl"
            Bound = Above("bc-safe", 0.95)
            For = EveryLimit
            Position = nowhere
        }
        {
            Metric = CostMetric
            Arm = "bc-all"
            Bound = AtMost 1.0
            For = EveryLimit
            Position = nowhere
        }
    ]

    let scores = [
        for task in tasks do
            for arm in arms do
                for limit in limits do
                    for seed in seeds -> score task arm seed limit
    ]

    let curves = [
        for task in tasks do
            for seed in seeds do
                yield! behaviour task seed

                for limit in limits do
                    if not (task = "DiscCircle" && seed = 3L && limit = 10.0) then
                        yield! adaptation task seed limit
    ]

    let trained =
        curves
        |> List.map (fun c ->
            c.Record,
            (if c.Name.Contains "d" && c.Points.Length > 300 then
                 "fit-diffusion"
             else
                 "adapt"))
        |> List.distinctBy fst

    let collected =
        tasks
        |> List.map (fun task -> cellOf "collect" (link $"{task}/data" true) CellFinished (Some 14.2) true)

    let training =
        trained
        |> List.map (fun (record, stage) ->
            let seconds = if stage = "adapt" then 9.4 else 31.0
            cellOf stage record CellFinished (Some seconds) (stage <> "adapt"))

    let diverged =
        cellOf
            "adapt"
            (link "DiscCircle/drcorl/policy seed=3 cost_limit=10" false)
            (CellDiverged "loss of the cost critic is not finite at step 41000")
            (Some 6.0)
            false

    let evaluated =
        scores
        |> List.map (fun s ->
            let state =
                match s.State with
                | Scored _ -> CellFinished
                | Missing -> CellNotRun "cancelled"
                | Failed why -> CellFailed why
                | Diverged _ -> CellNotRun "blocked: drcorl/policy diverged"

            cellOf "evaluate" s.Record state (if s.State.IsScored then Some 0.7 else None) false)

    let cells = collected @ training @ [ diverged ] @ evaluated

    {
        Experiment = experiment tasks arms claims
        Scores = scores
        Curves = curves
        Data = List.map data tasks
        ActingTimes = []
        Cells = cells
        Provenance = {
            Facts = [
                "program", "Plimsoll 0.1.0"
                "source", hexadecimal "source"
                "SDK", "10.0.100"
                "machine", "2 cores, AVX-512"
            ]
            ExperimentText =
                Some
                    "experiment: quickstart\ntasks:\n  DiscCircle: { collect: { steps: 200_000, seed: 1 } }\n"
        }
    }
