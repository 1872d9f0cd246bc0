/// Reading CSV (RFC 4180), strictly: what is not well formed is refused, with its line.
module Plimsoll.Report.CsvText

open System.Text

/// The records, the header among them, each with the line that it begins on; lines end in \n or \r\n.
let rows (text: string) : Result<(int * string list) list, string> =
    let records = ResizeArray<int * string list>()
    let fields = ResizeArray<string>()
    let field = StringBuilder()
    let mutable line, start, place = 1, 1, 0
    let mutable problem = None

    let refuse what = problem <- Some $"line {line}: {what}"

    let endField () =
        fields.Add(field.ToString())
        field.Clear() |> ignore

    let endRecord () =
        endField ()
        records.Add(start, List.ofSeq fields)
        fields.Clear()

    /// Stands behind the opening quote; ends behind the closing one.
    let rec quoted () =
        if place = text.Length then
            refuse "a quoted field does not end"
        else
            let c = text[place]
            place <- place + 1

            if c = '"' && place < text.Length && text[place] = '"' then
                field.Append '"' |> ignore
                place <- place + 1
                quoted ()
            elif c <> '"' then
                if c = '\n' then
                    line <- line + 1

                field.Append c |> ignore
                quoted ()
            elif place < text.Length && not (",\r\n".Contains text[place]) then
                refuse "something stands between a closing quote and the next comma"

    while problem.IsNone && place < text.Length do
        let c = text[place]
        place <- place + 1

        match c with
        | '"' when field.Length = 0 -> quoted ()
        | '"' -> refuse "a quote within a field that does not begin with one"
        | ',' -> endField ()
        | '\r' when place < text.Length && text[place] = '\n' -> ()
        | '\n' ->
            endRecord ()
            line <- line + 1
            start <- line
        | '\r' -> refuse "a carriage return without a line feed"
        | c -> field.Append c |> ignore

    match problem with
    | Some why -> Error why
    | None when text.Length > 0 && not (text.EndsWith '\n') ->
        Error $"line {line}: the last line does not end"
    | None -> Ok(List.ofSeq records)

/// The records below a header that must be exactly this one.
let table (header: string list) (text: string) : Result<(int * string list) list, string> =
    match rows text with
    | Error why -> Error why
    | Ok((_, first) :: rest) when first = header ->
        match rest |> List.tryFind (fun (_, fields) -> fields.Length <> header.Length) with
        | Some(line, fields) ->
            Error $"line {line}: it has {fields.Length} fields and the header {header.Length}"
        | None -> Ok rest
    | Ok _ ->
        let expected = String.concat "," header
        Error $"line 1: the header is not {expected}"
