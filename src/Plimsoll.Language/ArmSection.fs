/// Arms and their sweeps: which recipe, and what it is told.
module Plimsoll.Language.ArmSection

open System.Collections.Generic

/// Text and file name of a recipe by its name or path, or why it cannot be had.
type RecipeSource = string -> Result<string * string, string>

/// An arm whose axes are still to come.
type private Draft = {
    Entry: Entry
    Recipe: Recipe option
    Settings: (Target * Assignment * Position) list
    /// What the file sets, its own entries first, then those of the arm that it is like.
    Layers: Entry list list
}

let private parameterType (recipe: Recipe) target =
    RecipeFile.tryTarget recipe.Nodes target

/// The targets of a key: a recipe parameter's short name, or `node.parameter`.
let private targets (findings: Findings) place (recipe: Recipe) (key: string) position : Target list option =
    match
        recipe.ShortNames |> List.tryFind (fun shortName -> shortName.Name = key), RecipeFile.dotted key
    with
    | Some shortName, _ -> Some shortName.Targets
    | None, Some target when (parameterType recipe target).IsSome -> Some [ target ]
    | None, Some target when recipe.Broken.Contains target.Node -> None
    | None, None when recipe.Broken.Contains key -> None
    | None, dotted ->
        let shortNames = recipe.ShortNames |> List.map _.Name
        let all = RecipeFile.targetNames recipe.Nodes

        // Short names are what an arm is expected to set; the dotted ones are many.
        let known =
            match dotted with
            | Some _ -> all
            | None -> shortNames @ (all |> List.filter (fun name -> name.EndsWith("." + key)))

        findings.Add(position, UnknownKey(place, key, known))
        None

let private settings (findings: Findings) (arm: Entry) (recipe: Recipe) (entries: Entry list) =
    let first = Dictionary<Target, Position>()

    let assign (entry: Entry) target =
        match first.TryGetValue target, parameterType recipe target with
        | (true, position), _ ->
            findings.Add(entry.KeyPosition, ParameterSetTwice(RecipeFile.targetText target, position))
            None
        | _, None -> None
        | _, Some parameter ->
            first[target] <- entry.KeyPosition

            StageEntry.argument findings (At entry.Key) parameter entry.Value
            |> Option.map (fun argument ->
                target,
                {
                    Argument = argument
                    Source = FromFile entry.Value.Position
                },
                entry.KeyPosition)

    entries
    |> List.collect (fun entry ->
        targets findings (InArm arm.Key) recipe entry.Key entry.KeyPosition
        |> Option.defaultValue []
        |> List.choose (assign entry))

/// Reads every recipe once, however many arms use it.
type private Recipes(findings: Findings, signatures, source: RecipeSource) =
    let known = Dictionary<string, Result<Recipe option, string>>()

    member _.Find(name: string, position: Position) : Recipe option =
        if not (known.ContainsKey name) then
            known[name] <-
                source name
                |> Result.map (fun (text, file) -> RecipeFile.read findings signatures file text)

        match known[name] with
        | Ok recipe -> recipe
        | Error reason ->
            findings.Add(position, RecipeNotFound(name, reason))
            None

/// Names an arm above, whose recipe and settings an arm takes over.
let private likeKey = "like"

let private isInline (entries: Entry list) =
    entries
    |> List.exists (fun entry -> List.contains entry.Key RecipeFile.inlineKeys)

/// The arm above that an arm is like.
let private basis (findings: Findings) (above: Draft list) (like: Entry) : Draft option =
    Walk.text findings (At like.Key) like.Value
    |> Option.bind (fun name ->
        match above |> List.tryFind (fun draft -> draft.Entry.Key = name) with
        | Some draft -> Some draft
        | None ->
            let known = above |> List.map _.Entry.Key
            findings.Add(like.Value.Position, UnknownName(EarlierArmName, name, known))
            None)

