/// `data inspect`, `data validate` and `data import`.
module Plimsoll.Cli.DataCommand

open System
open System.IO
open Argu
open Plimsoll.Data
open Plimsoll.Cli.DataArguments
open Plimsoll.Cli.Loading

let private endMarkers (given: string option) =
    match given with
    | None -> Ok(Nullable())
    | Some "terminals" -> Ok(Nullable EndMarkers.Terminals)
    | Some "time-limits" -> Ok(Nullable EndMarkers.TimeLimits)
    | Some other ->
        Troubles.option
            "--end-markers"
            "`terminals` or `time-limits`"
            other
            "it says what the file's `terminals` mean: that nothing can follow, or that the time was up"
            "time-limits"

/// What the command line says of a file beside its place.
type private Asked = {
    Task: string option
    Markers: Nullable<EndMarkers>
    Horizon: int option
    AllowOne: bool
}

/// DSRL's task by any of its names, else by the file's.
let private dsrlTask (file: string) (asked: Asked) : DsrlTask | null =
    match asked.Task with
    | Some name -> DsrlTasks.Find name
    | None -> DsrlTasks.ByFile file

let private taskName (file: string) (asked: Asked) =
    match dsrlTask file asked with
    | null ->
        let name = string (Path.GetFileName(Path.TrimEndingDirectorySeparator file))

        // A file may be called `.npz`, and `/` has no name: what is wrong with it is the importer's to say.
        [ asked.Task; Some(string (Path.GetFileNameWithoutExtension name)); Some name ]
        |> List.choose id
        |> List.tryFind (fun name -> name <> "")
        |> Option.defaultValue "unnamed"
    | task -> task.Name

/// A usable dataset with its warnings, or all that is wrong.
let private load (file: string) (asked: Asked) : Result<Dataset * DatasetProblem list, DatasetProblem list> =
    let options =
        DsrlImportOptions(
            taskName file asked,
            EndMarkers = asked.Markers,
            Horizon = Option.toNullable asked.Horizon,
            AllowOneTrajectory = asked.AllowOne,
            TrustsRecorded = asked.Task.IsNone,
            Name = file
        )

    match DsrlImport.Read(file, options) with
    | :? ImportOutcome.Imported as imported -> Ok(imported.Dataset, List.ofSeq imported.Warnings)
    | :? ImportOutcome.Rejected as rejected -> Error(List.ofSeq rejected.Problems)
    | other -> invalidOp $"an import ended in {other}"

let private asked file task markers horizon allowOne =
    Troubles.named "FILE" file
    >>= fun _ -> Troubles.namedIfGiven "--task" task
    >>= fun task ->
        endMarkers markers
        >>= fun markers ->
            positive "horizon" horizon
            |> Result.map (fun horizon -> {
                Task = task
                Markers = markers
                Horizon = horizon
                AllowOne = allowOne
            })

let private showWarnings (warnings: DatasetProblem list) =
    if warnings <> [] then
        printfn "\n%s" (DataView.problems warnings)

let inspect (arguments: ParseResults<InspectArguments>) =
    let file = arguments.GetResult InspectArguments.File

    asked
        file
        None
        (arguments.TryGetResult InspectArguments.End_Markers)
        (arguments.TryGetResult InspectArguments.Horizon)
        (arguments.Contains InspectArguments.Allow_One_Trajectory)
    >>= fun asked ->
        match load file asked with
        | Error problems -> Error(Troubles.ofProblems problems)
        | Ok(dataset, warnings) ->
            use dataset = dataset
            printfn "%s" (DataView.text file dataset)
            showWarnings warnings
            Ok ExitCode.ok

let validate (arguments: ParseResults<ValidateArguments>) =
    let file = arguments.GetResult ValidateArguments.File

    asked
        file
        (arguments.TryGetResult ValidateArguments.Task)
        (arguments.TryGetResult ValidateArguments.End_Markers)
        (arguments.TryGetResult ValidateArguments.Horizon)
        (arguments.Contains ValidateArguments.Allow_One_Trajectory)
    >>= fun asked ->
        let sound, task, numbers, problems =
            match load file asked with
            | Error problems -> false, dsrlTask file asked, DataChecks.Unknown, problems
            | Ok(dataset, warnings) ->
                use dataset = dataset
                let task = DsrlTasks.Find dataset.Metadata.Task

                let numbers =
                    match task with
                    | null -> DataChecks.Unknown
                    | task when task.Owns dataset.Metadata.Facts -> DataChecks.Compared
                    | _ -> DataChecks.Uncompared

                true, task, numbers, warnings

        if arguments.Contains ValidateArguments.Json then
            printfn "%s" (DataChecks.json file task numbers problems)
        else
            printfn "%s" (DataChecks.text file task numbers problems)

        if sound then
            Ok ExitCode.ok
        else
            Ok(Troubles.codeOf problems)

let import (arguments: ParseResults<ImportArguments>) =
    let file = arguments.GetResult ImportArguments.File
    let target = arguments.GetResult ImportArguments.To

    Troubles.named "--to" target
    >>= fun _ ->
        asked
            file
            (arguments.TryGetResult ImportArguments.Task)
            (arguments.TryGetResult ImportArguments.End_Markers)
            (arguments.TryGetResult ImportArguments.Horizon)
            (arguments.Contains ImportArguments.Allow_One_Trajectory)
        >>= fun asked ->
            if Path.GetFullPath file = Path.GetFullPath target then
                Troubles.refused
                    "--to names the file that is read"
                    file
                    "the new file would take the place of its source"
                    "give the new file another name"
            else
                match load file asked with
                | Error problems -> Error(Troubles.ofProblems problems)
                | Ok(dataset, warnings) ->
                    use dataset = dataset

                    match DatasetExport.Write(dataset, target) with
                    | :? ExportOutcome.Exported ->
                        printfn "%s" (DataView.text target dataset)
                        showWarnings warnings
                        Ok ExitCode.ok
                    | :? ExportOutcome.Refused as refused -> Error(Troubles.ofProblems [ refused.Problem ])
                    | other -> invalidOp $"an export ended in {other}"
