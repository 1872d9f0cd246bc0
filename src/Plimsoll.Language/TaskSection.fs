/// Tasks of an experiment: where the data comes from and what scores a policy.
module Plimsoll.Language.TaskSection

/// A setting that the task's name or the protocol makes, where the stage has such a parameter.
type private Fixed = { Name: string; Setting: Setting }

/// All settings of an implicit stage: fixed ones, then the file's, then defaults.
let private settings
    (findings: Findings)
    place
    position
    node
    (signature: StageSignature)
    (fixedSettings: Fixed list)
    varying
    (entries: Entry list)
    =
    let fixedSettings =
        fixedSettings |> List.map (fun it -> it.Name, it.Setting) |> Map.ofList

    let free =
        signature.Parameters
        |> List.filter (fun parameter ->
            not (fixedSettings.ContainsKey parameter.Name || varying = Some parameter.Name))

    Walk.onlyKeys findings place (free |> List.map _.Name) entries

    let setting (parameter: Parameter) =
        match
            Walk.tryFind parameter.Name entries, fixedSettings.TryFind parameter.Name, parameter.Default
        with
        | _, Some setting, _ -> Some setting
        | Some entry, None, _ ->
            Literal.value findings (At parameter.Name) parameter.Type parameter.Unit entry.Value
            |> Option.map (fun value -> {
                Value = value
                Source = FromFile entry.Value.Position
            })
        | None, None, Some value -> Some { Value = value; Source = FromDefault }
        | None, None, None ->
            findings.Add(position, ParameterMissing(node, signature.Name, parameter))
            None

    signature.Parameters
    |> List.filter (fun parameter -> Some parameter.Name <> varying)
    |> List.choose (fun parameter -> setting parameter |> Option.map (fun setting -> parameter.Name, setting))
    |> Map.ofList

let private whole value source = {
    Value = Whole(int64 value)
    Source = source
}

let private fixedWhenKnown (signature: StageSignature) (settings: Fixed list) =
    settings
    |> List.filter (fun it -> (Signatures.tryParameter signature it.Name).IsSome)

/// Fixed settings follow the stage's types too: 10 episodes may be fewer than a stage accepts.
let private checkFixed (findings: Findings) position (signature: StageSignature) (settings: Fixed list) =
    for it in settings do
        match Signatures.tryParameter signature it.Name with
        | Some parameter when not (Literal.fits parameter.Type it.Setting.Value) ->
            let position =
                match it.Setting.Source with
                | FromFile position -> position
                | _ -> position

            let text = Literal.print it.Setting.Value
            findings.Add(position, OutOfRange(At it.Name, parameter.Type, parameter.Unit, text))
        | _ -> ()

/// The environment that a task's data is of: its `task` parameter where given, otherwise its own name.
let private environment (entry: Entry) (stageEntries: Entry list) =
    match Walk.tryFind Reserved.taskParameter stageEntries with
    | Some {
               Value = { Shape = (Plain text | Quoted text) } as node
           } -> text, node.Position
    | _ -> entry.Key, entry.KeyPosition

/// The stage that collects data of a task; of one without a simulator, which is a problem of its own, any.
let private collector (signatures: Signatures.Signatures) (entry: Entry) (stageEntries: Entry list) =
    match signatures.Tasks.TryGetValue(fst (environment entry stageEntries)) with
    | true, task -> signatures.Stages[task.Collect]
    | _ -> signatures.Stages[List.head (Signatures.collectors signatures.Catalogue)]

let private scores
    findings
    (signatures: Signatures.Signatures)
    (protocol: ProtocolSection.Placed)
    (entry: Entry)
    simulator
    (entries: Entry list)
    =
    let catalogue = signatures.Catalogue

    let signature, name =
        match simulator with
        | Some name -> signatures.Stages[catalogue.Evaluate], name
        | None -> signatures.Stages[catalogue.EvaluateOffline], entry.Key

    let fixedSettings =
        [
            {
                Name = Reserved.taskParameter
                Setting = {
                    Value = Text name
                    Source = FromFile entry.KeyPosition
                }
            }
            {
                Name = Reserved.episodesParameter
                Setting = whole protocol.Protocol.Episodes protocol.EpisodesSource
            }
        ]
        |> fixedWhenKnown signature

    checkFixed findings entry.KeyPosition signature fixedSettings

    let settings =
        settings
            findings
            (Section "evaluate")
            entry.KeyPosition
            Reserved.scores
            signature
            fixedSettings
            (Some Reserved.costLimitParameter)
            entries

    {
        Signature = signature
        Settings = settings
    }

