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
    /// None: the mean over the limits.
    Limit: double option
    Row: string
    Kind: ScoreKind
    Verdict: Verdict
    /// The number behind the verdict: the metric, or the probability of a comparison. None without a score.
    Value: Measured option
    /// The same in words.
    Number: string
} with

    /// `limit 10`, or `average over limits`.
    member this.Where = Format.limit this.Limit

type Answer = {
    Claim: Claim
    /// Supported everywhere; not supported anywhere; otherwise undecided.
    Verdict: Verdict
    Findings: Finding list
}

module Claims =
    open Bootstrap
    open Statistics

    /// The claim in words, arms that are not offline with their mark.
    let describe (hybrid: Set<string>) (claim: Claim) =
        let metric =
            match claim.Metric with
            | RewardMetric -> "normalised reward"
            | CostMetric -> "normalised cost"

        let compared word other p =
            $"{word} that of {Offline.nameOf hybrid other} with probability {Format.exact p}"

        let bound =
            match claim.Bound with
            | AtMost bound -> $"at most {Format.exact bound}"
            | AtLeast bound -> $"at least {Format.exact bound}"
            | Above(other, p) -> compared "above" other p
            | Below(other, p) -> compared "below" other p

        let scope =
            match claim.For with
            | EveryLimit -> "at every limit"
            | OneLimit limit -> $"at limit {Format.exact limit}"
            | AverageOfLimits -> "on average over the limits"

        $"{metric} of {Offline.nameOf hybrid claim.Arm} is {bound} {scope}"

    /// A claim is about the method, so runs that gave no score cannot count in its favour.
    let private unlessIncomplete (entries: TableEntry list) (verdict: Verdict, value, number: string) =
        match verdict, entries |> List.tryFind (fun e -> not e.Seeds.Complete) with
        | Supported, Some incomplete -> Undecided, value, $"{number}; only {incomplete.Count}"
        | _, Some incomplete -> verdict, value, $"{number}; {incomplete.Count}"
        | _ -> verdict, value, number

    /// One run says nothing of how training varies, so its interval would be that of its episodes alone.
    let private unlessSingle (runs: Stratum array array list) (verdict: Verdict, value, number: string) =
        if runs |> List.exists (fun own -> own.Length < 2) then
            Undecided, value, $"{number}; a single run decides nothing"
        else
            verdict, value, number

    /// The entry that a finding is about, with the entries of the limits it is made of.
    type private Asked = {
        Entry: TableEntry
        Of: TableEntry list
    }

    let private bounded metric (asked: Asked) test =
        match EpisodeStrata.ofEntries metric asked.Of with
        | [||] -> Undecided, None, $"no score ({asked.Entry.Count})"
        | seeds ->
            let low, high = twoLevelInterval seeds
            let centre = EpisodeStrata.mean seeds

            let number =
                $"{Format.decimals 2 centre}, 95 %% interval "
                + $"[{Format.decimals 2 low}, {Format.decimals 2 high}]"

            let value = {
                Value = centre
                Interval = Some(low, high)
            }

            (test low high, Some value, number)
            |> unlessSingle [ seeds ]
            |> unlessIncomplete [ asked.Entry ]

    let private compared metric probability above (mine: Asked) (other: Asked) =
        match EpisodeStrata.ofEntries metric mine.Of, EpisodeStrata.ofEntries metric other.Of with
        | [||], _ -> Undecided, None, $"no score ({mine.Entry.Count})"
        | _, [||] -> Undecided, None, $"no score to compare with ({other.Entry.Count})"
        | a, b ->
            let share = probabilityAbove a b
            let share = if above then share else 1.0 - share

            let verdict =
                if share >= probability then Supported
                elif share <= 1.0 - probability then NotSupported
                else Undecided

            let number =
                $"{Format.decimals 2 (EpisodeStrata.mean a)} and {Format.decimals 2 (EpisodeStrata.mean b)}, "
                + $"probability {Format.decimals 3 share}"

            (verdict, Some { Value = share; Interval = None }, number)
            |> unlessSingle [ a; b ]
            |> unlessIncomplete [ mine.Entry; other.Entry ]

    /// What was tuned in the simulator and what was not had different things to learn from: a number between them
    /// is shown, and decides nothing.
    let private unlessMixed (mine: Row) (other: Row) (verdict: Verdict, value, number: string) =
        if mine.Hybrid = other.Hybrid then
            verdict, value, number
        else
            Undecided,
            value,
            $"{number} against {other.Name}; mixed: one of the two is hybrid, and what is not offline is not compared"

    let private asked (claim: Claim) (row: Row) : Asked list =
        let limits = row.Entries |> List.filter _.Limit.IsSome
        let alone entry = { Entry = entry; Of = [ entry ] }

        match claim.For, limits with
        | EveryLimit, _ -> limits |> List.map alone
        | OneLimit limit, _ -> limits |> List.filter (fun e -> e.Limit = Some limit) |> List.map alone
        | AverageOfLimits, [ only ] -> [ alone only ]
        | AverageOfLimits, several ->
            row.Entries
            |> List.filter _.Limit.IsNone
            |> List.map (fun entry -> { Entry = entry; Of = several })

    let private findings (claim: Claim) (table: TaskTable) =
        let answerIn (rows: Row list) kind = [
            for row in rows |> List.filter (fun r -> r.Arm = claim.Arm) do
                for mine in asked claim row do
                    let at (verdict, value, number) = {
                        Task = table.Task
                        Limit = mine.Entry.Limit
                        Row = row.Name
                        Kind = kind
                        Verdict = verdict
                        Value = value
                        Number =
                            if kind = OffPolicy then
                                number + " (off-policy estimate)"
                            else
                                number
                    }

                    let against above arm probability = [
                        for other in rows |> List.filter (fun r -> r.Arm = arm) do
                            match
                                asked claim other |> List.tryFind (fun o -> o.Entry.Limit = mine.Entry.Limit)
                            with
                            | Some theirs ->
                                compared claim.Metric probability above mine theirs
                                |> unlessMixed row other
                                |> at
                            | None -> ()
                    ]

                    match claim.Bound with
                    | AtMost bound ->
                        bounded claim.Metric mine (fun low high ->
                            if high <= bound then Supported
                            elif low > bound then NotSupported
                            else Undecided)
                        |> at
                    | AtLeast bound ->
                        bounded claim.Metric mine (fun low high ->
                            if low >= bound then Supported
                            elif high < bound then NotSupported
                            else Undecided)
                        |> at
                    | Above(arm, probability) -> yield! against true arm probability
                    | Below(arm, probability) -> yield! against false arm probability
        ]

        // Rollouts answer where there are any; estimates never add to them.
        match answerIn table.Rollouts Rollout with
        | [] -> answerIn table.Estimates OffPolicy
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
