namespace Plimsoll.Report

open Plimsoll.Language

type Verdict =
    | Supported
    | NotSupported
    | Undecided

    member this.Words =
        match this with
        | Supported -> "supported"
        | NotSupported -> "not supported"
        | Undecided -> "undecided"

/// A claim at one task, limit and sweep point.
type Finding = {
    Task: string
    Limit: double
    Row: string
    Verdict: Verdict
    /// The number behind the verdict, in words.
    Number: string
}

type Answer = {
    Claim: Claim
    /// Supported everywhere; not supported anywhere; otherwise undecided.
    Verdict: Verdict
    Findings: Finding list
}

module Claims =
    open Statistics

    /// The claim in words, arms that are not offline with their mark.
    let describe (hybrid: Set<string>) (claim: Claim) =
        let arm = Offline.nameOf hybrid claim.Arm

        let metric =
            match claim.Metric with
            | RewardMetric -> "normalised reward"
            | CostMetric -> "normalised cost"

        match claim.Bound with
        | AtMost bound -> $"{metric} of {arm} is at most {Format.exact bound} at every limit"
        | AtLeast bound -> $"{metric} of {arm} is at least {Format.exact bound} at every limit"
        | Above(other, p) ->
            $"{metric} of {arm} is better than that of {Offline.nameOf hybrid other} "
            + $"with probability {Format.exact p} at every limit"

    let private values metric (entry: TableEntry) =
        let limit = entry.Limit |> Option.defaultValue 0.0

        entry.Members
        |> List.choose (fun s ->
            match s.State, metric with
            | Scored e, RewardMetric ->
                Some(e.Returns |> Array.map (normaliseReward e.RewardMin e.RewardMax))
            | Scored e, CostMetric -> Some(e.Costs |> Array.map (normaliseCost limit))
            | _ -> None)
        |> List.filter (fun v -> v.Length > 0 && Array.forall System.Double.IsFinite v)
        |> List.toArray

    /// A claim is about the method, so runs that gave no score cannot count in its favour.
    let private unlessIncomplete (entries: TableEntry list) (verdict: Verdict, number: string) =
        match verdict, entries |> List.tryFind (fun e -> not e.Seeds.Complete) with
        | Supported, Some incomplete -> Undecided, $"{number}; only {incomplete.Seeds}"
        | _, Some incomplete -> verdict, $"{number}; {incomplete.Seeds}"
        | _ -> verdict, number

    let private bounded metric (entry: TableEntry) test =
        match values metric entry with
        | [||] -> Undecided, $"no score ({entry.Seeds})"
        | seeds ->
            let low, high = twoLevelInterval seeds
            let centre = seeds |> Array.map mean |> mean

            let number =
                $"{Format.decimals 2 centre}, 95 %% interval "
                + $"[{Format.decimals 2 low}, {Format.decimals 2 high}]"

            unlessIncomplete [ entry ] (test low high, number)

    let private compared metric probability (mine: TableEntry) (other: TableEntry) =
        match values metric mine, values metric other with
        | [||], _ -> Undecided, $"no score ({mine.Seeds})"
        | _, [||] -> Undecided, $"no score to compare with ({other.Seeds})"
        | a, b ->
            let above = probabilityAbove a b

            let better =
                match metric with
                | RewardMetric -> above
                | CostMetric -> 1.0 - above

            let verdict =
                if better >= probability then Supported
                elif better <= 1.0 - probability then NotSupported
                else Undecided

            unlessIncomplete [ mine; other ] (verdict, $"probability {Format.decimals 3 better}")

    /// What was tuned in the simulator and what was not had different things to learn from: a number between them
    /// is shown, and decides nothing.
    let private unlessMixed (mine: Row) (other: Row) (verdict: Verdict, number: string) =
        if mine.Hybrid = other.Hybrid then
            verdict, number
        else
            Undecided,
            $"{number} against {other.Name}; mixed: one of the two is hybrid, and what is not offline is not compared"

    let private findings (claim: Claim) (table: TaskTable) =
        let answerIn (rows: Row list) estimated = [
            for row in rows |> List.filter (fun r -> r.Arm = claim.Arm) do
                for entry in row.Entries do
                    match entry.Limit with
                    | None -> ()
                    | Some limit ->
                        let at verdict number = {
                            Task = table.Task
                            Limit = limit
                            Row = row.Name
                            Verdict = verdict
                            Number =
                                if estimated then
                                    number + " (off-policy estimate)"
                                else
                                    number
                        }

                        match claim.Bound with
                        | AtMost bound ->
                            bounded claim.Metric entry (fun low high ->
                                if high <= bound then Supported
                                elif low > bound then NotSupported
                                else Undecided)
                            ||> at
                        | AtLeast bound ->
                            bounded claim.Metric entry (fun low high ->
                                if low >= bound then Supported
                                elif high < bound then NotSupported
                                else Undecided)
                            ||> at
                        | Above(arm, probability) ->
                            for other in rows |> List.filter (fun r -> r.Arm = arm) do
                                match other.Entries |> List.tryFind (fun e -> e.Limit = Some limit) with
                                | Some otherEntry ->
                                    compared claim.Metric probability entry otherEntry
                                    |> unlessMixed row other
                                    ||> at
                                | None -> ()
        ]

        // Rollouts answer where there are any; estimates never add to them.
        match answerIn table.Rollouts false with
        | [] -> answerIn table.Estimates true
        | found -> found

    let answer (results: Results) (tables: TaskTable list) : Answer list =
        results.Experiment.Claims
        |> List.map (fun claim ->
            let findings = tables |> List.collect (findings claim)

            let has verdict =
                findings |> List.exists (fun f -> f.Verdict = verdict)

            {
                Claim = claim
                Verdict =
                    if findings.IsEmpty then Undecided
                    elif has NotSupported then NotSupported
                    elif has Undecided then Undecided
                    else Supported
                Findings = findings
            })
