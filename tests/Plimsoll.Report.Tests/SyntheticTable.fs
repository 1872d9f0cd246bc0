/// Made-up results of the size of a paper's table: 15 methods x 4 tasks x 3 limits x 5 seeds x 20 episodes, with
/// the stages before, their curves, what diverged, failed and was never run. The same at every call.
module Plimsoll.Report.Tests.SyntheticTable

open System
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Store

let limits = [ 10.0; 20.0; 40.0 ]
let seeds = [ 0L .. 4L ]
let tasks = [ "BallCircle"; "CarRun"; "CarCircle"; "DroneCircle" ]

/// Arms that share the stages before the adaptation.
let private family = [ "drcorl"; "drcorl-crpo"; "drcorl-pid"; "drcorl-hybrid" ]

/// Trained without the limit: one policy stands at each.
let private limitless = [ "bc-all"; "td3-bc" ]

let arms =
    family
    @ [
        "drcorl-gaussian"
        "spi"
        "spi-conservative"
        "cpq"
        "coptidice"
        "bcq-lag"
        "bear-lag"
        "cdt"
        "bc-safe"
    ]
    @ limitless

/// A stream of its own for each place: uniform in [0, 1) by counter.
let private stream (place: string) =
    let seed =
        place
        |> Seq.fold (fun h c -> (h ^^^ uint64 c) * 0x100000001B3UL) 0xCBF29CE484222325UL

    fun (counter: int) -> double (Statistics.Draw.bits seed (uint64 counter) >>> 11) / 9007199254740992.0

/// Mean 0, variance 1: the sum of three uniforms, scaled.
let private noise place =
    let uniform = stream place

    fun counter ->
        2.0
        * (uniform (3 * counter) + uniform (3 * counter + 1) + uniform (3 * counter + 2)
           - 1.5)

type private Ending =
    | Whole
    | Ends of CellState

/// What ends badly, by task, arm, seed and limit of a policy.
let private ending task arm seed limit =
    match task, arm, seed, limit with
    | "CarRun", "drcorl-gaussian", Some 3L, Some 10.0 ->
        Ends(CellDiverged "the loss of the cost critic is not finite (step 2600)")
    | "BallCircle", "bear-lag", Some(1L | 4L), Some 40.0 ->
        Ends(CellDiverged "a parameter of the actor is not finite (step 1400)")
    | "DroneCircle", "coptidice", Some 0L, Some 20.0 ->
        Ends(CellFailed "the worker was killed twice: it used more than the 2 GB that it may")
    | "DroneCircle", "cdt", _, Some 40.0
    | "BallCircle", "cdt", Some 2L, Some 40.0 -> Ends(CellNotRun "cancelled")
    | _ -> Whole

type private Place = {
    Task: string
    /// Several where they share the stage; none for the data.
    Arms: string list
    Node: string
    Seed: int64 option
    Limit: double option
}

let private labelOf place =
    let part name value =
        value |> Option.map (fun v -> $" {name}={v}") |> Option.defaultValue ""

    let arm =
        match place.Arms with
        | [] -> ""
        | first :: _ -> first + "/"

    $"{place.Task}/{arm}{place.Node}"
    + part "seed" place.Seed
    + part "cost_limit" place.Limit

let private coordinatesOf place : Coordinates list =
    let at arm limit = {
        Task = place.Task
        Arm = arm
        Node = place.Node
        Seed = place.Seed
        CostLimit = limit
        Sweep = []
    }

    match place.Arms, place.Limit with
    | [], _ -> [ at None None ]
    | arms, Some limit -> [ for arm in arms -> at (Some arm) (Some limit) ]
    | arms, None -> [
        for arm in arms do
            for limit in limits -> at (Some arm) (Some limit)
      ]

type private Job = {
    Place: Place
    Stage: string
    Output: ArtifactKind
    Inputs: (string * Job) list
    Parameters: (string * string) list
    State: CellState
    Seconds: double
}

let private digest kind place =
    Synthetic.hexadecimal (kind + " " + labelOf place)

let private hasEnded job = job.State <> CellFinished

/// A cell that stands on one that ended badly is blocked.
let private after (inputs: (string * Job) list) state =
    match inputs |> List.tryFind (fun (_, job) -> hasEnded job) with
    | Some(_, job) -> CellNotRun $"blocked: {labelOf job.Place} has no artifact"
    | None -> state

let private dataJob task = {
    Place = {
        Task = task
        Arms = []
        Node = "data"
        Seed = None
        Limit = None
    }
    Stage = "collect"
    Output = DatasetArtifact
    Inputs = []
    Parameters = [ "task", task; "steps", "300000"; "seed", "1" ]
    State = CellFinished
    Seconds = 212.0
}

let private training = [
    "hidden", "[64, 64]"
    "batch", "256"
    "learning-rate", "0.001"
    "discount", "0.97"
    "polyak", "0.05"
    "guard-every", "200"
]

