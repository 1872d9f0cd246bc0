/// What of the page belongs to which task, limit and method, so that a reader can leave out the rest.
namespace Plimsoll.Report

open Plimsoll.Language

/// The attributes carry places in these lists.
type internal Facets = {
    Tasks: string list
    Limits: double list
    /// Names of rows.
    Methods: string list
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

module internal Facets =
    let ofTables (results: Results) (tables: TaskTable list) : Facets = {
        Tasks = results.Experiment.Tasks
        Limits = results.Experiment.Protocol.CostLimits
        Methods =
            tables
            |> List.collect (fun t -> t.Rollouts @ t.Estimates)
            |> List.map _.Name
            |> List.distinct
    }

    /// For `safe only`: whether a cell of a table keeps its limit.
    let verdict (entry: TableEntry) =
        let word =
            match entry.Values with
            | Some v when v.Safe -> "safe"
            | Some _ -> "over"
            | None -> "none"

        "data-verdict", word
