/// What a report is held against, and the words for it.
namespace Plimsoll.Report

open Plimsoll.Language

type Comparison =
    | WithPublished of PublishedComparison
    | WithExperiment of ExperimentComparison

/// Remarks that many lines share, each with a number, in the order in which they are met.
type internal Remarks(all: string list) =
    let known = all |> List.distinct

    /// From 1.
    member _.Number(remark: string) =
        1 + (known |> List.findIndex (fun other -> other = remark))

    member _.Numbered = known |> List.mapi (fun i remark -> i + 1, remark)

[<RequireQualifiedAccess>]
module internal ComparisonWords =
    /// Limits that are theirs, or that they do not state.
    let limits (values: double list) =
        if values.IsEmpty then
            "not stated"
        else
            Format.list (values |> List.map Format.exact)

    /// Whether two safe or unsafe numbers say the same.
    let verdicts (ours: bool option) (theirs: bool option) =
        let word safe = if safe then "safe" else "over"

        match ours, theirs with
        | Some a, Some b when a = b -> $"both {word a}"
        | Some a, Some b -> $"ours {word a}, theirs {word b}"
        | Some a, None -> $"ours {word a}"
        | None, Some b -> $"theirs {word b}"
        | None, None -> ""

    let remarks (comparison: PublishedComparison) =
        Remarks(
            comparison.Pairs
            |> List.collect _.Differences
            |> List.map ProtocolDifference.describe
        )

    /// `reward 0.68 -> 0.71`; what is not there has no value.
    let change (change: Change) =
        let side value = value |> Option.defaultValue "none"
        $"{change.Name}: {side change.A} -> {side change.B}"

    /// What is said where no change is known: nothing is called the same that was not compared.
    let unchanged (comparison: ExperimentComparison) =
        let alike =
            [ ProtocolChange; DataChange; ParameterChange; ProgramChange ]
            |> List.filter (fun group -> comparison.NotCompared |> List.forall (fun n -> n.Group <> group))
            |> List.map (function
                | ProtocolChange -> "protocol"
                | DataChange -> "data"
                | ParameterChange -> "parameters"
                | ProgramChange -> "programs")
            |> Format.list

        let words = alike.Substring(0, 1).ToUpperInvariant() + alike.Substring 1
        words + (if alike.Contains ' ' then " are" else " is") + " the same."

    /// `data not compared: B has no record of the data of BallCircle`.
    let notCompared (item: NotCompared) =
        $"{item.Group.Words} not compared: {item.Why}"

    /// Over which seeds a difference is, where not over all that its columns are over; else empty.
    let over (difference: Difference option) =
        match difference |> Option.map _.Over with
        | None
        | Some(None, None) -> ""
        | Some(Some a, None) -> $"A {a}"
        | Some(None, Some b) -> $"B {b}"
        | Some(Some a, Some b) -> $"A {a}, B {b}"

    /// What the interval of a difference does not know; empty where no record is in both, or all are.
    let shared (pair: BothMeasured) =
        if pair.Shared = 0 || pair.Same then
            ""
        else
            let are, them = if pair.Shared = 1 then "is", "it" else "are", "them"
            let records = Format.plural pair.Shared "record"
            $"{records} {are} in both: the interval takes {them} for independent"

    let cited (table: PublishedTable) =
        $"{table.Paper}, {table.Part} ({table.Reference})"
