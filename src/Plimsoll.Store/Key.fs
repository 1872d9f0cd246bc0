namespace Plimsoll.Store

open System
open System.Globalization
open Plimsoll.Language

/// Digest of everything that can change a cell's output; a record's name.
[<Struct>]
type Key =
    | Key of string

    override this.ToString() = let (Key text) = this in text

/// What one part of a key is about.
type KeyPartKind =
    | StagePart
    | CodePart
    /// A file of native code.
    | LibraryPart
    | ParameterPart
    | InputPart
    | SeedPart

/// One part of a key, kept in the record so that two keys can be compared by people.
type KeyPart = {
    Kind: KeyPartKind
    /// The assembly, the parameter or the role; "" for the stage and the seed.
    Name: string
    Value: string
}

/// A parameter's value as it enters a key.
type KeyValue =
    | Known of Value
    /// A file: its content counts, not its path.
    | Content of Digest
    | Several of KeyValue list

/// Everything that can change a cell's output.
type KeyDefinition = {
    Stage: string
    Code: (string * Digest) list
    /// Defaults included.
    Parameters: (string * KeyValue) list
    /// Artifacts by role.
    Inputs: (string * Digest) list
    Seed: int64 option
    /// The native files whose bytes decide what the stage gives, by name; none for most.
    Libraries: (string * Digest) list
}

module Key =
    /// Changes when the meaning of the bytes below changes.
    let private domain = "plimsoll-key/1"

    /// A value typed as its parameter says, so that `1` and `1.0` for a real parameter are one value.
    let rec typed (valueType: ValueType) (value: Value) =
        match valueType, value with
        | (RealType _ | RealAboveType _), Whole number -> Real(double number)
        | ItemsType item, Items values -> Items(values |> List.map (typed item))
        | _ -> value

    let private ofDigest (Digest text) =
        Canonical.Bytes(Convert.FromHexString text)

    let rec private ofKeyValue value =
        match value with
        | Known value -> Canonical.ofValue value
        | Content digest -> ofDigest digest
        | Several values -> Canonical.Sequence(values |> List.map ofKeyValue)

    /// Throws ArgumentException on NaN: values have been checked before they come here.
    let ofDefinition (definition: KeyDefinition) =
        let entries convert named =
            Canonical.Record(named |> List.map (fun (name, value) -> name, convert value))

        Canonical.Record [
            "stage", Canonical.String definition.Stage
            "code", entries ofDigest definition.Code
            "parameters", entries ofKeyValue definition.Parameters
            "inputs", entries ofDigest definition.Inputs
            "seed", Canonical.Sequence(definition.Seed |> Option.map Canonical.Integer |> Option.toList)
            if not definition.Libraries.IsEmpty then
                "libraries", entries ofDigest definition.Libraries
        ]
        |> Canonical.digest domain
        |> Key

    let rec private textOfValue value =
        match value with
        | Flag flag -> if flag then "true" else "false"
        | Whole number -> number.ToString CultureInfo.InvariantCulture
        | Real number -> number.ToString("R", CultureInfo.InvariantCulture)
        | Text text -> text
        | Items values -> values |> List.map textOfValue |> String.concat ", " |> sprintf "[%s]"

    let rec private textOfKeyValue value =
        match value with
        | Known value -> textOfValue value
        | Content digest -> $"content {digest}"
        | Several values -> values |> List.map textOfKeyValue |> String.concat ", " |> sprintf "[%s]"

    let private part kind name value = {
        Kind = kind
        Name = name
        Value = value
    }

    /// The parts in the order in which people ask: what, with which numbers, from what, by which code.
    let parts (definition: KeyDefinition) : KeyPart list = [
        part StagePart "" definition.Stage
        for name, value in definition.Parameters do
            part ParameterPart name (textOfKeyValue value)
        for role, digest in definition.Inputs do
            part InputPart role (string digest)
        match definition.Seed with
        | Some seed -> part SeedPart "" (seed.ToString CultureInfo.InvariantCulture)
        | None -> ()
        for name, digest in definition.Code do
            part CodePart name (string digest)
        for name, digest in definition.Libraries do
            part LibraryPart name (string digest)
    ]
