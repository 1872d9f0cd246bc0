/// What two keys do not have in common.
namespace Plimsoll.Engine

open Plimsoll.Store

/// One part that differs. None: the part is not in that key.
type KeyChange = {
    Kind: KeyPartKind
    Name: string
    Old: string option
    New: string option
}

module KeyChange =
    /// What differs, in the order in which people ask; parts that only `old` has come last.
    let between (old: KeyPart list) (now: KeyPart list) : KeyChange list =
        let index (parts: KeyPart list) =
            parts |> List.map (fun part -> (part.Kind, part.Name), part.Value) |> Map.ofList

        let before, after = index old, index now

        let change (part: KeyPart) = {
            Kind = part.Kind
            Name = part.Name
            Old = before.TryFind(part.Kind, part.Name)
            New = after.TryFind(part.Kind, part.Name)
        }

        [
            yield! now |> List.map change |> List.filter (fun change -> change.Old <> change.New)
            yield!
                old
                |> List.filter (fun part -> not (after.ContainsKey(part.Kind, part.Name)))
                |> List.map change
        ]

    let noun kind =
        match kind with
        | StagePart -> "stage"
        | CodePart -> "code"
        | LibraryPart -> "library"
        | ParameterPart -> "parameter"
        | InputPart -> "input"
        | SeedPart -> "seed"
