namespace Plimsoll.Report

open Plimsoll.Language

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
        let finding kind (row: Row) mine note (judged: Judged) = {
            Task = table.Task
            Limit = mine.Entry.Limit
            Row = row.Name
            Kind = kind
            Verdict = judged.Verdict
            Value = judged.Value
            Number = judged.Number + note
        }

        let within kind mine supported refuted =
            ClaimVerdicts.bounded kind claim.Metric mine (fun low high ->
                if supported low high then Supported
                elif refuted low high then NotSupported
                else Undecided)

        // As the marks have it.
        let margin =
            match claim.Metric with
            | CostMetric -> Statistics.costMargin
            | RewardMetric -> 0.0

        let answerIn kind (rows: Row list) note = [
            for row in rows |> List.filter (fun r -> r.Arm = claim.Arm) do
                for mine in asked claim row do
                    let against above arm probability = [
                        let rivals = rows |> List.filter (fun r -> r.Arm = arm)

                        for other in rivals do
                            for theirs in asked claim other do
                                if theirs.Entry.Limit = mine.Entry.Limit then
                                    ClaimVerdicts.compared claim.Metric probability above mine theirs
                                    |> ClaimVerdicts.against row rivals other
                                    |> finding kind row mine note
                    ]

                    match claim.Bound with
                    | AtMost bound ->
                        let bound = bound + margin

                        within kind mine (fun _ high -> high <= bound) (fun low _ -> low > bound)
                        |> finding kind row mine note
                    | AtLeast bound ->
                        let bound = bound - margin

                        within kind mine (fun low _ -> low >= bound) (fun _ high -> high < bound)
                        |> finding kind row mine note
                    | Above(arm, probability) -> yield! against true arm probability
                    | Below(arm, probability) -> yield! against false arm probability
        ]

        /// Rollouts are not compared with estimates, which is said.
        let apart () = [
            match claim.Bound with
            | AtMost _
            | AtLeast _ -> ()
            | Above(arm, _)
            | Below(arm, _) ->
                for kind, rows, own, other in
                    [
                        Rollout, table.Rollouts, "rollouts", "off-policy estimates"
                        OffPolicy, table.Estimates, "off-policy estimates", "rollouts"
                    ] do
                    for row in rows |> List.filter (fun r -> r.Arm = claim.Arm) do
                        for mine in asked claim row do
                            ClaimVerdicts.undecided ($"no {own} of {arm} to compare with, only {other}")
                            |> finding kind row mine ""
        ]

        // Rollouts answer where there are any; estimates never add to them.
        match
            answerIn Rollout table.Rollouts "", answerIn OffPolicy table.Estimates " (off-policy estimate)"
        with
        | [], [] -> apart ()
        | [], estimated -> estimated
        | found, _ -> found

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
