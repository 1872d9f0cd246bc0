/// Recipes: an algorithm as a graph of stages. A recipe file and an arm with `stages` of its own are one
/// language.
module Plimsoll.Language.RecipeFile

/// Splits `node.parameter` at its first dot.
let dotted (text: string) : Target option =
    match text.IndexOf '.' with
    | -1 -> None
    | dot ->
        Some {
            Node = text.Substring(0, dot)
            Parameter = text.Substring(dot + 1)
        }

let targetText (target: Target) : string = $"{target.Node}.{target.Parameter}"

/// The parameter that a target names, if it is there.
let tryTarget (nodes: RecipeNode list) (target: Target) : Parameter option =
    nodes
    |> List.tryFind (fun node -> node.Name = target.Node)
    |> Option.bind (fun node -> Signatures.tryParameter node.Signature target.Parameter)

/// Every `node.parameter` of a recipe.
let targetNames (nodes: RecipeNode list) : string list = [
    for node in nodes do
        for parameter in node.Signature.Parameters -> $"{node.Name}.{parameter.Name}"
]

let private target
    (context: StageEntry.Context)
    (nodes: RecipeNode list)
    (broken: Set<string>)
    (node: Node)
    : Target option =
    let findings = context.Findings

    match Walk.text findings (At "for") node with
    | None -> None
    | Some text ->
        match dotted text with
        | Some target when (tryTarget nodes target).IsSome -> Some target
        | Some target when broken.Contains target.Node -> None
        | _ ->
            findings.Add(node.Position, UnknownName(ParameterName, text, targetNames nodes))
            None

/// A recipe parameter: its targets, and the assignments that its default makes.
let private shortName
    (context: StageEntry.Context)
    nodes
    broken
    (entry: Entry)
    : (ShortName * (Target * Assignment) list) option =
    let findings = context.Findings
    let place = InRecipeParameter entry.Key
    Walk.checkName findings ParameterName entry.KeyPosition entry.Key |> ignore

    if List.contains entry.Key Reserved.armKeys then
        findings.Add(entry.KeyPosition, NameReserved(ParameterName, entry.Key))

    match Walk.entries findings place entry.Value with
    | None -> None
    | Some entries ->
        Walk.onlyKeys findings place [ "default"; "for" ] entries

        let given =
            match Walk.tryFind "for" entries with
            | Some { Value = { Shape = Sequence nodes } } -> nodes
            | Some { Value = node } -> [ node ]
            | None -> []

        if given.IsEmpty then
            findings.Add(entry.KeyPosition, RecipeParameterUnused entry.Key)

        let targets = given |> List.choose (target context nodes broken)

        if targets.Length < given.Length || given.IsEmpty then
            None
        else
            let assign (node: Node) =
                targets
                |> List.choose (fun target ->
                    tryTarget nodes target
                    |> Option.bind (fun parameter ->
                        StageEntry.argument findings (At "default") parameter node)
                    |> Option.map (fun argument ->
                        target,
                        {
                            Argument = argument
                            Source = context.Source node.Position
                        }))

            let assignments =
                match Walk.tryFind "default" entries with
                | Some entry -> assign entry.Value
                | None -> []

            Some(
                {
                    Name = entry.Key
                    Position = entry.KeyPosition
                    Targets = targets
                },
                assignments
            )

/// Adds assignments to nodes.
let assign (assignments: (Target * Assignment) list) (nodes: RecipeNode list) : RecipeNode list =
    let byNode =
        assignments |> List.groupBy (fun (target, _) -> target.Node) |> Map.ofList

    nodes
    |> List.map (fun node ->
        match byNode.TryFind node.Name with
        | None -> node
        | Some mine -> {
            node with
                Assignments =
                    (node.Assignments, mine)
                    ||> List.fold (fun known (target, assignment) ->
                        Map.add target.Parameter assignment known)
          })

let private positionOf (source: Source) (fallback: Position) =
    match source with
    | FromRecipe position
    | FromFile position
    | FromAxis(_, position) -> position
    | FromDefault -> fallback

