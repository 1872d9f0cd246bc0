/// `data inspect`: a dataset as the program sees it.
module Plimsoll.Cli.DataCommand

open System
open System.IO
open Argu
open Plimsoll.Data
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let private endMarkers (given: string option) =
    match given with
    | None -> Ok(Nullable())
    | Some "terminals" -> Ok(Nullable EndMarkers.Terminals)
    | Some "time-limits" -> Ok(Nullable EndMarkers.TimeLimits)
    | Some other -> Error(BadInput $"--end-markers takes `terminals` or `time-limits`, not `{other}`")

/// A safetensors header is a length, then JSON. What cannot be read is left to the importer, which says why.
let private startsAsOurs (file: string) =
    try
        use stream = File.OpenRead file
        let signature = Array.zeroCreate<byte> 9
        stream.ReadAtLeast(signature, 9, false) = 9 && signature[8] = byte '{'
    with
    | :? IOException
    | :? UnauthorizedAccessException -> false

let private isOurs (file: string) =
    file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
    || File.Exists file && startsAsOurs file

let private showDataset file (dataset: Dataset) (warnings: DatasetProblem seq) =
    use dataset = dataset
    printfn "%s" (DataView.text file dataset)

    if not (Seq.isEmpty warnings) then
        printfn "\n%s" (DataView.problems warnings)

    Ok ExitCode.ok

let private import (file: string) markers (horizon: int option) allowOne =
    let options =
        DsrlImportOptions(
            string (Path.GetFileNameWithoutExtension file),
            EndMarkers = markers,
            Horizon = Option.toNullable horizon,
            AllowOneTrajectory = allowOne,
            Name = file
        )

    match DsrlImport.Read(file, options) with
    | :? ImportOutcome.Imported as imported -> showDataset file imported.Dataset imported.Warnings
    | :? ImportOutcome.Rejected as rejected ->
        let missingLibrary =
            rejected.Problems
            |> Seq.exists (fun problem -> problem :? DatasetProblem.LibraryMissing)

        let words = DataView.problems rejected.Problems

        Error(
            if missingLibrary then
                Surroundings words
            else
                BadInput words
        )
    | other -> invalidOp $"an import ended in {other}"

let inspect (arguments: ParseResults<InspectArguments>) =
    let file = arguments.GetResult InspectArguments.File

    endMarkers (arguments.TryGetResult InspectArguments.End_Markers)
    >>= fun markers ->
        positive "horizon" (arguments.TryGetResult InspectArguments.Horizon)
        >>= fun horizon ->
            if isOurs file then
                match Dataset.TryOpen file with
                | :? DatasetOpening.Opened as opened ->
                    showDataset file opened.Dataset (DatasetChecks.Inspect(opened.Dataset, file))
                | :? DatasetOpening.Refused as refused ->
                    Error(BadInput(DataView.problems [ refused.Problem ]))
                | other -> invalidOp $"opening a dataset ended in {other}"
            else
                import file markers horizon (arguments.Contains InspectArguments.Allow_One_Trajectory)
