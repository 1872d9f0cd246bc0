/// Numbers across tasks, comparisons, profiles and answers as CSV; see Csv.
module Plimsoll.Report.CsvAggregates

open Plimsoll.Language
open Plimsoll.Report.Csv

let private measured (m: Measured option) =
    optional (m |> Option.map _.Value) :: ends (m |> Option.bind _.Interval)

let private withEnds name = [ name; name + "_low"; name + "_high" ]

let private proportion (p: Statistics.Proportion option) =
    let pick f = p |> Option.map f |> optional
    [ pick _.Rate; pick _.Lower; pick _.Upper ]

let private limitOf (limit: double option) =
    limit |> Option.map number |> Option.defaultValue "all"

let private counts (n: SeedCount) =
    [ n.Expected; n.Scored; n.Diverged; n.Failed; n.Missing ] |> List.map string

let private countNames prefix =
    [ "expected"; "scored"; "diverged"; "failed"; "missing" ]
    |> List.map (fun state -> prefix + "_" + state)

let private summaryNames name =
    [ "mean"; "median"; "iqm"; "gap" ]
    |> List.collect (fun statistic -> withEnds (name + "_" + statistic))

let private summary (s: Summary option) =
    let part pick = s |> Option.map pick |> measured
    part _.Mean @ part _.Median @ part _.Iqm @ part _.Gap

let private rowNames = [ "arm"; "node"; "sweep"; "training" ]

let private rowFields (row: AggregateRow) = [
    row.Arm
    row.Node |> Option.defaultValue ""
    Format.sweep row.Sweep
    training row.Hybrid
]

let private seed (across: AcrossTasks) = [
    string across.Resamples
    across.Seed.ToString System.Globalization.CultureInfo.InvariantCulture
]

let private seedNames = [ "resamples"; "bootstrap_seed" ]

/// One line per kind, row and limit (`all` for all limits together).
let aggregates (kinds: AcrossTasks list) =
    write
        ([ "kind" ]
         @ rowNames
         @ [ "cost_limit"; "tasks"; "places"; "places_without_score" ]
         @ countNames "runs"
         @ summaryNames "reward"
         @ summaryNames "cost"
         @ [ "safe_places" ]
         @ withEnds "safe_runs"
         @ withEnds "feasible"
         @ exceedanceNames
         @ seedNames)
        (seq {
            for across in kinds do
                for row in across.Rows do
                    for e in row.Entries do
                        [ kind across.Kind ]
                        @ rowFields row
                        @ [
                            limitOf e.Limit
                            string across.Tasks.Length
                            string e.Places.Length
                            string e.Absent.Length
                        ]
                        @ counts e.Runs
                        @ summary e.Reward
                        @ summary e.Cost
                        @ [ string e.SafePlaces ]
                        @ proportion e.SafeRuns
                        @ proportion e.Feasible
                        @ exceedance e.GivenFeasible e.Exceedance
                        @ seed across
        })

/// One line per kind, ordered pair of rows, metric and limit.
let improvements (kinds: AcrossTasks list) =
    write
        ([ "kind"; "row"; "over"; "metric"; "cost_limit" ]
         @ withEnds "probability"
         @ countNames "runs"
         @ countNames "over"
         @ [ "mixed" ]
         @ seedNames)
        (seq {
            for across in kinds do
                for i in across.Improvements do
                    [
                        kind across.Kind
                        i.Row
                        i.Over
                        (if i.Metric = RewardMetric then "reward" else "cost")
                        limitOf i.Limit
                    ]
                    @ measured i.Probability
                    @ counts i.Runs
                    @ counts i.OverRuns
                    @ [ yes i.Mixed ]
                    @ seed across
        })

/// One line per kind, row, limit, metric and tau.
let profiles (kinds: AcrossTasks list) =
    write
        ([ "kind" ] @ rowNames @ [ "cost_limit"; "metric"; "tau" ] @ withEnds "share")
        (seq {
            for across in kinds do
                for row in across.Rows do
                    for e in row.Entries do
                        for metric, points in [ "reward", e.RewardProfile; "cost", e.CostProfile ] do
                            for p in points do
                                [ kind across.Kind ]
                                @ rowFields row
                                @ [ limitOf e.Limit; metric ]
                                @ ([ p.Tau; p.Share; p.Lower; p.Upper ] |> List.map number)
        })

/// One line per claim and finding; a claim without a finding has one line.
let claims (hybrid: Set<string>) (answers: Answer list) =
    write
        ([ "claim"; "verdict"; "task"; "cost_limit"; "row"; "finding" ]
         @ withEnds "value"
         @ [ "number" ])
        (seq {
            for answer in answers do
                let front = [ Claims.describe hybrid answer.Claim; answer.Verdict.Words ]

                if answer.Findings.IsEmpty then
                    front @ List.replicate 8 ""

                for f in answer.Findings do
                    front
                    @ [
                        f.Task
                        f.Limit |> Option.map number |> Option.defaultValue "average"
                        f.Row
                        f.Verdict.Words
                    ]
                    @ measured f.Value
                    @ [ f.Number ]
        })
