/// In what two experiments are not the same, by name.
namespace Plimsoll.Report

open Plimsoll.Language

type ChangeGroup =
    | ProtocolChange
    | DataChange
    | ParameterChange
    | ProgramChange

    member this.Words =
        match this with
        | ProtocolChange -> "protocol"
        | DataChange -> "data"
        | ParameterChange -> "parameter"
        | ProgramChange -> "program"

/// What is not the same in A and in B, by name. None: it is not there.
type Change = {
    Group: ChangeGroup
    Name: string
    A: string option
    B: string option
}

/// What could not be compared, and so is not known to be the same.
type NotCompared = { Group: ChangeGroup; Why: string }

[<RequireQualifiedAccess>]
module ExperimentChanges =
    let private change group name a b =
        if a = b then
            None
        else
            Some {
                Group = group
                Name = name
                A = a
                B = b
            }

    let private protocol (a: Protocol) (b: Protocol) =
        let items show values =
            Some("[" + System.String.Join(", ", values |> List.map show) + "]")

        [
            change
                ProtocolChange
                "cost_limits"
                (items Format.exact a.CostLimits)
                (items Format.exact b.CostLimits)
            change ProtocolChange "seeds" (items string a.Seeds) (items string b.Seeds)
            change ProtocolChange "episodes" (Some(string a.Episodes)) (Some(string b.Episodes))
        ]
        |> List.choose id

    /// The names in either, with what each has.
    let private eachName (a: Map<string, 'v>) (b: Map<string, 'v>) =
        [ yield! Map.keys a; yield! Map.keys b ]
        |> List.distinct
        |> List.sort
        |> List.map (fun name -> name, a.TryFind name, b.TryFind name)

    /// Stage and parameters of two cells that stand at the same place. What an axis sets is the protocol's or
    /// the sweep's, and differs between cells of one experiment.
    let private cells group place (a: Cell) (b: Cell) =
        let shown setting = Format.setting setting.Value

        let fixedBoth (old: Setting option, now: Setting option) =
            [ old; now ]
            |> List.choose id
            |> List.forall (fun s ->
                match s.Source with
                | FromAxis _ -> false
                | FromDefault
                | FromRecipe _
                | FromFile _ -> true)

        [
            change group $"{place} (stage)" (Some a.Stage.Name) (Some b.Stage.Name)
            for name, old, now in eachName a.Parameters b.Parameters do
                if fixedBoth (old, now) then
                    change group $"{place}.{name}" (Option.map shown old) (Option.map shown now)
        ]
        |> List.choose id

    let private digest (results: Results) task =
        results.Data
        |> List.tryFind (fun d -> d.Task = task)
        |> Option.bind _.Record.Artifact
        |> Option.map (fun digest -> digest.Substring(0, min 12 digest.Length))

    /// Equal settings may hold other bytes: a file that was replaced, another machine.
    let private bytes (a: Results) (b: Results) task =
        match digest a task, digest b task with
        | Some old, Some now -> change DataChange $"{task}/dataset artifact" (Some old) (Some now)
        | _ -> None

    let private data (a: Results) (b: Results) task =
        match OwnProtocol.dataset a.Experiment task, OwnProtocol.dataset b.Experiment task with
        | Some old, Some now ->
            match cells DataChange $"{task}/dataset" old now with
            | [] -> bytes a b task |> Option.toList
            | differing -> differing
        | _ -> []

    /// One cell for each node and sweep point of an arm, on the first of the tasks: nothing but axes varies
    /// over tasks, seeds and limits.
    let private nodes (experiment: Experiment) (task: string) arm =
        experiment.Cells
        |> List.collect (fun cell ->
            cell.Coordinates
            |> List.filter (fun c ->
                c.Arm = Some arm && c.Task = task && not (List.contains c.Node Reserved.nodes))
            |> List.map (fun c -> (c.Node, c.Sweep), cell))
        |> List.distinctBy fst

    let private parameters (a: Experiment) (b: Experiment) task arm = [
        let old, now = nodes a task arm, nodes b task arm

        for place, one in old do
            match now |> List.tryFind (fun (other, _) -> other = place) with
            | Some(_, two) ->
                let node, sweep = place
                let at = if sweep.IsEmpty then "" else $" ({Format.sweep sweep})"
                yield! cells ParameterChange $"{arm}/{node}{at}" one two
            | None -> ()

        let stages places =
            places
            |> List.map (fun ((node, _), cell: Cell) -> node, cell.Stage.Name)
            |> Map.ofList

        for node, one, two in eachName (stages old) (stages now) do
            if one.IsNone || two.IsNone then
                yield! change ParameterChange $"{arm}/{node}" one two |> Option.toList
    ]

    let private facts (results: Results) =
        results.Provenance.Facts
        |> List.filter (fun (name, _) -> name <> "experiment")
        |> List.groupBy fst
        |> List.map (fun (name, values) -> name, values |> List.map snd |> List.sort |> String.concat " and ")
        |> Map.ofList

    /// The programs and machines behind the records.
    let private program (a: Results) (b: Results) =
        let a, b = facts a, facts b

        if a.IsEmpty || b.IsEmpty then
            []
        else
            eachName a b
            |> List.choose (fun (name, old, now) -> change ProgramChange name old now)

    let private both one two =
        one |> List.filter (fun x -> List.contains x two)

    /// What no record or no counterpart tells.
    let unknown (a: Results) (b: Results) : NotCompared list =
        let tasks = both a.Experiment.Tasks b.Experiment.Tasks

        let side inA inB =
            match inA, inB with
            | true, true -> "A and B have"
            | true, false -> "A has"
            | _ -> "B has"

        [
            match tasks |> List.filter (fun t -> (digest a t).IsNone || (digest b t).IsNone) with
            | [] when tasks.IsEmpty -> {
                Group = DataChange
                Why = "no task is in both"
              }
            | [] -> ()
            | unread ->
                let lacks results =
                    unread |> List.exists (fun t -> (digest results t).IsNone)

                {
                    Group = DataChange
                    Why = $"{side (lacks a) (lacks b)} no record of the data of {Format.list unread}"
                }

            if tasks.IsEmpty || (both a.Experiment.Arms b.Experiment.Arms).IsEmpty then
                {
                    Group = ParameterChange
                    Why = "no arm is in both on the same task"
                }

            let noneA, noneB = (facts a).IsEmpty, (facts b).IsEmpty

            if noneA || noneB then
                {
                    Group = ProgramChange
                    Why = $"{side noneA noneB} no record"
                }
        ]

    let between (a: Results) (b: Results) : Change list =
        let tasks = both a.Experiment.Tasks b.Experiment.Tasks
        let arms = both a.Experiment.Arms b.Experiment.Arms

        [
            yield! protocol a.Experiment.Protocol b.Experiment.Protocol
            yield! tasks |> List.collect (data a b)
            match tasks with
            | task :: _ -> yield! arms |> List.collect (parameters a.Experiment b.Experiment task)
            | [] -> ()
            yield! program a b
        ]
        |> List.distinct
