/// Claims: statements about arms that the report answers.
module Plimsoll.Language.ClaimSection

let private metricType = ChoiceType [ "reward"; "cost" ]
let private boundType = RealType(-infinity, infinity)
let private probabilityType = RealAboveType(0.0, 1.0)
let private everyLimit = "every limit"
let private bounds = [ "at-most"; "at-least"; "above" ]
let private keys = [ "metric"; "arm" ] @ bounds @ [ "probability"; "for" ]

let private arm (findings: Findings) (arms: string list) key (entry: Entry) =
    Walk.text findings (At key) entry.Value
    |> Option.filter (fun name ->
        let known = List.contains name arms

        if not known then
            findings.Add(entry.Value.Position, UnknownName(ArmName, name, arms))

        known)

let private real findings key expected (entry: Entry) =
    match Literal.value findings (At key) expected "" entry.Value with
    | Some(Real value) -> Some value
    | _ -> None

let private bound (findings: Findings) arms position (entries: Entry list) =
    let probability =
        Walk.tryFind "probability" entries
        |> Option.map (fun entry -> entry, real findings "probability" probabilityType entry)

    match entries |> List.filter (fun entry -> List.contains entry.Key bounds) with
    | [] ->
        findings.Add(position, MissingKey(InClaim, bounds))
        None
    | first :: second :: _ ->
        findings.Add(second.KeyPosition, KeysExclude(InClaim, first.Key, second.Key))
        None
    | [ entry ] when entry.Key = "above" ->
        match arm findings arms "above" entry, probability with
        | _, None ->
            findings.Add(entry.KeyPosition, MissingKey(InClaim, [ "probability" ]))
            None
        | Some other, Some(_, Some probability) -> Some(Above(other, probability))
        | _ -> None
    | [ entry ] ->
        probability
        |> Option.iter (fun (given, _) ->
            findings.Add(given.KeyPosition, KeysExclude(InClaim, entry.Key, given.Key)))

        real findings entry.Key boundType entry
        |> Option.map (if entry.Key = "at-most" then AtMost else AtLeast)

let private metric findings (entry: Entry) =
    match Literal.value findings (At "metric") metricType "" entry.Value with
    | Some(Text "reward") -> Some RewardMetric
    | Some _ -> Some CostMetric
    | None -> None

let private claim findings arms (node: Node) : Claim option =
    match Walk.entries findings InClaim node with
    | None -> None
    | Some entries ->
        Walk.keys findings InClaim node.Position keys [ "metric"; "arm" ] entries
        let metric = Walk.tryFind "metric" entries |> Option.bind (metric findings)
        let claimed = Walk.tryFind "arm" entries |> Option.bind (arm findings arms "arm")
        let bound = bound findings arms node.Position entries

        Walk.tryFind "for" entries
        |> Option.iter (fun entry ->
            Literal.value findings (At "for") (ChoiceType [ everyLimit ]) "" entry.Value
            |> ignore)

        match metric, claimed, bound with
        | Some metric, Some claimed, Some bound ->
            Some {
                Metric = metric
                Arm = claimed
                Bound = bound
                Position = node.Position
            }
        | _ -> None

/// The claims about the given arms.
let read (findings: Findings) (arms: string list) (section: Entry) : Claim list =
    match section.Value.Shape with
    | Sequence nodes -> nodes |> List.choose (claim findings arms)
    | Unusable -> []
    | _ ->
        findings.Add(section.Value.Position, NotAList(Section "claims"))
        []
