/// What enters a digest: a tree with one byte form. Every node is a tag, a length and its content.
module internal Plimsoll.Store.Canonical

open System
open System.Buffers.Binary
open System.IO
open System.Security.Cryptography
open System.Text
open Plimsoll.Language

type Item =
    | Truth of bool
    | Integer of int64
    /// Binary64. -0 counts as 0; NaN is refused.
    | Number of double
    | String of string
    | Bytes of byte[]
    | Sequence of Item list
    | Record of (string * Item) list

let rec ofValue (value: Value) : Item =
    match value with
    | Flag flag -> Truth flag
    | Whole whole -> Integer whole
    | Real real -> Number real
    | Text text -> String text
    | Items items -> Sequence(List.map ofValue items)

let private head (stream: MemoryStream) (tag: char) (length: int) =
    let bytes = Array.zeroCreate<byte> 9
    bytes[0] <- byte tag
    BinaryPrimitives.WriteInt64LittleEndian(Span(bytes, 1, 8), int64 length)
    stream.Write(bytes, 0, bytes.Length)

let private payload (stream: MemoryStream) tag (content: byte[]) =
    head stream tag content.Length
    stream.Write(content, 0, content.Length)

let private bits stream tag (value: int64) =
    let content = Array.zeroCreate<byte> 8
    BinaryPrimitives.WriteInt64LittleEndian(Span content, value)
    payload stream tag content

let private text stream tag (value: string) =
    payload stream tag (Encoding.UTF8.GetBytes value)

let rec private write stream item =
    match item with
    | Truth flag -> payload stream 'b' [| (if flag then 1uy else 0uy) |]
    | Integer whole -> bits stream 'i' whole
    | Number real when Double.IsNaN real -> invalidArg (nameof item) "NaN has no canonical bytes"
    | Number real -> bits stream 'r' (BitConverter.DoubleToInt64Bits(if real = 0.0 then 0.0 else real))
    | String value -> text stream 's' value
    | Bytes bytes -> payload stream 'x' bytes
    | Sequence items ->
        head stream 'l' items.Length
        List.iter (write stream) items
    | Record entries ->
        head stream 'm' entries.Length

        for name, entry in entries |> List.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b)) do
            text stream 's' name
            write stream entry

/// SHA-256 of an item's bytes. The domain keeps digests of different purposes apart.
let digest (domain: string) (item: Item) : string =
    use stream = new MemoryStream()
    text stream 'd' domain
    write stream item
    Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()))
