/// Made-up results of the kinds that the others are not.
module Plimsoll.Report.Tests.SyntheticVariants

open Plimsoll.Language
open Plimsoll.Report

let private withEpisodes change (score: Score) = {
    score with
        State =
            match score.State with
            | Scored e -> Scored(change e)
            | other -> other
}

/// An experiment that sweeps three settings of one arm: numbers, words and lists.
let swept: Results =
    let settings = [
        for pessimism in [ 0.05; 0.2; 0.8; 3.2 ] do
            for rule in [ "mean"; "worst" ] ->
                [ "pessimism", Value.Real pessimism; "combine", Value.Text rule ]
    ]

    let at i sweep (score: Score) =
        let changed =
            score
            |> withEpisodes (fun e -> {
                e with
                    Costs = e.Costs |> Array.map (fun c -> round ((1.6 - 0.15 * double i) * c))
                    Returns = e.Returns |> Array.map (fun r -> r + 6.0 * double i)
            })

        {
            changed with
                Coordinates = { score.Coordinates with Sweep = sweep }
        }

    {
        Synthetic.results with
            Scores =
                Synthetic.results.Scores
                |> List.collect (fun score ->
                    if score.Coordinates.Arm = Some "drcorl" then
                        settings |> List.mapi (fun i sweep -> at i sweep score)
                    else
                        [ score ])
    }

/// Rollouts and estimates of the same methods under the same names on the first task; of `bc-all`, and on the second
/// task, estimates alone.
let both: Results =
    let estimated (score: Score) =
        let label = score.Record.Label.Replace("/scores", "/estimate")

        {
            (score
             |> withEpisodes (fun e -> {
                 e with
                     Returns = e.Returns |> Array.map (fun r -> r - 5.0)
                     Costs = e.Costs |> Array.map (fun c -> 0.9 * c)
                     Lengths = [||]
                     Seeds = [||]
             })) with
                Kind = OffPolicy
                Coordinates = {
                    score.Coordinates with
                        Node = "estimate"
                }
                Record = Synthetic.link label score.State.IsScored
        }

    let rollouts =
        Synthetic.results.Scores
        |> List.filter (fun s -> s.Coordinates.Task = "DiscCircle" && s.Coordinates.Arm <> Some "bc-all")

    let estimates = Synthetic.results.Scores |> List.map estimated

    let cellOf (score: Score) : CellFact = {
        Stage = if score.Kind = Rollout then "evaluate" else "estimate"
        Label = score.Record.Label
        State =
            if score.State.IsScored then
                CellFinished
            else
                CellNotRun "cancelled"
        Seconds = Some 0.7
        Memory = None
        Cached = false
        Record = score.Record
        Made = None
    }

    {
        Synthetic.results with
            Scores = rollouts @ estimates
            Cells =
                (Synthetic.results.Cells |> List.filter (fun c -> c.Stage <> "evaluate"))
                @ List.map cellOf (rollouts @ estimates)
    }

/// The smallest limit is 0: no cost at all is allowed.
let limitZero: Results =
    let changed limit = if limit = 10.0 then 0.0 else limit

    {
        Synthetic.results with
            Experiment = {
                Synthetic.results.Experiment with
                    Protocol = {
                        Synthetic.results.Experiment.Protocol with
                            CostLimits = Synthetic.limits |> List.map changed
                    }
            }
            Scores =
                Synthetic.results.Scores
                |> List.map (fun score ->
                    let score =
                        if
                            score.Coordinates.Arm = Some "bc-safe"
                            && score.Coordinates.CostLimit = Some 10.0
                        then
                            score
                            |> withEpisodes (fun e -> {
                                e with
                                    Costs = Array.map (fun _ -> 0.0) e.Costs
                            })
                        else
                            score

                    {
                        score with
                            Score.Coordinates.CostLimit = Option.map changed score.Coordinates.CostLimit
                    })
            Curves =
                Synthetic.results.Curves
                |> List.map (fun curve -> {
                    curve with
                        Coordinates =
                            curve.Coordinates
                            |> List.map (fun c -> {
                                c with
                                    CostLimit = Option.map changed c.CostLimit
                            })
                })
    }

/// All returns of the data are equal: rewards have no scale.
let noScale: Results = {
    Synthetic.results with
        Scores =
            Synthetic.results.Scores
            |> List.map (withEpisodes (fun e -> { e with RewardMax = e.RewardMin }))
}
