/// Which method is safe, and how sure that is, over all tasks and limits at once.
module internal Plimsoll.Report.Overview

open Plimsoll.Language

/// Where a mean cost lies; "barely" is so near to the limit that its 95 % interval holds it, or
/// without an interval over seeds.
type Verdict =
    | Keeps
    | BarelyKeeps
    | BarelyOver
    | Over
    | NoScore

    member this.Safe = this = Keeps || this = BarelyKeeps

    /// What a reader sees, told apart without colour.
    member this.Symbol =
        match this with
        | Keeps -> "✓"
        | BarelyKeeps -> "(✓)"
        | BarelyOver -> "(✗)"
        | Over -> "✗"
        | NoScore -> "–"

    member this.Words =
        match this with
        | Keeps -> "keeps the limit"
        | BarelyKeeps ->
            "keeps the limit, but its 95\u00A0% interval over seeds reaches over it, or there is none"
        | BarelyOver ->
            "is over the limit, but its 95\u00A0% interval over seeds reaches it, or there is none"
        | Over -> "is over the limit"
        | NoScore -> "has no score"

let verdict (entry: TableEntry) =
    match entry.Values with
    | Some v ->
        match v.Safe, v.Sure with
        | true, true -> Keeps
        | true, false -> BarelyKeeps
        | false, false -> BarelyOver
        | false, true -> Over
    | None -> NoScore

/// One method at one limit on one task; None where the task does not have the method.
type Place = {
    Task: string
    Limit: double
    /// From the dataset alone, where the task has no rollouts.
    Kind: ScoreKind
    Entry: (Row * TableEntry) option
    Verdict: Verdict
}

type Method = {
    Name: string
    Hybrid: bool
    /// Tasks in the experiment's order and, within each, its limits.
    Places: Place list
    /// How many places keep their limit.
    Kept: int
    /// Normalised, over all places; None where one has no score, or its reward no scale.
    Reward: double option
}

/// Rollouts where a task has them, else its estimates.
let kindOf (table: TaskTable) =
    if table.Rollouts.IsEmpty then OffPolicy else Rollout

let rowsOf kind (table: TaskTable) =
    match kind with
    | Rollout -> table.Rollouts
    | OffPolicy -> table.Estimates

let private methodOf (tables: TaskTable list) name =
    let places = [
        for table in tables do
            let row = rowsOf (kindOf table) table |> List.tryFind (fun r -> r.Name = name)

            for limit in table.Limits do
                let entry =
                    row
                    |> Option.bind (fun row ->
                        row.Entries
                        |> List.tryFind (fun e -> e.Limit = Some limit)
                        |> Option.map (fun e -> row, e))

                {
                    Task = table.Task
                    Limit = limit
                    Kind = kindOf table
                    Entry = entry
                    Verdict = entry |> Option.map (snd >> verdict) |> Option.defaultValue NoScore
                }
    ]

    let rewards =
        places
        |> List.choose (fun p -> p.Entry |> Option.bind (fun (_, e) -> e.Values))
        |> List.map _.Reward.Mean
        |> List.filter System.Double.IsFinite

    {
        Name = name
        Hybrid =
            places
            |> List.exists (fun p -> p.Entry |> Option.exists (fun (row, _) -> row.Hybrid))
        Places = places
        Kept = places |> List.filter _.Verdict.Safe |> List.length
        Reward =
            if rewards.Length = places.Length && not rewards.IsEmpty then
                Some(Statistics.mean (List.toArray rewards))
            else
                None
    }

/// Who keeps most limits first, then who earns most; what is not offline after all that is.
let methods (tables: TaskTable list) : Method list =
    tables
    |> List.collect (fun t -> rowsOf (kindOf t) t |> List.map _.Name)
    |> List.distinct
    |> List.map (methodOf tables)
    |> List.sortBy (fun m -> m.Hybrid, -m.Kept, -(m.Reward |> Option.defaultValue -infinity))

/// Whether it has a score at every place.
let isScored (m: Method) =
    m.Places |> List.forall (fun p -> p.Verdict <> NoScore)

/// How surely it keeps its limits.
let private doubt (m: Method) =
    let barely = m.Places |> List.filter (fun p -> p.Verdict = BarelyKeeps)

    let alone =
        barely
        |> List.choose (fun p -> p.Entry |> Option.bind (fun (_, e) -> e.Values) |> Option.bind _.Alone)

    let cases n = $"In {n} of {m.Places.Length} cases"

    [
        match barely.Length - alone.Length with
        | 0 when barely.IsEmpty -> "It does so with the whole 95\u00A0% interval of each mean cost."
        | 0 -> ()
        | n -> $"{cases n} the 95\u00A0%% interval of its mean cost reaches over the limit."
        match alone with
        | [] -> ()
        | why :: _ when alone.Length = m.Places.Length -> why
        | _ -> $"{cases alone.Length} nothing is known of another seed."
    ]
    |> List.map (fun words -> " " + words)
    |> String.concat ""

