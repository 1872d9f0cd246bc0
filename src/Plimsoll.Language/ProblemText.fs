/// The one place that words problems: code, what, where, what was expected, the nearest right word, and the
/// remedy.
module Plimsoll.Language.ProblemText

open System
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open Plimsoll.Language // after System, whose ValueType is another
open Plimsoll.Language.Words

let private place (place: Place) =
    match place with
    | WholeExperiment -> "the experiment"
    | WholeRecipe -> "the recipe"
    | Section name -> $"`{name}`"
    | InTask name -> $"task `{name}`"
    | InArm name -> $"arm `{name}`"
    | InClaim -> "the claim"
    | InNode name -> $"stage `{name}`"
    | InRecipeParameter name -> $"recipe parameter `{name}`"
    | At name -> $"`{name}`"

let private forbidden (feature: Forbidden) =
    match feature with
    | Anchor -> "an anchor (&)", "Write the value out where it is used."
    | Alias -> "an alias (*)", "Write the value out where it is used."
    | Tag -> "a tag (!)", "Leave the tag out: the key decides the type of its value."
    | MergeKey -> "a merge key (<<)", "Write the entries out where they are used."
    | Directive -> "a directive (%)", "Leave the directive out."
    | SecondDocument -> "a second document", "Put it into a file of its own; a file is one document."
    | KeyWithStructure -> "a key that is not a plain word", "Write the key as one word."

/// A problem in words, apart from its place in the file.
type Wording = {
    Code: string
    What: string
    Expected: string option
    DidYouMean: string option
    Remedy: string
}

let private say code what remedy = {
    Code = code
    What = what
    Expected = None
    DidYouMean = None
    Remedy = remedy
}

let private expecting expected wording = {
    wording with
        Expected = Some expected
}

let private oneOf (known: string list) wording =
    match known with
    | [] -> wording
    | [ only ] -> expecting only wording
    | known -> expecting ("one of " + String.Join(", ", known)) wording

let private near word known wording = {
    wording with
        DidYouMean = Suggest.nearest word known
}

/// What YAML 1.1 and other languages call true and false.
let private flag word =
    match word with
    | "true"
    | "yes"
    | "on"
    | "1" -> Some "true"
    | "false"
    | "no"
    | "off"
    | "0" -> Some "false"
    | _ -> None

/// What stands there as a list, where each of its words can be an item.
let private bracketed (item: ValueType) (found: string) =
    let words =
        found.Trim('`').Split([| ','; ' ' |], StringSplitOptions.RemoveEmptyEntries)

    let fits (word: string) =
        match Literal.word word, item with
        | Literal.Integer number, RealType _
        | Literal.Integer number, RealAboveType _ -> Literal.fits item (Real(double number))
        | Literal.Integer number, _ -> Literal.fits item (Whole number)
        | Literal.Decimal number, _ -> Literal.fits item (Real number)
        | Literal.Letters text, _ -> Literal.fits item (Text text)
        | _ -> false

    if words.Length > 0 && Array.forall fits words then
        Some("[" + String.Join(", ", words) + "]")
    else
        None

let private beforeColon (key: string) = key.Split(':') |> Array.head

let private at (position: Position) =
    $"{position.File}:{position.Line}:{position.Column}"

