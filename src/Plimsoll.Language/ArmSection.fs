/// Arms and their sweeps: which recipe, and what it is told.
module Plimsoll.Language.ArmSection

open System.Collections.Generic

/// Text and file name of a recipe by its name or path, or why it cannot be had.
type RecipeSource = string -> Result<string * string, string>

type private Setting = {
    Target: Target
    Assignment: Assignment
    /// Of the key that sets it.
    Position: Position
}

/// An arm whose axes are still to come.
type private Draft = {
    Entry: Entry
    Recipe: Recipe option
    /// What the arm itself sets.
    Own: Setting list
    /// What it takes over from the arm that it is like, and does not set itself.
    Taken: Setting list
    /// What the file sets without a fault: its own entries first, then those of the arm that it is like.
    Layers: Entry list list
} with

    member this.Settings = this.Own @ this.Taken

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

/// What each entry sets; None for one that has a fault.
let private settings
    (findings: Findings)
    (arm: Entry)
    (recipe: Recipe)
    (entries: Entry list)
    : (Entry * Setting list option) list =
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
            |> Option.map (fun argument -> {
                Target = target
                Assignment = {
                    Argument = argument
                    Source = FromFile entry.Value.Position
                }
                Position = entry.KeyPosition
            })

    entries
    |> List.map (fun entry ->
        entry,
        targets findings (InArm arm.Key) recipe entry.Key entry.KeyPosition
        |> Option.bind (fun targets ->
            let read = targets |> List.choose (assign entry)
            if read.Length = targets.Length then Some read else None))

let private sound (read: (Entry * Setting list option) list) = read |> List.choose snd |> List.concat

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

/// Those that nothing above them sets.
let private below (above: Setting list) (settings: Setting list) =
    let set = above |> List.map _.Target |> Set.ofList
    settings |> List.filter (fun setting -> not (set.Contains setting.Target))

/// Reads entries of an arm above by another recipe. What does not fit is a fault of the arm that takes it over:
/// the arm above is sound as it stands.
let private reread findings (like: Entry) (entry: Entry) (recipe: Recipe) (basis: Draft) (layer: Entry list) =
    let notTaken (given: Entry) fault =
        (findings: Findings)
            .Add(like.KeyPosition, NotTakenOver(given.Key, basis.Entry.Key, recipe.Name, fault))

    ([], layer)
    ||> List.fold (fun (known: Setting list) given ->
        let own = Findings()
        let read = settings own entry recipe [ given ] |> sound

        // Two keys of the arm above may mean one parameter here.
        let clash =
            known
            |> List.tryFind (fun earlier ->
                read |> List.exists (fun setting -> setting.Target = earlier.Target))

        match own.Problems, clash with
        | problem :: _, _ ->
            notTaken given problem.Fault
            known
        | [], Some earlier ->
            notTaken given (ParameterSetTwice(RecipeFile.targetText earlier.Target, earlier.Position))
            known
        | [], None -> known @ read)

/// All that an arm takes over, whether it sets it itself or not.
let private taken findings (like: Entry) (entry: Entry) (recipe: Recipe) (basis: Draft) =
    match basis.Recipe with
    | Some same when obj.ReferenceEquals(same, recipe) -> basis.Settings
    | _ ->
        (basis.Layers, [])
        ||> List.foldBack (fun layer under ->
            let read = reread findings like entry recipe basis layer
            read @ below read under)

let private draft findings signatures (recipes: Recipes) (above: Draft list) (entry: Entry) : Draft =
    let place = InArm entry.Key
    let named = Walk.checkName findings ArmName entry.KeyPosition entry.Key

    let nothing = {
        Entry = entry
        Recipe = None
        Own = []
        Taken = []
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
            let own =
                entries
                |> List.filter (fun entry -> not (List.contains entry.Key Reserved.armKeys))

            let read = settings findings entry recipe own

            let takenOver =
                match like, basis with
                | Some like, Some basis -> taken findings like entry recipe basis
                | _ -> []

            let faultless =
                read
                |> List.choose (fun (entry, setting) -> setting |> Option.map (fun _ -> entry))

            {
                nothing with
                    Recipe = Some recipe
                    Own = sound read
                    Taken = below (sound read) takenOver
                    Layers = faultless :: (basis |> Option.map _.Layers |> Option.defaultValue [])
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
            // What is taken over gives way to the axis.
            for setting in draft.Own do
                if List.contains setting.Target targets then
                    findings.Add(entry.KeyPosition, SetByArmAndSweep(entry.Key, setting.Position))

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
            let axes = axes.TryFind draft.Entry.Key |> Option.defaultValue []
            let swept = axes |> List.collect _.Targets |> List.map fst |> Set.ofList

            let assignments =
                draft.Own
                @ (draft.Taken |> List.filter (fun setting -> not (swept.Contains setting.Target)))
                |> List.map (fun setting -> setting.Target, setting.Assignment)

            let nodes = RecipeFile.assign assignments recipe.Nodes
            checkArm findings protocol draft nodes axes

            {
                Name = draft.Entry.Key
                Recipe = recipe.Name
                Nodes = nodes
                Result = recipe.Result
                Axes = axes
            })

    List.choose arm drafts, drafts |> List.map _.Entry.Key
