/// Claims: statements about arms that the report answers.
module Plimsoll.Language.ClaimSection

let private metricType = ChoiceType [ "reward"; "cost" ]
let private boundType = RealType(-infinity, infinity)
let private probabilityType = RealAboveType(0.0, 1.0)
let everyLimit = "every limit"
let averageOfLimits = "average"
let private comparisons = [ "above"; "below" ]
let private bounds = [ "at-most"; "at-least" ] @ comparisons
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
    | [ entry ] when List.contains entry.Key comparisons ->
        match arm findings arms entry.Key entry, probability with
        | _, None ->
            findings.Add(entry.KeyPosition, MissingKey(InClaim, [ "probability" ]))
            None
        | Some other, Some(_, Some probability) ->
            Some(
                if entry.Key = "above" then
                    Above(other, probability)
                else
                    Below(other, probability)
            )
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

/// One of the protocol's limits as a number, or a choice in words.
let private scope findings (limits: double list) (entry: Entry) =
    let number =
        match entry.Value.Shape with
        | Plain text ->
            match Literal.word text with
            | Literal.Integer whole -> Some(double whole)
            | Literal.Decimal real -> Some real
            | _ -> None
        | _ -> None

    match number with
    | Some limit when limits.IsEmpty || List.contains limit limits -> OneLimit limit
    | _ ->
        let words = [ everyLimit; averageOfLimits ]

        let numbers =
            limits |> List.map (fun limit -> Literal.print (Real limit), OneLimit limit)

        match Literal.value findings (At "for") (ChoiceType(words @ List.map fst numbers)) "" entry.Value with
        | Some(Text word) when word = averageOfLimits -> AverageOfLimits
        | Some(Text word) ->
            numbers
            |> List.tryFind (fst >> (=) word)
            |> Option.map snd
            |> Option.defaultValue EveryLimit
        | _ -> EveryLimit

let private claim findings arms limits (node: Node) : Claim option =
    match Walk.entries findings InClaim node with
    | None -> None
    | Some entries ->
        Walk.keys findings InClaim node.Position keys [ "metric"; "arm" ] entries
        let metric = Walk.tryFind "metric" entries |> Option.bind (metric findings)
        let claimed = Walk.tryFind "arm" entries |> Option.bind (arm findings arms "arm")
        let bound = bound findings arms node.Position entries

        let scope =
            Walk.tryFind "for" entries
            |> Option.map (scope findings limits)
            |> Option.defaultValue EveryLimit

        match metric, claimed, bound with
        | Some metric, Some claimed, Some bound ->
            Some {
                Metric = metric
                Arm = claimed
                Bound = bound
                For = scope
                Position = node.Position
            }
        | _ -> None

/// The claims about the given arms at the protocol's limits.
let read (findings: Findings) (arms: string list) (limits: double list) (section: Entry) : Claim list =
    match section.Value.Shape with
    | Sequence nodes -> nodes |> List.choose (claim findings arms limits)
    | Unusable -> []
    | _ ->
        findings.Add(section.Value.Position, NotAList(Section "claims"))
        []
