/// Records that a word may mean, for people who have to choose among them.
module Plimsoll.Cli.RecordList

open System.Globalization
open Plimsoll.Engine
open Plimsoll.Store

/// Records that are listed; the rest are counted.
let private most = 20

/// Differences that are told of a record.
let private mostChanges = 4

let private key (record: Record) = (string record.Key).Substring(0, 12)

let private ended (record: Record) =
    record.Ended.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)

/// What of a record's key is another than the latest record's.
let private changes (latest: Record) (record: Record) =
    match KeyChange.between record.Parts latest.Parts with
    | [] -> []
    | changes ->
        let told =
            changes |> List.truncate mostChanges |> List.map DifferenceView.changeText

        let more = changes.Length - told.Length

        [
            yield "from it to the latest:"
            yield! told |> List.map (fun change -> "  " + change)
            if more > 0 then
                yield $"  and {more} more; `plimsoll diff {key record} {key latest}` tells all"
        ]

/// By their labels, the latest of each first. Where there is one label alone, also what the others differ in: records of
/// other labels differ in all that these say already.
let text (records: Record list) : string =
    let groups =
        records
        |> List.groupBy _.Label
        |> List.sortWith (fun (a, _) (b, _) -> System.String.CompareOrdinal(a, b))
        |> List.map (fun (_, group) ->
            group
            |> List.sortBy (fun record -> string record.Key)
            |> List.sortByDescending _.Ended)

    let listed = [
        for group in groups do
            for record in group do
                let latest = List.head group

                let mark =
                    if record = latest && group.Length > 1 then
                        "  (the latest)"
                    else
                        ""

                let differs =
                    if groups.Length = 1 && record <> latest then
                        changes latest record |> List.map (fun line -> "\n    " + line)
                    else
                        []

                $"  {key record}  {ended record}  {record.Label}{mark}"
                + String.concat "" differs
    ]

    String.concat "\n" [
        yield! List.truncate most listed
        if listed.Length > most then
            yield $"  and {listed.Length - most} more"
    ]
