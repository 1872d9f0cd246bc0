/// The one JSON object that `--json` prints.
module Plimsoll.Cli.Json

open System
open System.Globalization
open System.IO
open System.Text
open System.Text.Encodings.Web
open System.Text.Json

/// Readable as well: nothing that a terminal shows is escaped.
let private options =
    JsonWriterOptions(Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping)

let text (write: Utf8JsonWriter -> unit) : string =
    use stream = new MemoryStream()

    using (new Utf8JsonWriter(stream, options)) (fun writer ->
        writer.WriteStartObject()
        write writer
        writer.WriteEndObject())

    Encoding.UTF8.GetString(stream.ToArray())

let inObject (writer: Utf8JsonWriter) (name: string) (write: unit -> unit) =
    writer.WriteStartObject name
    write ()
    writer.WriteEndObject()

let objects (writer: Utf8JsonWriter) (name: string) (items: 'item list) (write: 'item -> unit) =
    writer.WriteStartArray name

    for item in items do
        writer.WriteStartObject()
        write item
        writer.WriteEndObject()

    writer.WriteEndArray()

let strings (writer: Utf8JsonWriter) (name: string) (items: string list) =
    writer.WriteStartArray name
    items |> List.iter (fun item -> writer.WriteStringValue item)
    writer.WriteEndArray()

/// Left out when there is none.
let optional (writer: Utf8JsonWriter) (name: string) (value: string option) =
    value |> Option.iter (fun value -> writer.WriteString(name, value))

/// JSON has no non-finite numbers: they are strings.
let number (writer: Utf8JsonWriter) (name: string) (value: double) =
    if Double.IsFinite value then
        writer.WriteNumber(name, value)
    else
        writer.WriteString(name, value.ToString CultureInfo.InvariantCulture)
