/// The experiment file: text to a checked definition.
module Plimsoll.Language.ExperimentFile

let keys = [ "experiment"; "tasks"; "protocol"; "arms"; "sweep"; "claims" ]

let private name (findings: Findings) (entry: Entry) =
    Walk.text findings (At "experiment") entry.Value
    |> Option.filter (Walk.checkName findings ExperimentName entry.Value.Position)

let private emptyProtocol: ProtocolSection.Placed = {
    Protocol = {
        CostLimits = []
        Seeds = []
        Episodes = 1
        TimeActions = []
    }
    LimitPositions = []
    EpisodesSource = FromDefault
    TimeActionsSource = FromDefault
}

/// Stages that ask for each task's simulator, in tasks that have none.
let private checkSimulators
    (findings: Findings)
    (tasks: DefinedTask list)
    (arms: DefinedArm list)
    (section: Entry)
    =
    let place arm =
        Walk.entries findings (Section "arms") section.Value
        |> Option.bind (Walk.tryFind arm)
        |> Option.map _.KeyPosition
        |> Option.defaultValue section.KeyPosition

    for arm in arms do
        let swept = arm.Axes |> List.collect _.Targets |> List.map fst |> set

        for node in arm.Nodes do
            for KeyValue(parameter, assignment) in node.Assignments do
                let target = {
                    Node = node.Name
                    Parameter = parameter
                }

                if assignment.Argument = EachTask && not (swept.Contains target) then
                    for task in tasks do
                        if task.Simulator.IsNone then
                            findings.Add(
                                place arm.Name,
                                SimulatorMissing(node.Name, node.Signature.Name, task.Name)
                            )

let private sections findings signatures recipes file (root: Node) (entries: Entry list) : Definition =
    let find key = Walk.tryFind key entries

    Walk.keys
        findings
        WholeExperiment
        root.Position
        keys
        [ "experiment"; "tasks"; "protocol"; "arms" ]
        entries

    let name = find "experiment" |> Option.bind (name findings)

    let protocol =
        find "protocol"
        |> Option.bind (ProtocolSection.read findings)
        |> Option.defaultValue emptyProtocol

    let tasks =
        find "tasks"
        |> Option.map (TaskSection.read findings signatures protocol)
        |> Option.defaultValue []

    let arms, armNames =
        find "arms"
        |> Option.map (fun arms -> ArmSection.read findings signatures recipes protocol arms (find "sweep"))
        |> Option.defaultValue ([], [])

    find "arms" |> Option.iter (checkSimulators findings tasks arms)

    let claims =
        find "claims"
        |> Option.map (ClaimSection.read findings armNames protocol.Protocol.CostLimits)
        |> Option.defaultValue []

    {
        Name = defaultArg name ""
        File = file
        Protocol = protocol.Protocol
        LimitPositions = protocol.LimitPositions
        EpisodesSource = protocol.EpisodesSource
        TimeActionsSource = protocol.TimeActionsSource
        Tasks = tasks
        Arms = arms
        Claims = claims
    }

/// Reads an experiment. What it returns is complete when the findings stayed empty.
let read
    (findings: Findings)
    signatures
    (recipes: ArmSection.RecipeSource)
    file
    text
    : (Definition * Position) option =
    match Reader.read findings file text with
    | None -> None
    | Some root ->
        Walk.entries findings WholeExperiment root
        |> Option.map (fun entries ->
            let position =
                Walk.tryFind "arms" entries
                |> Option.map _.KeyPosition
                |> Option.defaultValue root.Position

            sections findings signatures recipes file root entries, position)
