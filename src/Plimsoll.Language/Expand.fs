/// Multiplies a definition out to cells. A stage is repeated only over the dimensions that it or its inputs
/// depend on, so what does not read the cost limit is one cell for all limits; equal definitions meet in
/// one cell by their id. The time is linear in the number of instances.
module Plimsoll.Language.Expand

/// Dimensions of an arm, by index: the seed, the cost limit, then its axes.
let private seedDimension = 0

let private limitDimension = 1
let private firstAxis = 2

/// How one parameter follows a dimension: its setting at each index.
type private Varying = {
    Parameter: string
    Dimension: int
    Settings: Setting[]
}

/// A stage of an arm, ready to be repeated.
type private Plan = {
    Node: string
    Signature: StageSignature
    /// Defaults and all settings that do not vary.
    Settings: Map<string, Setting>
    Varying: Varying list
    Inputs: (string * Instances) list
    /// Ascending. A cell of the plan exists for each point of these dimensions.
    Dimensions: int list
}

/// The cells of a plan by point, in mixed radix over its dimensions.
and private Instances = {
    Over: int list
    Sizes: int[]
    Ids: CellId[]
}

let private points (sizes: int[]) dimensions =
    (1, dimensions) ||> List.fold (fun count dimension -> count * sizes[dimension])

/// The number of a point in mixed radix over some dimensions.
let private index (sizes: int[]) (dimensions: int list) (point: int[]) =
    (0, dimensions)
    ||> List.fold (fun index dimension -> index * sizes[dimension] + point[dimension])

/// The point of a number: the inverse of `index`, written into `point`. Dimensions are descending.
let rec private setPoint (sizes: int[]) descending (point: int[]) number =
    match descending with
    | [] -> ()
    | dimension :: rest ->
        point[dimension] <- number % sizes[dimension]
        setPoint sizes rest point (number / sizes[dimension])

let private costLimitSettings (definition: Definition) =
    List.zip definition.Protocol.CostLimits definition.LimitPositions
    |> List.map (fun (limit, position) -> {
        Value = Real limit
        Source = FromAxis(Reserved.costLimitAxis, position)
    })
    |> Array.ofList

let private axisVarying (arm: DefinedArm) node : Varying list =
    let setting (axis: Axis) (value, position) = {
        Value = value
        Source = FromAxis(axis.Name, position)
    }

    [
        for number, axis in List.indexed arm.Axes do
            for target, values in axis.Targets do
                if target.Node = node then
                    yield {
                        Parameter = target.Parameter
                        Dimension = firstAxis + number
                        Settings = List.zip values axis.Positions |> List.map (setting axis) |> Array.ofList
                    }
    ]

/// All settings of a node that do not vary: defaults below what recipe and arm set.
let fixedSettings (node: RecipeNode) : Map<string, Setting> =
    node.Signature.Parameters
    |> List.choose (fun parameter ->
        match node.Assignments.TryFind parameter.Name, parameter.Default with
        | Some {
                   Argument = Given value
                   Source = source
               },
          _ -> Some(value, source)
        | None, Some value -> Some(value, FromDefault)
        | _ -> None
        |> Option.map (fun (value, source) -> parameter.Name, { Value = value; Source = source }))
    |> Map.ofList

let private dimensions (signature: StageSignature) (varying: Varying list) (inputs: Instances list) =
    [
        if signature.Seeded then
            yield seedDimension
        for varying in varying do
            yield varying.Dimension
        yield! inputs |> List.collect _.Over
    ]
    |> List.distinct
    |> List.sort

let private nodeVarying limits arm (node: RecipeNode) =
    let byAxis = axisVarying arm node.Name
    let swept = byAxis |> List.map _.Parameter |> set

    let byLimit = [
        for KeyValue(parameter, assignment) in node.Assignments do
            if assignment.Argument = EachCostLimit && not (swept.Contains parameter) then
                {
                    Parameter = parameter
                    Dimension = limitDimension
                    Settings = limits
                }
    ]

    byAxis @ byLimit

/// A task, and the dimensions of one of its arms; no arm for what the task's arms share.
type private Scope = {
    /// Made once, for all cells of a seed or a limit.
    Seeds: int64 option[]
    Limits: double option[]
    Task: string
    Arm: DefinedArm option
    ArmName: string option
    Sizes: int[]
}

let private coordinates (scope: Scope) node over (point: int[]) : Coordinates = {
    Task = scope.Task
    Arm = scope.ArmName
    Node = node
    Seed =
        if List.contains seedDimension over then
            scope.Seeds[point[seedDimension]]
        else
            None
    CostLimit =
        if List.contains limitDimension over then
            scope.Limits[point[limitDimension]]
        else
            None
    Sweep =
        match scope.Arm with
        | None -> []
        | Some arm -> [
            for number, axis in List.indexed arm.Axes do
                let dimension = firstAxis + number

                match axis.Targets with
                | (_, values) :: _ when List.contains dimension over ->
                    yield axis.Name, values[point[dimension]]
                | _ -> ()
          ]
}

/// Settings at each point of `over`, the dimensions that they follow.
let private sharedSettings (scope: Scope) (plan: Plan) (over: int list) : Shared[] =
    let point = Array.zeroCreate<int> scope.Sizes.Length
    let descending = List.rev over

    Array.init (points scope.Sizes over) (fun number ->
        setPoint scope.Sizes descending point number

        let settings =
            (plan.Settings, plan.Varying)
            ||> List.fold (fun settings varying ->
                settings.Add(varying.Parameter, varying.Settings[point[varying.Dimension]]))

        {
            Settings = settings
            Written = CellIdentity.settings settings
        })