/// Settings of an arm above the ones that it takes over.
let private over (own: (Target * Assignment * Position) list) taken =
    let set = own |> List.map (fun (target, _, _) -> target) |> Set.ofList
    own @ (taken |> List.filter (fun (target, _, _) -> not (set.Contains target)))

/// What an arm takes over. A recipe of its own may lack a parameter, which is then reported where it was set.
let private taken findings (entry: Entry) (recipe: Recipe) (basis: Draft) =
    match basis.Recipe with
    | Some same when obj.ReferenceEquals(same, recipe) -> basis.Settings
    | _ ->
        (basis.Layers, [])
        ||> List.foldBack (fun layer below -> over (settings findings entry recipe layer) below)

let private draft findings signatures (recipes: Recipes) (above: Draft list) (entry: Entry) : Draft =
    let place = InArm entry.Key
    let named = Walk.checkName findings ArmName entry.KeyPosition entry.Key

    let nothing = {
        Entry = entry
        Recipe = None
        Settings = []
        Layers = []
    }

    match Walk.entries findings place entry.Value with
    | None -> nothing
    | Some entries ->
        let recipeEntry = Walk.tryFind "recipe" entries
        let like = Walk.tryFind likeKey entries
        let basis = like |> Option.bind (basis findings above)

        let recipe =
            match recipeEntry with
            | Some recipe when isInline entries ->
                findings.Add(recipe.KeyPosition, KeysExclude(place, "recipe", "stages"))
                None
            | None when isInline entries -> RecipeFile.ofArm findings signatures entry entries
            | Some recipe ->
                Walk.text findings (At "recipe") recipe.Value
                |> Option.bind (fun name -> recipes.Find(name, recipe.Value.Position))
            | None when like.IsSome -> basis |> Option.bind _.Recipe
            | None when not named -> None
            | None -> recipes.Find(entry.Key, entry.KeyPosition)

        match recipe with
        | None -> nothing
        | Some recipe ->
            let keys = "recipe" :: likeKey :: RecipeFile.inlineKeys
            let own = entries |> List.filter (fun entry -> not (List.contains entry.Key keys))

            let below =
                basis |> Option.map (taken findings entry recipe) |> Option.defaultValue []

            {
                nothing with
                    Recipe = Some recipe
                    Settings = over (settings findings entry recipe own) below
                    Layers = own :: (basis |> Option.map _.Layers |> Option.defaultValue [])
            }

let private axisValues (findings: Findings) (entry: Entry) (parameter: Parameter) =
    Literal.list findings (At entry.Key) parameter.Type parameter.Unit entry.Value
    |> Option.map (ProtocolSection.distinct findings entry)

let private axis (findings: Findings) (draft: Draft) (entry: Entry) (parameter: string) : Axis option =
    match draft.Recipe with
    | None -> None
    | Some recipe ->
        match targets findings (Section "sweep") recipe parameter entry.KeyPosition with
        | None -> None
        | Some targets ->
            for target, _, position in draft.Settings do
                if List.contains target targets then
                    findings.Add(entry.KeyPosition, SetByArmAndSweep(entry.Key, position))

            let read =
                targets
                |> List.choose (fun target ->
                    parameterType recipe target
                    |> Option.bind (axisValues findings entry)
                    |> Option.map (fun items -> target, items))

            match read with
            | (_, items) :: _ when read.Length = targets.Length ->
                Some {
                    Name = entry.Key
                    Parameter = parameter
                    Targets = read |> List.map (fun (target, items) -> target, List.map fst items)
                    Positions = items |> List.map (fun (_, node) -> node.Position)
                }
            | _ -> None

