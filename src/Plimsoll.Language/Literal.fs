/// Types of scalars, decided here and not by YAML: by quotes, by spelling, and by what is expected.
module Plimsoll.Language.Literal

open System
open System.Globalization
open System.Text.RegularExpressions
open Plimsoll.Language // after System, whose ValueType is another

/// What a scalar without quotes says by itself.
type Word =
    | Nothing
    | Truth of bool
    | Integer of int64
    | Decimal of double
    /// Both ends belong to it.
    | Span of first: int64 * last: int64
    /// Digits that no 64-bit integer or binary64 number holds.
    | TooLarge
    /// An infinity or NaN in YAML's spelling.
    | NotFinite
    /// `$name`: what the experiment varies.
    | Reference of string
    | Letters of string

/// A list made from a range has at most this many items.
let rangeLimit = 100_000

// Single underscores between digits; no leading zeros, which other languages read as octal.
let private whole =
    Regex(@"^[-+]?(0|[1-9][0-9]*(_[0-9]+)*)\z", RegexOptions.CultureInvariant)

let private real =
    Regex(
        @"^[-+]?((0|[1-9][0-9]*(_[0-9]+)*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\z",
        RegexOptions.CultureInvariant
    )

let private range =
    Regex(@"^([-+]?[0-9_]+)\.\.([-+]?[0-9_]+)\z", RegexOptions.CultureInvariant)