/// What a fault is called, says and asks for. A code keeps its meaning for ever.
let rec wording (fault: Fault) : Wording =
    match fault with
    // The text.
    | NotUtf8 -> say "P1001" "the file is not UTF-8 text" "Save the file as UTF-8."
    | BadCharacter code ->
        say "P1002" $"character U+{code:X4} is not allowed here" "Delete the character; it is not visible."
    | EmptyFile ->
        say "P1003" "the file is empty" "Begin with `experiment: NAME` (or `recipe: NAME` in a recipe)."
    | NotYaml detail ->
        say
            "P1004"
            $"this is not YAML: {detail}"
            "Look at and above this line for a colon, bracket, quote or indent."
    | TabAsIndent -> say "P1008" "a tab cannot indent" "Indent with blanks."
    | NotAllowed feature ->
        let what, remedy = forbidden feature
        say "P1005" $"{what} is not part of the language" remedy
    | DuplicateKey(key, first) ->
        say "P1006" $"key `{key}` is given twice; the first is at {at first}" "Keep one of the two."
    | TooDeep limit ->
        say "P1007" $"more than {limit} levels of nesting" "No key of the language is nested so deeply."
    // Keys and shapes.
    | UnknownKey(where, key, known) when key.Contains ':' && List.contains (beforeColon key) known ->
        let name = beforeColon key

        {
            say "P1020" $"unknown key `{key}` in {place where}" "Put a blank behind the colon." with
                DidYouMean = Some $"{name}: {key.Substring(name.Length + 1)}"
        }
    | UnknownKey(where, key, known) ->
        say "P1020" $"unknown key `{key}` in {place where}" "Correct the key or delete it."
        |> oneOf known
        |> near key known
    | MissingKey(where, [ key ]) ->
        say "P1021" $"{place where} lacks the key `{key}`" $"Add `{key}:` with its value."
    | MissingKey(where, keys) ->
        say "P1021" $"{place where} lacks a key that it needs" "Add one of them with its value."
        |> oneOf keys
    | NothingGiven where ->
        say
            "P1022"
            $"nothing is given for {place where}"
            "Give a value; write {} for an entry without settings."
    | NotAMapping where ->
        say "P1023" $"{place where} must be a mapping" "Write `key: value` entries, indented or in braces."
        |> expecting "entries `key: value`"
    | NotAList where ->
        say "P1024" $"{place where} must be a list" "Put square brackets around the items."
        |> expecting "a list in square brackets"
    | NotAScalar where ->
        say "P1025" $"{place where} must be a single value" "Give one value, without brackets or braces."
        |> expecting "a single value"
    | NotAName(what, text) ->
        say "P1026" $"`{text}` cannot name {article what}" "Choose another name."
        |> expecting "a letter, then letters, digits, hyphens or underscores, at most 64 in all"
    | NameReserved(what, name) ->
        say "P1027" $"`{name}` cannot name {article what}: the program uses it itself" "Choose another name."
    | KeysExclude(where, key, other) ->
        say "P1028" $"{place where} has both `{key}` and `{other}`" $"Keep either `{key}` or `{other}`."
    | EmptySection where -> say "P1029" $"{place where} is empty" "Add at least one entry."
    // Values.
    | WrongType(where, expected, found) ->
        let wording =
            say "P1040" $"{place where} cannot be {found}" "Write a value of the expected type."
            |> expecting (valueType expected)

        match expected with
        | ChoiceType known ->
            near (found.Trim '`') known {
                wording with
                    Remedy = "Write one of these words."
            }
        | FlagType -> {
            wording with
                DidYouMean = flag (found.Trim('`').ToLowerInvariant())
          }
        | WholeType _ -> {
            wording with
                Remedy = "Write a whole number in digits, such as 300_000."
          }
        | ItemsType item -> {
            wording with
                DidYouMean = bracketed item found
                Remedy = "Put square brackets around the items, also around a single one."
          }
        | TextType
        | FileType -> {
            wording with
                Remedy = "Put the text in quotes."
          }
        | _ -> wording
    | TextForNumber(where, expected, found) ->
        say "P1041" $"{place where} is the text \"{found}\", because it stands in quotes" "Remove the quotes."
        |> expecting (valueType expected)
    | OutOfRange(where, expected, unit, found) ->
        let suffix = if unit = "" then "" else $" ({unit})"

        say "P1042" $"{place where} cannot be {found}" "Choose a value within the range."
        |> expecting (valueType expected + suffix)
    | NumberNotFinite(where, found) ->
        say "P1043" $"{place where} cannot be {found}: it is not a finite number" "Write a finite number."
    | NumberTooLarge(where, found) ->
        say "P1044" $"{place where}: {found} is too large a number to be held" "Write a smaller number."
    | RangeReversed(first, last) ->
        say
            "P1045"
            $"the range {first}..{last} is empty"
            $"Write {last}..{first}; ranges go up and include both ends."
    | RangeTooLong(count, limit) ->
        say "P1046" $"the range has {count} items" $"A range has at most {limit} items."
    | ItemRepeated(where, item) -> say "P1047" $"{item} stands twice in {place where}" "Keep one of the two."
    | ListEmpty where -> say "P1048" $"{place where} has no items" "Give at least one item."
    | SeedsAsCount count ->
        let seeds =
            match count with
            | 1L -> "`0..0` is the one seed numbered 0"
            | count -> $"`0..{count - 1L}` are {count} seeds"

        {
            say
                "P1049"
                $"`seeds` cannot be `{count}`: it lists the seeds by their numbers"
                $"{seeds}; `[{count}]` is the one seed numbered {count}." with
                DidYouMean = Some $"0..{count - 1L}"
        }
        |> expecting "a range such as 0..4, or a list such as [0, 7]"
    // Names.
    | UnknownName(what, name, known) ->
        say "P1060" $"there is no {noun what} `{name}`" "Correct the name."
        |> oneOf known
        |> near name known
    | UnknownReference(where, name, known) ->
        say
            "P1061"
            $"{place where} cannot be `{name}`"
            "Words that begin with $ stand for what the experiment varies."
        |> oneOf known
        |> near name known
    | RecipeNotFound(name, reason) ->
        say
            "P1062"
            $"recipe `{name}` cannot be read: {reason}"
            "Name a shipped recipe, or give the path of your own, such as ./my-recipe.yaml."
    | FileNotFound(where, path) ->
        say
            "P1063"
            $"{place where}: there is no file {path}"
            "Correct the path; it is relative to the experiment file."
    // Wiring.
    | WrongKind(role, needed, node, found) ->
        say
            "P1080"
            $"`{role}` takes {kind needed}, but `{node}` makes {kind found}"
            "Name a stage that makes it."
        |> expecting (kind needed)
    | InputMissing(node, stage, role, needed) ->
        say
            "P1081"
            $"stage `{node}` ({stage}) lacks its input `{role}`"
            $"Add `{role}: NODE`, where NODE makes {kind needed}."
    | ParameterMissing(node, stage, parameter) ->
        let suffix = if parameter.Unit = "" then "" else $" ({parameter.Unit})"

        say
            "P1082"
            $"`{node}` ({stage}) lacks its parameter `{parameter.Name}`, which has no default"
            $"Add `{parameter.Name}:`. Meaning: {parameter.Meaning}."
        |> expecting (valueType parameter.Type + suffix)
    | StagesInCircle nodes ->
        let circle = String.Join(" <- ", nodes)

        say
            "P1083"
            $"stages depend on each other in a circle: {circle}"
            "Take one of these inputs from elsewhere."
    | StageUnused node ->
        say
            "P1084"
            $"stage `{node}` contributes nothing to the result"
            "Delete the stage, or use it as an input of another."
    | RecipeParameterUnused name ->
        say "P1085" $"recipe parameter `{name}` sets nothing" "List what it sets: `for: [node.parameter]`."
    | ParameterSetTwice(target, first) ->
        say "P1086" $"`{target}` is set twice; the first is at {at first}" "Keep one of the two."
    | NotTakenOver(key, from, recipe, reason) ->
        let what =
            match reason with
            | UnknownKey _ -> $"`{recipe}` has no such parameter"
            | reason -> $"in `{recipe}`, {(wording reason).What}"

        say
            "P1090"
            $"`{key}` is taken over from `{from}`; {what}"
            "Take the arm's settings from an arm that this recipe suits, or write them here without `like`."
    | SetByArmAndSweep(axis, first) ->
        say
            "P1087"
            $"the sweep of `{axis}` sets what the arm sets at {at first}"
            "Delete the arm's setting, or the axis."
    | SimulatorMissing(node, stage, task) ->
        say
            "P1089"
            $"`{node}` ({stage}) needs a simulator, and the task `{task}` has none"
            "Give the arm to tasks with a simulator alone, in an experiment of its own, or take an offline method."
    | TooManyCells(count, limit) ->
        say
            "P1088"
            $"the experiment expands to {count} cells; {limit} are allowed"
            "Shorten or delete an axis: tasks, seeds, cost limits and the arm's sweeps multiply."

