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

let private remarks (entry: TableEntry) (values: Values) (reference: Reference option option) =
    let doubt =
        match values.Alone with
        | Some why -> [ why ]
        | None when values.Sure -> []
        | None when values.Safe -> [
            "The 95\u00A0% interval of its mean cost reaches over the limit, so this may be luck."
          ]
        | None -> [ "The 95\u00A0% interval of its mean cost reaches the limit." ]

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

/// The rows that answer: rollouts where the task has them, and of those only what is offline where anything is.
let private rowsOf (table: TaskTable) =
    let rows =
        if table.Rollouts.IsEmpty then
            table.Estimates
        else
            table.Rollouts

    // What is not offline is in the table, and never the answer beside what is.
    match rows |> List.filter (fun row -> not row.Hybrid) with
    | [] -> rows
    | offline -> offline

/// A row with its numbers at the limit.
type Place = Row * TableEntry * Values

type Case =
    /// Nothing has a score at the limit.
    | Unscored
    /// The highest reward among those that keep the limit, and how many these are.
    | Best of Place * safe: int
    /// The lowest cost where limits are kept and no reward has a scale, and how many keep it.
    | NoScale of Place * safe: int
    /// The lowest cost where all that have a score are over the limit.
    | NoneKeeps of closest: Place

/// What the table says at a limit.
type Found = {
    Case: Case
    /// `offline ` where hybrid rows are left out; else empty.
    Kind: string
    /// Rows that it could be about and that have no score.
    Without: int
}

let find (table: TaskTable) limit : Found =
    let rows = rowsOf table

    let scored: Place list =
        rows
        |> List.choose (fun row ->
            row.Entries
            |> List.tryFind (fun e -> e.Limit = Some limit)
            |> Option.bind (fun e -> e.Values |> Option.map (fun v -> row, e, v)))

    let cost (_, _, v: Values) = v.Cost.Mean
    let reward (_, _, v: Values) = v.Reward.Mean
    let safe = scored |> List.filter (fun (_, _, v) -> v.Safe)

    // Not BestSafe, which no hybrid row ever has.
    let case =
        match safe |> List.filter (reward >> System.Double.IsFinite), safe, scored with
        | _, _, [] -> Unscored
        | [], [], _ -> NoneKeeps(List.minBy cost scored)
        | [], _, _ -> NoScale(List.minBy cost safe, safe.Length)
        | scaled, _, _ -> Best(List.maxBy reward scaled, safe.Length)

    {
        Case = case
        Kind =
            if table.HasHybrid && rows |> List.forall (fun row -> not row.Hybrid) then
                "offline "
            else
                ""
        Without = rows.Length - scored.Length
    }

let private sentence (table: TaskTable) limit =
    let found = find table limit
    let kind = found.Kind

    let reference =
        table.References |> List.tryFind (fun (l, _) -> l = limit) |> Option.map snd

    let estimated =
        if table.Rollouts.IsEmpty then
            " (estimated from data alone)"
        else
            ""

    let within (v: Values) =
        match v.Feasible with
        | Some p -> $"; {Format.percent p.Rate} of episodes stay within it"
        | None -> ""

    let without =
        match found.Without with
        | 0 -> []
        | 1 -> [ $"1 {kind}method has no score at this limit." ]
        | n -> [ $"{n} {kind}methods have no score at this limit." ]

    let about opening (row: Row, entry, v: Values) kept = {
        Limit = limit
        Kept = kept
        Method = Some row.Name
        Text = opening
        Remarks = remarks entry v reference @ without
    }

    match found.Case with
    | Unscored -> {
        Limit = limit
        Kept = false
        Method = None
        Text = $"No {kind}method has a score at this limit."
        Remarks = []
      }
    | Best((row, _, v) as best, safe) ->
        let rank =
            if safe > 1 then
                $"{row.Name} earns the most of the {safe} {kind}methods that keep the limit"
            elif kind = "" then
                $"Only {row.Name} keeps the limit"
            else
                $"Of the {kind}methods, only {row.Name} keeps the limit"

        about
            ($"{rank}: reward {v.Reward.WithDeviation} at cost {v.RawCost.WithError}{within v}"
             + estimated
             + ".")
            best
            true
    | NoScale((row, _, v) as safest, 1) ->
        about
            ($"{row.Name} keeps the limit at cost {v.RawCost.WithError}; "
             + $"its reward has no scale{estimated}.")
            safest
            true
    | NoScale((row, _, v) as safest, safe) ->
        about
            ($"{safe} {kind}methods keep the limit; their rewards have no scale. "
             + $"The lowest in cost is {row.Name} at {v.RawCost.WithError}{estimated}.")
            safest
            true
    | NoneKeeps((row, _, v) as closest) ->
        about
            ((if found.Without = 0 then
                  $"No {kind}method keeps the limit on average. "
              else
                  $"No {kind}method that has a score keeps the limit on average. ")
             + $"Closest is {row.Name} at cost {v.RawCost.WithError}, "
             + $"reward {v.Reward.WithDeviation}{within v}{estimated}.")
            closest
            false

let sentences (table: TaskTable) =
    table.Limits |> List.map (sentence table)
