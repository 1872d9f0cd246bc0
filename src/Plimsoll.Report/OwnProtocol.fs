/// What an experiment says of how its numbers came about, for comparisons.
module internal Plimsoll.Report.OwnProtocol

open Plimsoll.Data
open Plimsoll.Language

let private text name (cell: Cell) =
    match cell.Parameters.TryFind name with
    | Some { Value = Text value } -> Some value
    | _ -> None

/// The dataset that a task begins with.
let dataset (experiment: Experiment) task : Cell option =
    experiment.Cells
    |> List.tryFind (fun cell ->
        cell.Stage.Output = DatasetArtifact
        && cell.Inputs.IsEmpty
        && cell.Coordinates |> List.exists (fun c -> c.Task = task))

/// The task of DSRL behind a task of the experiment: for data from a simulator, the simulator's; for data from
/// a file, the file's or that of the task's name.
let dsrlTask (experiment: Experiment) (task: string) : DsrlTask option =
    let find name = Option.ofObj (DsrlTasks.Find name)

    match dataset experiment task with
    | None -> find task
    | Some cell ->
        match cell.Stage.Environment, text "task" cell with
        | MakesData, Some simulator -> find simulator
        | _, name -> [ text "file" cell; name; Some task ] |> List.choose id |> List.tryPick find

/// Where a task's data come from, in words.
let dataOf (experiment: Experiment) task =
    match dataset experiment task with
    | None -> "of unknown origin"
    | Some cell ->
        match text "file" cell, cell.Stage.Environment with
        | Some file, _ -> $"the file {System.IO.Path.GetFileName file}"
        | None, MakesData ->
            let settings =
                [ "steps"; "seed" ]
                |> List.choose (fun name ->
                    cell.Parameters.TryFind name
                    |> Option.map (fun s -> $"{name} {Format.setting s.Value}"))

            System.String.Join(", ", $"collected by the stage {cell.Stage.Name}" :: settings)
        | None, _ -> $"made by the stage {cell.Stage.Name}"

/// Training stages behind an arm at a sweep point on a task, each once, by name.
let private trainings (experiment: Experiment) task arm sweep =
    experiment.Cells
    |> List.collect (fun cell ->
        cell.Coordinates
        |> List.filter (fun c ->
            c.Task = task
            && c.Arm = Some arm
            // A stage that a swept parameter does not reach stands at fewer axes.
            && c.Sweep |> List.forall (fun setting -> List.contains setting sweep))
        |> List.map (fun c -> c.Node, cell))
    |> List.filter (fun (_, cell) ->
        cell.Stage.Output <> ScoresArtifact
        && cell.Stage.Output <> TimingsArtifact
        && cell.Stage.Output <> DatasetArtifact)
    |> List.distinctBy fst

/// Gradient steps by node.
let steps experiment task arm sweep : (string * int64) list =
    trainings experiment task arm sweep
    |> List.choose (fun (node, cell) ->
        match cell.Parameters.TryFind "steps" with
        | Some { Value = Whole steps } -> Some(node, steps)
        | _ -> None)

/// What the experiment sets otherwise than its recipes do, by node: `policy.pessimism = 0.2`. Steps and hidden layers
/// are compared by themselves.
let settings experiment task arm sweep : string list =
    trainings experiment task arm sweep
    |> List.collect (fun (node, cell) -> [
        for KeyValue(name, setting) in cell.Parameters do
            let own =
                match setting.Source with
                | FromFile _ -> true
                | FromAxis(axis, _) -> sweep |> List.exists (fun (swept, _) -> swept = axis)
                | FromDefault
                | FromRecipe _ -> false

            if own && name <> "steps" && name <> "hidden" then
                $"{node}.{name} = {Format.setting setting.Value}"
    ])

/// Widths of hidden layers by node.
let hidden experiment task arm sweep : (string * int64 list) list =
    trainings experiment task arm sweep
    |> List.choose (fun (node, cell) ->
        match cell.Parameters.TryFind "hidden" with
        | Some { Value = Items widths } ->
            Some(
                node,
                widths
                |> List.choose (function
                    | Whole width -> Some width
                    | _ -> None)
            )
        | _ -> None)
