/// `table.csv`.
module Plimsoll.Report.CsvTable

open Plimsoll.Report.Csv

let private header =
    let estimate name =
        name :: [ for what in [ "std"; "se"; "low"; "high" ] -> $"{name}_{what}" ]

    [
        "task"
        "kind"
        "arm"
        "node"
        "sweep"
        "cost_limit"
        "seeds_expected"
        "seeds_scored"
        "seeds_diverged"
        "seeds_failed"
        "seeds_missing"
        "episodes"
    ]
    @ estimate "reward_normalised"
    @ estimate "cost_normalised"
    @ [ "cost_normalised_drcorl"; "cost_normalised_drcorl_std" ]
    @ estimate "return"
    @ estimate "cost"
    @ [ "feasible_rate"; "feasible_low"; "feasible_high"; "safe_runs" ]
    @ exceedanceNames
    @ [ "safe"; "best_safe"; "training" ]

/// One line per task, row and limit, and one for the average (`average` in cost_limit), whose seeds are counted once
/// a limit.
/// The best trajectory of the data has the kind `data`.
let render (tables: TaskTable list) =
    let estimate (e: Estimate) = [
        number e.Mean
        optional e.Deviation
        e.Error |> Option.map fst |> optional
        yield! ends e.Interval
    ]

    let values (entry: TableEntry) =
        match entry.Values with
        | None -> List.replicate 39 ""
        | Some v ->
            let rate pick =
                v.Feasible |> Option.map pick |> optional

            [ string v.Episodes ]
            @ estimate v.Reward
            @ estimate v.Cost
            @ [ number v.CostDrcorl; optional v.CostDrcorlDeviation ]
            @ estimate v.Return
            @ estimate v.RawCost
            @ [ rate _.Rate; rate _.Lower; rate _.Upper ]
            @ [
                v.SafeRuns |> Option.map (fun p -> string p.Successes) |> Option.defaultValue ""
            ]
            @ exceedance v.GivenFeasible v.Exceedance
            @ [ yes v.Safe; yes entry.BestSafe ]

    let rowLines task kindName (row: Row) = [
        for entry in row.Entries ->
            let n = entry.Seeds

            [
                task
                kindName
                row.Arm
                Option.defaultValue "" row.Node
                Format.sweep row.Sweep
                entry.Limit |> Option.map number |> Option.defaultValue "average"
                string n.Expected
                string n.Scored
                string n.Diverged
                string n.Failed
                string n.Missing
            ]
            @ values entry
            @ [ training row.Hybrid ]
    ]

    let referenceLine task limit (reference: Reference option) =
        let known =
            [
                "task", task
                "kind", "data"
                "arm", "best trajectory within the limit"
                "cost_limit", number limit
            ]
            @ match reference with
              | None -> []
              | Some r -> [
                  "reward_normalised", number r.Reward
                  "cost_normalised", number (Statistics.normaliseCost limit r.Cost)
                  "cost_normalised_drcorl", number (Statistics.normaliseCostDrcorl limit r.Cost)
                  "return", number r.Return
                  "cost", number r.Cost
                ]
            |> Map.ofList

        header
        |> List.map (fun name -> known |> Map.tryFind name |> Option.defaultValue "")

    write
        header
        (seq {
            for table in tables do
                yield! table.Rollouts |> List.collect (rowLines table.Task "rollout")
                yield! table.Estimates |> List.collect (rowLines table.Task "off-policy")

                for limit, reference in table.References do
                    referenceLine table.Task limit reference
        })
