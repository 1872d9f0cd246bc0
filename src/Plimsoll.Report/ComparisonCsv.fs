/// A comparison as CSV. What has no counterpart has a line of its own.
module Plimsoll.Report.ComparisonCsv

open Plimsoll.Language

let private mean (e: Estimate option) = e |> Option.map _.Mean |> Csv.optional

let private limits (values: double list) =
    values |> List.map Csv.number |> String.concat " "

let private flag value =
    match value with
    | Some true -> "true"
    | Some false -> "false"
    | None -> ""

let private publishedHeader = [
    "state"
    "task"
    "row"
    "arm"
    "recipe"
    "sweep"
    "table"
    "source"
    "method"
    "their_limits"
    "our_limits"
    "our_reward"
    "our_reward_low"
    "our_reward_high"
    "our_cost"
    "our_cost_low"
    "our_cost_high"
    "their_reward"
    "their_reward_std"
    "their_cost"
    "their_cost_std"
    "reward_gap"
    "cost_gap"
    "our_safe"
    "their_safe"
    "seeds_expected"
    "seeds_scored"
    "differences"
]

/// A line from the few fields that are known.
let private some (header: string list) (known: (string * string) list) =
    let known = Map.ofList known

    header
    |> List.map (fun name -> known |> Map.tryFind name |> Option.defaultValue "")

let private published (c: PublishedComparison) =
    Csv.write
        publishedHeader
        (seq {
            for p in c.Pairs do
                let range pick =
                    p |> pick |> Option.bind (fun (e: Estimate) -> e.Interval)

                [
                    "compared"
                    p.Task
                    p.Row
                    p.Arm
                    p.Recipe
                    Format.sweep p.Sweep
                    p.Table.Id
                    ComparisonWords.cited p.Table
                    p.Number.Method
                    limits p.Number.Limits
                    limits p.Limits
                    mean p.Reward
                    yield! Csv.ends (range _.Reward)
                    mean p.Cost
                    yield! Csv.ends (range _.Cost)
                    Csv.number p.Number.Reward
                    Csv.optional p.Number.RewardDeviation
                    Csv.optional p.Number.Cost
                    Csv.optional p.Number.CostDeviation
                    Csv.optional p.RewardGap
                    Csv.optional p.CostGap
                    flag p.OursSafe
                    flag p.TheirsSafe
                    string p.Seeds.Expected
                    string p.Seeds.Scored
                    p.Differences |> List.map ProtocolDifference.describe |> String.concat "; "
                ]

            for row in c.OursOnly do
                some publishedHeader [
                    "state", "only ours"
                    "task", row.Task
                    "row", row.Row
                    "differences", row.Why
                ]

            for other in c.TheirsOnly do
                for method in other.Methods do
                    some publishedHeader [
                        "state", "only theirs"
                        "task", other.Task
                        "table", other.Table.Id
                        "source", ComparisonWords.cited other.Table
                        "method", method
                        "differences", "no arm is this method"
                    ]

            for task in c.OtherTasks do
                some publishedHeader [
                    "state", "only theirs"
                    "task", task
                    "differences", "the experiment does not have this task"
                ]
        })

let private experimentHeader = [
    "state"
    "task"
    "kind"
    "row"
    "arm"
    "sweep"
    "cost_limit"
    "measure"
    "a"
    "a_low"
    "a_high"
    "b"
    "b_low"
    "b_high"
    "difference"
    "difference_low"
    "difference_high"
    "probability_b_better"
    "a_seeds_expected"
    "a_seeds_scored"
    "b_seeds_expected"
    "b_seeds_scored"
    "same_records"
    "records_in_both"
    "what"
]

let private experiments (c: ExperimentComparison) =
    Csv.write
        experimentHeader
        (seq {
            for p in c.Pairs do
                for measure, pick, difference in
                    [
                        "reward_normalised", (fun (v: Values) -> v.Reward), p.Reward
                        "cost_normalised", (fun (v: Values) -> v.Cost), p.Cost
                    ] do
                    let side (entry: TableEntry) =
                        let estimate = entry.Values |> Option.map pick
                        mean estimate :: Csv.ends (estimate |> Option.bind _.Interval)

                    // The same records have no difference to look for.
                    let known = if p.Same then None else difference

                    [
                        "compared"
                        p.Task
                        Csv.kind p.Kind
                        p.Row
                        p.Arm
                        Format.sweep p.Sweep
                        p.Limit |> Option.map Csv.number |> Option.defaultValue "average"
                        measure
                        yield! side p.A
                        yield! side p.B
                        known |> Option.map _.Mean |> Csv.optional
                        yield! Csv.ends (known |> Option.bind _.Interval)
                        known |> Option.map _.Improvement |> Csv.optional
                        string p.A.Seeds.Expected
                        string p.A.Seeds.Scored
                        string p.B.Seeds.Expected
                        string p.B.Seeds.Scored
                        flag (Some p.Same)
                        string p.Shared
                        [ ComparisonWords.over difference; ComparisonWords.shared p ]
                        |> List.filter (fun words -> words <> "")
                        |> String.concat "; "
                    ]

            for state, only in [ "only a", c.OnlyA; "only b", c.OnlyB ] do
                for what in only do
                    some experimentHeader [ "state", state; "what", what ]

            for change in c.Changes do
                some experimentHeader [
                    "state", change.Group.Words + " differs"
                    "what", ComparisonWords.change change
                ]

            for item in c.NotCompared do
                some experimentHeader [ "state", item.Group.Words + " not compared"; "what", item.Why ]
        })

/// `comparison.csv`.
let render (comparison: Comparison) =
    match comparison with
    | WithPublished numbers -> published numbers
    | WithExperiment other -> experiments other
