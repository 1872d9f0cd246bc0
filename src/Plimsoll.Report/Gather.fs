/// Results from an experiment and the records of its cells: the only place that knows records and artifacts.
namespace Plimsoll.Report

open System
open System.Collections.Generic
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Store

/// What is known of one cell when the report is made.
type CellResult =
    /// `path` is the verified artifact, None for a diverged cell. `cached`: this run found it finished.
    | Recorded of record: Record * path: string option * cached: bool
    /// It failed, and why.
    | Broken of why: string
    /// It has not run, and why: `cancelled`, `blocked: ...`; "" where nothing is known.
    | Unrecorded of why: string

module Gather =
    open ArtifactReading

    let private linkOf (cell: Cell) result : RecordLink =
        match result with
        | Recorded(record, _, _) -> {
            Cell = cell.Id
            Label = cell.Label
            Key = Some(string record.Key)
            Artifact = record.Artifact |> Option.map (fun a -> string a.Digest)
            Command = Some record.Command
          }
        | Broken _
        | Unrecorded _ -> {
            Cell = cell.Id
            Label = cell.Label
            Key = None
            Artifact = None
            Command = None
          }

    let private divergence (step: int64) what = $"{what} (step {step})"

    let private machineText (m: Machine) =
        $"{m.Host}: {m.Processor}, {m.Cores} cores, {m.System}, {m.Runtime}"

    let private programText (p: Plimsoll.Store.Provenance) =
        [
            p.Source |> Option.map (fun source -> "source " + source)
            Some("SDK " + p.Sdk)
            p.Lock |> Option.map (fun lock -> "lock " + lock)
        ]
        |> List.choose id
        |> String.concat ", "

    let private makingOf result : Making option =
        match result with
        | Recorded(record, _, _) ->
            Some {
                Parts = record.Parts
                Bytes = record.Artifact |> Option.map _.Bytes
                Attempts = record.Attempts
                Machine = machineText record.Machine
                Program = programText record.Provenance
                Started = record.Started
                Threads = record.Threads
            }
        | Broken _
        | Unrecorded _ -> None

    /// Why a cell without a record has no result: the nearest cell before it that diverged or failed.
    let private cause (cells: IReadOnlyDictionary<CellId, Cell>) (lookup: CellId -> CellResult) (cell: Cell) =
        let seen = HashSet<CellId>()

        let rec search (frontier: Cell list) =
            let own (c: Cell) =
                match lookup c.Id with
                | Recorded({
                               Outcome = Outcome.Diverged(step, what)
                           },
                           _,
                           _) -> Some(Diverged $"{c.Label}: {divergence step what}")
                | Broken why -> Some(Failed $"{c.Label}: {why}")
                | Recorded _
                | Unrecorded _ -> None

            match frontier with
            | [] -> Missing
            | _ ->
                match frontier |> List.tryPick own with
                | Some state -> state
                | None ->
                    frontier
                    |> List.collect _.Inputs
                    |> List.map snd
                    |> List.filter seen.Add
                    |> List.choose (fun id ->
                        match cells.TryGetValue id with
                        | true, c -> Some c
                        | _ -> None)
                    |> search

        search [ cell ]

    /// Whether a stage with this output may leave series of its training.
    let isTraining kind =
        match kind with
        | BehaviourArtifact
        | RewardCriticArtifact
        | CostCriticArtifact
        | PolicyArtifact
        | CapturerArtifact
        | SequenceModelArtifact -> true
        | DatasetArtifact
        | ScoresArtifact
        | TimingsArtifact -> false

    /// The kind of a score that does not exist yet, from what its stage touches.
    let private expectedKind (cell: Cell) =
        if cell.Stage.Environment = NoEnvironment then
            OffPolicy
        else
            Rollout

    let private factOf (cell: Cell) result (unreadable: string option) : CellFact =
        let state, seconds, memory, cached =
            match result with
            | Recorded(record, _, cached) ->
                let state =
                    match record.Outcome, unreadable with
                    | Outcome.Diverged(step, what), _ -> CellDiverged(divergence step what)
                    | Outcome.Finished _, Some why ->
                        CellFailed $"finished, but its artifact cannot be read: {why}"
                    | Outcome.Finished _, None -> CellFinished

                state, Some record.Seconds, Some record.PeakMemory, cached
            | Broken why -> CellFailed why, None, None, false
            | Unrecorded why -> CellNotRun why, None, None, false

        {
            Stage = cell.Stage.Name
            Label = cell.Label
            State = state
            Seconds = seconds
            Memory = memory
            Cached = cached
            Record = linkOf cell result
            Made = makingOf result
        }

    /// The program and the machines behind the records; more than one of either is listed, never hidden.
    let private facts (experiment: Experiment) (records: Record list) =
        let distinct name pick =
            records
            |> List.choose pick
            |> List.distinct
            |> List.sort
            |> List.map (fun value -> name, value)

        [ "experiment", experiment.File ]
        @ distinct "source" _.Provenance.Source
        @ distinct "SDK" (fun r -> Some r.Provenance.Sdk)
        @ distinct "lock" _.Provenance.Lock
        @ distinct "machine" (fun r -> Some(machineText r.Machine))

    /// Reads every artifact that the report needs; what cannot be read becomes a visible failure, not a gap.
    /// `experimentText` is the resolved experiment.
    let results
        (experimentText: string option)
        (lookup: CellId -> CellResult)
        (experiment: Experiment)
        : Results =
        let cells = Dictionary<CellId, Cell>()

        for cell in experiment.Cells do
            cells[cell.Id] <- cell

        let known = experiment.Cells |> List.map (fun cell -> cell, lookup cell.Id)
        let unreadable = Dictionary<CellId, string>()

        let finished (cell: Cell) result read =
            match result with
            | Recorded({ Outcome = Outcome.Finished _ }, Some path, _) ->
                match read path with
                | Ok content -> Some content
                | Error why ->
                    unreadable[cell.Id] <- why
                    None
            | Recorded({ Outcome = Outcome.Finished _ }, None, _) ->
                unreadable[cell.Id] <- "the store does not have it"
                None
            | Recorded _
            | Broken _
            | Unrecorded _ -> None

        let scores = [
            for cell, result in known do
                if cell.Stage.Output = ScoresArtifact then
                    let kind, state =
                        match finished cell result (readText parseScores) with
                        | Some(kind, episodes) -> kind, Scored episodes
                        | None ->
                            match unreadable.TryGetValue cell.Id with
                            | true, why -> expectedKind cell, Failed $"its scores cannot be read: {why}"
                            | _ -> expectedKind cell, cause cells lookup cell

                    for coordinates in cell.Coordinates do
                        {
                            Coordinates = coordinates
                            Kind = kind
                            State = state
                            Record = linkOf cell result
                        }
        ]

        let curves = [
            for cell, result in known do
                if isTraining cell.Stage.Output then
                    for name, points in finished cell result readCurves |> Option.defaultValue [] do
                        {
                            Name = name
                            Coordinates = cell.Coordinates
                            Points = points
                            Record = linkOf cell result
                        }
        ]

        let timed = [
            for cell, result in known do
                if cell.Stage.Output = TimingsArtifact then
                    match finished cell result (readText ActingTimes.parse) with
                    | Some times ->
                        for coordinates in cell.Coordinates do
                            coordinates, linkOf cell result, times
                    | None -> ()
        ]

        // The data of a task is what all arms start from: the dataset made of no other.
        let data = [
            for task in experiment.Tasks do
                let source =
                    known
                    |> List.tryFind (fun (cell, _) ->
                        cell.Stage.Output = DatasetArtifact
                        && cell.Inputs.IsEmpty
                        && cell.Coordinates |> List.exists (fun c -> c.Task = task))

                match source with
                | Some(cell, result) ->
                    match finished cell result readTrajectories with
                    | Some(returns, costs) -> {
                        Task = task
                        Returns = returns
                        Costs = costs
                        Record = linkOf cell result
                      }
                    | None -> ()
                | None -> ()
        ]

        let records =
            known
            |> List.choose (fun (_, result) ->
                match result with
                | Recorded(record, _, _) -> Some record
                | Broken _
                | Unrecorded _ -> None)

        {
            Experiment = experiment
            Scores = scores
            Curves = curves
            Data = data
            ActingTimes = ActingTimes.group experiment timed
            Cells = [
                for cell, result in known ->
                    let why =
                        match unreadable.TryGetValue cell.Id with
                        | true, why -> Some why
                        | _ -> None

                    factOf cell result why
            ]
            Provenance = {
                Facts = facts experiment records
                ExperimentText = experimentText
            }
        }
