/// How cells stand, for the report.
module Plimsoll.Cli.Gathering

open System.Collections.Generic
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Report

let private recorded (store: Store) record cached =
    match record.Outcome with
    | Outcome.Diverged _ -> Recorded(record, None, cached)
    | Outcome.Finished artifact ->
        match store.Use artifact.Digest with
        | Ok path -> Recorded(record, Some path, cached)
        | Error error -> Broken(StoreError.text error)

let private blocked label why =
    Unrecorded("blocked: " + PlanView.obstacle label why)

/// Before a run, or without one.
let ofPlan (store: Store option) label (plan: CellPlan) : CellResult =
    let found record cached =
        match store with
        | Some store -> recorded store record cached
        | None -> Unrecorded ""

    match plan with
    | CellPlan.Cached record
    | CellPlan.NotSelected(Some record) -> found record true
    // What was measured last is shown, and never stands for a measurement of the next run.
    | CellPlan.MeasuresAnew(_, Some last) -> found last false
    | CellPlan.MeasuresAnew(_, None)
    | CellPlan.WillRun _
    | CellPlan.MayRun -> Unrecorded ""
    | CellPlan.NotSelected None -> Unrecorded "not selected"
    | CellPlan.Blocked(Obstacle.Unusable failure) -> Broken(Display.oneLine failure.What)
    | CellPlan.Blocked why -> blocked label why

/// After a run.
let ofFinal store label (final: Final) : CellResult =
    match final with
    | Final.Finished(record, origin)
    | Final.Diverged(record, origin) -> recorded store record origin.IsCached
    | Final.Failed failure -> Broken(Display.oneLine failure.What)
    | Final.Blocked why -> blocked label why
    | Final.NotStarted -> Unrecorded "not started"
    | Final.Cancelled -> Unrecorded "cancelled"
    | Final.NotSelected(Some record) -> recorded store record true
    | Final.NotSelected None -> Unrecorded "not selected"

/// What the report is made of.
let results (experiment: Experiment) (resolved: string) (cells: (Cell * CellResult) list) : Results =
    let byId = Dictionary<CellId, CellResult>()

    for cell, result in cells do
        byId[cell.Id] <- result

    Gather.results (Some resolved) (fun id -> byId[id]) experiment
