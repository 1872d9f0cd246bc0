/// The JSON Schema (draft 2020-12) of experiment and recipe files, made from a catalogue, so that editors
/// complete and check them. It is looser than the language where a schema cannot see: names, wiring and
/// what a recipe offers.
module Plimsoll.Language.Schema

open System
open System.IO
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open Plimsoll.Language // after System, whose ValueType is another

/// JSON as an immutable value: a part of a schema can stand in two places.
type private Json =
    | JsonText of string
    | JsonFlag of bool
    | JsonWhole of int64
    | JsonReal of double
    | JsonList of Json list
    | JsonThing of (string * Json) list

let rec private write (writer: Utf8JsonWriter) (json: Json) =
    match json with
    | JsonText text -> writer.WriteStringValue text
    | JsonFlag flag -> writer.WriteBooleanValue flag
    | JsonWhole whole -> writer.WriteNumberValue whole
    | JsonReal real -> writer.WriteNumberValue real
    | JsonList items ->
        writer.WriteStartArray()
        List.iter (write writer) items
        writer.WriteEndArray()
    | JsonThing members ->
        writer.WriteStartObject()

        for name, item in members do
            writer.WritePropertyName name
            write writer item

        writer.WriteEndObject()

let private text value = JsonText value
let private flag value = JsonFlag value
let private thing members = JsonThing members
let private many items = JsonList items
let private texts items = many (List.map text items)
let private typed name = thing [ "type", text name ]
let private anyOf options = thing [ "anyOf", many options ]

let private reference name =
    thing [ "$ref", text ("#/$defs/" + name) ]

let private pattern (expression: string) =
    thing [ "type", text "string"; "pattern", text expression ]

let private described (description: string) (json: Json) =
    match json with
    | JsonThing members when description <> "" -> JsonThing(members @ [ "description", text description ])
    | other -> other

/// Underscores between digits are the language's own; YAML takes such a number for a text.
let private digits = pattern "^[-+]?[0-9]+(_[0-9]+)+(\\.[0-9]*)?$"

let private range = pattern "^[-+]?[0-9_]+\\.\\.[-+]?[0-9_]+$"

let private bounds lowest highest exclusive = [
    if Double.IsFinite lowest then
        yield (if exclusive then "exclusiveMinimum" else "minimum"), JsonReal lowest
    if Double.IsFinite highest then
        yield "maximum", JsonReal highest
]

let private wholeBounds (lowest: int64) (highest: int64) = [
    if lowest <> Int64.MinValue then
        yield "minimum", JsonWhole lowest
    if highest <> Int64.MaxValue then
        yield "maximum", JsonWhole highest
]

let rec private valueType (expected: ValueType) =
    match expected with
    | FlagType -> typed "boolean"
    | WholeType(lowest, highest) ->
        anyOf [ thing (("type", text "integer") :: wholeBounds lowest highest); digits ]
    | RealType(lowest, highest) ->
        anyOf [ thing (("type", text "number") :: bounds lowest highest false); digits ]
    | RealAboveType(above, highest) ->
        anyOf [ thing (("type", text "number") :: bounds above highest true); digits ]
    | ChoiceType words -> thing [ "enum", texts words ]
    | TextType
    | FileType -> typed "string"
    | ItemsType item -> list item

and private list item =
    match item with
    | WholeType _ ->
        let items = anyOf [ valueType item; range ]
        anyOf [ thing [ "type", text "array"; "items", items ]; range ]
    | _ -> thing [ "type", text "array"; "items", valueType item ]

let private meaning (parameter: Parameter) =
    let fallback =
        match parameter.Default with
        | Some value -> $" Default: {Literal.print value}."
        | None -> " Required."

    let unit = if parameter.Unit = "" then "" else $" ({parameter.Unit})"
    parameter.Meaning.TrimEnd('.') + unit + "." + fallback

let private parameter wrap (parameter: Parameter) =
    parameter.Name, described (meaning parameter) (wrap (valueType parameter.Type))

let private closed (properties: (string * Json) list) (required: string list) =
    thing [
        yield "type", text "object"
        yield "properties", thing properties
        if not required.IsEmpty then
            yield "required", texts required
        yield "additionalProperties", flag false
    ]

let private openMap values description =
    thing [
        "type", text "object"
        "additionalProperties", values
        "minProperties", JsonWhole 1L
    ]
    |> described description

let private varying expected =
    anyOf [ expected; thing [ "const", text Reserved.costLimit ] ]

let private implicitStage (signatures: Signatures.Signatures) name without =
    let signature = signatures.Stages[name]

    let properties =
        signature.Parameters
        |> List.filter (fun parameter -> not (List.contains parameter.Name without))
        |> List.map (parameter id)

    signature, properties

let private task (signatures: Signatures.Signatures) =
    let catalogue = signatures.Catalogue

    let made = [
        Reserved.taskParameter
        Reserved.episodesParameter
        Reserved.costLimitParameter
    ]

    let _, load = implicitStage signatures catalogue.Load []
    let _, online = implicitStage signatures catalogue.Evaluate made
    let _, offline = implicitStage signatures catalogue.EvaluateOffline made
    let scores = closed (online @ offline |> List.distinctBy fst) []

    let collecting name =
        let stage, properties = implicitStage signatures name []

        closed [
            "collect", described stage.Meaning (closed properties [])
            "evaluate", scores
        ] [ "collect" ]

    anyOf [
        yield! Signatures.collectors catalogue |> List.map collecting
        yield closed (load @ [ "evaluate", scores ]) [ Reserved.fileParameter ]
    ]
    |> described "Data to collect in the task's simulator, or a file in DSRL's layout."

