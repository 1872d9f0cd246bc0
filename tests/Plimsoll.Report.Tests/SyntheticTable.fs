/// Made-up results of the size of a paper's table: 15 methods x 4 tasks x 3 limits x 5 seeds x 20 episodes, with
/// the stages before, their curves, what diverged, failed and was never run. The same at every call.
module Plimsoll.Report.Tests.SyntheticTable

open System
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Store

open Plimsoll.Report.Tests.SyntheticJobs

let private range task =
    match task with
    | "BallCircle" -> 0.4, 881.5
    | "CarRun" -> -34.1, 575.0
    | "CarCircle" -> 3.5, 527.2
    | _ -> 118.0, 996.0

/// Reward as a share of the range, cost as a share of the limit.
let private character task arm limit =
    let place = stream $"character {task} {arm}"
    let skill = 0.45 + 0.006 * min limit 40.0

    match arm with
    | "drcorl"
    | "drcorl-pid" -> skill + 0.10 + 0.05 * place 0, 0.72 + 0.2 * place 1
    | "drcorl-crpo"
    | "drcorl-gaussian" -> skill + 0.04 + 0.05 * place 0, 0.85 + 0.25 * place 1
    | "drcorl-hybrid" -> skill + 0.14 + 0.05 * place 0, 0.9 + 0.08 * place 1
    | "spi" -> skill + 0.05 * place 0, 0.55 + 0.6 * place 1
    | "spi-conservative" -> skill - 0.06 + 0.05 * place 0, 0.5 + 0.4 * place 1
    | "cdt" -> skill + 0.08 + 0.04 * place 0, 0.9 + 0.4 * place 1
    | "bc-safe" -> skill - 0.10 + 0.05 * place 0, 0.45 + 0.3 * place 1
    | "bc-all"
    | "td3-bc" -> 0.80 + 0.08 * place 0, (28.0 + 22.0 * place 1) / limit
    | _ -> skill - 0.15 + 0.3 * place 0, 0.6 + 1.8 * place 1

let private episodesOf task arm limit place : Episodes =
    let label = labelOf place
    let low, high = range task
    let reward, cost = character task arm (limit |> Option.defaultValue 20.0)
    let cost = cost * (limit |> Option.defaultValue 20.0)
    let normal = noise label
    let shift = normal 9000

    {
        Returns = Array.init 20 (fun i -> low + (high - low) * (reward + 0.025 * shift + 0.05 * normal i))
        Costs =
            Array.init 20 (fun i ->
                max 0.0 (round (cost * (1.0 + 0.08 * shift) + 0.25 * cost * normal (500 + i))))
        Lengths = Array.create 20 300
        Seeds = Array.init 20 int64
        Horizon = 300
        RewardMin = low
        RewardMax = high
        PolicyMode = "deterministic"
    }

let private scoresOf byPlace job : Score list =
    let policy = byPlace { job.Place with Node = "policy" }
    let arm = List.head job.Place.Arms

    let state =
        match policy.State with
        | CellFinished -> Scored(episodesOf job.Place.Task arm job.Place.Limit job.Place)
        | CellDiverged why -> Diverged $"{labelOf policy.Place}: {why}"
        | CellFailed why -> Failed $"{labelOf policy.Place}: {why}"
        | CellNotRun _ -> Missing

    [
        for coordinates in coordinatesOf job.Place do
            {
                Coordinates = coordinates
                Kind = Rollout
                State = state
                Record = linkOf job
            }
    ]

/// As many points as 100,000 steps with a guard each 500 leave.
let private points = 200

