/// What of the page belongs to which task, limit and method, so that a reader can leave out the rest.
namespace Plimsoll.Report

open Plimsoll.Language

/// The attributes carry places in these lists.
type internal Facets = {
    Tasks: string list
    Limits: double list
    /// Names of rows.
    Methods: string list
    /// Places of an arm's rows.
    Arms: Map<string, int list>
    /// Cells that the page has a record or a reason of.
    Cells: Set<CellId>
} with

    member this.Task(task: string) =
        "data-task", string (List.findIndex ((=) task) this.Tasks)

    /// None: the average over the limits.
    member this.Limit(limit: double option) =
        let place =
            match limit with
            | Some limit -> string (List.findIndex ((=) limit) this.Limits)
            | None -> "average"

        "data-limit", place

    /// Of a row's name; also its place in the palette.
    member this.Place(name: string) = List.findIndex ((=) name) this.Methods

    member this.Method(row: Row) = this.Named row.Name

    /// As Method, of a row's name.
    member this.Named(name: string) = "data-method", string (this.Place name)

    /// Of what stands for several rows.
    member this.Several(rows: Row list) =
        "data-method",
        rows
        |> List.map (fun row -> string (this.Place row.Name))
        |> List.distinct
        |> String.concat " "

    /// Of what several arms share; nothing for what belongs to no row.
    member this.SharedBy(arms: string list) =
        match
            arms
            |> List.collect (fun arm -> Map.tryFind arm this.Arms |> Option.defaultValue [])
        with
        | [] -> []
        | places -> [ "data-method", places |> List.map string |> String.concat " " ]

    /// Anchor of a cell's record.
    member this.Record(cell: CellId) =
        if this.Cells.Contains cell then
            Some(Anchors.cell cell)
        else
            None

module internal Facets =
    /// For a column over all tasks, which goes when one task is chosen.
    let allTasks = "data-task", "all"

    let ofTables (results: Results) (tables: TaskTable list) : Facets =
        let rows = tables |> List.collect (fun t -> t.Rollouts @ t.Estimates)
        let names = rows |> List.map _.Name |> List.distinct

        {
            Tasks = results.Experiment.Tasks
            Limits = results.Experiment.Protocol.CostLimits
            Methods = names
            Arms =
                rows
                |> List.map (fun row -> row.Arm, List.findIndex ((=) row.Name) names)
                |> List.distinct
                |> List.groupBy fst
                |> List.map (fun (arm, places) -> arm, List.map snd places)
                |> Map.ofList
            Cells = results.Cells |> List.map _.Record.Cell |> set
        }

    /// For what has a place of its own only where every limit is shown.
    let allLimits = "data-limit", "all"

    /// For `safe only`: where a cell of a table has no score.
    let noVerdict = "data-verdict", "none"

    /// For `safe only`: whether a cell of a table, or a mark of a plot, keeps its limit.
    let verdict (entry: TableEntry) =
        match entry.Values with
        | Some v when v.Safe -> "data-verdict", "safe"
        | Some _ -> "data-verdict", "over"
        | None -> noVerdict

    /// Of several places at once: safe where every one is.
    let verdictAcross (entry: AggregateEntry) =
        if not entry.Absent.IsEmpty then
            noVerdict
        elif entry.SafePlaces = entry.Places.Length then
            "data-verdict", "safe"
        else
            "data-verdict", "over"
