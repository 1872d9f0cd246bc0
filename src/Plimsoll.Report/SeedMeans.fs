/// One number a seed: claims and comparisons of experiments are answered from these.
module internal Plimsoll.Report.SeedMeans

/// The seeds' means over the entries, an entry for each limit. Over several limits only seeds that have a score at
/// each: the mean over others would be one over other limits. NaN where the returns have no scale.
let ofEntries metric (entries: TableEntry list) : Student.SeedMean array =
    [
        for entry in entries do
            for seed, evaluation, episodes in entry.Runs ->
                seed, (evaluation, Normalised.ofMetric metric entry.Limit.Value episodes)
    ]
    |> List.groupBy fst
    |> List.filter (fun (_, own) -> own.Length = entries.Length)
    |> List.map (snd >> List.map snd >> Student.seedMean)
    |> List.toArray

/// Whether seeds were left out of `ofEntries`, and how many are in: `over the 3 seeds with a score at every limit`.
let selection (entries: TableEntry list) : string option =
    let places (entry: TableEntry) =
        entry.Runs |> List.map (fun (seed, _, _) -> seed) |> set

    let each = entries |> List.map places
    let all, inEach = Set.unionMany each, Set.intersectMany each

    if all = inEach then
        None
    else
        let seeds = Format.plural inEach.Count "seed"
        Some $"over the {seeds} with a score at every limit"