let private stage (signature: StageSignature) =
    let wired role kind =
        role, described ("Takes " + Words.kind kind + ": a stage's name or $dataset.") (typed "string")

    let parameter (it: Parameter) =
        match it.Type with
        | RealType _
        | RealAboveType _ -> parameter varying it
        | _ -> parameter id it

    [ "stage", thing [ "const", text signature.Name ] ]
    @ (signature.Inputs |> List.map (fun (role, kind) -> wired role kind))
    @ List.map parameter signature.Parameters
    |> fun properties -> closed properties ("stage" :: List.map fst signature.Inputs)
    |> described signature.Meaning

let private recipeKeys =
    let short =
        closed [
            "default", described "Absent: each target keeps its own default." (reference "value")
            "for", anyOf [ typed "string"; thing [ "type", text "array"; "items", typed "string" ] ]
        ] [ "for" ]

    [
        "parameters", openMap short "Short public names of what an arm or a sweep may set."
        "stages", openMap (reference "stage") "The stages, by name, and what each takes from which."
        "result", described "The stage whose policy is evaluated." (typed "string")
    ]

let private protocol () =
    closed [
        ProtocolSection.costLimits,
        list ProtocolSection.costLimitType
        |> described "Undiscounted cost of an episode that a policy may have."
        ProtocolSection.seeds,
        list ProtocolSection.seedType
        |> described "Seeds; a range 0..4 includes both ends."
        ProtocolSection.episodes,
        valueType ProtocolSection.episodesType
        |> described "Evaluation episodes of each policy. Default: 20."
        ProtocolSection.timeActions,
        list ProtocolSection.timeActionsType
        |> described "Times acting on so many observations at once. Default: not timed."
    ] [ ProtocolSection.costLimits; ProtocolSection.seeds ]

let private claim () =
    closed [
        "metric", thing [ "enum", texts [ "reward"; "cost" ] ]
        "arm", typed "string"
        "at-most", typed "number"
        "at-least", typed "number"
        "above", described "Another arm, whose number is lower." (typed "string")
        "below", described "Another arm, whose number is higher." (typed "string")
        "probability",
        thing [
            "type", text "number"
            "exclusiveMinimum", JsonWhole 0L
            "maximum", JsonWhole 1L
        ]
        "for",
        anyOf [
            thing [ "enum", texts [ ClaimSection.everyLimit; ClaimSection.averageOfLimits ] ]
            described "One of the protocol's limits." (typed "number")
        ]
    ] [ "metric"; "arm" ]

let private arm () =
    thing [
        "type", text "object"
        "properties",
        thing (
            [
                "recipe", described "A shipped recipe or a path; default: the arm's name." (typed "string")
                "like", described "An arm above: its recipe and settings hold here too." (typed "string")
            ]
            @ recipeKeys
        )
        "additionalProperties", reference "value"
    ]

let private shared (catalogue: Catalogue) =
    let value =
        anyOf [
            typed "boolean"
            typed "number"
            typed "string"
            thing [ "type", text "array"; "items", reference "value" ]
        ]

    thing [ "value", value; "stage", anyOf (List.map stage catalogue.Stages) ]

let private print title (root: Json) (definitions: Json) =
    let head = [
        "$schema", text "https://json-schema.org/draft/2020-12/schema"
        "title", text title
        "$defs", definitions
    ]

    let whole =
        match root with
        | JsonThing members -> JsonThing(head @ members)
        | other -> other

    use stream = new MemoryStream()

    let options =
        JsonWriterOptions(
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        )

    using (new Utf8JsonWriter(stream, options)) (fun writer -> write writer whole)
    Encoding.UTF8.GetString(stream.ToArray()) + "\n"

/// The schema of experiment files.
let experiment (catalogue: Catalogue) : string =
    let signatures = Signatures.index catalogue

    let root =
        closed [
            "experiment", typed "string"
            "tasks", openMap (task signatures) "Where the data comes from and what scores a policy."
            "protocol", protocol ()
            "arms", openMap (arm ()) "What is compared: recipes and what they are told."
            "sweep",
            openMap
                (thing [ "type", texts [ "array"; "string" ] ])
                "`arm.parameter: [values]`; axes multiply."
            "claims", thing [ "type", text "array"; "items", claim () ]
        ] [ "experiment"; "tasks"; "protocol"; "arms" ]

    print "Plimsoll experiment" root (shared catalogue)

/// The schema of recipe files.
let recipe (catalogue: Catalogue) : string =
    Signatures.index catalogue |> ignore

    let root =
        closed ([ "recipe", typed "string"; "summary", typed "string" ] @ recipeKeys) [
            "recipe"
            "stages"
            "result"
        ]

    print "Plimsoll recipe" root (shared catalogue)
