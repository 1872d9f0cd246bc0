/// Why cells run, as text and as JSON.
module Plimsoll.Cli.ExplainView

open System
open System.Text.Json
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Engine.Explain
open Plimsoll.Store

/// Cells that are named after a cause; the rest are counted.
let private named = 8

let private place (at: Position) = $"{at.File}:{at.Line}:{at.Column}"

let private sourceText source =
    match source with
    | FromDefault -> "a default of the stage"
    | FromRecipe at -> $"set by the recipe at {place at}"
    | FromFile at -> $"set at {place at}"
    | FromAxis(axis, at) -> $"set by the axis {axis} at {place at}"

/// A content digest is shown by its first digits, as in names of artifacts.
let private valueText (value: string option) =
    let short (text: string) =
        match text.Split ' ' with
        | [| "content"; digest |] when digest.Length = 64 -> digest.Substring(0, 12)
        | [| digest |] when (Digest.tryText digest).IsSome -> digest.Substring(0, 12)
        | _ -> text

    value |> Option.map short |> Option.defaultValue "nothing"

let private ofCells (cells: Cell list) =
    match cells with
    | [] -> ""
    | [ cell ] -> Display.cell cell
    | cell :: rest -> $"{Display.cell cell} and {rest.Length} more"

let private stageOf (cells: Cell list) =
    cells |> List.map _.Stage.Name |> List.distinct |> String.concat ", "

let private changeText (at: Cell list) (change: Change) =
    let values = $"{valueText change.Part.Old} -> {valueText change.Part.New}"

    match change.Part.Kind, change.File with
    | ParameterPart, Some file ->
        $"the content of {file}, parameter `{change.Part.Name}` of {ofCells at}: {values}"
    | ParameterPart, None -> $"parameter `{change.Part.Name}` of {ofCells at}: {values}"
    | CodePart, _ when change.Part.Name = Keying.reachableCode ->
        match stageOf at with
        // Each stage has a digest of its own.
        | stages when stages.Contains ',' -> $"code that {stages} can reach"
        | stage -> $"code that {stage} can reach: {values}"
    | CodePart, _ -> $"the assembly {change.Part.Name} behind {stageOf at}: {values}"
    | LibraryPart, _ -> $"the native library {change.Part.Name} behind {stageOf at}: {values}"
    | SeedPart, _ -> $"the seed of {ofCells at}: {values}"
    | StagePart, _ -> $"the stage of {ofCells at}: {values}"
    | InputPart, _ -> $"input `{change.Part.Name}` of {ofCells at}: {values}"

let private causeText label (root: Root) =
    match root.Cause with
    | Cause.Changed change -> changeText root.At change
    | Cause.Unchanged RecordGone ->
        $"the record of {ofCells root.At} is gone: nothing in its key changed, but it was deleted or damaged"
    | Cause.Unchanged IsVolatile ->
        $"{ofCells root.At} is of a volatile stage, {stageOf root.At}: it runs every time"
    | Cause.Unchanged OtherBytes ->
        $"{ofCells root.At} was made again from equal parts and gave other bytes (`verify` looks into it)"
    | Cause.New -> $"{ofCells root.At} has not run before, nor has a cell like it"
    | Cause.Blocked why -> $"{ofCells root.At} cannot run: {PlanView.obstacle label why}"

let private touches (root: Root) =
    let labels =
        root.Touches
        |> List.truncate named
        |> List.map (fun cell -> "       " + Display.cell cell)

    let more = root.Touches.Length - named
    let cells = Display.plural root.Touches.Length "cell"

    [
        yield $"     touches {cells}:"
        yield! labels
        if more > 0 then
            yield $"       and {more} more"
    ]

let private rootText label number (root: Root) = [
    yield $"  {number}. {causeText label root}"

    match root.Cause with
    | Cause.Changed change ->
        match change.Source with
        | Some source -> yield "     " + sourceText source
        | None -> ()

        yield! CodeChanges.text change |> List.map (fun line -> "     " + line)
    | _ -> ()

    yield! touches root
]

/// From where a cause acts to the cell asked about.
let rec private way (at: Set<CellId>) (why: Why) : (Why * string option) list option =
    if at.Contains why.Cell.Id then
        Some [ why, None ]
    else
        why.Inputs
        |> List.tryPick (fun input ->
            way at input.Producer
            |> Option.map (fun before -> before @ [ why, Some input.Role ]))

let private wayText (root: Root) (why: Why) =
    match way (root.At |> List.map _.Id |> Set.ofList) why with
    | None
    | Some [ _ ] -> []
    | Some steps ->
        "     by way of"
        :: [
            for step, role in steps do
                let state = PlanView.word step.State

                match role with
                | None -> $"       {Display.cell step.Cell} ({state})"
                | Some role -> $"       -> `{role}` of {Display.cell step.Cell} ({state})"
        ]

let private when' (time: DateTimeOffset) =
    time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", Globalization.CultureInfo.InvariantCulture)
    + " UTC"

let private recordText (record: Record) =
    $"{(string record.Key).Substring(0, 12)}, {when' record.Ended}"

let private earlierText (why: Why) =
    match why.Earlier with
    | Earlier.Own record -> [ $"compared with its last record, {recordText record}" ]
    | Earlier.Nearest record -> [
        "it has no earlier record; compared with the nearest cell that has one:"
        $"  {record.Label}, {recordText record}"
      ]
    | Earlier.Nothing -> []

