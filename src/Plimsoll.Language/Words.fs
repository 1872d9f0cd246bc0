/// Kinds of artifacts, types of values and things with names, as problems and tables call them.
module Plimsoll.Language.Words

open System
open System.Globalization
open Plimsoll.Language // after System, whose ValueType is another

let number (value: double) =
    value.ToString("R", CultureInfo.InvariantCulture)

let kind (kind: ArtifactKind) : string =
    match kind with
    | DatasetArtifact -> "a dataset"
    | BehaviourArtifact -> "a behaviour model"
    | RewardCriticArtifact -> "a reward critic"
    | CostCriticArtifact -> "a cost critic"
    | PolicyArtifact -> "a policy"
    | CapturerArtifact -> "a safety distribution capturer"
    | SequenceModelArtifact -> "a sequence model"
    | ScoresArtifact -> "scores"
    | TimingsArtifact -> "timings"

let private within noun lowest highest =
    match Double.IsNegativeInfinity lowest, Double.IsPositiveInfinity highest with
    | true, true -> noun
    | false, true -> $"{noun} of at least {number lowest}"
    | true, false -> $"{noun} of at most {number highest}"
    | false, false -> $"{noun} from {number lowest} to {number highest}"

let private wholeBound extreme (bound: int64) =
    if bound = extreme then
        infinity * double (sign extreme)
    else
        double bound

let rec valueType (expected: ValueType) : string =
    match expected with
    | FlagType -> "true or false"
    | WholeType(lowest, highest) ->
        within "a whole number" (wholeBound Int64.MinValue lowest) (wholeBound Int64.MaxValue highest)
    | RealType(lowest, highest) -> within "a number" lowest highest
    | RealAboveType(above, highest) when Double.IsPositiveInfinity highest -> $"a number above {number above}"
    | RealAboveType(above, highest) -> $"a number above {number above} and at most {number highest}"
    | ChoiceType [ only ] -> only
    | ChoiceType words -> "one of " + String.Join(", ", words)
    | TextType -> "a text"
    | FileType -> "the path of a file, relative to this file"
    | ItemsType item -> "a list, each item " + valueType item

let noun (noun: Noun) =
    match noun with
    | TaskName -> "task"
    | ArmName -> "arm"
    | EarlierArmName -> "earlier arm"
    | StageName -> "stage"
    | NodeName -> "stage of this recipe"
    | ParameterName -> "parameter"
    | ExperimentName -> "experiment"
    | RecipeName -> "recipe"

let article (what: Noun) =
    match what with
    | ArmName
    | EarlierArmName
    | ExperimentName -> "an " + noun what
    | _ -> "a " + noun what