/// What `$task` means for a node in a task. The check has refused it where the task has no simulator.
let private taskSettings (task: DefinedTask) (node: RecipeNode) : (string * Setting) list = [
    for KeyValue(parameter, assignment) in node.Assignments do
        match assignment.Argument, task.Simulator with
        | EachTask, Some name ->
            parameter,
            {
                Value = Text name
                Source = assignment.Source
            }
        | _ -> ()
]

/// Makes the cells of a plan, one for each point.
let private instantiate (cells: Cells) (scope: Scope) (plan: Plan) : Instances =
    let point = Array.zeroCreate<int> scope.Sizes.Length
    let descending = List.rev plan.Dimensions
    let over = plan.Varying |> List.map _.Dimension |> List.distinct |> List.sort
    let shared = sharedSettings scope plan over

    let cell number =
        setPoint scope.Sizes descending point number

        let inputs =
            plan.Inputs
            |> List.map (fun (role, from) -> role, from.Ids[index from.Sizes from.Over point])

        let seed =
            if plan.Signature.Seeded then
                scope.Seeds[point[seedDimension]]
            else
                None

        cells.Add(
            coordinates scope plan.Node plan.Dimensions point,
            plan.Signature,
            shared[index scope.Sizes over point],
            inputs,
            seed
        )

    {
        Over = plan.Dimensions
        Sizes = scope.Sizes
        Ids = Array.init (points scope.Sizes plan.Dimensions) cell
    }

let private dataset cells (scope: Scope) (task: DefinedTask) =
    let signature = task.Dataset.Signature

    instantiate cells scope {
        Node = Reserved.dataset
        Signature = signature
        Settings = task.Dataset.Settings
        Varying = []
        Inputs = []
        Dimensions = dimensions signature [] []
    }

let private node
    cells
    scope
    limits
    (task: DefinedTask)
    (arm: DefinedArm)
    (dataset: Instances)
    (known: Map<string, Instances>)
    (node: RecipeNode)
    =
    let varying = nodeVarying limits arm node

    let inputs =
        node.Inputs
        |> List.map (fun (role, producer) ->
            match producer with
            | TaskDataset -> role, dataset
            | Node name -> role, known[name])

    let plan = {
        Node = node.Name
        Signature = node.Signature
        Settings =
            (fixedSettings node, taskSettings task node)
            ||> List.fold (fun known (parameter, setting) -> known.Add(parameter, setting))
        Varying = varying
        Inputs = inputs
        Dimensions = dimensions node.Signature varying (List.map snd inputs)
    }

    known.Add(node.Name, instantiate cells scope plan)

/// Scores stand at every point of the arm, also where the policy is the same cell.
let private scores cells (scope: Scope) limits (task: DefinedTask) dataset policy =
    let signature = task.Scores.Signature

    let varying = [
        if (Signatures.tryParameter signature Reserved.costLimitParameter).IsSome then
            {
                Parameter = Reserved.costLimitParameter
                Dimension = limitDimension
                Settings = limits
            }
    ]

    let inputs =
        signature.Inputs
        |> List.map (fun (role, kind) -> role, (if kind = PolicyArtifact then policy else dataset))

    instantiate cells scope {
        Node = Reserved.scores
        Signature = signature
        Settings = task.Scores.Settings
        Varying = varying
        Inputs = inputs
        Dimensions = [ 0 .. scope.Sizes.Length - 1 ]
    }
    |> ignore

/// A policy is timed once, wherever it stands.
let private timings cells (scope: Scope) (stage: ImplicitStage) dataset policy =
    let inputs =
        stage.Signature.Inputs
        |> List.map (fun (role, kind) -> role, (if kind = PolicyArtifact then policy else dataset))

    instantiate cells scope {
        Node = Reserved.timings
        Signature = stage.Signature
        Settings = stage.Settings
        Varying = []
        Inputs = inputs
        Dimensions = dimensions stage.Signature [] (List.map snd inputs)
    }
    |> ignore

let private armSizes (definition: Definition) (arm: DefinedArm option) = [|
    definition.Protocol.Seeds.Length
    definition.Protocol.CostLimits.Length
    match arm with
    | Some arm ->
        for axis in arm.Axes do
            axis.Positions.Length
    | None -> ()
|]

/// A bound on the cells of a definition, before any is made: every stage at every point of its arm.
let instances (definition: Definition) : bigint =
    // Scores, and timings where they are asked for, stand beside the recipe's own nodes.
    let added = if definition.Protocol.TimeActions.IsEmpty then 1 else 2

    let ofArm (arm: DefinedArm) =
        (bigint (arm.Nodes.Length + added), armSizes definition (Some arm))
        ||> Array.fold (fun product size -> product * bigint size)

    bigint definition.Tasks.Length * (1I + List.sumBy ofArm definition.Arms)

/// Expands a definition whose check found no problems.
let cells (signatures: Signatures.Signatures) (definition: Definition) : Cell list =
    let cells = Cells(signatures)
    let limits = costLimitSettings definition

    for task in definition.Tasks do
        let scope = {
            Seeds = definition.Protocol.Seeds |> List.map Some |> Array.ofList
            Limits = definition.Protocol.CostLimits |> List.map Some |> Array.ofList
            Task = task.Name
            Arm = None
            ArmName = None
            Sizes = armSizes definition None
        }

        let dataset = dataset cells scope task

        for arm in definition.Arms do
            let scope = {
                scope with
                    Arm = Some arm
                    ArmName = Some arm.Name
                    Sizes = armSizes definition (Some arm)
            }

            let known =
                (Map.empty, arm.Nodes) ||> List.fold (node cells scope limits task arm dataset)

            scores cells scope limits task dataset known[arm.Result]

            task.Timings
            |> Option.iter (fun stage -> timings cells scope stage dataset known[arm.Result])

    cells.All
