/// The wiring of a recipe: names, kinds, circles and stages without use.
module Plimsoll.Language.Graph

open System.Collections.Generic

/// An input as written: the role, its producer, and where the producer's name stands.
type Wire = {
    Role: string
    Producer: Producer
    Position: Position
}

/// A node before its wiring is checked.
type Draft = { Node: RecipeNode; Wires: Wire list }


let private checkWire
    (findings: Findings)
    (drafts: Dictionary<string, Draft>)
    (broken: Set<string>)
    needed
    wire
    =
    match wire.Producer with
    | TaskDataset when needed <> DatasetArtifact ->
        findings.Add(wire.Position, WrongKind(wire.Role, needed, Reserved.taskDataset, DatasetArtifact))
    | TaskDataset -> ()
    | Node name ->
        match drafts.TryGetValue name with
        | true, draft when draft.Node.Signature.Output <> needed ->
            findings.Add(wire.Position, WrongKind(wire.Role, needed, name, draft.Node.Signature.Output))
        | true, _ -> ()
        | _ when broken.Contains name -> ()
        | _ ->
            let known = [
                if needed = DatasetArtifact then
                    Reserved.taskDataset
                for draft in drafts.Values do
                    if draft.Node.Signature.Output = needed then
                        draft.Node.Name
            ]

            findings.Add(wire.Position, UnknownName(NodeName, name, known))

let private checkDraft (findings: Findings) drafts broken (draft: Draft) =
    for role, needed in draft.Node.Signature.Inputs do
        match draft.Wires |> List.tryFind (fun wire -> wire.Role = role) with
        | Some wire -> checkWire findings drafts broken needed wire
        | None ->
            let node = draft.Node
            findings.Add(node.Position, InputMissing(node.Name, node.Signature.Name, role, needed))

/// The nodes that a node takes inputs from.
let private sources (drafts: Dictionary<string, Draft>) (draft: Draft) =
    draft.Wires
    |> List.choose (fun wire ->
        match wire.Producer with
        | Node name ->
            match drafts.TryGetValue name with
            | true, source -> Some source
            | _ -> None
        | TaskDataset -> None)

/// Inputs first; among ready nodes the file's order. Nodes of a circle, and those behind one, are left out.
let private order drafts (all: Draft list) =
    let waiting = Dictionary<string, int>()
    let consumers = Dictionary<string, ResizeArray<Draft>>()

    for draft in all do
        let sources = sources drafts draft
        waiting[draft.Node.Name] <- sources.Length

        for source in sources do
            match consumers.TryGetValue source.Node.Name with
            | true, known -> known.Add draft
            | _ -> consumers[source.Node.Name] <- ResizeArray [ draft ]

    let ready = Queue(all |> List.filter (fun draft -> waiting[draft.Node.Name] = 0))
    let ordered = ResizeArray<Draft>()

    while ready.Count > 0 do
        let draft = ready.Dequeue()
        ordered.Add draft

        match consumers.TryGetValue draft.Node.Name with
        | true, consumers ->
            for consumer in consumers do
                waiting[consumer.Node.Name] <- waiting[consumer.Node.Name] - 1

                if waiting[consumer.Node.Name] = 0 then
                    ready.Enqueue consumer
        | _ -> ()

    List.ofSeq ordered

/// Follows inputs from a node that no order reaches until a node comes again: that is a circle.
let private findCircle drafts (ordered: HashSet<string>) (start: Draft) =
    let seen = HashSet<string>()
    let path = ResizeArray<Draft>()
    let mutable current = start

    while seen.Add current.Node.Name do
        path.Add current

        current <-
            sources drafts current
            |> List.find (fun source -> not (ordered.Contains source.Node.Name))

    path
    |> Seq.skipWhile (fun draft -> draft.Node.Name <> current.Node.Name)
    |> List.ofSeq

let private reportCircle (findings: Findings) drafts (ordered: Draft list) (all: Draft list) =
    let done' = HashSet(ordered |> List.map _.Node.Name)

    match all |> List.tryFind (fun draft -> not (done'.Contains draft.Node.Name)) with
    | None -> ()
    | Some stuck ->
        let circle = findCircle drafts done' stuck
        let names = circle |> List.map _.Node.Name
        // Begin with the stage that stands first in the file, whichever one the search met first.
        let first =
            circle
            |> List.minBy (fun draft -> draft.Node.Position.Line, draft.Node.Position.Column)

        let index = names |> List.findIndex ((=) first.Node.Name)
        let turned = List.skip index names @ List.take index names
        findings.Add(first.Node.Position, StagesInCircle(turned @ [ first.Node.Name ]))

let private reportUnused (findings: Findings) drafts (all: Draft list) (result: Draft) =
    let used = HashSet<string>()
    let waiting = Stack [ result ]

    while waiting.Count > 0 do
        let draft = waiting.Pop()

        if used.Add draft.Node.Name then
            List.iter waiting.Push (sources drafts draft)

    for draft in all do
        if not (used.Contains draft.Node.Name) then
            findings.Add(draft.Node.Position, StageUnused draft.Node.Name)

/// Checks the wiring and returns the nodes in an order in which inputs come first.
let check
    (findings: Findings)
    (broken: Set<string>)
    (all: Draft list)
    (result: Wire option)
    : RecipeNode list =
    let drafts = Dictionary<string, Draft>()

    for draft in all do
        drafts[draft.Node.Name] <- draft

    let before = findings.Count
    List.iter (checkDraft findings drafts broken) all
    let ordered = order drafts all
    reportCircle findings drafts ordered all

    match result with
    | None -> ()
    | Some wire ->
        checkWire findings drafts broken PolicyArtifact wire

        match wire.Producer with
        // A broken stage or wire hides what it uses, so nothing can be called unused.
        | Node name when drafts.ContainsKey name && broken.IsEmpty && findings.Count = before ->
            reportUnused findings drafts all drafts[name]
        | _ -> ()

    ordered |> List.map _.Node
