/// In what a published number and ours were not made alike.
namespace Plimsoll.Report

type ProtocolDifference =
    | OtherLimits of theirs: double list * ours: double list
    | OtherSeeds of theirs: int * ours: int
    /// A seed and limit.
    | OtherEpisodes of theirs: int * ours: int
    /// steps.
    | OtherHorizon of theirs: int * ours: int
    | OtherData of theirs: string * ours: string
    /// The range that rewards are normalised with.
    | OtherScale of theirs: (double * double) * ours: (double * double)
    /// Widths of hidden layers, by the names of our stages.
    | OtherNetworks of theirs: int64 list * ours: (string * int64 list) list
    | OtherSteps of theirs: int64 * ours: (string * int64) list
    /// Settings of ours that papers do not print.
    | OurSettings of string list
    | TheirsChosenOnline
    | OursHybrid
    | OursIncomplete of count: string
    | NotStated of what: string list
    | KnownDefect of table: string * what: string
    | NoteOfNumber of string

[<RequireQualifiedAccess>]
module ProtocolDifference =
    open System.Globalization

    let private limits values =
        match values with
        | [ only ] -> $"limit {Format.exact only}"
        | several -> "the mean over the limits " + Format.list (several |> List.map Format.exact)

    let private range (low: double, high: double) =
        $"{Format.short low} to {Format.short high}"

    let private widths (values: int64 list) =
        "[" + System.String.Join(", ", values) + "]"

    let private count (n: int64) =
        n.ToString("N0", CultureInfo.InvariantCulture)

    /// In one word or two, for a column.
    let short difference =
        match difference with
        | OtherLimits _ -> "limits"
        | OtherSeeds _ -> "seeds"
        | OtherEpisodes _ -> "episodes"
        | OtherHorizon _ -> "horizon"
        | OtherData _ -> "data"
        | OtherScale _ -> "reward scale"
        | OtherNetworks _ -> "networks"
        | OtherSteps _ -> "steps"
        | OurSettings _ -> "settings"
        | TheirsChosenOnline -> "chosen online"
        | OursHybrid -> "hybrid"
        | OursIncomplete _ -> "incomplete"
        | NotStated _ -> "not stated"
        | KnownDefect _ -> "defect"
        | NoteOfNumber _ -> "note"

    let private listed (each: string list) =
        if each.IsEmpty then "not set" else Format.list each

    let describe difference =
        match difference with
        | OtherLimits(theirs, ours) -> $"limits: theirs is {limits theirs}, ours {limits ours}"
        | OtherSeeds(theirs, ours) -> $"seeds: theirs {theirs}, ours {ours}"
        | OtherEpisodes(theirs, ours) -> $"episodes a seed and limit: theirs {theirs}, ours {ours}"
        | OtherHorizon(theirs, ours) -> $"horizon: theirs {theirs} steps, ours {ours}"
        | OtherData(theirs, ours) -> $"data: theirs {theirs}, ours {ours}"
        | OtherScale(theirs, ours) ->
            $"reward scale: theirs maps {range theirs} to 0 and 1, ours {range ours}: "
            + "equal returns are not equal rewards"
        | OtherNetworks(theirs, ours) ->
            let each = ours |> List.map (fun (stage, own) -> $"{stage} {widths own}")
            $"hidden layers: theirs {widths theirs}, ours {listed each}"
        | OtherSteps(theirs, ours) ->
            let each = ours |> List.map (fun (stage, own) -> $"{stage} {count own}")
            $"gradient steps: theirs {count theirs}, ours {listed each}"
        | OurSettings settings -> $"set by the experiment and not stated of theirs: {Format.list settings}"
        | TheirsChosenOnline ->
            "checkpoint: theirs is the best of many by rollouts in the simulator, ours the last"
        | OursHybrid -> "ours was rolled out in the simulator while it was trained: it is not offline"
        | OursIncomplete count -> $"ours rests on {count}"
        | NotStated what -> $"not stated of theirs: {Format.list what}"
        | KnownDefect(table, what) -> $"{table}: {what}"
        | NoteOfNumber note -> $"of their number: {note}"
