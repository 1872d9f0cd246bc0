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

    member this.Method(row: Row) =
        "data-method", string (this.Place row.Name)

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

    /// For `safe only`: whether a cell of a table keeps its limit.
    let verdict (entry: TableEntry) =
        let word =
            match entry.Values with
            | Some v when v.Safe -> "safe"
            | Some _ -> "over"
            | None -> "none"

        "data-verdict", word