/// The shared stages of one task and seed, then the policy and its scores at each limit.
let private jobsOf (data: Job) task seed = [
    let before arms node stage output inputs seconds = {
        Place = {
            Task = task
            Arms = arms
            Node = node
            Seed = Some seed
            Limit = None
        }
        Stage = stage
        Output = output
        Inputs = ("dataset", data) :: inputs
        Parameters = ("steps", "8000") :: training
        State = CellFinished
        Seconds = seconds
    }

    let foundations arms =
        let behaviour = before arms "behaviour" "fit-diffusion" BehaviourArtifact [] 61.0

        let reward =
            before arms "reward-critic" "fit-reward-critic" RewardCriticArtifact [] 24.0

        let warm =
            before arms "warm" "warm-start" PolicyArtifact [ "behaviour", behaviour ] 9.0

        let cost =
            before arms "cost-critic" "fit-cost-critic" CostCriticArtifact [ "policy", warm ] 33.0

        [
            "behaviour", behaviour
            "reward-critic", reward
            "policy", warm
            "cost-critic", cost
        ]

    let shared, own = foundations family, foundations [ "drcorl-gaussian" ]

    for _, job in shared @ own do
        job

    for arm in arms do
        let stage, inputs =
            if arm = "drcorl-hybrid" then "adapt-hybrid", shared
            elif List.contains arm family then "adapt", shared
            elif arm = "drcorl-gaussian" then "adapt", own
            else "fit-" + arm, []

        for limit in
            (if List.contains arm limitless then
                 [ None ]
             else
                 List.map Some limits) do
            let place = {
                Task = task
                Arms = [ arm ]
                Node = "policy"
                Seed = Some seed
                Limit = limit
            }

            let policy = {
                Place = place
                Stage = stage
                Output = PolicyArtifact
                Inputs = ("dataset", data) :: inputs
                Parameters = [
                    "steps", "4000"
                    yield! training
                    match limit with
                    | Some l -> "cost-limit", string l
                    | None -> ()
                ]
                State =
                    match ending task arm (Some seed) limit with
                    | Whole -> CellFinished
                    | Ends state -> state
                Seconds = 18.0 + 5.0 * stream (labelOf place) 1
            }

            let scores = {
                Place = { place with Node = "scores" }
                Stage = "evaluate"
                Output = ScoresArtifact
                Inputs = [ "policy", policy ]
                Parameters = [ "task", task; "episodes", "20"; "mode", "deterministic" ]
                State = after [ "policy", policy ] CellFinished
                Seconds = 0.8 + 0.4 * stream (labelOf place) 2
            }

            policy
            scores
]

let private jobs = [
    for task in tasks do
        let data = dataJob task
        data

        for seed in seeds do
            yield! jobsOf data task seed
]

let private linkOf job : RecordLink =
    let label = labelOf job.Place
    let recorded = not (hasEnded job) || job.State.IsCellDiverged

    {
        Cell = CellId(digest "cell" job.Place)
        Label = label
        Key = if recorded then Some(digest "key" job.Place) else None
        Artifact =
            if hasEnded job then
                None
            else
                Some(digest "artifact" job.Place)
        Command =
            if recorded then
                Some $"plimsoll run .plimsoll/runs/7f3a91c2/experiment.yaml --only '{label}'"
            else
                None
    }

let private code = [ "Plimsoll.Data"; "Plimsoll.Learning"; "Plimsoll.Numerics" ]

let private makingOf job : Making =
    let part kind name value : KeyPart = {
        Kind = kind
        Name = name
        Value = value
    }

    let uniform = stream ("making " + labelOf job.Place)

    {
        Parts = [
            part StagePart "" job.Stage
            for name, value in job.Parameters do
                part ParameterPart name value
            for role, input in job.Inputs do
                part InputPart role (digest "artifact" input.Place)
            match job.Place.Seed with
            | Some seed -> part SeedPart "" (string seed)
            | None -> ()
            for assembly in code do
                part CodePart assembly (Synthetic.hexadecimal assembly)
        ]
        Bytes =
            if hasEnded job then
                None
            else
                Some(200_000L + int64 (uniform 1 * 2e5))
        Attempts = (if uniform 2 < 0.01 then 2 else 1)
        Machine =
            if uniform 3 < 0.5 then
                "north: 2 cores, Linux, .NET 10"
            else
                "south: 2 cores, Linux, .NET 10"
        Program = "source 04f40bc, SDK 10.0.100"
        Started = DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero).AddSeconds(floor (uniform 4 * 2e5))
        Threads = 1
    }

let private factOf job : CellFact =
    let record = linkOf job
    let computed = record.Key.IsSome

    {
        Stage = job.Stage
        Label = record.Label
        State = job.State
        Seconds = if computed then Some job.Seconds else None
        Memory = if computed then Some 180_000_000L else None
        Cached = job.Output = DatasetArtifact
        Record = record
        Made = if computed then Some(makingOf job) else None
    }

let private cellOf job : Cell = {
    Id = CellId(digest "cell" job.Place)
    Stage = {
        Name = job.Stage
        Inputs = []
        Output = job.Output
        Parameters = []
        Seeded = job.Place.Seed.IsSome
        Environment =
            match job.Stage with
            | "adapt-hybrid" -> Hybrid
            | "evaluate" -> FinalEvaluation
            | "collect" -> MakesData
            | _ -> NoEnvironment
        Reproducibility = Bitwise
        Meaning = ""
    }
    Parameters = Map.empty
    Inputs =
        job.Inputs
        |> List.map (fun (role, input) -> role, CellId(digest "cell" input.Place))
    Seed = job.Place.Seed
    Label = labelOf job.Place
    Coordinates = coordinatesOf job.Place
}

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
