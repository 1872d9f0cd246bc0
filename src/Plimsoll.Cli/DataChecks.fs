/// The checks of `data validate`, by name, and which problem belongs to which.
module Plimsoll.Cli.DataChecks

open System.Text.Json
open Plimsoll.Data

type private Depth =
    /// Without a readable file there is nothing else to check.
    | OfFile
    /// Without sound arrays there are no values.
    | OfArrays
    | OfContent

type State =
    | Passed
    | Odd
    | Failed
    | NotReached
    /// The data record a range of returns of their own: DSRL's numbers say nothing of them.
    | NotCompared

/// Whether data under the name of a task of DSRL's were held against its numbers.
type DsrlNumbers =
    | Compared
    | Uncompared
    /// The data were refused before that was known.
    | Unknown

let private checks: (Depth * string * (DatasetProblem -> bool)) list = [
    OfFile,
    "the file is there, whole, and of a known format",
    (function
    | :? DatasetProblem.LibraryMissing
    | :? DatasetProblem.FileMissing
    | :? DatasetProblem.DsrlFileMissing
    | :? DatasetProblem.FileUnreadable
    | :? DatasetProblem.UnknownFormat
    | :? DatasetProblem.NpzDamaged
    | :? DatasetProblem.Damaged
    | :? DatasetProblem.ArtifactDamaged
    | :? DatasetProblem.NotADataset -> true
    | _ -> false)

    OfArrays,
    "the seven arrays are there, of fitting shapes and types",
    (function
    | :? DatasetProblem.MissingKeys
    | :? DatasetProblem.WrongRank
    | :? DatasetProblem.WrongType
    | :? DatasetProblem.LengthMismatch
    | :? DatasetProblem.WidthMismatch
    | :? DatasetProblem.NoRows
    | :? DatasetProblem.TooLarge -> true
    | _ -> false)

    OfContent, "all numbers are finite", (fun problem -> problem :? DatasetProblem.NotFinite)
    OfContent, "costs are at least 0", (fun problem -> problem :? DatasetProblem.NegativeCosts)
    OfContent, "costs are 0 or 1", (fun problem -> problem :? DatasetProblem.CostsNotBinary)
    OfContent, "actions lie in [-1, 1]", (fun problem -> problem :? DatasetProblem.ActionsOutOfRange)
    OfContent, "every observation column varies", (fun problem -> problem :? DatasetProblem.ConstantColumns)

    OfContent,
    "end markers are 0 or 1 and mean what they say",
    (function
    | :? DatasetProblem.BadEndMarker
    | :? DatasetProblem.AmbiguousEndMarkers -> true
    | _ -> false)

    OfContent,
    "there are several episodes, the last one complete",
    (function
    | :? DatasetProblem.NoCompleteTrajectory
    | :? DatasetProblem.OneTrajectory
    | :? DatasetProblem.UnfinishedTail -> true
    | _ -> false)

    OfContent,
    "no episode is longer than the horizon",
    (fun problem -> problem :? DatasetProblem.LongerThanHorizon)

    OfContent,
    "next observations are the following row's",
    (fun problem -> problem :? DatasetProblem.BrokenSuccession)

    OfContent, "the recorded task is the given one", (fun problem -> problem :? DatasetProblem.OtherTask)

    OfContent,
    "the recorded range of returns is one",
    (fun problem -> problem :? DatasetProblem.BadReturnRange)
]

let private ofTask: (string * (DatasetProblem -> bool)) list = [
    "sizes and horizon are the task's",
    (function
    | :? DatasetProblem.OtherTaskSize
    | :? DatasetProblem.OtherTaskHorizon -> true
    | _ -> false)
]

let private ofNumbers: (string * (DatasetProblem -> bool)) list = [
    "the number of episodes is DSRL's", (fun problem -> problem :? DatasetProblem.OtherTrajectoryCount)
    "returns and costs lie in DSRL's range", (fun problem -> problem :? DatasetProblem.OutsideTaskRange)
]

