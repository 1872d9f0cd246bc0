/// The nouns of Plimsoll. Everything else is written in these words.
namespace Plimsoll.Language

/// A stretch of a text file. Lines and columns count from 1.
type Position = {
    File: string
    Line: int
    Column: int
    Length: int
}

/// What a parameter can be set to.
type Value =
    | Flag of bool
    | Whole of int64
    | Real of double
    | Text of string
    | Items of Value list

/// What a parameter accepts. Bounds are inclusive unless the name says otherwise.
type ValueType =
    | FlagType
    | WholeType of lowest: int64 * highest: int64
    | RealType of lowest: double * highest: double
    /// As RealType, without the lowest value itself.
    | RealAboveType of above: double * highest: double
    | ChoiceType of string list
    | TextType
    /// A file, relative to the experiment file. Its content, not its path, enters the key.
    | FileType
    | ItemsType of ValueType

/// One parameter of a stage or of a recipe.
type Parameter = {
    Name: string
    Type: ValueType
    /// None: the parameter must be given.
    Default: Value option
    /// "" where the number has no unit; otherwise "step", "cost/episode", "1/step", ...
    Unit: string
    Meaning: string
}

/// What an artifact holds, so that stages are wired together correctly.
type ArtifactKind =
    | DatasetArtifact
    | BehaviourArtifact
    | RewardCriticArtifact
    | CostCriticArtifact
    | PolicyArtifact
    /// What proposes actions that are good and safe, and the critic that chooses among them.
    | CapturerArtifact
    /// A model of whole trajectories, which a target turns into a policy.
    | SequenceModelArtifact
    | ScoresArtifact
    | TimingsArtifact

/// How far the bits of an output can be trusted to repeat.
type Reproducibility =
    | Bitwise
    | SameMachine
    | Volatile

/// Whether a stage touches a simulator: the offline promise as a type.
type EnvironmentUse =
    | NoEnvironment
    | MakesData
    | FinalEvaluation
    /// Trains on data and rolls its policy out meanwhile: what comes of it is not offline.
    | Hybrid

/// A stage as the language and the engine see it: a typed pure function without its body.
type StageSignature = {
    Name: string
    Inputs: (string * ArtifactKind) list
    Output: ArtifactKind
    Parameters: Parameter list
    /// True when the stage draws random numbers from the run's seed (the axis `seeds`).
    Seeded: bool
    Environment: EnvironmentUse
    /// In a cell: the weaker of the stage's own and, where it touches a simulator, the task's.
    Reproducibility: Reproducibility
    Meaning: string
}

/// A task whose simulator the program has.
type TaskSignature = {
    Name: string
    Horizon: int
    EndsEarly: bool
    /// Of whatever its simulator has a part in.
    Reproducibility: Reproducibility
    /// The stage that makes a dataset of it from nothing.
    Collect: string
    Meaning: string
}

/// All that the language must know of the program: data, no code.
type Catalogue = {
    Stages: StageSignature list
    Tasks: TaskSignature list
    /// The stages that the experiment file names only implicitly.
    Load: string
    Evaluate: string
    EvaluateOffline: string
    TimeActing: string
}

/// Where the final value of a parameter came from.
type Source =
    | FromDefault
    | FromRecipe of Position
    | FromFile of Position
    | FromAxis of axis: string * Position

type Setting = { Value: Value; Source: Source }

/// Digest of a cell's resolved definition, 64 hexadecimal digits; known before anything has run.
[<Struct>]
type CellId =
    | CellId of string

    override this.ToString() = let (CellId text) = this in text

/// Where a cell stands in the experiment. A cell shared by several arms or limits has several.
type Coordinates = {
    Task: string
    /// None for what all arms share, such as the dataset.
    Arm: string option
    /// The stage's name inside its recipe, such as `policy` or `scores`.
    Node: string
    Seed: int64 option
    /// cost/episode, undiscounted.
    CostLimit: double option
    /// Settings of the sweep, by the axis' name.
    Sweep: (string * Value) list
}

/// One stage with concrete parameters and inputs: a node of the expanded DAG.
type Cell = {
    Id: CellId
    Stage: StageSignature
    /// Complete: defaults included.
    Parameters: Map<string, Setting>
    /// The producing cell of each input, by role.
    Inputs: (string * CellId) list
    Seed: int64 option
    /// For people: `DiscCircle/drcorl/policy seed=0 cost_limit=10`.
    Label: string
    Coordinates: Coordinates list
}

type Metric =
    | RewardMetric
    | CostMetric

type Bound =
    | AtMost of double
    | AtLeast of double
    /// Higher than another arm's with at least this probability.
    | Above of arm: string * probability: double
    /// Lower than another arm's with at least this probability.
    | Below of arm: string * probability: double

/// Where a claim is asked.
type ClaimScope =
    | EveryLimit
    | OneLimit of double
    /// Once, of the mean over the limits.
    | AverageOfLimits

/// A statement that the report answers: supported, not supported or undecided.
type Claim = {
    Metric: Metric
    Arm: string
    Bound: Bound
    For: ClaimScope
    Position: Position
}

type Protocol = {
    CostLimits: double list
    Seeds: int64 list
    Episodes: int
    /// Numbers of observations at once for which acting is timed; empty: it is not.
    TimeActions: int64 list
}

/// A checked experiment, expanded. Cells stand in an order in which inputs come first.
type Experiment = {
    Name: string
    File: string
    Protocol: Protocol
    Tasks: string list
    Arms: string list
    Claims: Claim list
    Cells: Cell list
}
