/// Made-up experiments to compare.
module Plimsoll.Report.Tests.ComparisonSamples

open Plimsoll.Language
open Plimsoll.Report

let arms = [ "bcq-lag"; "drcorl"; "mine" ]
let tasks = [ "BallCircle"; "CarCircle"; "DiscCircle" ]

let private signature name output environment : StageSignature = {
    Name = name
    Inputs = []
    Output = output
    Parameters = []
    Seeded = false
    Environment = environment
    Reproducibility = Bitwise
    Meaning = ""
}

let private cell (stage: StageSignature) (place: Coordinates) parameters : Cell = {
    Id = CellId $"{stage.Name} {place}"
    Stage = stage
    Parameters =
        Map.ofList [
            for name, value in parameters -> name, { Value = value; Source = FromDefault }
        ]
    Inputs = []
    Seed = None
    Label = ""
    Coordinates = [ place ]
}

let private dataset task seed =
    cell
        (signature "collect" DatasetArtifact MakesData)
        {
            Synthetic.place task "" "dataset" None None with
                Arm = None
        }
        [ "task", Text task; "steps", Whole 300_000L; "seed", Whole seed ]

let private training task arm steps =
    cell (signature "fit" PolicyArtifact NoEnvironment) (Synthetic.place task arm "policy" (Some 0L) None) [
        "steps", Whole steps
        "hidden", Items [ Whole 64L; Whole 64L ]
    ]

let resultsOf name tasks (arms: string list) limits seed steps : Results =
    let experiment = Synthetic.experiment tasks arms []

    {
        Synthetic.results with
            Experiment = {
                experiment with
                    Name = name
                    Protocol = {
                        experiment.Protocol with
                            CostLimits = limits
                    }
                    Cells = [
                        for task in tasks do
                            dataset task seed

                            for arm in arms do
                                training task arm steps
                    ]
            }
            Scores = [
                for task in tasks do
                    for arm in arms do
                        for limit in limits do
                            for seed in Synthetic.seeds do
                                Synthetic.score task arm seed limit
            ]
            Curves = []
            Data = []
            Cells = []
    }
