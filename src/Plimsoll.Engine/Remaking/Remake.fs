/// The part of an experiment that one cell needs.
module Plimsoll.Engine.Remake

open System.Collections.Generic
open Plimsoll.Language

/// The experiment without the cells that these do not depend on.
let upTo (wanted: CellId list) (experiment: Experiment) : Experiment =
    let byId = Dictionary<CellId, Cell>()

    for cell in experiment.Cells do
        byId[cell.Id] <- cell

    let needed = HashSet<CellId>()
    let waiting = Stack<CellId>(wanted)

    while waiting.Count > 0 do
        let id = waiting.Pop()

        if needed.Add id then
            byId[id].Inputs |> List.iter (snd >> waiting.Push)

    {
        experiment with
            Cells = experiment.Cells |> List.filter (fun cell -> needed.Contains cell.Id)
    }
