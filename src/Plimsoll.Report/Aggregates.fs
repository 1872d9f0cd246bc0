/// Numbers over tasks from the tables of the tasks. Places (a task at a limit) weigh the same; what has no score is
/// counted, and where a place has none at all there is no number.
module Plimsoll.Report.Aggregates

open System
open Plimsoll.Language
open Plimsoll.Report.Statistics
open Plimsoll.Report.AcrossPlaces

/// Bootstraps of the same methods draw from streams of their own; x and y of a comparison are independent.
let private rowStream, private firstStream, private secondStream = 3UL, 4UL, 5UL

/// The taus of reward profiles: steps of 0.02 over what the scores need, within -1 to 2.
let private rewardTaus (scores: double seq) =
    let finite = scores |> Seq.filter Double.IsFinite |> Seq.toArray
    let low = Array.fold min 0.0 finite |> max -1.0
    let high = Array.fold max 1.0 finite |> min 2.0

    [|
        for i in int (floor (low * 50.0)) .. int (ceil (high * 50.0)) -> double i / 50.0
    |]

/// The taus of cost profiles: steps of 0.05 from 0 to three times the limit.
let private costTaus = [| for i in 0..60 -> double i / 20.0 |]

let private shortfall score = max 0.0 (1.0 - score)
let private excess score = max 0.0 (score - 1.0)

let private share test (values: 'a array) =
    values |> Array.filter test |> Array.length

/// The share of runs whose cost is at most tau, from the share above it. `tau` without the margin that is for rounding.
let private atMost tau (point: ProfilePoint) = {
    point with
        Tau = tau
        Share = 1.0 - point.Share
        Lower = 1.0 - point.Upper
        Upper = 1.0 - point.Lower
}

let private entry kind taus draws limit (places: (int * PlaceRuns) array) : AggregateEntry =
    let runs = places |> Array.map snd

    let episodes pick =
        runs |> Array.collect (pick >> Array.concat)

    let rewards, costs = episodes _.Rewards, episodes _.Costs
    let runCosts = runs |> Array.collect _.CostScores
    let rewardScores = scoresOf draws RewardMetric places
    let costScores = scoresOf draws CostMetric places

    let profile taus scores =
        scores |> Option.map (RunBootstrap.profile taus) |> Option.defaultValue [||]

    // Estimates have no episodes; and as with every number across tasks, there is none where a place has no score.
    let rollout value =
        if kind = Rollout && complete places then value () else None

    {
        Limit = limit
        Runs = runs |> Array.map _.Place.Seeds |> List.ofArray |> SeedCount.Sum
        Places = runs |> Array.map _.Place |> List.ofArray
        Reward = rewardScores |> Option.map (RunBootstrap.summary shortfall)
        Cost = costScores |> Option.map (RunBootstrap.summary excess)
        SafeRuns =
            if complete places then
                wilson (share keepsLimit runCosts) runCosts.Length
            else
                None
        SafePlaces = runs |> share (fun p -> p.Ids.Length > 0 && keepsLimit (mean p.CostScores))
        Feasible = rollout (fun () -> wilson (share keepsLimit costs) costs.Length)
        GivenFeasible = rollout (fun () -> Some(Exceedance.givenFeasible rewards costs))
        Exceedance = rollout (fun () -> Exceedance.measure costs)
        RewardProfile = profile taus rewardScores
        CostProfile =
            match profile (costTaus |> Array.map (fun tau -> tau + costMargin)) costScores with
            | [||] -> [||]
            | points -> Array.map2 atMost costTaus points
    }

let private scopes (limits: double list) =
    match limits with
    | [ only ] -> [ Some only ]
    | several -> List.map Some several @ [ None ]

let private compare (x: AggregateRow * Laid) (y: AggregateRow * Laid) firstDraws secondDraws limits = [
    let (rowX, laidX), (rowY, laidY) = x, y

    for metric in [ RewardMetric; CostMetric ] do
        // Each task and limit is resampled once, for its own limit and for all together.
        let higher =
            Array.zip laidX.Places laidY.Places
            |> Array.map (fun (a, b) ->
                match scoresOf firstDraws metric [| a |], scoresOf secondDraws metric [| b |] with
                | Some x, Some y ->
                    let both = RunBootstrap.canResample x && RunBootstrap.canResample y
                    Some(both, (Improvements.perStratum x y)[0])
                | _ -> None)

        for limit, entryX, entryY in List.zip3 (scopes limits) rowX.Entries rowY.Entries do
            let here =
                Array.zip laidX.Places higher
                |> Array.filter (fun ((_, p), _) -> limit |> Option.forall (fun l -> p.Place.Limit = l))
                |> Array.map snd

            let probability =
                if here |> Array.forall _.IsSome then
                    let strata = here |> Array.choose id
                    let p = Improvements.measured (Array.forall fst strata) (Array.map snd strata)

                    Some(if metric = RewardMetric then p else Improvements.opposite p)
                else
                    None

            let improvement (row: AggregateRow) (over: AggregateRow) runs overRuns probability = {
                Limit = limit
                Metric = metric
                Row = row.Name
                Over = over.Name
                Probability = probability
                Runs = runs
                OverRuns = overRuns
                Mixed = row.Hybrid <> over.Hybrid
            }

            improvement rowX rowY entryX.Runs entryY.Runs probability
            improvement rowY rowX entryY.Runs entryX.Runs (probability |> Option.map Improvements.opposite)
]

let private across kind (tables: TaskTable list) : AcrossTasks =
    let rowsOf (t: TaskTable) =
        if kind = Rollout then t.Rollouts else t.Estimates

    let here, elsewhere = tables |> List.partition (fun t -> not (rowsOf t).IsEmpty)
    let limits = tables |> List.collect _.Limits |> List.distinct
    let laid = lay rowsOf here limits
    let draws = RunDraws rowStream

    let taus =
        laid
        |> Seq.collect _.Places
        |> Seq.collect (fun (_, p) -> p.RewardScores)
        |> rewardTaus

    let rows =
        laid
        |> List.map (fun own ->
            let arm, node, sweep, hybrid = own.Key

            {
                Arm = arm
                Node = node
                Sweep = sweep
                Hybrid = hybrid
                Entries =
                    scopes limits
                    |> List.map (fun limit -> entry kind taus draws limit (within limit own.Places))
            })

    let first, second = RunDraws firstStream, RunDraws secondStream

    {
        Kind = kind
        Tasks = here |> List.map _.Task
        OtherTasks = elsewhere |> List.map _.Task
        Limits = limits
        Rows = rows
        Improvements = [
            for i, x in List.indexed (List.zip rows laid) do
                for y in List.zip rows laid |> List.skip (i + 1) do
                    yield! compare x y first second limits
        ]
        Resamples = resamples
        Seed = bootstrapSeed
    }

/// What was built from tables that are still in use: the page, the text and the CSV files ask for the same.
let private built =
    System.Runtime.CompilerServices.ConditionalWeakTable<TaskTable list, AcrossTasks list>()

/// Rollouts first, then off-policy estimates; a kind without a row is left out.
let build (tables: TaskTable list) : AcrossTasks list =
    built.GetValue(
        tables,
        fun tables ->
            [ across Rollout tables; across OffPolicy tables ]
            |> List.filter (fun a -> not a.Rows.IsEmpty)
    )
