/// The numbers as CSV (RFC 4180: comma, CRLF, doubled quotes), in the invariant culture.
/// Numbers are written so that they read back as the same double; an empty field means there is none.
module Plimsoll.Report.Csv

open System.Text
open Plimsoll.Language

/// Quoted only where needed.
let field (text: string) =
    if text.IndexOfAny [| ','; '"'; '\r'; '\n' |] >= 0 then
        "\"" + text.Replace("\"", "\"\"") + "\""
    else
        text

/// Header and lines, each field quoted where it needs to be.
let write (header: string list) (rows: string list seq) =
    let builder = StringBuilder()

    let line (fields: string list) =
        builder.AppendJoin(',', fields |> List.map field).Append("\r\n") |> ignore

    line header
    rows |> Seq.iter line
    builder.ToString()

let internal number = Format.exact
let internal optional = Option.map number >> Option.defaultValue ""

/// Low and high; empty where there is no interval.
let internal ends (interval: (double * double) option) = [
    interval |> Option.map fst |> optional
    interval |> Option.map snd |> optional
]

let private whole (x: int64) =
    x.ToString System.Globalization.CultureInfo.InvariantCulture

let internal kind =
    function
    | Rollout -> "rollout"
    | OffPolicy -> "off-policy"

let private at (array: 'a array) index show =
    if index < array.Length then show array[index] else ""

let private scoreHeader = [
    "task"
    "kind"
    "arm"
    "node"
    "sweep"
    "cost_limit"
    "seed"
    "state"
    "episode"
    "episode_seed"
    "return"
    "cost"
    "length"
    "normalised_return"
    "normalised_cost"
    "cell"
    "key"
    "artifact"
    "training"
    "normalised_cost_drcorl"
    "horizon"
    "policy_mode"
]

/// Whether an arm kept to its data.
let internal training (hybrid: bool) = if hybrid then "hybrid" else "offline"

/// One line per episode; a policy without a score has one line with its state and why.
let scores (results: Results) =
    write
        scoreHeader
        (seq {
            let hybrid = Offline.hybridArms results.Experiment

            for score in results.Scores do
                let c = score.Coordinates

                let front state = [
                    c.Task
                    kind score.Kind
                    c.Arm |> Option.defaultValue ""
                    c.Node
                    Format.sweep c.Sweep
                    optional c.CostLimit
                    c.Seed |> Option.map whole |> Option.defaultValue ""
                    state
                ]

                let back (rest: string list) =
                    [
                        string score.Record.Cell
                        score.Record.Key |> Option.defaultValue ""
                        score.Record.Artifact |> Option.defaultValue ""
                        training (c.Arm |> Option.exists hybrid.Contains)
                    ]
                    @ rest

                let none state =
                    front state @ List.replicate 7 "" @ back [ ""; ""; "" ]

                match score.State with
                | Missing -> none "missing"
                | Failed why -> none ("failed: " + why)
                | Diverged why -> none ("diverged: " + why)
                | Scored e ->
                    let normalised normalise i =
                        c.CostLimit |> Option.map (fun limit -> normalise limit e.Costs[i]) |> optional

                    for i in 0 .. e.Returns.Length - 1 do
                        front "scored"
                        @ [
                            string i
                            at e.Seeds i whole
                            number e.Returns[i]
                            number e.Costs[i]
                            at e.Lengths i string
                            number (Statistics.normaliseReward e.RewardMin e.RewardMax e.Returns[i])
                            normalised Statistics.normaliseCost i
                        ]
                        @ back [ normalised Statistics.normaliseCostDrcorl i; string e.Horizon; e.PolicyMode ]
        })

let internal yes test = if test then "true" else "false"

/// What an average cost hides. Costs are normalised as DSRL does, so that the limit is 1.
let internal exceedanceNames = [
    "episodes_within"
    "reward_within"
    "exceedance"
    "exceedance_low"
    "exceedance_high"
    "exceedance_mean"
    "cost_q50"
    "cost_q90"
    "cost_q95"
    "cost_worst"
]

let internal exceedance (given: GivenFeasible option) (e: Exceedance option) =
    let of' pick = e |> Option.map pick |> optional

    [
        given |> Option.map (fun g -> string g.Episodes) |> Option.defaultValue ""
        given |> Option.bind _.Reward |> optional
        of' _.Rate.Rate
        of' _.Rate.Lower
        of' _.Rate.Upper
        e |> Option.bind _.Excess |> optional
        of' _.Median
        of' _.Quantile90
        of' _.Quantile95
        of' _.Worst
    ]

/// One line for each time: a policy, at one number of observations at once.
let acting (results: Results) =
    write
        [
            "task"
            "arm"
            "sweep"
            "observations_at_once"
            "seconds_per_1000_actions"
            "training"
        ]
        (seq {
            let hybrid = Offline.hybridArms results.Experiment

            for time in results.ActingTimes do
                for seconds in time.Seconds do
                    [
                        time.Task
                        time.Arm
                        Format.sweep time.Sweep
                        string time.Batch
                        number seconds
                        training (hybrid.Contains time.Arm)
                    ]
        })
