/// Why a cell runs: what in its key, or in the keys before it, is not what it was. Pure: the past is asked
/// through functions.
module Plimsoll.Engine.Explain

open System.Collections.Generic
open Plimsoll.Language
open Plimsoll.Store
open Plimsoll.Engine.Code

/// What became of the members that a stage reaches, each change once: two stages whose code changed in the same
/// members share the value.
[<ReferenceEquality>]
type CodeChange = { Members: MemberChange list }

/// What is known of the plan and of the past.
type Evidence = {
    Plan: Plan
    /// The parts of a cell's key as far as they are known: inputs still to be made are left out.
    Parts: Cell -> KeyPart list
    /// The last record of a cell under one of its names.
    Last: Cell -> Record option
    /// The record of the cell most like this one, where it has none of its own.
    Nearest: Cell -> Record option
    /// Who made an artifact, the same cell preferred.
    MakerOf: Cell -> Digest -> Record option
    /// What is behind a changed digest of a stage's code. None: it is no such digest, or the old listing is gone.
    Code: StageSignature -> KeyChange -> CodeChange option
}

/// What a cell is compared with.
[<RequireQualifiedAccess>]
type Earlier =
    | Own of Record
    /// Another cell's: this one is new.
    | Nearest of Record
    | Nothing

/// Where a changed part was set, as far as the experiment says it.
type Change = {
    Part: KeyChange
    Source: Source option
    /// The path of a changed file, as the experiment names it.
    File: string option
    /// The members behind changed code, where they are known.
    Code: CodeChange option
}

/// Why a cell has no usable record although nothing in its key changed.
type Unchanged =
    /// Its record or artifact is gone: deleted, or damaged.
    | RecordGone
    /// Its stage promises nothing, so that it runs every time.
    | IsVolatile
    /// It was made again and gave other bytes.
    | OtherBytes

type Why = {
    Cell: Cell
    State: CellPlan
    Earlier: Earlier
    /// Without inputs.
    Changes: Change list
    Inputs: InputChange list
    Unchanged: Unchanged option
}

and InputChange = {
    Role: string
    Old: Digest option
    /// None: it is still to be made.
    New: Digest option
    Producer: Why
}

/// A reason that has none behind it.
[<RequireQualifiedAccess>]
type Cause =
    | Changed of Change
    | Unchanged of Unchanged
    /// The cell has never run, nor has any like it.
    | New
    | Blocked of Obstacle

/// A cause with the cells that it reaches, in the plan's order.
type Root = {
    Cause: Cause
    /// Where it acts itself.
    At: Cell list
    /// What runs because of it, with those of `At`.
    Touches: Cell list
}

let private sourceOf (cell: Cell) (change: KeyChange) =
    match change.Kind with
    | ParameterPart -> cell.Parameters.TryFind change.Name |> Option.map _.Source
    | _ -> None

let private fileOf (cell: Cell) (change: KeyChange) =
    let isFile =
        cell.Stage.Parameters
        |> List.exists (fun parameter -> parameter.Name = change.Name && parameter.Type = FileType)

    match change.Kind, cell.Parameters.TryFind change.Name with
    | ParameterPart, Some { Value = Text path } when isFile -> Some path
    | _ -> None