let private curvesOf job : Curve list =
    let label = labelOf job.Place

    let series name value =
        let normal = noise (label + name)

        {
            Name = name
            Coordinates = coordinatesOf job.Place
            Points = Array.init points (fun i -> struct (double (i * 500), value (double i) (normal i)))
            Record = linkOf job
        }

    let falls i = exp (-i / 40.0)
    let loss scale i n = scale * (0.2 + falls i + 0.03 * n)
    let limit = job.Place.Limit |> Option.defaultValue 20.0

    match job.Stage with
    | _ when hasEnded job -> []
    | "adapt"
    | "adapt-hybrid" ->
        let estimate i n =
            limit * 0.85 + 35.0 * falls i + limit * 0.05 * n

        [
            series CurveName.EstimatedCost estimate
            series "estimated_return" (fun i n -> 400.0 + 200.0 * (1.0 - falls i) + 10.0 * n)
            series "score_loss" (loss 1.2)
            series CurveName.Mode (fun i n ->
                match estimate i n / limit with
                | e when e > 1.15 -> 2.0
                | e when e > 0.85 -> 1.0
                | _ -> 0.0)
        ]
    | "fit-diffusion" -> [
        series "diffusion_loss" (loss 0.6)
        series "gradient_norm" (fun i n -> 900.0 * falls i + 0.6 + 0.05 * n)
      ]
    | stage when stage.StartsWith "fit-" || stage = "warm-start" -> [
        series "actor_loss" (loss 0.9)
        series "critic_loss" (loss 14.0)
        series "cost_critic_loss" (loss 3.0)
      ]
    | _ -> []

let private dataOf task : DataFacts =
    let low, high = range task
    let uniform = stream (task + " data")

    let trajectory i =
        let cost = round (90.0 * uniform (2 * i))

        let share =
            if i = 0 then
                0.0
            elif i = 1 then
                1.0
            else
                (0.35 + 0.65 * sqrt (cost / 90.0)) * sqrt (uniform (2 * i + 1))

        low + (high - low) * share, (if i = 1 then 90.0 else cost)

    let all = Array.init 1200 trajectory

    {
        Task = task
        Returns = Array.map fst all
        Costs = Array.map snd all
        Record = linkOf (dataJob task)
    }

let private batches = [ 1L; 1000L ]

let private timesOf task arm : ActingTime list = [
    for batch in batches do
        let uniform = stream $"acting {task} {arm} {batch}"
        let base' = if batch = 1L then 3.4e-3 else 1.6e-3

        {
            Task = task
            Arm = arm
            Sweep = []
            Batch = int batch
            Seconds = Array.init 15 (fun i -> base' * (1.0 + 0.2 * uniform i)) |> Array.sort
            Records = []
        }
]

let private experiment: Experiment =
    let nowhere = {
        File = ""
        Line = 0
        Column = 0
        Length = 0
    }

    let claim metric arm bound = {
        Metric = metric
        Arm = arm
        Bound = bound
        For = EveryLimit
        Position = nowhere
    }

    {
        Name = "table"
        File = "experiments/table.yaml"
        Protocol = {
            CostLimits = limits
            Seeds = seeds
            Episodes = 20
            TimeActions = batches
        }
        Tasks = tasks
        Arms = arms
        Claims = [
            claim CostMetric "drcorl" (AtMost 1.0)
            claim RewardMetric "drcorl" (Above("bc-safe", 0.95))
            claim CostMetric "bc-all" (AtMost 1.0)
        ]
        Cells = List.map cellOf jobs
    }

let private build () : Results =
    let known = System.Collections.Generic.Dictionary<string, Job>()

    for job in jobs do
        known[labelOf job.Place] <- job

    let isScores job = job.Output = ScoresArtifact

    {
        Experiment = experiment
        Scores =
            jobs
            |> List.filter isScores
            |> List.collect (scoresOf (fun p -> known[labelOf p]))
        Curves = List.collect curvesOf jobs
        Data = List.map dataOf tasks
        ActingTimes = [
            for task in tasks do
                for arm in arms do
                    yield! timesOf task arm
        ]
        Cells = List.map factOf jobs
        Provenance = {
            Facts = [
                "program", "Plimsoll 0.1.0"
                "source", "04f40bc"
                "SDK", "10.0.100"
                "machine", "north: 2 cores, Linux, .NET 10"
                "machine", "south: 2 cores, Linux, .NET 10"
            ]
            ExperimentText =
                Some(
                    "experiment: table\ntasks:\n"
                    + String.Join(
                        "",
                        tasks |> List.map (fun t -> $"  {t}: {{ collect: {{ steps: 300_000 }} }}\n")
                    )
                    + "protocol: { cost_limits: [10, 20, 40], seeds: 0..4, episodes: 20 }\n"
                )
        }
    }

let private made = lazy (build ())

/// Made when first asked for.
let results () : Results = made.Value
