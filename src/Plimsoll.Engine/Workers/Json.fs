/// Reading and writing the pieces of messages. Numbers keep every bit that a double has, apart from what a NaN
/// carries: JSON has no non-finite numbers, so those travel as strings.
module internal Plimsoll.Engine.Workers.Json

open System
open System.Buffers
open System.Text.Encodings.Web
open System.Text.Json
open Plimsoll.Language

/// Caught where a line is decoded.
exception Malformed of string

let private options =
    JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true)

/// One line, with its end.
let line (write: Utf8JsonWriter -> unit) : byte[] =
    let buffer = ArrayBufferWriter<byte> 256

    using (new Utf8JsonWriter(buffer, options)) (fun writer ->
        writer.WriteStartObject()
        write writer
        writer.WriteEndObject())

    let result = Array.zeroCreate (buffer.WrittenCount + 1)
    buffer.WrittenSpan.CopyTo(result.AsSpan())
    result[buffer.WrittenCount] <- '\n'B
    result

let writeDouble (writer: Utf8JsonWriter) (value: double) =
    if Double.IsFinite value then writer.WriteNumberValue value
    elif Double.IsNaN value then writer.WriteStringValue "NaN"
    elif value > 0.0 then writer.WriteStringValue "Infinity"
    else writer.WriteStringValue "-Infinity"

/// A whole number is a JSON number; a real number stands in an object of its own, so that 1 and 1.0 differ.
let rec writeValue (writer: Utf8JsonWriter) (value: Value) =
    match value with
    | Flag flag -> writer.WriteBooleanValue flag
    | Whole number -> writer.WriteNumberValue number
    | Text text -> writer.WriteStringValue text
    | Real number ->
        writer.WriteStartObject()
        writer.WritePropertyName "real"
        writeDouble writer number
        writer.WriteEndObject()
    | Items items ->
        writer.WriteStartArray()
        items |> List.iter (writeValue writer)
        writer.WriteEndArray()

let writeText (writer: Utf8JsonWriter) (name: string) (text: string) = writer.WriteString(name, text)

let writeMap (writer: Utf8JsonWriter) (name: string) write (map: Map<string, 'a>) =
    writer.WriteStartObject name

    for KeyValue(key, value) in map do
        writer.WritePropertyName key
        write writer value

    writer.WriteEndObject()

let private malformed what = raise (Malformed what)

let field (name: string) (element: JsonElement) : JsonElement =
    if element.ValueKind <> JsonValueKind.Object then
        malformed $"an object with `{name}` was expected"

    match element.TryGetProperty name with
    | true, value -> value
    | _ -> malformed $"`{name}` is missing"

/// Absent or null: None.
let optional (name: string) read (element: JsonElement) =
    match element.TryGetProperty name with
    | true, value when value.ValueKind <> JsonValueKind.Null -> Some(read value)
    | _ -> None

let text (element: JsonElement) : string =
    match element.ValueKind with
    | JsonValueKind.String -> string (element.GetString())
    | kind -> malformed $"a string was expected, not {kind}"

let whole (element: JsonElement) : int64 =
    match element.ValueKind with
    | JsonValueKind.Number ->
        match element.TryGetInt64() with
        | true, number -> number
        | _ -> malformed $"{element.GetRawText()} is not a whole number of 64 bits"
    | kind -> malformed $"a whole number was expected, not {kind}"

let count (element: JsonElement) : int =
    let number = whole element

    if number < int64 Int32.MinValue || number > int64 Int32.MaxValue then
        malformed $"{number} is out of range"

    int number

let real (element: JsonElement) : double =
    match element.ValueKind with
    | JsonValueKind.Number ->
        match element.TryGetDouble() with
        | true, number when Double.IsFinite number -> number
        | _ -> malformed $"{element.GetRawText()} is not a double"
    | JsonValueKind.String ->
        match text element with
        | "NaN" -> Double.NaN
        | "Infinity" -> Double.PositiveInfinity
        | "-Infinity" -> Double.NegativeInfinity
        | other -> malformed $"`{other}` is not a number"
    | kind -> malformed $"a number was expected, not {kind}"

let list read (element: JsonElement) =
    if element.ValueKind <> JsonValueKind.Array then
        malformed $"an array was expected, not {element.ValueKind}"

    [ for item in element.EnumerateArray() -> read item ]

let map read (element: JsonElement) =
    if element.ValueKind <> JsonValueKind.Object then
        malformed $"an object was expected, not {element.ValueKind}"

    Map.ofList [
        for property in element.EnumerateObject() -> property.Name, read property.Value
    ]

let rec value (element: JsonElement) : Value =
    match element.ValueKind with
    | JsonValueKind.True -> Flag true
    | JsonValueKind.False -> Flag false
    | JsonValueKind.Number -> Whole(whole element)
    | JsonValueKind.String -> Text(text element)
    | JsonValueKind.Array -> Items(list value element)
    | JsonValueKind.Object -> Real(real (field "real" element))
    | kind -> malformed $"a value was expected, not {kind}"

let private decoding = JsonDocumentOptions(MaxDepth = 1000)

/// What `read` makes of a line, or what is wrong with it. Throws for no line whatever.
let decode (read: JsonElement -> 'a) (line: ReadOnlyMemory<byte>) : Result<'a, string> =
    try
        use document = JsonDocument.Parse(line, decoding)
        Ok(read document.RootElement)
    with
    | Malformed what -> Error what
    // The parser's own words name a byte position, which helps nobody.
    | :? JsonException -> Error "it is not JSON"
    // Text that no string can hold, such as half of a surrogate pair.
    | :? InvalidOperationException
    | :? FormatException -> Error "it holds text that is not Unicode"
