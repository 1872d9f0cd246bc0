/// One stage of a recipe as the file writes it: its inputs by role, and the parameters that it sets.
module Plimsoll.Language.StageEntry

/// A reader of one recipe's text: its findings, the stages there are, and what a value's source is called.
type Context = {
    Findings: Findings
    Signatures: Signatures.Signatures
    Source: Position -> Source
}

/// A value for a parameter: a literal, `$cost-limit` where a number can stand, or `$task` where a text can.
let argument (findings: Findings) (place: Place) (parameter: Parameter) (node: Node) : Argument option =
    match node.Shape with
    | Plain text when text.StartsWith '$' ->
        match parameter.Type with
        | RealType _
        | RealAboveType _ when text = Reserved.costLimit -> Some EachCostLimit
        | TextType when text = Reserved.task -> Some EachTask
        | other when text = Reserved.costLimit ->
            findings.Add(node.Position, WrongType(place, other, $"`{text}`, a number"))
            None
        | other when text = Reserved.task ->
            findings.Add(node.Position, WrongType(place, other, $"`{text}`, a text"))
            None
        | _ ->
            findings.Add(node.Position, UnknownReference(place, text, [ Reserved.costLimit; Reserved.task ]))
            None
    | _ ->
        Literal.value findings place parameter.Type parameter.Unit node
        |> Option.map Given

let wire (findings: Findings) role (node: Node) : Graph.Wire option =
    Walk.text findings (At role) node
    |> Option.bind (fun text ->
        let wire producer : Graph.Wire option =
            Some {
                Role = role
                Producer = producer
                Position = node.Position
            }

        match node.Shape with
        | Plain _ when text = Reserved.taskDataset -> wire TaskDataset
        | Plain _ when text.StartsWith '$' ->
            findings.Add(node.Position, UnknownReference(At role, text, [ Reserved.taskDataset ]))
            None
        | _ -> wire (Node text))

/// What the entries of a node give to its stage. None when an input is unusable, so that its absence is not
/// reported.
let private nodeEntries context (node: RecipeNode) (entries: Entry list) : Graph.Draft option =
    let findings = context.Findings
    let roles = List.map fst node.Signature.Inputs
    let known = "stage" :: roles @ Signatures.parameterNames node.Signature
    Walk.onlyKeys findings (InNode node.Name) known entries
    let inputs = entries |> List.filter (fun entry -> List.contains entry.Key roles)
    let wires = inputs |> List.choose (fun entry -> wire findings entry.Key entry.Value)

    let assignments =
        entries
        |> List.choose (fun entry ->
            Signatures.tryParameter node.Signature entry.Key
            |> Option.bind (fun parameter -> argument findings (At entry.Key) parameter entry.Value)
            |> Option.map (fun argument ->
                entry.Key,
                {
                    Argument = argument
                    Source = context.Source entry.Value.Position
                }))

    if wires.Length < inputs.Length then
        None
    else
        Some {
            Node = {
                node with
                    Inputs = wires |> List.map (fun wire -> wire.Role, wire.Producer)
                    Assignments = Map.ofList assignments
            }
            Wires = wires
        }

let draft context (entry: Entry) : Graph.Draft option =
    let findings = context.Findings
    let place = InNode entry.Key
    let named = Walk.checkName findings NodeName entry.KeyPosition entry.Key
    let reserved = Reserved.nodes |> List.contains entry.Key

    if reserved then
        findings.Add(entry.KeyPosition, NameReserved(NodeName, entry.Key))

    match Walk.entries findings place entry.Value with
    | None -> None
    | Some entries ->
        match Walk.require findings place entry.KeyPosition "stage" entries with
        | None -> None
        | Some stage ->
            match Walk.text findings (At "stage") stage.Value with
            | None -> None
            | Some name ->
                match context.Signatures.Stages.TryGetValue name with
                | true, signature ->
                    {
                        Name = entry.Key
                        Position = entry.KeyPosition
                        Signature = signature
                        Inputs = []
                        Assignments = Map.empty
                    }
                    |> fun node -> nodeEntries context node entries
                    |> Option.filter (fun _ -> named && not reserved)
                | _ ->
                    let known = context.Signatures.Catalogue.Stages |> List.map _.Name
                    findings.Add(stage.Value.Position, UnknownName(StageName, name, known))
                    None
