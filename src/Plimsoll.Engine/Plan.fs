/// What a run would do, before it does anything. Pure: the store is asked through a function.
namespace Plimsoll.Engine

open System.Collections.Generic
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store

/// Why a cell cannot run.
[<RequireQualifiedAccess>]
type Obstacle =
    /// A cell before it diverged.
    | InputDiverged of CellId
    /// A cell before it failed, or cannot run.
    | InputFailed of CellId
    /// The cell itself: an unknown stage, or a file that cannot be read.
    | Unusable of StageFailure

[<RequireQualifiedAccess>]
type CellPlan =
    /// The record says how it ended: with an artifact, or diverged.
    | Cached of Record
    | WillRun of Key
    /// Of a volatile stage: every run measures anew. What was measured last, by this program on these inputs.
    | MeasuresAnew of Key * last: Record option
    /// Its inputs are not known yet: equal bytes may spare it.
    | MayRun
    | Blocked of Obstacle
    /// Nobody asked for it; its record, where that is known.
    | NotSelected of Record option

    /// The record that stands for the cell now.
    member this.Record =
        match this with
        | Cached record -> Some record
        | MeasuresAnew(_, last) -> last
        | NotSelected known -> known
        | WillRun _
        | MayRun
        | Blocked _ -> None

type Plan = {
    Experiment: Experiment
    Cells: (Cell * CellPlan) list
} with

    member private this.Count predicate =
        this.Cells |> List.filter (snd >> predicate) |> List.length

    member this.Cached = this.Count _.IsCached
    member this.WillRun = this.Count _.IsWillRun
    member this.MeasuresAnew = this.Count _.IsMeasuresAnew
    member this.MayRun = this.Count _.IsMayRun
    member this.Blocked = this.Count _.IsBlocked
    member this.NotSelected = this.Count _.IsNotSelected

/// Asks for the key of a cell whose input artifacts are known, and for its record, if there is one.
type PlanLookup = Cell -> (string * Digest) list -> Result<Key * Record option, StageFailure>

module Plan =
    /// What an input means for the cell after it.
    [<RequireQualifiedAccess>]
    type private Input =
        | Ready of Digest
        | Unknown
        | Missing of Obstacle

    let private asInput (producer: CellId) plan =
        match plan with
        | CellPlan.Cached record ->
            match record.Outcome with
            | Outcome.Finished artifact -> Input.Ready artifact.Digest
            | Outcome.Diverged _ -> Input.Missing(Obstacle.InputDiverged producer)
        | CellPlan.WillRun _
        | CellPlan.MeasuresAnew _
        | CellPlan.MayRun -> Input.Unknown
        | CellPlan.Blocked(Obstacle.Unusable _) -> Input.Missing(Obstacle.InputFailed producer)
        | CellPlan.Blocked obstacle -> Input.Missing obstacle
        | CellPlan.NotSelected _ -> Input.Unknown

    let private planCell (lookup: PlanLookup) (inputs: (string * Input) list) (cell: Cell) =
        let obstacle =
            inputs
            |> List.tryPick (function
                | _, Input.Missing obstacle -> Some obstacle
                | _ -> None)

        match obstacle with
        | Some obstacle -> CellPlan.Blocked obstacle
        | None when inputs |> List.exists (snd >> _.IsUnknown) -> CellPlan.MayRun
        | None ->
            let artifacts =
                inputs
                |> List.choose (function
                    | role, Input.Ready digest -> Some(role, digest)
                    | _ -> None)

            match lookup cell artifacts with
            | Ok(key, last) when cell.Stage.Reproducibility = Volatile -> CellPlan.MeasuresAnew(key, last)
            | Ok(_, Some record) -> CellPlan.Cached record
            | Ok(key, None) -> CellPlan.WillRun key
            | Error failure -> CellPlan.Blocked(Obstacle.Unusable failure)

    /// One pass over the cells, which stand in an order in which inputs come first.
    let make (lookup: PlanLookup) (experiment: Experiment) : Plan =
        let plans = Dictionary<CellId, CellPlan>()

        let cells = [
            for cell in experiment.Cells do
                let inputs =
                    cell.Inputs
                    |> List.map (fun (role, producer) -> role, asInput producer plans[producer])

                let plan = planCell lookup inputs cell
                plans[cell.Id] <- plan
                cell, plan
        ]

        {
            Experiment = experiment
            Cells = cells
        }

    /// The plan for the cells that are asked for. What is known of the others stays known, and none of it counts
    /// as an obstacle.
    let restrict (selected: CellId -> bool) (plan: Plan) : Plan =
        let restricted (cell: Cell, state: CellPlan) =
            if selected cell.Id then
                cell, state
            else
                cell, CellPlan.NotSelected state.Record

        {
            plan with
                Cells = plan.Cells |> List.map restricted
        }
