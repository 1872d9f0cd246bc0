/// The command line against what Arguments.fs declares: refusals in this program's words, numbers in its notation.
/// What passes is read by Argu.
module Plimsoll.Cli.CommandLine

open System
open System.Globalization
open System.Text.RegularExpressions
open Argu
open FSharp.Reflection
open Plimsoll.Language
open Plimsoll.Cli.Arguments

type private Takes =
    | Nothing
    | Whole of lowest: int64 * highest: int64
    | Real
    | Word
    /// A word may follow.
    | Maybe

type private Option' = {
    Name: string
    /// What stands for its value in the help text.
    Value: string
    Takes: Takes
    Mandatory: bool
    Unique: bool
    Usage: string
}

type private Operand = {
    Called: string
    IsNeeded: bool
    IsOne: bool
    Meaning: string
}

/// What may stand behind a command.
type private Grammar = {
    Commands: (string * Type) list
    Options: Option' list
    Operand: Operand option
}

let private has (attribute: Type) (case: UnionCaseInfo) =
    case.GetCustomAttributes attribute |> Array.isEmpty |> not

let private takes (field: Type) =
    if field = typeof<int> then
        Whole(int64 Int32.MinValue, int64 Int32.MaxValue)
    elif field = typeof<int64> then
        Whole(Int64.MinValue, Int64.MaxValue)
    elif field = typeof<double> then
        Real
    elif field = typeof<string option> then
        Maybe
    else
        Word

/// The help text of a case, whatever its value is.
let private usage (case: UnionCaseInfo) =
    let blank (field: Type) : objnull =
        if field.IsValueType then
            Activator.CreateInstance field
        else
            null

    let fields = case.GetFields() |> Array.map (fun field -> blank field.PropertyType)

    match FSharpValue.MakeUnion(case, fields) with
    | :? IArgParserTemplate as template -> template.Usage.TrimEnd '.'
    | _ -> ""

let private placeholder (case: UnionCaseInfo) =
    case.GetFields()
    |> Array.tryHead
    |> Option.map (fun field -> field.Name.ToUpperInvariant())
    |> Option.defaultValue ""

/// `Only_Kept` is written `only-kept`.
let private written (case: UnionCaseInfo) =
    case.Name.ToLowerInvariant().Replace('_', '-')

let private subcommand (case: UnionCaseInfo) =
    match case.GetFields() with
    | [| field |] when
        field.PropertyType.IsGenericType
        && field.PropertyType.GetGenericTypeDefinition() = typedefof<ParseResults<_>>
        ->
        Some(written case, field.PropertyType.GetGenericArguments()[0])
    | _ -> None

let private grammar (declared: Type) : Grammar =
    let cases = FSharpType.GetUnionCases declared |> List.ofArray
    let commands, others = cases |> List.partition (subcommand >> Option.isSome)
    let operands, options = others |> List.partition (has typeof<MainCommandAttribute>)
    let mandatory case = has typeof<MandatoryAttribute> case
    let exactly case = has typeof<ExactlyOnceAttribute> case

    let option (case: UnionCaseInfo) = {
        Name = "--" + written case
        Value = placeholder case
        Takes =
            match case.GetFields() with
            | [||] -> Nothing
            | fields -> takes fields[0].PropertyType
        Mandatory = mandatory case || exactly case
        Unique = has typeof<UniqueAttribute> case || exactly case
        Usage = usage case
    }

    let operand (case: UnionCaseInfo) = {
        Called = placeholder case
        IsNeeded = mandatory case || exactly case
        IsOne = (case.GetFields()[0]).PropertyType = typeof<string>
        Meaning = usage case
    }

    {
        Commands = commands |> List.choose subcommand
        Options = options |> List.map option
        Operand = operands |> List.tryHead |> Option.map operand
    }

/// A command line as one would type it.
let private typed (words: string list) =
    let quoted (word: string) =
        if word = "" || word.Contains ' ' then $"'{word}'" else word

    words |> List.map quoted |> String.concat " "

type private Place = {
    /// `plimsoll`, then the commands that were recognised.
    Path: string list
    /// All that was typed.
    Typed: string list
}

let private refuse (place: Place) what why remedy =
    Troubles.refused what (typed ("plimsoll" :: place.Typed)) why remedy

let private help (place: Place) =
    $"`{typed place.Path} --help` shows it all"

let private meant word known =
    Suggest.nearest word known
    |> Option.map (fun near -> $"did you mean `{near}`? ")
    |> Option.defaultValue ""

let private unknownCommand place (known: (string * Type) list) word =
    let names = known |> List.map fst
    let listed = String.concat ", " names

    refuse
        place
        $"there is no command `{typed place.Path} {word}`"
        $"`{typed place.Path}` is followed by one of {listed}"
        $"{meant word names}{help place}"

let private noCommand place (known: (string * Type) list) =
    let listed = known |> List.map fst |> String.concat ", "

    let remedy =
        match place.Path with
        | [ _ ] -> $"`plimsoll run FILE` runs an experiment; {help place}"
        | _ -> help place

    refuse place $"`{typed place.Path}` alone says too little" $"it is followed by one of {listed}" remedy

