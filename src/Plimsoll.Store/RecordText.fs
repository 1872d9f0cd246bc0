/// A record as JSON and back.
module internal Plimsoll.Store.RecordText

open System
open System.Collections.Concurrent
open System.Globalization
open System.IO
open System.Text
open System.Text.Json
open Plimsoll.Language

let private format = 1

let private kindName kind =
    match kind with
    | StagePart -> "stage"
    | CodePart -> "code"
    | LibraryPart -> "library"
    | ParameterPart -> "parameter"
    | InputPart -> "input"
    | SeedPart -> "seed"

let private kindOf name =
    match name with
    | "stage" -> StagePart
    | "code" -> CodePart
    | "library" -> LibraryPart
    | "parameter" -> ParameterPart
    | "input" -> InputPart
    | "seed" -> SeedPart
    | other -> raise (InvalidDataException $"a key has no part of kind '{other}'")

let private timeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'"

let private writeTime (time: DateTimeOffset) =
    time.UtcDateTime.ToString(timeFormat, CultureInfo.InvariantCulture)

let private readTime (text: string) =
    DateTimeOffset(
        DateTime
            .ParseExact(text, timeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            .ToUniversalTime()
    )

let private writeOptional (json: Utf8JsonWriter) (name: string) (value: string option) =
    match value with
    | Some text -> json.WriteString(name, text)
    | None -> json.WriteNull name

let private writeOutcome (json: Utf8JsonWriter) outcome =
    json.WriteStartObject "outcome"

    match outcome with
    | Outcome.Finished artifact ->
        json.WriteString("finished", string artifact.Digest)
        json.WriteNumber("bytes", artifact.Bytes)
    | Outcome.Diverged(step, what) ->
        json.WriteNumber("diverged", step)
        json.WriteString("what", what)

    json.WriteEndObject()

let private writeMachine (json: Utf8JsonWriter) (machine: Machine) =
    json.WriteStartObject "machine"
    json.WriteString("host", machine.Host)
    json.WriteString("system", machine.System)
    json.WriteString("processor", machine.Processor)
    json.WriteNumber("cores", machine.Cores)
    json.WriteString("runtime", machine.Runtime)
    json.WriteEndObject()

let private writePart (json: Utf8JsonWriter) (part: KeyPart) =
    json.WriteStartObject()
    json.WriteString("kind", kindName part.Kind)
    json.WriteString("name", part.Name)
    json.WriteString("value", part.Value)
    json.WriteEndObject()

/// The last field: the digest of all bytes before it.
let private seal (body: ReadOnlySpan<byte>) : byte[] =
    Encoding.ASCII.GetBytes $",\n  \"sha256\": \"{Digest.ofBytes body}\"\n}}"

/// What `Utf8JsonWriter` ends an object with.
let private ending = "\n}".Length

let private sealLength = (seal ReadOnlySpan.Empty).Length

let private isSealed (bytes: byte[]) =
    let body = bytes.AsSpan(0, max 0 (bytes.Length - sealLength))
    bytes.AsSpan(body.Length).SequenceEqual(seal (Span.op_Implicit body))

let write (record: Record) : byte[] =
    use target = new MemoryStream()

    do
        use json =
            new Utf8JsonWriter(target, JsonWriterOptions(Indented = true, NewLine = "\n"))

        json.WriteStartObject()
        json.WriteNumber("format", format)
        json.WriteString("key", string record.Key)
        json.WriteString("cell", string record.Cell)
        json.WriteString("stage", record.Stage)
        json.WriteString("label", record.Label)
        writeOutcome json record.Outcome
        json.WriteNumber("attempts", record.Attempts)
        json.WriteString("started", writeTime record.Started)
        json.WriteString("ended", writeTime record.Ended)
        json.WriteNumber("seconds", record.Seconds)
        json.WriteNumber("peak_memory_bytes", record.PeakMemory)
        json.WriteNumber("threads", record.Threads)
        writeMachine json record.Machine
        writeOptional json "source" record.Provenance.Source
        json.WriteString("sdk", record.Provenance.Sdk)
        writeOptional json "lock" record.Provenance.Lock
        json.WriteString("command", record.Command)
        json.WriteStartArray "parts"
        record.Parts |> List.iter (writePart json)
        json.WriteEndArray()
        json.WriteEndObject()

    let body = ReadOnlySpan(target.GetBuffer(), 0, int target.Length - ending)
    Array.append (body.ToArray()) (seal body)

let private text (element: JsonElement) (name: string) =
    match element.GetProperty(name).GetString() with
    | null -> raise (InvalidDataException $"'{name}' is null")
    | value -> value

/// Texts that thousands of records have in common, kept once: names and values of parameters, code, machines.
let private pool = ConcurrentDictionary<string, string>()

let private shared (element: JsonElement) (name: string) =
    let value = text element name
    pool.GetOrAdd(value, value)

let private optional (element: JsonElement) (name: string) =
    element.GetProperty(name).GetString() |> Option.ofObj

let private digest (value: string | null) =
    match Digest.tryText value with
    | Some text -> text
    | None -> raise (InvalidDataException $"'{value}' is not a digest")

let private readOutcome (element: JsonElement) =
    match element.TryGetProperty "finished" with
    | true, name ->
        Outcome.Finished {
            Digest = Digest(digest (name.GetString()))
            Bytes = element.GetProperty("bytes").GetInt64()
        }
    | _ -> Outcome.Diverged(element.GetProperty("diverged").GetInt64(), text element "what")

let private readMachine (element: JsonElement) = {
    Host = shared element "host"
    System = shared element "system"
    Processor = shared element "processor"
    Cores = element.GetProperty("cores").GetInt32()
    Runtime = shared element "runtime"
}

let private readPart (element: JsonElement) =
    let kind = kindOf (text element "kind")

    {
        Kind = kind
        Name = shared element "name"
        Value =
            match kind with
            // Each record has others.
            | InputPart -> text element "value"
            | _ -> shared element "value"
    }

let private readRecord (root: JsonElement) =
    if root.GetProperty("format").GetInt32() <> format then
        raise (InvalidDataException "the record has another format")

    {
        Key = Key(digest (text root "key"))
        Cell = CellId(text root "cell")
        Stage = shared root "stage"
        Label = text root "label"
        Parts = [ for part in root.GetProperty("parts").EnumerateArray() -> readPart part ]
        Outcome = readOutcome (root.GetProperty "outcome")
        Attempts = root.GetProperty("attempts").GetInt32()
        Machine = readMachine (root.GetProperty "machine")
        Started = readTime (text root "started")
        Ended = readTime (text root "ended")
        Seconds = root.GetProperty("seconds").GetDouble()
        PeakMemory = root.GetProperty("peak_memory_bytes").GetInt64()
        Threads = root.GetProperty("threads").GetInt32()
        Provenance = {
            Source = optional root "source"
            Sdk = text root "sdk"
            Lock = optional root "lock"
        }
        Command = text root "command"
    }

/// The record, or why these bytes are none.
let read (bytes: byte[]) : Result<Record, string> =
    try
        use document = JsonDocument.Parse(ReadOnlyMemory bytes)
        let record = readRecord document.RootElement

        if isSealed bytes then
            Ok record
        else
            Error "its bytes are not those that were written"
    with
    | :? JsonException as fault -> Error $"it is not JSON: {fault.Message}"
    | :? InvalidDataException as fault -> Error fault.Message
    | :? System.Collections.Generic.KeyNotFoundException -> Error "a field is missing"
    | :? InvalidOperationException -> Error "a field has the wrong type"
    | :? FormatException as fault -> Error fault.Message
