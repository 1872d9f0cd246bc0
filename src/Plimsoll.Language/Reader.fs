/// From text to a tree with positions. It reads the events of YamlDotNet's parser, because its object model
/// stops at the first duplicate key, and leaves out what lets a file say one thing in two ways.
module Plimsoll.Language.Reader

open System
open System.Collections.Generic
open System.IO
open System.Text
open YamlDotNet.Core
open YamlDotNet.Core.Events

/// No file of the language needs more than eight levels.
let private depthLimit = 64

/// Strict: a byte sequence that is not UTF-8 is an error, not a replacement character.
let decode (bytes: byte[]) : Result<string, Fault> =
    try
        Ok(UTF8Encoding(false, true).GetString(bytes).TrimStart('\uFEFF'))
    with :? DecoderFallbackException ->
        Error NotUtf8

/// YamlDotNet ends silently at U+0000 and breaks lines at characters that editors do not show.
let private isBad (text: string) index =
    match text[index] with
    | '\n'
    | '\r'
    | '\t' -> false
    | letter when letter < ' ' || (letter >= '\u007F' && letter <= '\u009F') -> true
    | '\u2028'
    | '\u2029'
    | '\uFEFF'
    | '\uFFFE'
    | '\uFFFF' -> true
    | letter when Char.IsHighSurrogate letter ->
        not (index + 1 < text.Length && Char.IsLowSurrogate text[index + 1])
    | letter when Char.IsLowSurrogate letter -> not (index > 0 && Char.IsHighSurrogate text[index - 1])
    | _ -> false

let private badCharacters (findings: Findings) file =
    findings.Lines file
    |> Array.iteri (fun line text ->
        seq { 0 .. text.Length - 1 }
        |> Seq.tryFind (isBad text)
        |> Option.iter (fun column ->
            let position = {
                File = file
                Line = line + 1
                Column = column + 1
                Length = 1
            }

            findings.Add(position, BadCharacter(int text[column]))))

/// The parser's events, ending early after a report when the text is not YAML.
type private Events(findings: Findings, file: string, text: string) =
    let parser = Parser(new StringReader(text))
    let mutable broken = false

    let position (mark: Mark) length = {
        File = file
        Line = int mark.Line
        Column = int mark.Column
        Length = length
    }

    /// An error at the end of the text is shown at its last character.
    let shown (mark: Mark) =
        let lines = findings.Lines file
        let line = min (int mark.Line) lines.Length

        if line = int mark.Line && lines[line - 1].Trim() <> "" then
            position mark 1
        else
            let last =
                seq { line .. -1 .. 1 }
                |> Seq.tryFind (fun line -> lines[line - 1].Trim() <> "")

            let line = defaultArg last 1

            {
                File = file
                Line = line
                Column = max 1 (lines[line - 1].TrimEnd().Length)
                Length = 1
            }

    /// The first tab that indents, from a line on. The parser names such a tab by the mapping around it.
    let indentingTab (from: Mark) =
        findings.Lines file
        |> Seq.indexed
        |> Seq.skip (max 0 (int from.Line - 1))
        |> Seq.tryPick (fun (index, line) ->
            let indent = line.Length - line.TrimStart().Length

            match line.IndexOf '\t' with
            | tab when tab >= 0 && tab < indent ->
                Some {
                    File = file
                    Line = index + 1
                    Column = tab + 1
                    Length = 1
                }
            | _ -> None)

    member _.Broken = broken

    member _.Break(position, fault) =
        broken <- true
        findings.Add(position, fault)

    member this.Next() : ParsingEvent option =
        try
            if not broken && parser.MoveNext() then
                Option.ofObj parser.Current
            else
                None
        with
        | :? YamlException as problem ->
            match indentingTab problem.Start with
            | Some tab when problem.Message.Contains "tab" -> this.Break(tab, TabAsIndent)
            | _ -> this.Break(shown problem.Start, NotYaml(problem.Message.TrimEnd('.')))

            None
        | problem ->
            // YamlDotNet lets a few malformed escapes surface as other exceptions.
            let mark =
                parser.Current
                |> Option.ofObj
                |> Option.map _.Start
                |> Option.defaultValue Mark.Empty

            this.Break(shown mark, NotYaml(problem.Message.TrimEnd('.')))
            None

    /// From the start of an event to its end, or to the end of its first line.
    member _.Span(start: Mark, finish: Mark) : Position =
        let lines = findings.Lines file

        if int start.Line > lines.Length then
            shown start
        elif finish.Line = start.Line then
            position start (max 1 (int (finish.Column - start.Column)))
        else
            position start (max 1 (lines[int start.Line - 1].TrimEnd().Length - int start.Column + 1))

    /// A bracketed collection: the mark of its end stands before the closing bracket.
    member this.Bracketed(start: Mark, finish: Mark) : Position =
        let span = this.Span(start, finish)

        if finish.Line = start.Line then
            { span with Length = span.Length + 1 }
        else
            span

