namespace Plimsoll.Report

open System
open System.IO
open System.Text
open Plimsoll.Language

/// What was written.
type ReportFiles = {
    Page: string
    ScoresCsv: string
    TableCsv: string
    /// Numbers across tasks, comparisons of methods, performance profiles.
    AggregatesCsv: string
    ImprovementCsv: string
    ProfilesCsv: string
    /// None where nothing is claimed.
    ClaimsCsv: string option
    /// None where nothing was timed.
    ActingCsv: string option
    /// None where the report is held against nothing.
    ComparisonCsv: string option
    /// For the terminal; also written beside the page.
    Text: string
    TextFile: string
}

type ReportProblem =
    /// The experiment has no such task, arm or limit: showing the rest would hide this score.
    | Misplaced of label: string * why: string
    /// An evaluation whose arrays disagree or hold something other than finite numbers.
    | Unsound of label: string * why: string
    | Unwritable of path: string * why: string

    /// What, where, why and what to do.
    member this.Message =
        match this with
        | Misplaced(label, why) ->
            $"The score of '{label}' has no place in the report: {why}. "
            + "Build the report with the experiment that the score belongs to."
        | Unsound(label, why) ->
            $"The score of '{label}' cannot be used: {why}. Remove its record and evaluate it again."
        | Unwritable(path, why) ->
            $"Cannot write the report to '{path}': {why}. Choose another folder or make room there."

[<RequireQualifiedAccess>]
module Report =
    let private misplaced (experiment: Experiment) (score: Score) =
        let c = score.Coordinates
        let known list item = List.contains item list

        match c.Arm, c.CostLimit with
        | _ when not (known experiment.Tasks c.Task) -> Some $"the experiment has no task '{c.Task}'"
        | None, _ -> Some "it belongs to no arm"
        | Some arm, _ when not (known experiment.Arms arm) -> Some $"the experiment has no arm '{arm}'"
        | _, Some limit when not (known experiment.Protocol.CostLimits limit) ->
            Some $"{Format.exact limit} is not among the experiment's cost limits"
        | _ -> None

    let private unsound (score: Score) =
        match score.State with
        | Scored e ->
            let n = e.Returns.Length

            if n = 0 then
                Some "it has no episode"
            elif e.Costs.Length <> n then
                Some $"it has {n} returns and {e.Costs.Length} costs"
            elif not (Array.forall Double.IsFinite e.Returns && Array.forall Double.IsFinite e.Costs) then
                Some "a return or a cost is not finite"
            else
                None
        | Missing
        | Failed _
        | Diverged _ -> None

    /// The first reason why the results cannot be shown in full.
    let check (results: Results) : ReportProblem option =
        results.Scores
        |> List.tryPick (fun score ->
            match misplaced results.Experiment score, unsound score with
            | Some why, _ -> Some(Misplaced(score.Record.Label, why))
            | None, Some why -> Some(Unsound(score.Record.Label, why))
            | None, None -> None)

    /// The tables and answers that all forms of the report share.
    let analyse (results: Results) : TaskTable list * Answer list =
        let tables = Table.build results
        tables, Claims.answer results tables

    /// The table as plain text for the terminal.
    let text (results: Results) : Result<string, ReportProblem> =
        match check results with
        | Some problem -> Error problem
        | None -> Ok(analyse results ||> Text.render results)

    let private utf8 = UTF8Encoding false

    /// Writes `report.html`, `report.txt` and the CSV files into the folder, made if it is missing; `acting.csv`
    /// only where there are times, `claims.csv` only where there are claims, `comparison.csv` only where there is a
    /// comparison. The same results give the same bytes.
    let buildBeside
        (comparison: Comparison option)
        (results: Results)
        (outputFolder: string)
        : Result<ReportFiles, ReportProblem> =
        match check results with
        | Some problem -> Error problem
        | None ->
            let tables, answers = analyse results

            let text =
                Text.render results tables answers
                + (comparison
                   |> Option.map (ComparisonText.render >> (+) "\n")
                   |> Option.defaultValue "")

            let across = Aggregates.build tables
            let at (name: string) = Path.Combine(outputFolder, name)

            let files = {
                Page = at "report.html"
                ScoresCsv = at "scores.csv"
                TableCsv = at "table.csv"
                AggregatesCsv = at "aggregates.csv"
                ImprovementCsv = at "improvement.csv"
                ProfilesCsv = at "profiles.csv"
                ClaimsCsv = if answers.IsEmpty then None else Some(at "claims.csv")
                ActingCsv =
                    if results.ActingTimes.IsEmpty then
                        None
                    else
                        Some(at "acting.csv")
                ComparisonCsv = comparison |> Option.map (fun _ -> at "comparison.csv")
                Text = text
                TextFile = at "report.txt"
            }

            try
                Directory.CreateDirectory outputFolder |> ignore

                // Those of an earlier report would pass for this one's.
                for file, name in
                    [
                        files.ActingCsv, "acting.csv"
                        files.ClaimsCsv, "claims.csv"
                        files.ComparisonCsv, "comparison.csv"
                    ] do
                    if file.IsNone then
                        File.Delete(at name)

                // The page comes last: where it is, the others are.
                for path, content in
                    [
                        files.ScoresCsv, Csv.scores results
                        files.TableCsv, CsvTable.render tables
                        files.AggregatesCsv, CsvAggregates.aggregates across
                        files.ImprovementCsv, CsvAggregates.improvements across
                        files.ProfilesCsv, CsvAggregates.profiles across
                        match files.ClaimsCsv with
                        | Some path ->
                            path, CsvAggregates.claims (Offline.hybridArms results.Experiment) answers
                        | None -> ()
                        match files.ActingCsv with
                        | Some path -> path, Csv.acting results
                        | None -> ()
                        match files.ComparisonCsv, comparison with
                        | Some path, Some comparison -> path, ComparisonCsv.render comparison
                        | _ -> ()
                        files.TextFile, text
                        files.Page, Html.renderBeside comparison results tables answers
                    ] do
                    File.WriteAllText(path, content, utf8)

                Ok files
            with
            | :? IOException
            | :? UnauthorizedAccessException as fault -> Error(Unwritable(outputFolder, fault.Message))

    /// The report without a comparison.
    let build (results: Results) (outputFolder: string) : Result<ReportFiles, ReportProblem> =
        buildBeside None results outputFolder

    /// Beside published numbers; `recipes` gives each arm's recipe.
    let withPublished (recipes: (string * string) list) (results: Results) : Comparison =
        PublishedComparison.build (Published.shipped ()) recipes results (Table.build results)
        |> WithPublished

    /// Beside another experiment's results.
    let withExperiment (other: Results) (results: Results) : Comparison =
        ExperimentComparison.build (results, Table.build results) (other, Table.build other)
        |> WithExperiment
