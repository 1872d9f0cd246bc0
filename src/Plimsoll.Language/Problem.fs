/// Everything that can be wrong in an experiment or a recipe file. The wording is in ProblemText.fs.
namespace Plimsoll.Language

/// What of YAML the language leaves out, so that a file says each thing once and where it is used.
type Forbidden =
    | Anchor
    | Alias
    | Tag
    | MergeKey
    | Directive
    | SecondDocument
    | KeyWithStructure

/// The part of a file that a problem is about.
type Place =
    | WholeExperiment
    | WholeRecipe
    | Section of string
    | InTask of string
    | InArm of string
    | InClaim
    /// A stage of a recipe, by its node's name.
    | InNode of string
    /// An entry of a recipe's `parameters`.
    | InRecipeParameter of string
    /// One key or parameter by its name.
    | At of string

/// What a name was meant to name.
type Noun =
    | TaskName
    | ArmName
    /// An arm that stands above in the file.
    | EarlierArmName
    | StageName
    | NodeName
    | ParameterName
    | ExperimentName
    | RecipeName

type Fault =
    // The text.
    | NotUtf8
    | BadCharacter of code: int
    | EmptyFile
    | NotYaml of detail: string
    | TabAsIndent
    | NotAllowed of Forbidden
    | DuplicateKey of key: string * first: Position
    | TooDeep of limit: int
    // Keys and shapes.
    | UnknownKey of Place * key: string * known: string list
    | MissingKey of Place * oneOf: string list
    | NothingGiven of Place
    | NotAMapping of Place
    | NotAList of Place
    | NotAScalar of Place
    | NotAName of Noun * text: string
    | NameReserved of Noun * name: string
    | KeysExclude of Place * key: string * other: string
    | EmptySection of Place
    // Values.
    | WrongType of Place * expected: ValueType * found: string
    | TextForNumber of Place * expected: ValueType * found: string
    | OutOfRange of Place * ValueType * unit: string * found: string
    | NumberNotFinite of Place * found: string
    | NumberTooLarge of Place * found: string
    | RangeReversed of first: int64 * last: int64
    | RangeTooLong of count: bigint * limit: int
    | ItemRepeated of Place * item: string
    | ListEmpty of Place
    /// A whole number where a list of seeds is due: it was meant as their number.
    | SeedsAsCount of count: int64
    // Names.
    | UnknownName of Noun * name: string * known: string list
    | UnknownReference of Place * name: string * known: string list
    | RecipeNotFound of name: string * reason: string
    | FileNotFound of Place * path: string
    // Wiring.
    | WrongKind of role: string * needed: ArtifactKind * node: string * found: ArtifactKind
    | InputMissing of node: string * stage: string * role: string * kind: ArtifactKind
    | ParameterMissing of node: string * stage: string * Parameter
    | StagesInCircle of string list
    | StageUnused of node: string
    | RecipeParameterUnused of name: string
    | ParameterSetTwice of target: string * first: Position
    /// A setting of the arm above that an arm is like, and what is wrong with it in the arm's own recipe.
    | NotTakenOver of key: string * from: string * recipe: string * Fault
    | SetByArmAndSweep of axis: string * first: Position
    | SimulatorMissing of node: string * stage: string * task: string
    | TooManyCells of count: bigint * limit: int

/// A fault, where it is, and the line of text it stands in.
type Problem = {
    Fault: Fault
    Position: Position
    SourceLine: string
}

/// Collects the problems of one check. A check goes on after a problem, so that one pass reports them all.
type Findings() =
    let lines = System.Collections.Generic.Dictionary<string, string[]>()
    let found = ResizeArray<Problem>()

    /// Makes a file's text known, so that problems can quote their line.
    member _.Open(file: string, text: string) =
        lines[file] <- text.Split([| "\r\n"; "\n"; "\r" |], System.StringSplitOptions.None)

    member _.Lines(file: string) : string[] =
        match lines.TryGetValue file with
        | true, known -> known
        | _ -> [||]

    member this.Add(position: Position, fault: Fault) =
        let known = this.Lines position.File

        let line =
            if position.Line >= 1 && position.Line <= known.Length then
                known[position.Line - 1]
            else
                ""

        found.Add {
            Fault = fault
            Position = position
            SourceLine = line
        }

    member _.Count = found.Count

    /// Each problem once: the files in the order in which they were opened, and by position within a file.
    member _.Problems: Problem list =
        let order = lines.Keys |> Seq.mapi (fun index file -> file, index) |> dict

        let fileOrder (file: string) =
            match order.TryGetValue file with
            | true, index -> index
            | _ -> order.Count

        found
        |> Seq.distinct
        |> Seq.sortBy (fun problem ->
            fileOrder problem.Position.File, problem.Position.Line, problem.Position.Column)
        |> List.ofSeq
