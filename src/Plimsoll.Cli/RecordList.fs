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
        let told = changes |> List.truncate mostChanges |> List.map DifferenceView.changeText
        let more = changes.Length - told.Length

        [
            yield "from it to the latest:"
            yield! told |> List.map (fun change -> "  " + change)
            if more > 0 then
                yield $"  and {more} more; `plimsoll diff {key record} {key latest}` tells all"
        ]

/// The latest first, with what the others differ in from it.
let text (records: Record list) : string =
    let sorted =
        records
        |> List.sortBy (fun record -> record.Label, string record.Key)
        |> List.sortByDescending _.Ended

    let latest = List.head sorted

    // Records of other cells differ in all that their labels say already.
    let isOneLabel = records |> List.forall (fun record -> record.Label = latest.Label)

    String.concat "\n" [
        for record in List.truncate most sorted do
            let mark = if record = latest then "  (the latest)" else ""
            yield $"  {key record}  {ended record}  {record.Label}{mark}"

            if isOneLabel && record <> latest then
                yield! changes latest record |> List.map (fun line -> "    " + line)

        if sorted.Length > most then
            yield $"  and {sorted.Length - most} more"
    ]