let private isError (problem: DatasetProblem) = problem.Severity = Severity.Error

/// Every check with how it went. A problem that no check owns would be lost, so it is an error of this program.
let states (task: DsrlTask | null) numbers (problems: DatasetProblem list) : (string * State) list =
    // A file can name its task itself.
    let isOfTask =
        not (isNull task)
        || problems
           |> List.exists (fun problem -> ofTask @ ofNumbers |> List.exists (fun (_, owns) -> owns problem))

    let all = [
        yield! checks
        if isOfTask then
            for name, owns in ofTask @ ofNumbers -> OfContent, name, owns
    ]

    match
        problems
        |> List.tryFind (fun problem -> not (all |> List.exists (fun (_, _, owns) -> owns problem)))
    with
    | Some lost -> invalidOp $"no check owns the problem {lost.GetType().Name}"
    | None -> ()

    let failedAt depth =
        all
        |> List.exists (fun (other, _, owns) ->
            other = depth
            && problems |> List.exists (fun problem -> isError problem && owns problem))

    let isReached depth =
        match depth with
        | OfFile -> true
        | OfArrays -> not (failedAt OfFile)
        | OfContent -> not (failedAt OfFile || failedAt OfArrays)

    [
        for depth, name, owns in all ->
            name,
            match problems |> List.filter owns with
            | [] when not (isReached depth) -> NotReached
            | [] when ofNumbers |> List.exists (fun (other, _) -> other = name) ->
                match numbers with
                | Compared -> Passed
                | Uncompared -> NotCompared
                | Unknown -> NotReached
            | [] -> Passed
            | found -> if found |> List.exists isError then Failed else Odd
    ]

let private word state =
    match state with
    | Passed -> "ok"
    | Odd -> "warning"
    | Failed -> "error"
    | NotReached -> "not reached"
    | NotCompared -> "not compared"

let private remark state =
    match state with
    | NotCompared -> " (the data record a range of returns of their own)"
    | Passed
    | Odd
    | Failed
    | NotReached -> ""

/// One line a check, then every problem in full.
let text (file: string) (task: DsrlTask | null) numbers (problems: DatasetProblem list) : string =
    let columns = [ "", Display.Left; "", Display.Left ]

    let rows = [
        for name, state in states task numbers problems -> [ word state; name + remark state ]
    ]

    let table =
        Display.table columns rows
        |> List.filter (fun line -> line.Trim() <> "")
        |> List.map (fun line -> "  " + line)

    let counted severity noun =
        let count =
            problems
            |> List.filter (fun problem -> problem.Severity = severity)
            |> List.length

        Display.plural count noun

    let named =
        match task with
        | null -> file
        | task -> $"{file}: data of DSRL's task {task.Name}"

    String.concat "\n" [
        yield named
        yield! table
        yield $"""{counted Severity.Error "error"}, {counted Severity.Warning "warning"}"""
        if problems <> [] then
            yield ""
            yield DataView.problems problems
    ]

let json (file: string) (task: DsrlTask | null) numbers (problems: DatasetProblem list) : string =
    Json.text (fun writer ->
        writer.WriteString("file", file)

        match task with
        | null -> ()
        | task -> writer.WriteString("task", task.Name)

        writer.WriteBoolean("sound", not (List.exists isError problems))

        Json.objects writer "checks" (states task numbers problems) (fun (name, state) ->
            writer.WriteString("check", name)
            writer.WriteString("state", word state))

        Json.objects writer "problems" problems (fun problem ->
            let text = DatasetProblemText.Describe problem
            writer.WriteString("severity", (if isError problem then "error" else "warning"))
            writer.WriteString("what", text.What)
            writer.WriteString("where", text.Where)
            writer.WriteString("why", text.Why)
            writer.WriteString("remedy", text.Remedy)))