/// Answers for all cells of a plan; what several cells share is found once.
type Explainer(evidence: Evidence) =
    let states = Dictionary<CellId, Cell * CellPlan>()
    let known = Dictionary<struct (CellId * Key option), Why>()

    do
        for cell, state in evidence.Plan.Cells do
            states[cell.Id] <- (cell, state)

    let earlierOf cell =
        match evidence.Last cell with
        | Some record -> Earlier.Own record
        | None ->
            match evidence.Nearest cell with
            | Some record -> Earlier.Nearest record
            | None -> Earlier.Nothing

    let artifactOf state =
        match state with
        | CellPlan.Cached record
        | CellPlan.NotSelected(Some record) -> record.Artifact |> Option.map _.Digest
        | _ -> None

    let inputOf (record: Record) role =
        record.Parts
        |> List.tryPick (fun part ->
            if part.Kind = InputPart && part.Name = role then
                Some(Digest part.Value)
            else
                None)

    let rec why (cell: Cell) (state: CellPlan) (earlier: Earlier) : Why =
        let key =
            match earlier with
            | Earlier.Own record
            | Earlier.Nearest record -> Some record.Key
            | Earlier.Nothing -> None

        match known.TryGetValue(struct (cell.Id, key)) with
        | true, found -> found
        | _ ->
            let found = explain cell state earlier
            known[struct (cell.Id, key)] <- found
            found

    and explain cell state earlier =
        let record =
            match earlier with
            | Earlier.Own record
            | Earlier.Nearest record -> Some record
            | Earlier.Nothing -> None

        let changes =
            match record, state with
            | None, _
            | _, CellPlan.Blocked(Obstacle.Unusable _) -> []
            | Some record, _ ->
                KeyChange.between record.Parts (evidence.Parts cell)
                |> List.filter (fun change -> change.Kind <> InputPart)
                |> List.map (fun change -> {
                    Part = change
                    Source = sourceOf cell change
                    File = fileOf cell change
                    Code = evidence.Code cell.Stage change
                })

        let inputs =
            cell.Inputs
            |> List.choose (fun (role, id) -> input role id (record |> Option.bind (fun r -> inputOf r role)))

        let unchanged =
            match state, earlier with
            | _, (Earlier.Nearest _ | Earlier.Nothing) -> None
            | _ when not (changes.IsEmpty && inputs.IsEmpty) -> None
            | CellPlan.Cached now, Earlier.Own record when now.Artifact = record.Artifact -> None
            | _ when cell.Stage.Reproducibility = Volatile -> Some IsVolatile
            | CellPlan.Cached _, _ -> Some OtherBytes
            | CellPlan.Blocked _, _ -> None
            | _ -> Some RecordGone

        {
            Cell = cell
            State = state
            Earlier = earlier
            Changes = changes
            Inputs = inputs
            Unchanged = unchanged
        }

    /// An input that differs from the one that `old` names, or is still to be made.
    and input role (producer: CellId) (old: Digest option) : InputChange option =
        let cell, state = states[producer]
        let now = artifactOf state

        match old, now with
        | Some before, Some after when before = after -> None
        // Nothing to compare with: an input that is there explains nothing.
        | None, Some _ -> None
        | _ ->
            let earlier =
                match old |> Option.bind (evidence.MakerOf cell) with
                | Some record -> Earlier.Own record
                | None -> earlierOf cell

            Some {
                Role = role
                Old = old
                New = now
                Producer = why cell state earlier
            }

    member _.Why(cell: Cell) : Why =
        let cell, state = states[cell.Id]

        match state with
        | CellPlan.Cached record -> {
            Cell = cell
            State = state
            Earlier = Earlier.Own record
            Changes = []
            Inputs = []
            Unchanged = None
          }
        | _ -> why cell state (earlierOf cell)

    /// The causes at the cell itself.
    static member Own(why: Why) : Cause list = [
        match why.State with
        // What failed stands among the inputs, with its own cause.
        | CellPlan.Blocked(Obstacle.InputFailed _) when not why.Inputs.IsEmpty -> ()
        | CellPlan.Blocked obstacle -> Cause.Blocked obstacle
        | _ -> ()

        yield! why.Changes |> List.map Cause.Changed
        yield! why.Unchanged |> Option.map Cause.Unchanged |> Option.toList

        match why.Earlier, why.State with
        | Earlier.Nothing, (CellPlan.WillRun _ | CellPlan.MeasuresAnew _ | CellPlan.MayRun) when
            why.Inputs.IsEmpty
            ->
            Cause.New
        | _ -> ()
    ]

/// What makes two causes one. A value that stands in the experiment's text is one cause whatever stages read it.
type private Identity =
    | Written of old: string option * now: string option * file: string * line: int * column: int
    /// One change of code, whatever stages it reaches, although each has a digest of its own.
    | Members of CodeChange
    /// Code and seeds: one change, whatever stages it reaches.
    | Anywhere of KeyChange
    | OfStage of stage: string * KeyChange
    | Itself of Cause

let private identity (cell: Cell) (cause: Cause) =
    match cause with
    | Cause.Changed { Code = Some code } -> Members code
    | Cause.Changed { Part = part; Source = source } ->
        match source with
        | Some(FromFile at | FromRecipe at | FromAxis(_, at)) ->
            Written(part.Old, part.New, at.File, at.Line, at.Column)
        | _ when part.Kind = CodePart || part.Kind = LibraryPart || part.Kind = SeedPart -> Anywhere part
        | _ -> OfStage(cell.Stage.Name, part)
    | cause -> Itself cause

/// The causes of a cell and of what is before it, those that act first coming first.
let rec private reached (seen: Dictionary<Why, (Cell * Cause) list>) (why: Why) : (Cell * Cause) list =
    match seen.TryGetValue why with
    | true, found -> found
    | _ ->
        let found =
            [
                for input in why.Inputs do
                    yield! reached seen input.Producer
                for cause in Explainer.Own why do
                    why.Cell, cause
            ]
            |> List.distinctBy (fun (at, cause) -> identity at cause, at.Id)

        seen[why] <- found
        found

/// Cells in the order in which they came, each once.
type private Gathered() =
    let ids = HashSet<CellId>()
    let cells = List<Cell>()

    member _.Add(cell: Cell) =
        if ids.Add cell.Id then
            cells.Add cell

    member _.Cells = List.ofSeq cells

/// The causes behind some cells, those that act first in the plan's order first.
let roots (explainer: Explainer) (cells: Cell list) : Root list =
    let seen = Dictionary<Why, (Cell * Cause) list>(HashIdentity.Reference)
    let order = List<Identity>()
    let found = Dictionary<Identity, Cause * Gathered * Gathered>()

    for cell in cells do
        for at, cause in reached seen (explainer.Why cell) do
            let id = identity at cause

            if not (found.ContainsKey id) then
                order.Add id
                found[id] <- (cause, Gathered(), Gathered())

            let _, origins, touched = found[id]
            origins.Add at
            touched.Add cell

    [
        for id in order do
            let cause, origins, touched = found[id]

            {
                Cause = cause
                At = origins.Cells
                Touches = touched.Cells
            }
    ]
