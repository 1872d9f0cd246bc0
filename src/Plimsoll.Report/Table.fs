namespace Plimsoll.Report

open Plimsoll.Language

module Table =
    open Bootstrap
    open Statistics

    /// Among offline rows: what was tuned in the simulator is never compared with them.
    let private markBest (rows: Row list) =
        let width = rows |> List.map _.Entries.Length |> List.fold max 0

        let best = [
            for column in 0 .. width - 1 ->
                rows
                |> List.filter (fun row -> not row.Hybrid)
                |> List.choose (fun row -> row.Entries[column].Values)
                |> List.filter (fun v -> v.Safe && System.Double.IsFinite v.Reward.Mean)
                |> List.map _.Reward.Mean
                |> function
                    | [] -> nan
                    | rewards -> List.max rewards
        ]

        rows
        |> List.map (fun row -> {
            row with
                Entries =
                    List.zip best row.Entries
                    |> List.map (fun (best, entry) ->
                        match entry.Values with
                        | Some v -> {
                            entry with
                                BestSafe = not row.Hybrid && v.Safe && v.Reward.Mean = best
                          }
                        | None -> entry)
        })

    let private rowsOf draws (experiment: Experiment) kind (arms: string list) (scores: Score list) =
        let hybrid = Offline.hybridArms experiment

        arms
        |> List.collect (fun arm ->
            let own = scores |> List.filter (fun s -> s.Coordinates.Arm = Some arm)
            let nodes = own |> List.map _.Coordinates.Node |> List.distinct

            let groups =
                match own with
                | [] -> [ ("", []), [] ]
                | _ -> own |> List.groupBy (fun s -> s.Coordinates.Node, s.Coordinates.Sweep)

            groups
            |> List.map (fun ((node, sweep), members) -> {
                Arm = arm
                Node = (if nodes.Length > 1 then Some node else None)
                Sweep = sweep
                Hybrid = hybrid.Contains arm
                Entries = TableEntries.build draws experiment.Protocol kind members
            }))
        |> markBest

    /// The best trajectory by return among those within the limit.
    let reference (rewardMin, rewardMax) limit (data: DataFacts) =
        let within =
            Array.zip data.Returns data.Costs |> Array.filter (snd >> isWithin limit)

        if within.Length = 0 then
            None
        else
            let best, cost = within |> Array.maxBy fst

            Some {
                Limit = limit
                Reward = normaliseReward rewardMin rewardMax best
                Return = best
                Cost = cost
                Within = within.Length
                Of = data.Returns.Length
            }

    /// The tables of all tasks, in the experiment's order. Every arm has a row, scored or not.
    let build (results: Results) : TaskTable list =
        let experiment = results.Experiment
        let draws = EpisodeDraws()

        experiment.Tasks
        |> List.map (fun task ->
            let scores = results.Scores |> List.filter (fun s -> s.Coordinates.Task = task)
            let data = results.Data |> List.tryFind (fun d -> d.Task = task)

            let range =
                scores
                |> List.tryPick (fun s ->
                    match s.State with
                    | Scored e -> Some(e.RewardMin, e.RewardMax)
                    | _ -> None)
                |> Option.orElse (
                    data
                    |> Option.filter (fun d -> d.Returns.Length > 0)
                    |> Option.map (fun d -> Array.min d.Returns, Array.max d.Returns)
                )

            let rollouts, estimates = scores |> List.partition (fun s -> s.Kind = Rollout)

            let armsOf (part: Score list) =
                part |> List.choose _.Coordinates.Arm |> List.distinct

            let estimated = armsOf estimates
            let rolled = armsOf rollouts

            // An arm without any score still has its row, beside the others.
            let orphans =
                experiment.Arms
                |> List.filter (fun a -> not (List.contains a (rolled @ estimated)))

            let listed (names: string list) extra =
                experiment.Arms
                |> List.filter (fun a -> List.contains a names || extra && List.contains a orphans)

            let simulated = not rollouts.IsEmpty || estimates.IsEmpty

            {
                Task = task
                Limits = experiment.Protocol.CostLimits
                Rollouts =
                    if simulated then
                        rowsOf draws experiment Rollout (listed rolled true) rollouts
                    else
                        []
                Estimates = rowsOf draws experiment OffPolicy (listed estimated (not simulated)) estimates
                References =
                    match data, range with
                    | Some data, Some range ->
                        experiment.Protocol.CostLimits |> List.map (fun l -> l, reference range l data)
                    | _ -> []
                RewardRange = range
            })
