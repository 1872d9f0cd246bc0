/// A checked experiment before its axes are multiplied out. Every value is typed and knows its source.
namespace Plimsoll.Language

/// What a parameter of a stage is set to.
type Argument =
    | Given of Value
    /// `$cost-limit`: each limit of the protocol in turn.
    | EachCostLimit
    /// `$task`: the name of each task's simulator in turn.
    | EachTask

type Assignment = { Argument: Argument; Source: Source }

/// Where a stage takes an input from.
type Producer =
    | TaskDataset
    | Node of string

/// One stage of a recipe. Assignments hold what recipe, arm or axis set; defaults are not among them.
type RecipeNode = {
    Name: string
    Position: Position
    Signature: StageSignature
    Inputs: (string * Producer) list
    Assignments: Map<string, Assignment>
}

/// A parameter of a node.
type Target = { Node: string; Parameter: string }

/// A recipe's parameter: a short public name for parameters of its nodes.
type ShortName = {
    Name: string
    Position: Position
    Targets: Target list
}

/// An algorithm as data: a graph of stages in an order in which inputs come first.
type Recipe = {
    Name: string
    Summary: string
    Nodes: RecipeNode list
    Result: string
    ShortNames: ShortName list
    /// Names that a reported problem keeps from being usable; nothing more is said about them.
    Broken: Set<string>
}

/// One axis of a sweep. The values of each target stand in the same order; they differ in type at most.
type Axis = {
    Name: string
    /// What the file calls the swept parameter: the name without the arm.
    Parameter: string
    Targets: (Target * Value list) list
    Positions: Position list
}

type DefinedArm = {
    Name: string
    Recipe: string
    Nodes: RecipeNode list
    Result: string
    Axes: Axis list
}

/// A stage that the experiment file names only implicitly, with all its settings but those that vary.
type ImplicitStage = {
    Signature: StageSignature
    Settings: Map<string, Setting>
}

type DefinedTask = {
    Name: string
    /// The task by which the program simulates it, if it does.
    Simulator: string option
    Dataset: ImplicitStage
    Scores: ImplicitStage
    /// None: acting is not timed.
    Timings: ImplicitStage option
}

type Definition = {
    Name: string
    File: string
    Protocol: Protocol
    /// Positions of the protocol's cost limits, in their order.
    LimitPositions: Position list
    EpisodesSource: Source
    TimeActionsSource: Source
    Tasks: DefinedTask list
    Arms: DefinedArm list
    Claims: Claim list
}

/// Names with a fixed meaning.
module Reserved =
    let dataset = "dataset"
    let scores = "scores"
    let timings = "timings"

    /// What the program adds itself, so that no recipe may name a node so.
    let nodes = [ dataset; scores; timings ]

    /// What an arm says of itself beside its settings, so that no recipe's parameter may be called so.
    let armKeys = [ "recipe"; "like"; "parameters"; "stages"; "result" ]

    let taskDataset = "$dataset"
    let costLimit = "$cost-limit"
    let task = "$task"

    /// Parameters of the implicit stages that the task's name and the protocol set.
    let taskParameter = "task"
    let fileParameter = "file"
    let episodesParameter = "episodes"
    let batchesParameter = "batches"
    let costLimitParameter = "cost-limit"
    let policyRole = "policy"
    let datasetRole = "dataset"

    /// The axis of the protocol, as sources name it.
    let costLimitAxis = "cost_limits"