/// How fast each policy acts, where the protocol asks for it.
let private timings
    (signatures: Signatures.Signatures)
    (protocol: ProtocolSection.Placed)
    : ImplicitStage option =
    match protocol.Protocol.TimeActions with
    | [] -> None
    | batches ->
        let batches = {
            Value = batches |> List.map Whole |> Items
            Source = protocol.TimeActionsSource
        }

        Some {
            Signature = signatures.Stages[signatures.Catalogue.TimeActing]
            Settings = Map [ Reserved.batchesParameter, batches ]
        }

/// The dataset's stage with its entries: `collect` names them itself, `file` stands among them.
let private source
    (findings: Findings)
    (signatures: Signatures.Signatures)
    (entry: Entry)
    (entries: Entry list)
    =
    let catalogue = signatures.Catalogue
    let place = InTask entry.Key

    match Walk.tryFind "collect" entries, Walk.tryFind Reserved.fileParameter entries with
    | Some collect, file ->
        file
        |> Option.iter (fun file -> findings.Add(file.KeyPosition, KeysExclude(place, "collect", file.Key)))

        if file.IsNone then
            Walk.onlyKeys findings place [ "collect"; "evaluate" ] entries

        Walk.entries findings (Section "collect") collect.Value
        |> Option.map (fun inner -> collector signatures entry inner, Section "collect", inner)
    | None, Some _ ->
        let inner = entries |> List.filter (fun entry -> entry.Key <> "evaluate")
        Some(signatures.Stages[catalogue.Load], place, inner)
    | None, None ->
        // A misspelt `collect` is one problem, not two.
        match entries |> List.filter (fun entry -> entry.Key <> "evaluate") with
        | [] -> findings.Add(entry.KeyPosition, MissingKey(place, [ "collect"; Reserved.fileParameter ]))
        | unknown -> Walk.onlyKeys findings place [ "collect"; Reserved.fileParameter; "evaluate" ] unknown

        None

let private dataset (findings: Findings) (entry: Entry) task (signature, place, inner) =
    let fixedSettings =
        match Walk.tryFind Reserved.taskParameter inner with
        | Some _ -> []
        | None ->
            [
                {
                    Name = Reserved.taskParameter
                    Setting = {
                        Value = Text task
                        Source = FromFile entry.KeyPosition
                    }
                }
            ]
            |> fixedWhenKnown signature

    checkFixed findings entry.KeyPosition signature fixedSettings

    {
        Signature = signature
        Settings =
            settings findings place entry.KeyPosition Reserved.dataset signature fixedSettings None inner
    }

let private task
    (findings: Findings)
    (signatures: Signatures.Signatures)
    protocol
    (entry: Entry)
    : DefinedTask option =
    let place = InTask entry.Key
    Walk.checkName findings TaskName entry.KeyPosition entry.Key |> ignore

    match Walk.entries findings place entry.Value with
    | None -> None
    | Some entries ->
        source findings signatures entry entries
        |> Option.map (fun (signature, place, inner) ->
            let name, position = environment entry inner
            let simulated = signatures.Tasks.ContainsKey name

            let collected = signature.Name <> signatures.Catalogue.Load

            if not simulated && collected then
                let known = signatures.Catalogue.Tasks |> List.map _.Name
                findings.Add(position, UnknownName(TaskName, name, known))

            let simulator = if simulated then Some name else None

            let scoreEntries =
                Walk.tryFind "evaluate" entries
                |> Option.bind (fun entry -> Walk.entries findings (Section "evaluate") entry.Value)
                |> Option.defaultValue []

            {
                Name = entry.Key
                Simulator = simulator
                Dataset = dataset findings entry name (signature, place, inner)
                Scores = scores findings signatures protocol entry simulator scoreEntries
                Timings = timings signatures protocol
            })

/// The tasks of an experiment, in the file's order.
let read (findings: Findings) signatures protocol (section: Entry) : DefinedTask list =
    match Walk.entries findings (Section "tasks") section.Value with
    | None -> []
    | Some [] ->
        findings.Add(section.KeyPosition, EmptySection(Section "tasks"))
        []
    | Some entries -> entries |> List.choose (task findings signatures protocol)
