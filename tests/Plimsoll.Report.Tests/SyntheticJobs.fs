/// The jobs behind SyntheticTable's results: which stages there are, how they hang together, how each ended.
module Plimsoll.Report.Tests.SyntheticJobs

open System
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Store

let limits = [ 10.0; 20.0; 40.0 ]
let seeds = [ 0L .. 4L ]
let tasks = [ "BallCircle"; "CarRun"; "CarCircle"; "DroneCircle" ]

/// Arms that share the stages before the adaptation.
let family = [ "drcorl"; "drcorl-crpo"; "drcorl-pid"; "drcorl-hybrid" ]

/// Trained without the limit: one policy stands at each.
let limitless = [ "bc-all"; "td3-bc" ]

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
let stream (place: string) =
    let seed =
        place
        |> Seq.fold (fun h c -> (h ^^^ uint64 c) * 0x100000001B3UL) 0xCBF29CE484222325UL

    fun (counter: int) -> double (Statistics.Draw.bits seed (uint64 counter) >>> 11) / 9007199254740992.0

/// Mean 0, variance 1: the sum of three uniforms, scaled.
let noise place =
    let uniform = stream place

    fun counter ->
        2.0
        * (uniform (3 * counter) + uniform (3 * counter + 1) + uniform (3 * counter + 2)
           - 1.5)

type Ending =
    | Whole
    | Ends of CellState

/// What ends badly, by task, arm, seed and limit of a policy.
let ending task arm seed limit =
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

type Place = {
    Task: string
    /// Several where they share the stage; none for the data.
    Arms: string list
    Node: string
    Seed: int64 option
    Limit: double option
}

let labelOf place =
    let part name value =
        value |> Option.map (fun v -> $" {name}={v}") |> Option.defaultValue ""

    let arm =
        match place.Arms with
        | [] -> ""
        | first :: _ -> first + "/"

    $"{place.Task}/{arm}{place.Node}"
    + part "seed" place.Seed
    + part "cost_limit" place.Limit

let coordinatesOf place : Coordinates list =
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

type Job = {
    Place: Place
    Stage: string
    Output: ArtifactKind
    Inputs: (string * Job) list
    Parameters: (string * string) list
    State: CellState
    Seconds: double
}

let digest kind place =
    Synthetic.hexadecimal (kind + " " + labelOf place)

let hasEnded job = job.State <> CellFinished

/// A cell that stands on one that ended badly is blocked.
let after (inputs: (string * Job) list) state =
    match inputs |> List.tryFind (fun (_, job) -> hasEnded job) with
    | Some(_, job) -> CellNotRun $"blocked: {labelOf job.Place} has no artifact"
    | None -> state

let dataJob task = {
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

let training = [
    "hidden", "[64, 64]"
    "batch", "256"
    "learning-rate", "0.001"
    "discount", "0.97"
    "polyak", "0.05"
    "guard-every", "200"
]

/// The shared stages of one task and seed, then the policy and its scores at each limit.
let jobsOf (data: Job) task seed = [
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

let jobs = [
    for task in tasks do
        let data = dataJob task
        data

        for seed in seeds do
            yield! jobsOf data task seed
]

let linkOf job : RecordLink =
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

let code = [ "Plimsoll.Data"; "Plimsoll.Learning"; "Plimsoll.Numerics" ]

let makingOf job : Making =
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

let factOf job : CellFact =
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

let cellOf job : Cell = {
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