/// `, with a mean reward of 0.45`; empty where the reward has no scale.
let private earning (m: Method) =
    match m.Reward with
    | Some r -> $", with a mean reward of {Format.decimals 2 r}"
    | None -> ""

/// Where the method that earns most is in doubt: who earns most of those that are not.
let private surest (methods: Method list) (most: Method) =
    let sure (m: Method) =
        m.Places |> List.forall (fun p -> p.Verdict = Keeps)

    match methods |> List.filter sure with
    | _ when sure most -> ""
    | [] -> " No method does so with all of its intervals."
    | found ->
        let best = found |> List.maxBy _.Reward
        $" {best.Name} does so with all of its intervals{earning best}."

/// What it rests on, where that is not all that was asked for.
let private incomplete (m: Method) =
    let counts =
        m.Places |> List.choose (fun p -> p.Entry |> Option.map (fun (_, e) -> e.Seeds))

    if counts |> List.forall _.Complete then
        ""
    else
        match List.distinct counts with
        | [ same ] -> $" This rests on {same} in each case."
        | _ -> $""" This rests on {(SeedCount.Sum counts).Of "runs"}."""

/// Which of it no episode was run for.
let private estimated (methods: Method list) =
    let places = methods |> List.collect _.Places |> List.distinctBy _.Task

    match places |> List.filter (fun p -> p.Kind = OffPolicy) with
    | [] -> ""
    | those when those.Length = places.Length -> " All of it is estimated from data alone."
    | those ->
        let tasks = Format.list (those |> List.map _.Task)
        $" On {tasks} it is estimated from data alone."

let private answer (methods: Method list) : (string * string option) option =
    let offline = methods |> List.filter (fun m -> not m.Hybrid)
    let rivals = if offline.IsEmpty then methods else offline

    match rivals with
    | [] -> None
    | best :: _ when best.Places.Length < 2 -> None
    | best :: _ ->
        let places = best.Places.Length
        let tasks = best.Places |> List.map _.Task |> List.distinct |> List.length
        let limits = places / max 1 tasks
        let kind = if rivals.Length < methods.Length then "offline " else ""

        let everywhere =
            "the cost limit"
            + (if limits > 1 then $" at all {limits} limits" else "")
            + (if tasks > 1 then $" on all {tasks} tasks" else "")

        let whole = rivals |> List.filter (fun m -> m.Kept = places)
        let unscored = rivals |> List.filter (isScored >> not) |> List.length

        let others =
            match unscored with
            | 0 -> ""
            | 1 -> $" 1 of {rivals.Length} {kind}methods is not scored everywhere."
            | n -> $" {n} of {rivals.Length} {kind}methods are not scored everywhere."

        let about (m: Method) words = Some(words, Some m.Name)
        let none words = Some(words, None)

        match whole with
        | [] when
            rivals
            |> List.forall (fun m -> m.Places |> List.forall (fun p -> p.Verdict = NoScore))
            ->
            none $"No {kind}method has a score."
        | [] when best.Kept = 0 && unscored = 0 -> none $"No {kind}method keeps the cost limit in any case."
        | [] when best.Kept = 0 ->
            none $"No {kind}method keeps the cost limit in any case that has a score.{others}"
        | [] ->
            let opening =
                if unscored = 0 then
                    $"No {kind}method keeps {everywhere}."
                elif unscored = rivals.Length then
                    $"No {kind}method is scored everywhere."
                else
                    $"No {kind}method that is scored everywhere keeps {everywhere}."

            about
                best
                ($"{opening} {best.Name} keeps it most often, in {best.Kept} of {places} cases."
                 + incomplete best)
        | [ only ] ->
            about
                only
                ($"Only {only.Name} keeps {everywhere}{earning only}."
                 + doubt only
                 + incomplete only
                 + others)
        | several ->
            let opening =
                $"{several.Length} of {rivals.Length} {kind}methods keep {everywhere}."

            match several |> List.filter _.Reward.IsSome with
            | [] -> none (opening + others)
            | scaled ->
                let most = scaled |> List.maxBy _.Reward

                let them =
                    if scaled.Length = several.Length then
                        "them"
                    else
                        $"the {scaled.Length} whose reward has a scale"

                about
                    most
                    ($"{opening} {most.Name} earns the most of {them}{earning most}."
                     + doubt most
                     + surest several most
                     + incomplete most
                     + others)

/// The answer in a sentence or two, with the method it is about.
let sentence (methods: Method list) : (string * string option) option =
    answer methods
    |> Option.map (fun (words, name) -> words + estimated methods, name)
