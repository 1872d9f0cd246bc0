/// Which cell waits for which, and which chain of cells is the longest.
namespace Plimsoll.Engine

/// Cells go by their places in the experiment, where inputs come first.
type CellGraph = {
    /// Distinct producers of each cell.
    Inputs: int list[]
    Dependents: int list[]
    /// Seconds of the longest chain from here to an end, this cell included.
    Rank: double[]
    /// Of each cell, for what looks random but must repeat.
    Seeds: uint64[]
}

module CellGraph =
    /// `seconds` are estimates; only their proportions matter.
    let weighted (inputs: int list[]) (seconds: double[]) (seeds: uint64[]) : CellGraph =
        if seconds |> Array.exists (fun cost -> not (cost >= 0.0 && cost < infinity)) then
            invalidArg (nameof seconds) "a cell takes a finite time, at least 0"

        let inputs = inputs |> Array.map List.distinct
        let dependents = Array.create inputs.Length []
        let rank = Array.copy seconds

        for cell in inputs.Length - 1 .. -1 .. 0 do
            for input in inputs[cell] do
                if input >= cell then
                    invalidArg (nameof inputs) $"input {input} of cell {cell} does not come before it"

                dependents[input] <- cell :: dependents[input]
                rank[input] <- max rank[input] (rank[cell] + seconds[input])

        {
            Inputs = inputs
            Dependents = dependents
            Rank = rank
            Seeds = seeds
        }

    /// Every cell takes as long as any other.
    let ofInputs (inputs: int list[]) : CellGraph =
        weighted inputs (Array.create inputs.Length 1.0) (Array.init inputs.Length uint64)