let private checkNode (findings: Findings) (position: Position) (node: NodeEvent) =
    if not node.Anchor.IsEmpty then
        findings.Add(position, NotAllowed Anchor)

    if not node.Tag.IsEmpty then
        findings.Add(position, NotAllowed Tag)

let rec private readNode (findings: Findings) (events: Events) depth (event: ParsingEvent) : Node =
    let position = events.Span(event.Start, event.End)

    if depth > depthLimit then
        events.Break(position, TooDeep depthLimit)

    match event with
    | :? AnchorAlias ->
        findings.Add(position, NotAllowed Alias)

        {
            Position = position
            Shape = Unusable
        }
    | :? Scalar as scalar ->
        checkNode findings position scalar

        {
            Position = position
            Shape =
                if scalar.Style = ScalarStyle.Plain then
                    Plain scalar.Value
                else
                    Quoted scalar.Value
        }
    | :? SequenceStart as start ->
        checkNode findings position start
        readSequence findings events depth start
    | :? MappingStart as start ->
        checkNode findings position start
        readMapping findings events depth start
    | _ -> {
        Position = position
        Shape = Unusable
      }

and private readSequence findings events depth start =
    let items = ResizeArray<Node>()

    let rec loop () =
        match events.Next() with
        | None -> events.Span(start.Start, start.End)
        | Some(:? SequenceEnd as finish) when start.Style = SequenceStyle.Flow ->
            events.Bracketed(start.Start, finish.Start)
        | Some(:? SequenceEnd) -> events.Span(start.Start, start.End)
        | Some event ->
            items.Add(readNode findings events (depth + 1) event)
            loop ()

    {
        Position = loop ()
        Shape = Sequence(List.ofSeq items)
    }

and private readMapping findings events depth start =
    let entries = ResizeArray<Entry>()
    let seen = Dictionary<string, Position>()

    let add (key: Node) (value: Node) =
        match key.Shape with
        | Plain "<<" -> findings.Add(key.Position, NotAllowed MergeKey)
        | Plain ""
        | Sequence _
        | Mapping _ -> findings.Add(key.Position, NotAllowed KeyWithStructure)
        | Unusable -> ()
        | Plain name
        | Quoted name ->
            match seen.TryGetValue name with
            | true, first -> findings.Add(key.Position, DuplicateKey(name, first))
            | _ ->
                seen[name] <- key.Position

                entries.Add {
                    Key = name
                    KeyPosition = key.Position
                    Value = value
                }

    let rec loop () =
        match events.Next() with
        | None -> events.Span(start.Start, start.End)
        | Some(:? MappingEnd as finish) when start.Style = MappingStyle.Flow ->
            events.Bracketed(start.Start, finish.Start)
        | Some(:? MappingEnd) -> events.Span(start.Start, start.End)
        | Some event ->
            let key = readNode findings events (depth + 1) event

            events.Next()
            |> Option.iter (fun event -> add key (readNode findings events (depth + 1) event))

            loop ()

    let span = loop ()

    // The start mark of a block mapping, and of a lone pair in brackets, is not where it begins.
    let position =
        match List.ofSeq entries with
        | first :: _ when start.Style <> MappingStyle.Flow || span.Line < first.KeyPosition.Line ->
            first.KeyPosition
        | _ -> span

    {
        Position = position
        Shape = Mapping(List.ofSeq entries)
    }

let private readDocuments (findings: Findings) (events: Events) =
    let rec loop (root: Node option) =
        match events.Next() with
        | None -> root
        | Some(:? DocumentStart as start) ->
            let position = events.Span(start.Start, start.End)

            if not (isNull start.Version) then
                findings.Add(position, NotAllowed Directive)

            match root, events.Next() with
            | Some root, Some _ ->
                events.Break(position, NotAllowed SecondDocument)
                Some root
            | None, Some event -> loop (Some(readNode findings events 0 event))
            | root, None -> root
        | Some _ -> loop root

    loop None

/// The tree of a file, or nothing when the text cannot be read at all. Problems go to the findings.
let read (findings: Findings) (file: string) (text: string) : Node option =
    let text = text.TrimStart('\uFEFF')
    findings.Open(file, text)
    let before = findings.Count
    badCharacters findings file

    if findings.Count > before then
        None
    else
        let events = Events(findings, file, text)

        match readDocuments findings events with
        | _ when events.Broken -> None
        | Some { Shape = Plain "" }
        | None ->
            findings.Add(
                {
                    File = file
                    Line = 1
                    Column = 1
                    Length = 1
                },
                EmptyFile
            )

            None
        | root -> root
