/// The resolved experiment: an experiment file that names no recipe and leaves out no value, each value
/// with its source as a remark. Reading it back gives the same cells, so what is saved with a run is the
/// run's experiment.
module Plimsoll.Language.Resolved

open System.Text

let private position (position: Position) =
    $"{position.File}:{position.Line}:{position.Column}"

let private source (source: Source) =
    match source with
    | FromDefault -> "default"
    | FromRecipe at -> "recipe " + position at
    | FromFile at -> "file " + position at
    | FromAxis(axis, at) -> $"axis {axis} {position at}"

/// Words that stand as keys and names were checked to be plain; file names in remarks were not.
let private remark (text: string) =
    text.Replace("\n", " ").Replace("\r", " ")

type private Writer() =
    let text = StringBuilder()

    member _.Line(depth: int, line: string) =
        text.Append(' ', 2 * depth).Append(line).Append('\n') |> ignore

    /// A key with its value and the source of the value.
    member this.Value(depth, key: string, value: string, from: Source) =
        this.Line(depth, $"{key}: {value}  # {remark (source from)}")

    member _.Text = text.ToString()

let private settings (writer: Writer) depth (without: string list) (settings: Map<string, Setting>) =
    for KeyValue(name, setting) in settings do
        if not (List.contains name without) then
            writer.Value(depth, name, Literal.print setting.Value, setting.Source)

let private section (writer: Writer) depth name without (map: Map<string, Setting>) =
    if map |> Map.forall (fun name _ -> List.contains name without) then
        writer.Line(depth, name + ": {}")
    else
        writer.Line(depth, name + ":")
        settings writer (depth + 1) without map

let private task (writer: Writer) (task: DefinedTask) =
    writer.Line(1, task.Name + ":")

    if task.Dataset.Settings.ContainsKey Reserved.fileParameter then
        settings writer 2 [] task.Dataset.Settings
    else
        section writer 2 "collect" [] task.Dataset.Settings

    section writer 2 "evaluate" [ Reserved.taskParameter; Reserved.episodesParameter ] task.Scores.Settings

let private node (writer: Writer) (swept: Set<Target>) (node: RecipeNode) =
    writer.Line(3, node.Name + ":")
    writer.Line(4, "stage: " + node.Signature.Name)

    for role, producer in node.Inputs do
        match producer with
        | TaskDataset -> writer.Line(4, $"{role}: {Reserved.taskDataset}")
        | Node name -> writer.Line(4, $"{role}: {name}")

    let fixedSettings = Expand.fixedSettings node

    for parameter in node.Signature.Parameters do
        let target = {
            Node = node.Name
            Parameter = parameter.Name
        }

        if not (swept.Contains target) then
            match node.Assignments.TryFind parameter.Name, fixedSettings.TryFind parameter.Name with
            | Some {
                       Argument = EachCostLimit
                       Source = from
                   },
              _ -> writer.Value(4, parameter.Name, Reserved.costLimit, from)
            | Some { Argument = EachTask; Source = from }, _ ->
                writer.Value(4, parameter.Name, Reserved.task, from)
            | _, Some setting -> writer.Value(4, parameter.Name, Literal.print setting.Value, setting.Source)
            | _, None -> ()

let private arm (writer: Writer) (arm: DefinedArm) =
    writer.Line(1, $"{arm.Name}:  # recipe {remark arm.Recipe}")

    // A short name is kept where it is swept: its targets move together.
    let shortNames =
        arm.Axes |> List.filter (fun axis -> not (axis.Parameter.Contains '.'))

    if not shortNames.IsEmpty then
        writer.Line(2, "parameters:")

        for axis in shortNames do
            let targets =
                axis.Targets
                |> List.map (fun (target, _) -> RecipeFile.targetText target)
                |> String.concat ", "

            writer.Line(3, $"{axis.Parameter}: {{ for: [{targets}] }}")

    writer.Line(2, "stages:")
    let swept = arm.Axes |> List.collect _.Targets |> List.map fst |> set
    List.iter (node writer swept) arm.Nodes
    writer.Line(2, "result: " + arm.Result)

let private sweep (writer: Writer) (arms: DefinedArm list) =
    let axes = arms |> List.collect _.Axes

    if not axes.IsEmpty then
        writer.Line(0, "sweep:")

    for axis in axes do
        match axis.Targets, axis.Positions with
        | (_, values) :: _, at :: _ ->
            writer.Line(1, $"{axis.Name}: {Literal.print (Items values)}  # {remark (source (FromFile at))}")
        | _ -> ()

let private claim (writer: Writer) (claim: Claim) =
    let metric =
        match claim.Metric with
        | RewardMetric -> "reward"
        | CostMetric -> "cost"

    let real value = Literal.print (Real value)

    let bound =
        match claim.Bound with
        | AtMost value -> $"at-most: {real value}"
        | AtLeast value -> $"at-least: {real value}"
        | Above(arm, probability) -> $"above: {arm}, probability: {real probability}"
        | Below(arm, probability) -> $"below: {arm}, probability: {real probability}"

    let scope =
        match claim.For with
        | EveryLimit -> ""
        | OneLimit limit -> $", for: {real limit}"
        | AverageOfLimits -> $", for: {ClaimSection.averageOfLimits}"

    writer.Line(1, $"- {{ metric: {metric}, arm: {claim.Arm}, {bound}{scope} }}")

let private protocol (writer: Writer) (definition: Definition) =
    let protocol = definition.Protocol
    let limits = Items(List.map Real protocol.CostLimits)
    let seeds = Items(List.map Whole protocol.Seeds)
    writer.Line(0, "protocol:")
    writer.Line(1, $"{ProtocolSection.costLimits}: {Literal.print limits}")
    writer.Line(1, $"{ProtocolSection.seeds}: {Literal.print seeds}")
    writer.Value(1, ProtocolSection.episodes, string protocol.Episodes, definition.EpisodesSource)

    if not protocol.TimeActions.IsEmpty then
        let batches = Items(List.map Whole protocol.TimeActions)
        writer.Value(1, ProtocolSection.timeActions, Literal.print batches, definition.TimeActionsSource)

/// The text of the resolved experiment.
let print (definition: Definition) : string =
    let writer = Writer()

    writer.Line(
        0,
        $"# Resolved from {remark definition.File}: every value is final; remarks say where it is from."
    )

    writer.Line(0, "experiment: " + definition.Name)
    writer.Line(0, "tasks:")
    List.iter (task writer) definition.Tasks
    protocol writer definition
    writer.Line(0, "arms:")
    List.iter (arm writer) definition.Arms
    sweep writer definition.Arms

    if not definition.Claims.IsEmpty then
        writer.Line(0, "claims:")
        List.iter (claim writer) definition.Claims

    writer.Text
