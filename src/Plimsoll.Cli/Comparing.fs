/// `report`: one experiment, alone or beside published numbers, or two side by side.
module Plimsoll.Cli.Comparing

open System
open System.IO
open Argu
open Plimsoll.Language
open Plimsoll.Report
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

type Wanted =
    | Alone of file: string
    | BesidePublished of file: string
    | BesideExperiment of a: string * b: string

let private published = "published"

let private refuse what where why remedy =
    Error(BadInput $"{what}\n  where: {where}\n  why: {why}\n  remedy: {remedy}")

/// `--compare` takes `published` only: experiments are named before it.
let private unknown file (word: string) =
    let isFile = word.EndsWith(".yaml", StringComparison.Ordinal) || File.Exists word

    let remedy =
        if isFile then
            $"name both experiments first: plimsoll report {file} {word} --compare"
        else
            let guess =
                Suggest.nearest word [ published ]
                |> Option.map (fun near -> $"did you mean `{near}`? ")
                |> Option.defaultValue ""

            $"{guess}--compare published, or two experiments and --compare"

    refuse
        "--compare does not know the word"
        $"--compare {word}"
        "it takes `published`, or nothing after two experiments"
        remedy

/// `compare` is None without the flag.
let wanted (files: string list) (compare: string option option) : Result<Wanted, Trouble> =
    match files, compare with
    | file :: _, Some(Some word) when word <> published -> unknown file word
    | [ file ], None -> Ok(Alone file)
    | [ file ], Some(Some _) -> Ok(BesidePublished file)
    | [ file ], Some None ->
        refuse
            "--compare has nothing to compare with"
            $"report {file} --compare"
            "one experiment is named"
            $"name a second one, plimsoll report {file} OTHER.yaml --compare, or write --compare published"
    | [ a; b ], Some None -> Ok(BesideExperiment(a, b))
    | [ a; b ], None ->
        refuse
            "two experiments are named, and not what to do with them"
            $"report {a} {b}"
            "a report is of one experiment"
            $"plimsoll report {a} {b} --compare"
    | [ a; b ], Some(Some _) ->
        refuse
            "published numbers go beside one experiment"
            $"report {a} {b} --compare {published}"
            "two experiments are named"
            $"plimsoll report {a} --compare {published}, then the same for {b}"
    | _ ->
        refuse
            $"{files.Length} experiments are named"
            (String.Join(' ', "report" :: files))
            "two at most can be compared"
            "name one, or two and --compare"

let private listed (names: string list) = String.Join(", ", names)

/// Nothing of one is in the other: tables would be empty, and that would pass for agreement.
let private nothingInCommon (a: Results) (b: Results) =
    let a, b = a.Experiment, b.Experiment
    let tasks (e: Experiment) = listed e.Tasks
    let arms (e: Experiment) = listed e.Arms

    let limits (e: Experiment) =
        listed (e.Protocol.CostLimits |> List.map (fun limit -> Literal.print (Real limit)))

    let side e =
        $"tasks {tasks e}; arms {arms e}; limits {limits e}"

    refuse
        "the experiments have no task, arm and limit in common"
        $"{a.File} and {b.File}"
        $"{a.Name} has {side a}, {b.Name} has {side b}"
        "compare experiments that share a task, an arm's name and a cost limit"

let private beside root (wanted: Wanted) (loaded: Loaded) (results: Results) =
    match wanted with
    | Alone _ -> Ok None
    | BesidePublished _ -> Ok(Some(Report.withPublished loaded.Recipes results))
    | BesideExperiment(_, file) ->
        Reporting.gather root file
        >>= fun (other, cells) ->
            let theirs = Gathering.results other.Experiment other.Resolved.Value cells

            match Report.check theirs with
            | Some problem -> Error(Surroundings problem.Message)
            | None ->
                match Report.withExperiment theirs results with
                | WithExperiment comparison when comparison.Pairs.IsEmpty -> nothingInCommon results theirs
                | comparison -> Ok(Some comparison)

let report (arguments: ParseResults<ReportArguments>) =
    let files = arguments.GetResults ReportArguments.Files |> List.concat

    wanted files (arguments.TryGetResult ReportArguments.Compare)
    >>= fun wanted ->
        Reporting.out (arguments.TryGetResult ReportArguments.Out)
        >>= fun out ->
            storeToRead (arguments.TryGetResult ReportArguments.Store)
            >>= fun root -> Reporting.gather root files.Head |> Result.map (fun found -> root, found)
            >>= fun (root, (loaded, cells)) ->
                Reporting.writeBeside (beside root wanted loaded) loaded cells out
                |> Result.map (fun written ->
                    if arguments.Contains ReportArguments.Json then
                        Reporting.showJson loaded.Experiment.Name written
                    else
                        Reporting.showReport written

                    ExitCode.ok)
