/// Steps through a tree: the entries of a mapping by name, each problem reported where it stands.
module Plimsoll.Language.Walk

open System.Text.RegularExpressions

/// The entries of a mapping, or nothing after a report.
let entries (findings: Findings) (place: Place) (node: Node) : Entry list option =
    match node.Shape with
    | Mapping entries -> Some entries
    | Unusable -> None
    | Plain text when Literal.word text = Literal.Nothing ->
        findings.Add(node.Position, NothingGiven place)
        None
    | _ ->
        findings.Add(node.Position, NotAMapping place)
        None

let tryFind (key: string) (entries: Entry list) : Entry option =
    entries |> List.tryFind (fun entry -> entry.Key = key)

/// The entry of a key that must be there. The report of its absence points at `position`.
let require (findings: Findings) (place: Place) (position: Position) (key: string) (entries: Entry list) =
    let found = tryFind key entries

    if found.IsNone then
        findings.Add(position, MissingKey(place, [ key ]))

    found

/// Reports every key that is not among the known ones.
let onlyKeys (findings: Findings) (place: Place) (known: string list) (entries: Entry list) : unit =
    for entry in entries do
        if not (List.contains entry.Key known) then
            findings.Add(entry.KeyPosition, UnknownKey(place, entry.Key, known))

/// Reports unknown keys, and required ones that are missing. A misspelt key is one problem, not two.
let keys findings place position (known: string list) (required: string list) (entries: Entry list) : unit =
    onlyKeys findings place known entries

    let unknown =
        entries
        |> List.map _.Key
        |> List.filter (fun key -> not (List.contains key known))

    for key in required do
        let misspelt =
            unknown |> List.exists (fun written -> (Suggest.nearest written [ key ]).IsSome)

        if (tryFind key entries).IsNone && not misspelt then
            findings.Add(position, MissingKey(place, [ key ]))

let private namePattern =
    Regex(@"^[A-Za-z][A-Za-z0-9_-]{0,63}\z", RegexOptions.CultureInvariant)

let isName (text: string) : bool = namePattern.IsMatch text

/// Names stand in paths, labels and dotted parameters, so they are plain words.
let checkName (findings: Findings) (noun: Noun) (position: Position) (text: string) : bool =
    let good = isName text

    if not good then
        findings.Add(position, NotAName(noun, text))

    good

/// The text of a scalar entry, with or without quotes.
let text (findings: Findings) (place: Place) (node: Node) : string option =
    match node.Shape with
    | Unusable -> None
    | Quoted text -> Some text
    | Plain text when Literal.word text = Literal.Nothing ->
        findings.Add(node.Position, NothingGiven place)
        None
    | Plain text -> Some text
    | Sequence _
    | Mapping _ ->
        findings.Add(node.Position, NotAScalar place)
        None
