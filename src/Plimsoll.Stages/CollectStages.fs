/// Stages that make datasets where no controllers are written by hand.
module Plimsoll.Stages.CollectStages

open System
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Collection
open Plimsoll.Language
open Plimsoll.Stages.Typed

module CollectAgents =
    let private task = requiredText "task" "the task to collect from"

    let private steps =
        whole
            "steps"
            300_000L
            (1L, 10_000_000L)
            "step"
            "environment steps of all agents before thinning; episodes that are open then are completed"

    let private seed =
        whole "seed" 1L (0L, Int64.MaxValue) "" "seed of networks, exploration, starts and thinning"

    let private penalties =
        reals
            "penalties"
            [ -4.0; 0.0; 1.0; 2.0; 3.0; 4.0; 6.0; 10.0 ]
            (-1e6, 1e6)
            "reward/cost"
            "an agent each: what a unit of cost takes from its reward; below 0 cost is sought"

    let private rise =
        real
            "penalty-rise"
            0.0
            (0.0, 1.0)
            ""
            "share of an agent's steps over which its penalty rises from 0; 0: the whole penalty at once"

    let private environments =
        whole "environments" 5L (1L, 1000L) "" "environments of each agent, side by side"

    let private warmUp =
        whole
            "warm-up"
            1000L
            (1L, 1_000_000L)
            "step"
            "uniformly random environment steps of each agent before it learns"

    let private updates =
        positive "updates-per-step" 2.0 (0.0, 100.0) "" "updates of the networks for each environment step"

    let private exploration =
        real
            "exploration"
            0.4
            (0.0, 10.0)
            ""
            "largest deviation of the noise on actions; spread evenly over the environments, one has none"

    let private hidden =
        widths "hidden" [ 64; 64 ] "widths of the hidden layers of policies and critics"

    let private batch =
        whole "batch" 128L (1L, 1_000_000L) "transition" "transitions an update"

    let private rate =
        positive "learning-rate" 1e-3 (0.0, 1.0) "1/step" "Adam's learning rate"

    let private discount =
        real "discount" 0.99 (0.0, 0.999999) "1/step" "discount of the next step's value"

    let private polyak =
        positive "polyak" 0.005 (0.0, 1.0) "1/step" "rate at which target networks follow"

    let private cells =
        whole "cells" 20L (1L, 1000L) "" "cells of the thinning grid along each of cost and return"

    let private mostPerCell =
        whole
            "most-per-cell"
            15L
            (0L, 1_000_000L)
            "trajectory"
            "trajectories kept of a crowded cell; 0 keeps all"

    let private settings (request: StageRequest) =
        let learning =
            Td3Settings(
                hidden.Of request,
                int (batch.Of request),
                rate.Of request,
                discount.Of request,
                polyak.Of request
            )

        AgentCollectionSettings(
            steps.Of request,
            seed.Of request,
            penalties.Of request,
            rise.Of request,
            int (environments.Of request),
            warmUp.Of request,
            updates.Of request,
            exploration.Of request,
            learning,
            int (cells.Of request),
            int (mostPerCell.Of request)
        )

    let private report (request: StageRequest) (news: CollectionReport) =
        request.Report {
            Step = min news.Step news.Steps
            Steps = news.Steps
            Metrics = [ "penalty", news.Penalty; "return", news.MeanReturn; "cost", news.MeanCost ]
            ResumedAt = None
            SavedAt = None
        }

    let private run (request: StageRequest) (name: string) =
        let settings = settings request

        let outcome =
            AgentCollector.Run(name, settings, request.Threads, Action<_>(report request), request.Cancelled)

        match outcome with
        | :? CollectionOutcome.Collected as collected ->
            use dataset = collected.Dataset
            dataset.Save request.Output
            Finished
        | :? CollectionOutcome.Diverged as diverged ->
            Failed(FailureText.agentDiverged diverged.Penalty diverged.Step diverged.What)
        | :? CollectionOutcome.Broken as broken ->
            Failed(FailureText.agentBreaks broken.Penalty broken.Dropped broken.Begun broken.Words)
        | :? CollectionOutcome.Cancelled -> Failed(FailureText.cancelled ())
        | other -> invalidOp $"unknown outcome {other}"

    let stage = {
        Signature = {
            Name = "collect-agents"
            Inputs = []
            Output = DatasetArtifact
            Parameters = [
                task.Declared
                steps.Declared
                seed.Declared
                penalties.Declared
                rise.Declared
                environments.Declared
                warmUp.Declared
                updates.Declared
                exploration.Declared
                hidden.Declared
                batch.Declared
                rate.Declared
                discount.Declared
                polyak.Declared
                cells.Declared
                mostPerCell.Declared
            ]
            Seeded = false
            Environment = MakesData
            Reproducibility = Bitwise
            Meaning =
                "the lives of agents that learn online under different prices on costs (TD3, arXiv 1802.09477), thinned on a (cost, return) grid"
        }
        Run =
            fun request ->
                Outcomes.withTask (task.Of request) (fun facts ->
                    Outcomes.guarding request (fun () -> run request facts.Name))
        Code = []
    }
