/// The entries of a row: its scores by limit, every member accounted for.
module internal Plimsoll.Report.TableEntries

open Plimsoll.Language
open Plimsoll.Report.Bootstrap
open Plimsoll.Report.EntryValues

let private count expected (members: Score list) =
    let number test =
        members |> List.filter (fun s -> test s.State) |> List.length

    let scored = number _.IsScored
    let diverged = number _.IsDiverged
    let failed = number _.IsFailed
    let expected = max expected members.Length

    {
        Expected = expected
        Scored = scored
        Diverged = diverged
        Failed = failed
        Missing = expected - scored - diverged - failed
    }

/// One for each limit, and their average where there are several.
let build (draws: EpisodeDraws) (protocol: Protocol) kind (scores: Score list) =
    let unseeded =
        not scores.IsEmpty && scores |> List.forall (fun s -> s.Coordinates.Seed.IsNone)

    let expected = if unseeded then 1 else protocol.Seeds.Length

    let members limit =
        scores
        |> List.filter (fun s -> s.Coordinates.CostLimit.IsNone || s.Coordinates.CostLimit = Some limit)
        |> List.sortBy _.Coordinates.Seed

    let samples limit (members: Score list) =
        members
        |> List.choose (fun s ->
            match s.State with
            | Scored episodes ->
                Some {
                    Limit = limit
                    Seed = s.Coordinates.Seed
                    Evaluation = s.Evaluation
                    Episodes = episodes
                }
            | Missing
            | Failed _
            | Diverged _ -> None)

    let perLimit =
        protocol.CostLimits
        |> List.map (fun limit ->
            let members = members limit

            match samples limit members with
            | [] -> limit, members, [], None
            | samples -> limit, members, samples, Some(atLimit draws kind limit samples))

    let single =
        perLimit
        |> List.map (fun (limit, members, _, values) -> {
            Limit = Some limit
            Seeds = count expected members
            Members = members
            Values = values
            BestSafe = false
        })

    let average () =
        let samples = perLimit |> List.collect (fun (_, _, s, _) -> s)
        let values = perLimit |> List.choose (fun (_, _, _, v) -> v)

        {
            Limit = None
            Seeds = single |> List.map _.Seeds |> SeedCount.Sum
            Members = perLimit |> List.collect (fun (_, m, _, _) -> m) |> List.distinct
            Values =
                if values.Length = perLimit.Length then
                    Some(averaged draws kind protocol.CostLimits values samples)
                else
                    None
            BestSafe = false
        }

    if perLimit.Length > 1 then
        single @ [ average () ]
    else
        single
