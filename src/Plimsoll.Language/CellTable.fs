/// Cells by their id, while a definition is multiplied out: equal ones meet.
namespace Plimsoll.Language

open System.Collections.Generic

/// What the cells at one point of the dimensions that settings follow have in common.
type internal Shared = {
    Settings: Map<string, Setting>
    Written: Canonical.Item
}

/// The cells found so far, in order of discovery.
type internal Cells(signatures: Signatures.Signatures) =
    let numbers = Dictionary<CellId, int>()
    let cells = ResizeArray<Cell>()
    /// Where else a cell stands, by its number.
    let more = Dictionary<int, ResizeArray<Coordinates>>()

    member _.Add(coordinates: Coordinates, signature: StageSignature, shared, inputs, seed) : CellId =
        let id = CellIdentity.idOf signature.Name shared.Written inputs seed

        match numbers.TryGetValue id with
        | true, number ->
            match more.TryGetValue number with
            | true, known -> known.Add coordinates
            | _ -> more[number] <- ResizeArray [ coordinates ]
        | _ ->
            numbers[id] <- cells.Count

            cells.Add {
                Id = id
                Stage = Signatures.inTask signatures shared.Settings signature
                Parameters = shared.Settings
                Inputs = inputs
                Seed = seed
                Label = CellIdentity.label coordinates
                Coordinates = [ coordinates ]
            }

        id

    member _.All: Cell list = [
        for number in 0 .. cells.Count - 1 do
            let cell = cells[number]

            match more.TryGetValue number with
            | true, others -> {
                cell with
                    Coordinates = cell.Coordinates @ List.ofSeq others
              }
            | _ -> cell
    ]
