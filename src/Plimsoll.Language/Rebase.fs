/// The same experiment for a reader who lies in another folder.
module Plimsoll.Language.Rebase

let rec private value (move: string -> string) (valueType: ValueType) (value': Value) =
    match valueType, value' with
    | FileType, Text path -> Text(move path)
    | ItemsType item, Items values -> Items(values |> List.map (value move item))
    | _ -> value'

let private ofParameter move (signature: StageSignature) name value' =
    match signature.Parameters |> List.tryFind (fun parameter -> parameter.Name = name) with
    | Some parameter -> value move parameter.Type value'
    | None -> value'

let private implicitStage move (stage: ImplicitStage) = {
    stage with
        Settings =
            stage.Settings
            |> Map.map (fun name setting -> {
                setting with
                    Value = ofParameter move stage.Signature name setting.Value
            })
}

let private node move (node: RecipeNode) = {
    node with
        Assignments =
            node.Assignments
            |> Map.map (fun name assignment ->
                match assignment.Argument with
                | Given given -> {
                    assignment with
                        Argument = Given(ofParameter move node.Signature name given)
                  }
                | EachCostLimit
                | EachTask -> assignment)
}

let private axis move (nodes: RecipeNode list) (axis: Axis) = {
    axis with
        Targets =
            axis.Targets
            |> List.map (fun (target, values) ->
                match nodes |> List.tryFind (fun node -> node.Name = target.Node) with
                | Some node -> target, values |> List.map (ofParameter move node.Signature target.Parameter)
                | None -> target, values)
}

/// Every file that the experiment names goes through `move`: a path from the experiment's own folder becomes
/// one that holds elsewhere. Keys do not change, since they hold contents.
let files (move: string -> string) (definition: Definition) : Definition = {
    definition with
        Tasks =
            definition.Tasks
            |> List.map (fun task -> {
                task with
                    Dataset = implicitStage move task.Dataset
                    Scores = implicitStage move task.Scores
            })
        Arms =
            definition.Arms
            |> List.map (fun arm -> {
                arm with
                    Nodes = arm.Nodes |> List.map (node move)
                    Axes = arm.Axes |> List.map (axis move arm.Nodes)
            })
}
