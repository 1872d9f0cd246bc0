/// Every cell of the plan with what its key was made of. Cells that differ in seed and limit alone form a family;
/// what all of a family share is said once.
module internal Plimsoll.Report.HtmlCells

open System.Collections.Generic
open System.Globalization
open Plimsoll.Store
open Plimsoll.Report.Markup

let private mono content = el "code" [] [ text content ]

/// What a making says, in parts that can be told apart and shared.
type private Fact =
    | Part of KeyPartKind * name: string * value: string
    | Circumstance of name: string * value: string

let private factsOf (machineOf: string -> string) (programOf: string -> string) (making: Making) = [
    for part in making.Parts do
        match part.Kind with
        // The heading has it.
        | StagePart -> ()
        | kind -> Part(kind, part.Name, part.Value)
    Circumstance("machine", machineOf making.Machine)
    Circumstance("program", programOf making.Program)
    Circumstance("threads", string making.Threads)
    if making.Attempts > 1 then
        Circumstance("attempts", string making.Attempts)
]

type private Look = {
    /// The cell that made an artifact.
    Maker: IReadOnlyDictionary<string, string>
    Facts: Making -> Fact list
}

let private short (digest: string) =
    if digest.Length > 12 then
        digest.Substring(0, 12)
    else
        digest

let private factText (look: Look) fact =
    match fact with
    | Part(InputPart, role, digest) -> [
        text $"{role} = "
        match look.Maker.TryGetValue digest with
        | true, cell -> link cell [ mono (short digest) ]
        | _ -> mono digest
      ]
    | Part(ParameterPart, name, value) -> [ text $"{name} = "; mono value ]
    | Part(SeedPart, _, value) -> [ text "seed = "; mono value ]
    | Part(CodePart, name, digest) -> [ text $"code of {name} = "; mono digest ]
    | Part(LibraryPart, name, digest) -> [ text $"library {name} = "; mono digest ]
    | Part(StagePart, _, value) -> [ text value ]
    | Circumstance(name, value) -> [ text $"{name} {value}" ]

let private joined (look: Look) facts =
    facts
    |> List.mapi (fun i fact -> (if i > 0 then [ text "; " ] else []) @ factText look fact)
    |> List.concat

let private madeWords (c: CellFact) = [
    match c.Made with
    | Some making -> making.Started.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
    | None -> ()
    yield! c.Seconds |> Option.map Format.seconds |> Option.toList
    yield! c.Memory |> Option.map Format.bytes |> Option.toList
]

let private stateText (c: CellFact) =
    let state, why = HtmlMissing.stateWords c.State
    let found = if c.Cached then ", found" else ""
    if why = "" then state + found else $"{state}{found}: {why}"

let private digests (record: RecordLink) =
    let line name digest = [ el "i" [] [ text name ]; text (" " + digest) ]

    match record.Key, record.Artifact with
    | Some key, Some artifact -> line "key" key @ [ el "br" [] [] ] @ line "artifact" artifact
    | Some key, None -> line "key" key
    | None, _ -> []

let private row (look: Look) (said: Set<Fact>) (c: CellFact) =
    let own =
        match c.Made with
        | Some making -> look.Facts making |> List.filter (said.Contains >> not)
        | None -> []

    el "tr" [ "id", Anchors.cell c.Record.Cell ] [
        el "td" [] [
            mono c.Label
            el "small" [] [ text (String.concat ", " (stateText c :: madeWords c)) ]
            link (Anchors.stage c.Stage) [ text "shared parts and command" ]
        ]
        el "td" [] (digests c.Record)
        el "td" [] (joined look own)
    ]

/// What all cells with a record agree on.
let private common (look: Look) (cells: CellFact list) =
    match cells |> List.choose _.Made |> List.map look.Facts with
    | [] -> []
    | first :: others ->
        let others = others |> List.map set
        first |> List.filter (fun f -> others |> List.forall (Set.contains f))

let private saidOnce (look: Look) facts = [
    if not (List.isEmpty facts) then
        el "p" [ "class", "note" ] (text "All with " :: joined look facts)
]

/// In words that hold wherever the report is taken: no path of the machine that made it.
let private again =
    el "p" [ "class", "note" ] [
        text "To make one again, write its name below for LABEL: "
        mono "plimsoll run experiment.resolved.yaml --only 'LABEL'"
        text
            ", with the file beside this page, whose data files are named as from the folder of the experiment. Where "
        text "the store is, its key for KEY does as well: "
        mono "plimsoll repro KEY --run"
        text "."
    ]

let private folded attributes (name: Node) (cells: CellFact list) children =
    el "details" attributes [
        el "summary" [] [ name; span "note" (" · " + Format.plural cells.Length "cell") ]
        yield! children
    ]

let private family (look: Look) said name (cells: CellFact list) =
    let facts = common look cells |> List.filter (fun f -> not (Set.contains f said))

    folded [] (text name) cells [
        yield! saidOnce look facts
        el "table" [ "class", "plain cells" ] [
            el "thead" [] [
                el "tr" [] [
                    for title in [ "cell"; "key and artifact"; "its own parts" ] do
                        el "th" [ "scope", "col" ] [ text title ]
                ]
            ]
            el "tbody" [] [
                for c in cells do
                    row look (Set.union said (set facts)) c
            ]
        ]
    ]

let private familyName (c: CellFact) =
    match c.Label.IndexOf ' ' with
    | -1 -> c.Label
    | at -> c.Label.Substring(0, at)

/// Numbers for long texts that many cells share.
let private numbered word (texts: string list) =
    match List.distinct texts with
    | [] -> [], id
    | distinct ->
        let numbers = distinct |> List.mapi (fun i t -> t, string (i + 1)) |> Map.ofList
        [ for t in distinct -> $"{word} {numbers[t]}", t ], (fun t -> numbers[t])

/// Machines and programs by number, and the cells by stage and family.
let draw (results: Results) =
    let makings = results.Cells |> List.choose _.Made
    let machines, machineOf = makings |> List.map _.Machine |> numbered "machine"
    let programs, programOf = makings |> List.map _.Program |> numbered "program"
    let maker = Dictionary<string, string>()

    for c in results.Cells do
        match c.Record.Artifact with
        | Some artifact -> maker[artifact] <- Anchors.cell c.Record.Cell
        | None -> ()

    let look = {
        Maker = maker
        Facts = factsOf machineOf programOf
    }

    machines @ programs,
    [
        el "h3" [] [ text $"All {results.Cells.Length} cells, by stage" ]
        el "p" [ "class", "note" ] [
            text
                "Each line: the cell, the digests of its key and of its artifact, and what it does not share with the others."
        ]
        for stage, cells in results.Cells |> List.groupBy _.Stage do
            let facts = common look cells

            folded [ "id", Anchors.stage stage ] (el "b" [] [ text stage ]) cells [
                again
                yield! saidOnce look facts
                div "families" [
                    for name, members in cells |> List.groupBy familyName do
                        family look (set facts) name members
                ]
            ]
    ]
