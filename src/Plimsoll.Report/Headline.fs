/// What a reader takes away in one sentence per limit.
module internal Plimsoll.Report.Headline

open Plimsoll.Language

type Sentence = {
    Limit: double
    /// False where no method keeps the limit.
    Kept: bool
    /// The method that the sentence is about.
    Method: string option
    Text: string
    /// What weakens or completes the sentence; may be empty.
    Remarks: string list
}

let private withDeviation (e: Estimate) =
    match e.Deviation with
    | Some d -> $"{Format.decimals 2 e.Mean}{Format.tie}±{Format.tie}{Format.decimals 2 d}"
    | None -> Format.decimals 2 e.Mean

let private withError (e: Estimate) =
    match e.Error with
    | Some(error, _) -> Format.within e.Mean error
    | None -> Format.short e.Mean

let private remarks limit (entry: TableEntry) (values: Values) (reference: Reference option option) =
    let doubt =
        match values.RawCost.Error with
        | Some(error, _) when values.Safe && values.RawCost.Mean + 2.0 * error > limit -> [
            "Its mean cost is within two standard errors of the limit, so this may be luck."
          ]
        | Some(error, _) when not values.Safe && values.RawCost.Mean - 2.0 * error <= limit -> [
            "The excess is within two standard errors."
          ]
        | _ -> []

    let incomplete =
        if entry.Seeds.Complete then
            []
        else
            [ $"This rests on {entry.Seeds}." ]

    let data =
        match reference with
        | Some(Some best) -> [
            $"The best trajectory in the data within the limit has reward {Format.decimals 2 best.Reward} "
            + $"at cost {Format.short best.Cost}."
          ]
        | Some None -> [ "No trajectory in the data keeps this limit." ]
        | None -> []

    doubt @ incomplete @ data

let private sentence (table: TaskTable) (rows: Row list) limit =
    let reference =
        table.References |> List.tryFind (fun (l, _) -> l = limit) |> Option.map snd

    let scored =
        rows
        |> List.choose (fun row ->
            row.Entries
            |> List.tryFind (fun e -> e.Limit = Some limit)
            |> Option.bind (fun e -> e.Values |> Option.map (fun v -> row, e, v)))

    let estimated =
        if table.Rollouts.IsEmpty then
            " (estimated from data alone)"
        else
            ""

    let within (v: Values) =
        match v.Feasible with
        | Some p -> $"; {Format.percent p.Rate} of episodes stay within it"
        | None -> ""

    let about opening (row: Row, entry, v: Values) kept = {
        Limit = limit
        Kept = kept
        Method = Some row.Name
        Text = opening
        Remarks = remarks limit entry v reference
    }

    match scored |> List.tryFind (fun (_, e, _) -> e.BestSafe), scored with
    | Some((row, _, v) as best), _ ->
        let safe = scored |> List.filter (fun (_, _, v) -> v.Safe) |> List.length

        let rank =
            if safe = 1 then
                $"Only {row.Name} keeps the limit"
            else
                $"{row.Name} earns the most of the {safe} methods that keep the limit"

        about
            ($"{rank}: reward {withDeviation v.Reward} at cost {withError v.RawCost}{within v}"
             + estimated
             + ".")
            best
            true
    | None, [] -> {
        Limit = limit
        Kept = false
        Method = None
        Text = "No method has a score at this limit."
        Remarks = []
      }
    | None, _ ->
        let (row, _, v) as closest = scored |> List.minBy (fun (_, _, v) -> v.Cost.Mean)

        if v.Safe then
            about
                ($"{row.Name} keeps the limit at cost {withError v.RawCost}; "
                 + $"its reward has no scale{estimated}.")
                closest
                true
        else
            about
                ("No method keeps the limit on average. "
                 + $"Closest is {row.Name} at cost {withError v.RawCost}, "
                 + $"reward {withDeviation v.Reward}{within v}{estimated}.")
                closest
                false

let sentences (table: TaskTable) =
    let rows =
        if table.Rollouts.IsEmpty then
            table.Estimates
        else
            table.Rollouts

    // What is not offline is in the table, and never the answer beside what is.
    let offline = rows |> List.filter (fun row -> not row.Hybrid)

    table.Limits
    |> List.map (sentence table (if offline.IsEmpty then rows else offline))