/// One way to set each parameter: a stage's own entry or one recipe parameter.
let private checkTargets (context: StageEntry.Context) (nodes: RecipeNode list) (shortNames: ShortName list) =
    let written =
        [
            for node in nodes do
                for KeyValue(parameter, assignment) in node.Assignments ->
                    {
                        Node = node.Name
                        Parameter = parameter
                    },
                    positionOf assignment.Source node.Position
        ]
        |> Map.ofList

    (written, shortNames)
    ||> List.fold (fun known shortName ->
        (known, shortName.Targets)
        ||> List.fold (fun known target ->
            match known.TryFind target with
            | Some first ->
                context.Findings.Add(shortName.Position, ParameterSetTwice(targetText target, first))
                known
            | None -> known.Add(target, shortName.Position)))
    |> ignore

/// The recipe in a mapping with `stages`, `result` and perhaps `parameters`.
let private build (context: StageEntry.Context) name summary (entries: Entry list) : Recipe option =
    let findings = context.Findings
    let stages = Walk.tryFind "stages" entries
    let resultEntry = Walk.tryFind "result" entries

    match
        stages
        |> Option.bind (fun entry -> Walk.entries findings (Section "stages") entry.Value)
    with
    | None -> None
    | Some [] ->
        stages
        |> Option.iter (fun entry -> findings.Add(entry.KeyPosition, EmptySection(Section "stages")))

        None
    | Some stageEntries ->
        let drafted =
            stageEntries
            |> List.map (fun entry -> entry.Key, StageEntry.draft context entry)

        let drafts = drafted |> List.choose snd

        let unusable =
            drafted
            |> List.filter (fun (_, draft) -> draft.IsNone)
            |> List.map fst
            |> Set.ofList

        let result =
            resultEntry
            |> Option.bind (fun entry -> StageEntry.wire findings "result" entry.Value)

        let ordered = Graph.check findings unusable drafts result
        let nodes = drafts |> List.map _.Node

        let parameterEntries =
            Walk.tryFind "parameters" entries
            |> Option.bind (fun entry -> Walk.entries findings (Section "parameters") entry.Value)
            |> Option.defaultValue []

        let parameters =
            parameterEntries
            |> List.map (fun entry -> entry.Key, shortName context nodes unusable entry)

        let good = parameters |> List.choose snd
        checkTargets context nodes (List.map fst good)

        let brokenParameters =
            parameters
            |> List.filter (fun (_, parameter) -> parameter.IsNone)
            |> List.map fst

        Some {
            Name = name
            Summary = summary
            Nodes = assign (List.collect snd good) ordered
            Result =
                match result with
                | Some { Producer = Node name } -> name
                | _ -> ""
            ShortNames = List.map fst good
            Broken = Set.union unusable (Set.ofList brokenParameters)
        }

/// The keys that make an arm a recipe of its own.
let inlineKeys = [ "stages"; "result"; "parameters" ]

/// The recipe that an arm of the experiment file spells out itself.
let ofArm findings signatures (arm: Entry) (entries: Entry list) : Recipe option =
    let context: StageEntry.Context = {
        Findings = findings
        Signatures = signatures
        Source = FromFile
    }

    for key in [ "stages"; "result" ] do
        Walk.require findings (InArm arm.Key) arm.KeyPosition key entries |> ignore

    build context arm.Key "" entries

/// Reads a recipe file.
let read
    (findings: Findings)
    (signatures: Signatures.Signatures)
    (file: string)
    (text: string)
    : Recipe option =
    let context: StageEntry.Context = {
        Findings = findings
        Signatures = signatures
        Source = FromRecipe
    }

    match Reader.read findings file text with
    | None -> None
    | Some root ->
        match Walk.entries findings WholeRecipe root with
        | None -> None
        | Some entries ->
            let known = "recipe" :: "summary" :: inlineKeys
            Walk.keys findings WholeRecipe root.Position known [ "recipe"; "stages"; "result" ] entries

            let name =
                Walk.tryFind "recipe" entries
                |> Option.bind (fun entry ->
                    Walk.text findings (At "recipe") entry.Value
                    |> Option.filter (Walk.checkName findings RecipeName entry.Value.Position))

            let summary =
                Walk.tryFind "summary" entries
                |> Option.bind (fun entry -> Walk.text findings (At "summary") entry.Value)

            build context (defaultArg name "") (defaultArg summary "") entries
