/// The protocol: what every arm is measured under.
module Plimsoll.Language.ProtocolSection

open System.Collections.Generic

/// A protocol with the places of its values, for problems found later.
type Placed = {
    Protocol: Protocol
    LimitPositions: Position list
    EpisodesSource: Source
    TimeActionsSource: Source
}

/// Evaluation episodes a policy where the file does not say: DSRL's protocol.
let private defaultEpisodes = 20

let costLimits = "cost_limits"
let seeds = "seeds"
let episodes = "episodes"
let timeActions = "time_actions"

/// Undiscounted cost of an episode.
let costLimitType = RealType(0.0, infinity)
let costLimitUnit = "cost/episode"

/// Episode i of run seed s starts from seed 1000 s + i, which must stay a 64-bit number.
let seedType = WholeType(0L, 1_000_000_000_000_000L)

let episodesType = WholeType(1L, int64 System.Int32.MaxValue)
let timeActionsType = WholeType(1L, 100_000L)

/// Items that are there and differ from each other.
let distinct (findings: Findings) (key: Entry) (items: (Value * Node) list) =
    let seen = HashSet<Value>()

    if items.IsEmpty then
        findings.Add(key.Value.Position, ListEmpty(At key.Key))

    for value, node in items do
        if not (seen.Add value) then
            findings.Add(node.Position, ItemRepeated(At key.Key, Literal.print value))

    items

let private readList (findings: Findings) key expected unit entries =
    Walk.tryFind key entries
    |> Option.bind (fun entry ->
        Literal.list findings (At key) expected unit entry.Value
        |> Option.map (distinct findings entry))
    |> Option.defaultValue []

/// A whole number alone is a count of seeds in most people's minds; put into brackets it would be one seed.
let private countOf (entries: Entry list) =
    match Walk.tryFind seeds entries with
    | Some {
               Value = { Shape = Plain text } as node
           } ->
        match Literal.word text with
        | Literal.Integer count when count >= 1L && count <= int64 Literal.rangeLimit ->
            Some(node.Position, SeedsAsCount count)
        | _ -> None
    | _ -> None

let private readSeeds (findings: Findings) entries =
    match countOf entries with
    | Some found ->
        findings.Add found
        []
    | None -> readList findings seeds seedType "" entries

let private readEpisodes findings (entries: Entry list) =
    match Walk.tryFind episodes entries with
    | None -> defaultEpisodes, FromDefault
    | Some entry ->
        match Literal.value findings (At episodes) episodesType "episode" entry.Value with
        | Some(Whole count) -> int count, FromFile entry.Value.Position
        | _ -> defaultEpisodes, FromDefault

let private reals items =
    items
    |> List.choose (fun (value, _) ->
        match value with
        | Real real -> Some real
        | _ -> None)

let private wholes items =
    items
    |> List.choose (fun (value, _) ->
        match value with
        | Whole whole -> Some whole
        | _ -> None)

let read (findings: Findings) (section: Entry) : Placed option =
    let place = Section "protocol"

    match Walk.entries findings place section.Value with
    | None -> None
    | Some entries ->
        let known = [ costLimits; seeds; episodes; timeActions ]
        Walk.keys findings place section.KeyPosition known [ costLimits; seeds ] entries

        let limits = readList findings costLimits costLimitType costLimitUnit entries

        let seedItems = readSeeds findings entries

        let episodes, source = readEpisodes findings entries
        let timed = readList findings timeActions timeActionsType "observation" entries

        Some {
            Protocol = {
                CostLimits = reals limits
                Seeds = wholes seedItems
                Episodes = episodes
                TimeActions = wholes timed
            }
            LimitPositions = limits |> List.map (fun (_, node) -> node.Position)
            EpisodesSource = source
            TimeActionsSource =
                match Walk.tryFind timeActions entries with
                | Some entry -> FromFile entry.Value.Position
                | None -> FromDefault
        }
