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
    }
    LimitPositions = []
    EpisodesSource = FromDefault
}

let private sections findings signatures recipes file (root: Node) (entries: Entry list) : Definition =
    let required key =
        Walk.require findings WholeExperiment root.Position key entries

    Walk.onlyKeys findings WholeExperiment keys entries
    let name = required "experiment" |> Option.bind (name findings)

    let protocol =
        required "protocol"
        |> Option.bind (ProtocolSection.read findings)
        |> Option.defaultValue emptyProtocol

    let tasks =
        required "tasks"
        |> Option.map (TaskSection.read findings signatures protocol)
        |> Option.defaultValue []

    let arms, armNames =
        required "arms"
        |> Option.map (fun arms ->
            ArmSection.read findings signatures recipes protocol arms (Walk.tryFind "sweep" entries))
        |> Option.defaultValue ([], [])

    let claims =
        Walk.tryFind "claims" entries
        |> Option.map (ClaimSection.read findings armNames)
        |> Option.defaultValue []

    {
        Name = defaultArg name ""
        File = file
        Protocol = protocol.Protocol
        LimitPositions = protocol.LimitPositions
        EpisodesSource = protocol.EpisodesSource
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
