namespace Plimsoll.Report

/// For the terminal: about 110 columns.
module ComparisonText =
    let private width = 110

    /// Lines of at most `width`, the later ones further in.
    let private wrapped (indent: int) (text: string) =
        let lines = ResizeArray [ String.replicate indent " " ]

        for word in text.Split ' ' do
            let last = lines[lines.Count - 1]

            if last.Trim() = "" then
                lines[lines.Count - 1] <- last + word
            elif last.Length + 1 + word.Length <= width then
                lines[lines.Count - 1] <- $"{last} {word}"
            else
                lines.Add(String.replicate (indent + 2) " " + word)

        List.ofSeq lines

    let private reading (reward: double option) (cost: double option) =
        let show value =
            value |> Option.map (Format.decimals 2) |> Option.defaultValue "-"

        $"{show reward} / {show cost}"

    let private gaps (pair: BesidePublished) =
        let show value =
            value |> Option.map (Format.signed 2) |> Option.defaultValue "-"

        $"{show pair.RewardGap} / {show pair.CostGap}"

    let private publishedLine (remarks: Remarks) (pair: BesidePublished) =
        let numbers =
            pair.Differences
            |> List.map (ProtocolDifference.describe >> remarks.Number >> string)
            |> String.concat " "

        let mean = Option.map (fun (e: Estimate) -> e.Mean)

        sprintf
            "  %-18s %-30s %-14s %-14s %-15s [%s]"
            pair.Row
            $"{pair.Number.Method} {pair.Table.Id} ({ComparisonWords.limits pair.Number.Limits})"
            (reading (mean pair.Reward) (mean pair.Cost))
            (reading (Some pair.Number.Reward) pair.Number.Cost)
            (gaps pair)
            numbers

    let private published (comparison: PublishedComparison) =
        let remarks = ComparisonWords.remarks comparison

        [
            "Beside published numbers: normalised reward / normalised cost; the gap is ours less theirs"

            for task, pairs in comparison.Pairs |> List.groupBy _.Task do
                ""

                sprintf
                    "%-20s %-30s %-14s %-14s %-15s %s"
                    task
                    "theirs (limits)"
                    "ours"
                    "theirs"
                    "gap"
                    "not alike"

                yield! pairs |> List.map (publishedLine remarks)

            if comparison.Pairs.IsEmpty then
                "None of our rows has a counterpart."
            else
                ""
                "In what they were not made alike"

                for number, remark in remarks.Numbered do
                    yield! wrapped 2 $"[{number}] {remark}"

                ""
                "Sources"

                for table in comparison.Pairs |> List.map _.Table |> List.distinct do
                    yield! wrapped 2 $"{table.Id}: {ComparisonWords.cited table}; {table.Protocol}"

            if not comparison.OursOnly.IsEmpty then
                ""
                "Ours without a published number"

                for row in comparison.OursOnly do
                    $"  {row.Task}/{row.Row}: {row.Why}"

            if not comparison.TheirsOnly.IsEmpty then
                ""
                "Published methods that no arm is"

                for other in comparison.TheirsOnly do
                    yield! wrapped 2 $"{other.Task}, {other.Table.Id}: {Format.list other.Methods}"

            if not comparison.OtherTasks.IsEmpty then
                ""
                "Tasks with published numbers that the experiment does not have"
                yield! wrapped 2 (Format.list comparison.OtherTasks)
        ]

    let private estimate (e: Estimate option) =
        match e with
        | None -> "-"
        | Some e ->
            match e.Interval with
            | Some ends -> $"{Format.decimals 2 e.Mean} {Format.interval (Format.decimals 2) ends}"
            | None -> Format.decimals 2 e.Mean

    let private difference (d: Difference option) =
        match d with
        | None -> "-", "-"
        | Some d ->
            let interval =
                match d.Interval with
                | Some ends -> " " + Format.interval (Format.signed 2) ends
                | None -> ""

            Format.signed 2 d.Mean + interval, Format.decimals 2 d.Improvement

    let private pairLines (pair: BothMeasured) =
        let line measure pick (d: Difference option) =
            let gap, better = if pair.Same then "-", "-" else difference d

            let side (entry: TableEntry) =
                entry.Values |> Option.map pick |> estimate

            sprintf "    %-7s %-22s %-22s %-23s %s" measure (side pair.A) (side pair.B) gap better

        let counts =
            if pair.A.Seeds.Complete && pair.B.Seeds.Complete then
                ""
            else
                $"; A {pair.A.Count}, B {pair.B.Count}"

        [
            $"  {pair.Row}, {Format.limit pair.Limit}"
            + (if pair.Kind = OffPolicy then
                   ", off-policy estimate"
               else
                   "")
            + (if pair.Same then ": the same records" else "")
            + counts
            line "reward" _.Reward pair.Reward
            line "cost" _.Cost pair.Cost

            // Reward and cost are scored together, so their seeds are the same.
            match ComparisonWords.over pair.Cost with
            | "" -> ()
            | over -> $"    difference: {over}"

            match ComparisonWords.shared pair with
            | "" -> ()
            | words -> $"    difference: {words}"
        ]

    let private experiments (comparison: ExperimentComparison) = [
        $"A: {comparison.A}   B: {comparison.B}"

        if comparison.Changes.IsEmpty then
            ComparisonWords.unchanged comparison
        else
            "Not the same (A -> B)"

            for change in comparison.Changes do
                yield! wrapped 2 $"{change.Group.Words} {ComparisonWords.change change}"

        yield!
            comparison.NotCompared
            |> List.collect (ComparisonWords.notCompared >> wrapped 2)

        for task, pairs in comparison.Pairs |> List.groupBy _.Task do
            ""
            sprintf "%-11s %-22s %-22s %-23s %s" task "A" "B" "B less A" "P(B better)"
            yield! pairs |> List.collect pairLines

        for name, only in [ comparison.A, comparison.OnlyA; comparison.B, comparison.OnlyB ] do
            if not only.IsEmpty then
                ""
                $"In {name} only"
                yield! only |> List.map (fun what -> "  " + what)
        ""
        "Normalised. Intervals 95 %: of A and B Student's over seeds (of one seed: over its episodes), of the"
        "difference Welch's over the seeds of both."
        "P(B better): the share of pairs of runs in which B's is better, ties half."
    ]

    /// Lines ended by \n.
    let render (comparison: Comparison) =
        match comparison with
        | WithPublished numbers -> published numbers
        | WithExperiment other -> experiments other
        |> List.map (fun line -> line.Replace(Format.tie, " ").TrimEnd() + "\n")
        |> String.concat ""
