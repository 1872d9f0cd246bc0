/// `gc`: what is old, too large or no longer needed goes.
module Plimsoll.Cli.Collecting

open System
open System.Globalization
open Argu
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let private scaled option example (units: (char * double) list) (text: string) : Result<double, Trouble> =
    let refuse () =
        Troubles.option
            $"--{option}"
            "a number with a unit"
            text
            "without a unit, 30 can be anything from seconds to days, or bytes to terabytes"
            example

    let text = RunFlags.plainDigits text

    if text = "" then
        refuse ()
    else
        match List.tryFind (fun (letter, _) -> letter = text[text.Length - 1]) units with
        | None -> refuse ()
        | Some(_, factor) ->
            match
                Double.TryParse(
                    text.Substring(0, text.Length - 1),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture
                )
            with
            | true, number -> Ok(number * factor)
            | _ -> refuse ()

let private age (text: string option) : Result<TimeSpan option, Trouble> =
    match text with
    | None -> Ok None
    | Some text ->
        scaled "older-than" "30d" [ 's', 1.0; 'm', 60.0; 'h', 3600.0; 'd', 86400.0 ] text
        >>= fun seconds ->
            if seconds > 86400.0 * 36500.0 then
                Troubles.option "--older-than" "at most 36500d" text "no store is older" "30d"
            else
                Ok(Some(TimeSpan.FromSeconds seconds))

let private size (text: string option) : Result<int64 option, Trouble> =
    let units = [
        'B', 1.0
        'K', 1024.0
        'M', 1048576.0
        'G', 1073741824.0
        'T', 1099511627776.0
    ]

    match text with
    | None -> Ok None
    | Some text ->
        scaled "max-size" "10G" units text
        |> Result.map (fun bytes -> Some(int64 (min bytes 9.0e18)))

/// Records that an experiment uses now, or would use again once the cells before them are made: those of its
/// cached cells by key, the rest by the cell's id.
let private keysOf (store: Store) (records: Lazy<Record list>) file : Result<Set<Key>, Trouble> =
    load file
    >>= fun { Experiment = experiment } ->
        let plan, damages =
            planOf (RunOptions.ofExperiment experiment) experiment (Some store)

        warn damages

        let cached =
            plan.Cells |> List.choose (fun (_, state) -> state.Record |> Option.map _.Key)

        let open' =
            plan.Cells
            |> List.filter (fun (_, state) -> state.Record.IsNone)
            |> List.map (fun (cell, _) -> cell.Id)
            |> Set.ofList

        let later =
            if open'.IsEmpty then
                []
            else
                records.Value
                |> List.filter (fun record -> open'.Contains record.Cell)
                |> List.map _.Key

        Ok(Set.ofList (cached @ later))

let private kindWord (kind: Rubbish) = (string kind).ToLowerInvariant()

let private text (collected: Collected) : string =
    String.concat "\n" [
        let verb = if collected.DryRun then "would remove" else "removed"

        if collected.Removed.IsEmpty then
            yield "nothing to remove; what is younger than an hour always stays"
        else
            yield $"{verb} {Display.bytes collected.Bytes}"

            for kind, count, bytes in collected.Counts do
                yield $"  {Display.plural count (kindWord kind)}, {Display.bytes bytes}"

            if collected.DryRun then
                yield ""

                for removal in collected.Removed do
                    yield $"  {kindWord removal.Kind}  {removal.Path}: {removal.Why}"

        for path, why in collected.Refused do
            yield $"could not remove {path}: {why}"
    ]

let private json (collected: Collected) : string =
    Json.text (fun writer ->
        writer.WriteBoolean("dry-run", collected.DryRun)
        writer.WriteNumber("bytes", collected.Bytes)

        Json.objects writer "removed" collected.Removed (fun removal ->
            writer.WriteString("kind", kindWord removal.Kind)
            writer.WriteString("path", removal.Path)
            writer.WriteNumber("bytes", removal.Bytes)
            writer.WriteString("why", removal.Why))

        Json.objects writer "refused" collected.Refused (fun (path, why) ->
            writer.WriteString("path", path)
            writer.WriteString("why", why)))

let private collect (arguments: ParseResults<GcArguments>) older largest =
    let dry = arguments.Contains Dry_Run
    let root = storeRoot (arguments.TryGetResult GcArguments.Store)

    // A store that is not there is not made for this.
    openToRead root
    >>= fun store -> if dry then Ok store else openStore root
    >>= fun store ->
        let records =
            lazy
                (match store.Records() with
                 | Ok(records, _) -> records
                 | Error _ -> [])

        (Ok Set.empty, arguments.GetResults Keep)
        ||> List.fold (fun known file ->
            known >>= fun known -> keysOf store records file |> Result.map (Set.union known))
        >>= fun keep ->
            let policy = {
                CollectPolicy.leftovers with
                    Keep = keep
                    OnlyKept = arguments.Contains Only_Kept
                    OlderThan = older
                    MaxBytes = largest
            }

            store.Collect(policy, dry)
            |> Result.mapError (fun error -> Surroundings(StoreError.text error))
            |> Result.map (fun collected ->
                Console.Out.WriteLine(
                    if arguments.Contains GcArguments.Json then
                        json collected
                    else
                        text collected
                )

                if collected.Refused.IsEmpty then
                    ExitCode.ok
                else
                    ExitCode.environment)

let gc (arguments: ParseResults<GcArguments>) : Result<int, Trouble> =
    let hasCriterion =
        arguments.Contains Older_Than
        || arguments.Contains Max_Size
        || arguments.Contains Only_Kept
        || arguments.Contains Leftovers

    if not hasCriterion then
        Troubles.refused
            "gc does not know what may go"
            "the command line"
            "it removes nothing unless told what"
            "name --older-than AGE, --max-size SIZE, --only-kept with --keep FILE, or --leftovers"
    elif arguments.Contains Only_Kept && (arguments.GetResults Keep).IsEmpty then
        Troubles.refused
            "--only-kept without --keep would remove every record"
            "the command line"
            "it keeps what --keep names, which is nothing"
            "name the experiments to keep with --keep FILE, or delete the folder of the store"
    else
        age (arguments.TryGetResult Older_Than)
        >>= fun older ->
            size (arguments.TryGetResult Max_Size)
            >>= fun largest -> collect arguments older largest