let private (|WholeText|_|) (text: string) =
    if whole.IsMatch text then
        match
            Int64.TryParse(text.Replace("_", ""), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        with
        | true, value -> Some(Integer value)
        | _ -> Some TooLarge
    else
        None

let private (|RealText|_|) (text: string) =
    if real.IsMatch text then
        let value =
            Double.Parse(text.Replace("_", ""), NumberStyles.Float, CultureInfo.InvariantCulture)

        Some(if Double.IsFinite value then Decimal value else TooLarge)
    else
        None

let private (|RangeText|_|) (text: string) =
    let parts = range.Match text

    if parts.Success then
        match parts.Groups[1].Value, parts.Groups[2].Value with
        | WholeText(Integer first), WholeText(Integer last) -> Some(Span(first, last))
        | WholeText _, WholeText _ -> Some TooLarge
        | _ -> None
    else
        None

/// Reads a scalar that stands without quotes.
let word (text: string) : Word =
    match text with
    | ""
    | "~"
    | "null" -> Nothing
    | "true" -> Truth true
    | "false" -> Truth false
    | WholeText word
    | RealText word
    | RangeText word -> word
    | _ when Regex.IsMatch(text, @"^[-+]?\.(inf|nan)\z", RegexOptions.IgnoreCase) -> NotFinite
    | _ when text.StartsWith '$' -> Reference text
    | _ -> Letters text

let private escape (letter: char) =
    match letter with
    | '\\' -> "\\\\"
    | '"' -> "\\\""
    | letter when letter < ' ' || letter > '~' -> $"\\u{int letter:X4}"
    | letter -> string letter

/// A value as the language writes it. Reals keep every bit.
let rec print (value: Value) : string =
    match value with
    | Flag true -> "true"
    | Flag false -> "false"
    | Whole whole -> whole.ToString CultureInfo.InvariantCulture
    | Real real -> real.ToString("R", CultureInfo.InvariantCulture)
    | Text text ->
        match word text with
        | Letters _ when Regex.IsMatch(text, @"^[A-Za-z][A-Za-z0-9_./-]*\z") -> text
        | _ -> "\"" + String.collect escape text + "\""
    | Items items -> "[" + String.Join(", ", List.map print items) + "]"

let private inRange (expected: ValueType) (value: Value) =
    match expected, value with
    | WholeType(lowest, highest), Whole whole -> lowest <= whole && whole <= highest
    | RealType(lowest, highest), Real real -> lowest <= real && real <= highest
    | RealAboveType(above, highest), Real real -> above < real && real <= highest
    | _ -> true

/// Whether a value can be a parameter of this type, as far as the type alone tells.
let rec fits (expected: ValueType) (value: Value) : bool =
    match expected, value with
    | FlagType, Flag _
    | TextType, Text _
    | FileType, Text _ -> true
    | ChoiceType words, Text text -> List.contains text words
    | WholeType _, Whole _
    | RealType _, Real _
    | RealAboveType _, Real _ -> inRange expected value
    | ItemsType item, Items items -> List.forall (fits item) items
    | _ -> false

let private isNumeric expected =
    match expected with
    | WholeType _
    | RealType _
    | RealAboveType _ -> true
    | _ -> false

let private ofWord expected word : Result<Value, Place -> string -> Fault> =
    let wrong = Error(fun place text -> WrongType(place, expected, $"`{text}`"))

    match expected, word with
    | _, Nothing -> Error(fun place _ -> NothingGiven place)
    | FlagType, Truth flag -> Ok(Flag flag)
    | WholeType _, Integer value -> Ok(Whole value)
    | (RealType _ | RealAboveType _), Integer value -> Ok(Real(double value))
    | (RealType _ | RealAboveType _), Decimal value -> Ok(Real value)
    | _, TooLarge when isNumeric expected -> Error(fun place text -> NumberTooLarge(place, text))
    | _, NotFinite when isNumeric expected -> Error(fun place text -> NumberNotFinite(place, text))
    | (TextType | FileType), Letters text -> Ok(Text text)
    | ChoiceType words, Letters text when List.contains text words -> Ok(Text text)
    | _ -> wrong

let private ofScalar (findings: Findings) (place: Place) expected unit (node: Node) text word =
    match ofWord expected word with
    | Error fault ->
        findings.Add(node.Position, fault place text)
        None
    | Ok value when not (inRange expected value) ->
        findings.Add(node.Position, OutOfRange(place, expected, unit, text))
        None
    | Ok value -> Some value

let private ofRange (findings: Findings) (node: Node) (first: int64) (last: int64) =
    let count = bigint last - bigint first + 1I

    if first > last then
        findings.Add(node.Position, RangeReversed(first, last))
        None
    elif count > bigint rangeLimit then
        findings.Add(node.Position, RangeTooLong(count, rangeLimit))
        None
    else
        Some [ for value in first..last -> Whole value ]

/// Items with the node that each stands in.
let rec private items findings place expected unit (node: Node) : (Value * Node) list option =
    match expected, node.Shape with
    | WholeType _, Plain text ->
        match word text with
        | Span(first, last) ->
            match ofRange findings node first last with
            | Some values when values |> List.forall (inRange expected) ->
                Some(values |> List.map (fun value -> value, node))
            | Some _ ->
                findings.Add(node.Position, OutOfRange(place, expected, unit, text))
                None
            | None -> None
        | _ ->
            value findings place expected unit node
            |> Option.map (fun value -> [ value, node ])
    | _ ->
        value findings place expected unit node
        |> Option.map (fun value -> [ value, node ])

/// A list of items of one type, each with its node. A range of whole numbers stands for its members, by
/// itself or among other items.
and list findings place (expected: ValueType) unit (node: Node) : (Value * Node) list option =
    match node.Shape with
    | Unusable -> None
    | Sequence nodes ->
        let read = nodes |> List.map (items findings place expected unit)

        if List.forall Option.isSome read then
            Some(List.collect (Option.defaultValue []) read)
        else
            None
    | Plain text ->
        match expected, word text with
        | WholeType _, Span _ -> items findings place expected unit node
        | _, Nothing ->
            findings.Add(node.Position, NothingGiven place)
            None
        | _ ->
            findings.Add(node.Position, WrongType(place, ItemsType expected, $"`{text}`"))
            None
    | Quoted _
    | Mapping _ ->
        findings.Add(node.Position, NotAList place)
        None

/// A node as a value of the expected type. Reports what is wrong and returns nothing then.
and value
    (findings: Findings)
    (place: Place)
    (expected: ValueType)
    (unit: string)
    (node: Node)
    : Value option =
    match expected, node.Shape with
    | _, Unusable -> None
    | ItemsType item, _ ->
        list findings place item unit node
        |> Option.map (fun items -> Items(List.map fst items))
    | (TextType | FileType), Quoted text -> Some(Text text)
    | ChoiceType words, Quoted text when List.contains text words -> Some(Text text)
    | _, Quoted text when isNumeric expected || expected = FlagType ->
        findings.Add(node.Position, TextForNumber(place, expected, text))
        None
    | _, Quoted text ->
        findings.Add(node.Position, WrongType(place, expected, $"`{text}`"))
        None
    | _, Plain text -> ofScalar findings place expected unit node text (word text)
    | _, (Sequence _ | Mapping _) ->
        findings.Add(node.Position, NotAScalar place)
        None