let private cachedText (record: Record) = [
    let what =
        match record.Outcome with
        | Outcome.Finished artifact ->
            $"artifact {Digest.short artifact.Digest}, {Display.bytes artifact.Bytes}"
        | Outcome.Diverged(step, what) -> $"diverged at step {step}: {what}"

    yield $"  record {recordText record}, {Display.seconds record.Seconds} on {record.Machine.Host}"
    yield "  " + what
    yield "  nothing in its key differs from what the record was made of"
]

/// One cell, with the causes that concern it.
let cellText label (roots: Root list) (why: Why) : string =
    String.concat "\n" [
        yield $"{Display.cell why.Cell}: {PlanView.word why.State}"

        match why.State with
        | CellPlan.Cached record -> yield! cachedText record
        | _ ->
            for number, root in List.indexed roots do
                yield ""
                yield! rootText label (number + 1) root
                yield! wayText root why

            match earlierText why with
            | [] -> ()
            | lines ->
                yield ""
                yield! lines
    ]

/// All that an experiment would run, by cause.
let allText label (name: string) (waiting: int) (roots: Root list) : string =
    String.concat "\n" [
        let cells = Display.plural waiting "cell"

        if waiting = 0 then
            yield $"{name}: every cell is cached"
        else
            let causes = Display.plural roots.Length "cause"
            yield $"{name}: {cells} not cached, {causes}"

        for number, root in List.indexed roots do
            yield ""
            yield! rootText label (number + 1) root
    ]

let private writePosition (writer: Utf8JsonWriter) (at: Position) =
    writer.WriteString("file", at.File)
    writer.WriteNumber("line", at.Line)
    writer.WriteNumber("column", at.Column)

let private writeSource (writer: Utf8JsonWriter) (source: Source) =
    Json.inObject writer "source" (fun () ->
        match source with
        | FromDefault -> writer.WriteString("from", "default")
        | FromRecipe at ->
            writer.WriteString("from", "recipe")
            writePosition writer at
        | FromFile at ->
            writer.WriteString("from", "file")
            writePosition writer at
        | FromAxis(axis, at) ->
            writer.WriteString("from", "axis")
            writer.WriteString("axis", axis)
            writePosition writer at)

let private writeChange (writer: Utf8JsonWriter) (change: Change) =
    writer.WriteString("kind", KeyChange.noun change.Part.Kind)
    writer.WriteString("name", change.Part.Name)
    Json.optional writer "old" change.Part.Old
    Json.optional writer "new" change.Part.New
    change.Source |> Option.iter (writeSource writer)
    Json.optional writer "data-file" change.File

    match CodeChanges.members change with
    | [] -> ()
    | lines ->
        Json.objects writer "members" lines (fun line ->
            writer.WriteString("how", line.How)
            writer.WriteString("name", line.Name)

            match line.Place with
            | Some place ->
                writer.WriteString("file", place.File)
                writer.WriteNumber("line", place.Line)
            | None -> ())

let private unchangedWord unchanged =
    match unchanged with
    | RecordGone -> "record-gone"
    | IsVolatile -> "volatile"
    | OtherBytes -> "other-bytes"

let private writeCause label (writer: Utf8JsonWriter) (root: Root) =
    match root.Cause with
    | Cause.Changed change -> writeChange writer change
    | Cause.Unchanged unchanged -> writer.WriteString("kind", unchangedWord unchanged)
    | Cause.New -> writer.WriteString("kind", "new")
    | Cause.Blocked why ->
        writer.WriteString("kind", "blocked")
        writer.WriteString("why", PlanView.obstacle label why)

    Json.strings writer "at" (root.At |> List.map _.Label)
    writer.WriteNumber("touched", root.Touches.Length)
    Json.strings writer "touches" (root.Touches |> List.map _.Label)

let rec private writeWhy (writer: Utf8JsonWriter) (why: Why) =
    writer.WriteString("id", string why.Cell.Id)
    writer.WriteString("label", why.Cell.Label)
    writer.WriteString("stage", why.Cell.Stage.Name)
    writer.WriteString("state", (PlanView.word why.State).Replace(' ', '-'))

    let earlier (kind: string) (record: Record) =
        Json.inObject writer "earlier" (fun () ->
            writer.WriteString("kind", kind)
            writer.WriteString("label", record.Label)
            writer.WriteString("key", string record.Key)
            writer.WriteString("ended", record.Ended.UtcDateTime))

    match why.Earlier with
    | Earlier.Own record -> earlier "own" record
    | Earlier.Nearest record -> earlier "nearest" record
    | Earlier.Nothing -> ()

    why.Unchanged
    |> Option.iter (fun u -> writer.WriteString("unchanged", unchangedWord u))

    Json.objects writer "changes" why.Changes (writeChange writer)

    Json.objects writer "inputs" why.Inputs (fun input ->
        writer.WriteString("role", input.Role)
        Json.optional writer "old" (input.Old |> Option.map string)
        Json.optional writer "new" (input.New |> Option.map string)
        Json.inObject writer "producer" (fun () -> writeWhy writer input.Producer))

/// `cell` is there when one was asked about.
let json label (name: string) (roots: Root list) (why: Why option) : string =
    Json.text (fun writer ->
        writer.WriteString("experiment", name)

        match why with
        | Some why -> Json.inObject writer "cell" (fun () -> writeWhy writer why)
        | None -> ()

        Json.objects writer "causes" roots (writeCause label writer))