/// The caret line under a source line: tabs stay tabs, so that the carets stand under what they mean.
let private carets (problem: Problem) =
    let line = problem.SourceLine
    let start = min (problem.Position.Column - 1) line.Length |> max 0

    let pad =
        line.Substring(0, start)
        |> String.map (fun letter -> if letter = '\t' then '\t' else ' ')

    let length = min problem.Position.Length (line.Length - start) |> max 1
    pad + String('^', length)

/// A problem for people: several lines, the last one without a line break.
let render (problem: Problem) : string =
    let words = wording problem.Fault
    let line = string problem.Position.Line
    let margin = String(' ', line.Length)

    let notes =
        [
            Option.map (fun text -> "expected: " + text) words.Expected
            Option.map (fun text -> $"did you mean `{text}`?") words.DidYouMean
            Some words.Remedy
        ]
        |> List.choose id
        |> List.map (fun note -> $"{margin} = {note}")

    let quoted = [
        $"{margin} |"
        $"{line} | {problem.SourceLine}".TrimEnd()
        $"{margin} | {carets problem}"
    ]

    String.Join(
        "\n",
        $"{words.Code}: {words.What}" :: $"{margin}--> {at problem.Position}" :: quoted
        @ notes
    )

/// All problems for people, with their number at the end.
let renderAll (problems: Problem list) : string =
    let count =
        match problems.Length with
        | 1 -> "1 problem"
        | several -> $"{several} problems"

    String.Join("\n\n", List.map render problems @ [ count ]) + "\n"

let private writeProblem (writer: Utf8JsonWriter) (problem: Problem) =
    let words = wording problem.Fault
    writer.WriteStartObject()
    writer.WriteString("code", words.Code)
    writer.WriteString("what", words.What)
    writer.WriteString("file", problem.Position.File)
    writer.WriteNumber("line", problem.Position.Line)
    writer.WriteNumber("column", problem.Position.Column)
    writer.WriteNumber("length", problem.Position.Length)
    writer.WriteString("source", problem.SourceLine)

    for name, text in [ "expected", words.Expected; "suggestion", words.DidYouMean ] do
        Option.iter (fun (text: string) -> writer.WriteString(name, text)) text

    writer.WriteString("remedy", words.Remedy)
    writer.WriteEndObject()

/// All problems for programs: a JSON array, one object each.
let toJson (problems: Problem list) : string =
    use stream = new IO.MemoryStream()

    let options =
        JsonWriterOptions(
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        )

    using (new Utf8JsonWriter(stream, options)) (fun writer ->
        writer.WriteStartArray()
        List.iter (writeProblem writer) problems
        writer.WriteEndArray())

    Encoding.UTF8.GetString(stream.ToArray()) + "\n"