/// The axes of a sweep, each with its arm's name.
let private sweep (findings: Findings) (drafts: Draft list) (section: Entry) : (string * Axis) list =
    let names = drafts |> List.map _.Entry.Key

    let read (entry: Entry) =
        match RecipeFile.dotted entry.Key with
        | Some { Node = arm; Parameter = parameter } ->
            match drafts |> List.tryFind (fun draft -> draft.Entry.Key = arm) with
            | Some draft -> axis findings draft entry parameter |> Option.map (fun axis -> arm, axis)
            | None ->
                findings.Add(entry.KeyPosition, UnknownName(ArmName, arm, names))
                None
        | None ->
            let known = names |> List.map (fun name -> $"{name}.PARAMETER")
            findings.Add(entry.KeyPosition, UnknownKey(Section "sweep", entry.Key, known))
            None

    let axes =
        Walk.entries findings (Section "sweep") section.Value
        |> Option.defaultValue []
        |> List.choose (fun entry ->
            read entry |> Option.map (fun (arm, axis) -> arm, axis, entry.KeyPosition))

    let first = Dictionary<string * Target, Position>()

    for arm, axis, position in axes do
        for target, _ in axis.Targets do
            if not (first.TryAdd((arm, target), position)) then
                findings.Add(position, ParameterSetTwice(RecipeFile.targetText target, first[arm, target]))

    axes |> List.map (fun (arm, axis, _) -> arm, axis)

/// What only the whole arm shows: parameters without a value, and limits that a stage does not accept.
let private checkArm
    (findings: Findings)
    (protocol: ProtocolSection.Placed)
    (draft: Draft)
    nodes
    (axes: Axis list)
    =
    let swept = axes |> List.collect _.Targets |> List.map fst |> set

    let check (node: RecipeNode) (parameter: Parameter) =
        let target = {
            Node = node.Name
            Parameter = parameter.Name
        }

        match node.Assignments.TryFind parameter.Name with
        | Some { Argument = EachCostLimit } when not (swept.Contains target) ->
            for limit, position in List.zip protocol.Protocol.CostLimits protocol.LimitPositions do
                if not (Literal.fits parameter.Type (Real limit)) then
                    let text = Literal.print (Real limit)

                    findings.Add(
                        position,
                        OutOfRange(At parameter.Name, parameter.Type, parameter.Unit, text)
                    )
        | None when parameter.Default.IsNone && not (swept.Contains target) ->
            findings.Add(draft.Entry.KeyPosition, ParameterMissing(node.Name, node.Signature.Name, parameter))
        | _ -> ()

    for node: RecipeNode in nodes do
        List.iter (check node) node.Signature.Parameters

/// The arms of an experiment with their axes, in the file's order, and the names of all arms, usable or not.
let read
    findings
    signatures
    source
    protocol
    (section: Entry)
    (sweepSection: Entry option)
    : DefinedArm list * string list =
    let recipes = Recipes(findings, signatures, source)

    let drafts =
        match Walk.entries findings (Section "arms") section.Value with
        | None -> []
        | Some [] ->
            findings.Add(section.KeyPosition, EmptySection(Section "arms"))
            []
        | Some entries ->
            ([], entries)
            ||> List.fold (fun above entry -> draft findings signatures recipes above entry :: above)
            |> List.rev

    let axes =
        sweepSection
        |> Option.map (sweep findings drafts)
        |> Option.defaultValue []
        |> List.groupBy fst
        |> List.map (fun (arm, axes) -> arm, List.map snd axes)
        |> Map.ofList

    let arm (draft: Draft) =
        draft.Recipe
        |> Option.map (fun recipe ->
            let assignments =
                draft.Settings |> List.map (fun (target, assignment, _) -> target, assignment)

            let nodes = RecipeFile.assign assignments recipe.Nodes
            let axes = axes.TryFind draft.Entry.Key |> Option.defaultValue []
            checkArm findings protocol draft nodes axes

            {
                Name = draft.Entry.Key
                Recipe = recipe.Name
                Nodes = nodes
                Result = recipe.Result
                Axes = axes
            })

    List.choose arm drafts, drafts |> List.map _.Entry.Key