let private unknownOption place (known: Option' list) (word: string) =
    let name = (word.Split '=')[0]
    let names = known |> List.map _.Name

    let remedy =
        match known |> List.tryFind (fun option -> option.Name = name) with
        | Some option when option.Takes <> Nothing ->
            $"write `{name} {word.Substring(name.Length + 1)}`, with a blank"
        | _ -> $"{meant name names}{help place}"

    let why =
        match names with
        | [] -> $"`{typed place.Path}` has no options"
        | names -> $"""`{typed place.Path}` has {String.concat ", " names}"""

    refuse place $"there is no option `{word}` here" why remedy

let private meaning (option: Option') =
    $"`{option.Name} {option.Value}`: {option.Usage}"

let private noValue place (option: Option') =
    refuse
        place
        $"{option.Name} lacks its value"
        (meaning option)
        $"write `{option.Name} {option.Value}` with a value for {option.Value}"

let private twice place (option: Option') =
    refuse
        place
        $"{option.Name} is given twice"
        $"it counts once; {(meaning option).Trim()}"
        "keep one of the two"

let private notANumber place (option: Option') (kind: string) example (given: string) =
    refuse
        place
        $"{option.Name} takes {kind}, not `{given}`"
        (meaning option)
        $"write it in digits, as in `{option.Name} {example}`"

/// Underscores between digits, as in experiment files.
let private withoutUnderscores (text: string) =
    if Regex.IsMatch(text, @"^[-+]?[0-9]+(_[0-9]+)*(\.[0-9]*)?([eE][-+]?[0-9]+)?\z") then
        text.Replace("_", "")
    else
        text

/// The value as Argu reads it.
let private value place (option: Option') (given: string) : Result<string, Trouble> =
    let plain = withoutUnderscores given

    match option.Takes with
    | Whole(lowest, highest) ->
        match Int64.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) with
        | true, number when lowest <= number && number <= highest -> Ok plain
        | _ when Regex.IsMatch(plain, @"^[-+]?[0-9]+\z") ->
            refuse
                place
                $"{option.Name} takes a whole number of at most {highest}, not {given}"
                (meaning option)
                "write a smaller number"
        | _ -> notANumber place option "a whole number" "8_000" given
    | Real ->
        match Double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, _ -> Ok plain
        | _ -> notANumber place option "a number" "2.5" given
    | Nothing
    | Word
    | Maybe -> Ok given

let private isOption (word: string) =
    word.Length > 1
    && word[0] = '-'
    && not (Char.IsAsciiDigit word[1] || word[1] = '.')

let private operands place (operand: Operand option) (found: string list) =
    match operand, found with
    | None, word :: _ ->
        refuse
            place
            $"nothing is to be done with `{word}`"
            $"`{typed place.Path}` takes options alone"
            (help place)
    | Some operand, [] when operand.IsNeeded ->
        refuse
            place
            $"{operand.Called} is missing"
            $"{operand.Called} is {operand.Meaning}"
            $"write `{typed place.Path} {operand.Called}`; {help place}"
    | Some operand, first :: second :: _ when operand.IsOne ->
        refuse
            place
            $"`{second}` is one word too many"
            $"`{typed place.Path}` takes one {operand.Called}, which is `{first}`"
            "leave one of them out, or put quotes around a name with blanks"
    | _ -> Ok()

let private mandatory place (options: Option' list) (seen: string list) =
    match
        options
        |> List.filter (fun option -> option.Mandatory && not (List.contains option.Name seen))
    with
    | [] -> Ok()
    | missing ->
        let names =
            missing
            |> List.map (fun option -> $"{option.Name} {option.Value}")
            |> String.concat " and "

        refuse
            place
            $"{names} must be given"
            (missing |> List.map meaning |> String.concat "; ")
            $"add {names}"

/// The words behind a command, with plain numbers.
let private words place (grammar: Grammar) (given: string list) : Result<string list, Trouble> =
    let rec go done' seen found rest =
        match rest with
        | [] ->
            operands place grammar.Operand (List.rev found)
            |> Result.bind (fun () -> mandatory place grammar.Options seen)
            |> Result.map (fun () -> List.rev done')
        | word :: rest when isOption word ->
            match grammar.Options |> List.tryFind (fun option -> option.Name = word) with
            | None -> unknownOption place grammar.Options word
            | Some option when option.Unique && List.contains option.Name seen -> twice place option
            | Some option ->
                let seen = option.Name :: seen

                match option.Takes, rest with
                | Nothing, _ -> go (word :: done') seen found rest
                | Maybe, next :: rest when not (isOption next) -> go (next :: word :: done') seen found rest
                | Maybe, _ -> go (word :: done') seen found rest
                | _, next :: rest when not (isOption next) ->
                    value place option next
                    |> Result.bind (fun next -> go (next :: word :: done') seen found rest)
                | _ -> noValue place option
        | word :: rest -> go (word :: done') seen (word :: found) rest

    go [] [] [] given

let rec private walk place (declared: Type) (given: string list) : Result<string list, Trouble> =
    let grammar = grammar declared

    match given with
    | _ when grammar.Commands.IsEmpty -> words place grammar given
    | [] -> noCommand place grammar.Commands
    | word :: _ when isOption word -> words place grammar given
    | word :: rest ->
        match grammar.Commands |> List.tryFind (fun (name, _) -> name = word) with
        | None -> unknownCommand place grammar.Commands word
        | Some(_, declared) ->
            walk
                {
                    place with
                        Path = place.Path @ [ word ]
                }
                declared
                rest
            |> Result.map (fun rest -> word :: rest)

/// The same words for Argu, or why they cannot be meant.
let check (given: string list) : Result<string list, Trouble> =
    if given |> List.exists (fun word -> word = "--help" || word = "-h") then
        Ok given
    else
        walk { Path = [ "plimsoll" ]; Typed = given } typeof<Command> given

/// What Argu alone finds.
let refusal (given: string list) (refused: ArguParseException) : string =
    let first = (refused.Message.Split '\n')[0]

    let place = { Path = [ "plimsoll" ]; Typed = given }

    match
        refuse
            place
            (first.Replace("ERROR: ", "").TrimEnd '.')
            "the command line is not one that is declared"
            (help place)
    with
    | Error(BadInput words) -> words
    | _ -> first
