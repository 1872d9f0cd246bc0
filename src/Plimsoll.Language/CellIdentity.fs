/// A cell's id and its name for people.
module Plimsoll.Language.CellIdentity

open System.Globalization

/// The version changes when equal definitions would get other ids.
let private domain = "plimsoll-cell/1"

/// The parameters' part of a definition: cells with the same settings share it.
let settings (parameters: Map<string, Setting>) : Canonical.Item =
    Canonical.Record [
        for KeyValue(name, setting) in parameters -> name, Canonical.ofValue setting.Value
    ]
    |> Canonical.written

/// As `id`, from what `settings` has made of the parameters.
let idOf
    (stage: string)
    (settings: Canonical.Item)
    (inputs: (string * CellId) list)
    (seed: int64 option)
    : CellId =
    let inputs = [ for role, CellId id in inputs -> role, Canonical.String id ]

    Canonical.Record [
        "inputs", Canonical.Record inputs
        "parameters", settings
        "seed", Canonical.Sequence(seed |> Option.toList |> List.map Canonical.Integer)
        "stage", Canonical.String stage
    ]
    |> Canonical.digest domain
    |> CellId

/// The digest of a resolved definition: stage, all parameters, the inputs' ids by role, and the seed if the
/// stage draws random numbers. Names of arms, nodes and axes, sources and files are not in it.
let id
    (stage: string)
    (parameters: Map<string, Setting>)
    (inputs: (string * CellId) list)
    (seed: int64 option)
    : CellId =
    idOf stage (settings parameters) inputs seed

/// `DiscCircle/drcorl/policy seed=0 cost_limit=10 pessimism=0.2`
let label (coordinates: Coordinates) : string =
    let path =
        match coordinates.Arm with
        | Some arm -> $"{coordinates.Task}/{arm}/{coordinates.Node}"
        | None -> $"{coordinates.Task}/{coordinates.Node}"

    // Axes are named `arm.parameter`, and the arm has been said.
    let parameter (axis: string) = axis.Substring(axis.IndexOf '.' + 1)

    [
        yield path
        match coordinates.Seed with
        | Some seed -> yield "seed=" + seed.ToString CultureInfo.InvariantCulture
        | None -> ()
        match coordinates.CostLimit with
        | Some limit -> yield "cost_limit=" + Literal.print (Real limit)
        | None -> ()
        for axis, value in coordinates.Sweep do
            yield $"{parameter axis}={Literal.print value}"
    ]
    |> String.concat " "
