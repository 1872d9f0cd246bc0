/// One byte string for one meaning, and its SHA-256 digest. Ids of cells and keys of the store are made here.
///
/// Every item is a tag, a length and a payload, so that no two different items share their bytes: "a"
/// beside "bc" differs from "ab" beside "c", 1 from 1.0, and an empty list from an empty text. Entries of a
/// record are sorted by name in ordinal order. The domain separates digests that serve different purposes.
module Plimsoll.Language.Canonical

open System
open System.Buffers.Binary
open System.IO
open System.Security.Cryptography
open System.Text

/// What can be digested. Numbers are typed before they come here.
type Item =
    | Truth of bool
    | Integer of int64
    /// Binary64. -0 counts as 0; NaN is refused, since it equals nothing.
    | Number of double
    | String of string
    | Bytes of byte[]
    | Sequence of Item list
    /// Names are unique.
    | Record of (string * Item) list

/// A value of the language as an item.
let rec ofValue (value: Value) : Item =
    match value with
    | Flag flag -> Truth flag
    | Whole whole -> Integer whole
    | Real real -> Number real
    | Text text -> String text
    | Items items -> Sequence(List.map ofValue items)

/// Refuses lone surrogates, which would otherwise all become the same replacement character.
let private utf8 = UTF8Encoding(false, true)

let private writeHead (stream: MemoryStream) (tag: char) (length: int) =
    let head = Array.zeroCreate<byte> 9
    head[0] <- byte tag
    BinaryPrimitives.WriteInt64LittleEndian(Span(head, 1, 8), int64 length)
    stream.Write(head, 0, head.Length)

let private writePayload (stream: MemoryStream) tag (payload: byte[]) =
    writeHead stream tag payload.Length
    stream.Write(payload, 0, payload.Length)

let private writeText stream tag (text: string) =
    writePayload stream tag (utf8.GetBytes text)

let private writeBits stream tag (bits: int64) =
    let payload = Array.zeroCreate<byte> 8
    BinaryPrimitives.WriteInt64LittleEndian(Span payload, bits)
    writePayload stream tag payload

let private sorted (entries: (string * Item) list) =
    let entries = Array.ofList entries
    Array.Sort(entries, Comparison(fun (left, _) (right, _) -> String.CompareOrdinal(left, right)))

    for (earlier, _), (later, _) in Array.pairwise entries do
        if earlier = later then
            invalidArg (nameof entries) $"the record has two entries named '{earlier}'"

    entries

let rec private write stream item =
    match item with
    | Truth flag -> writePayload stream 'b' [| (if flag then 1uy else 0uy) |]
    | Integer whole -> writeBits stream 'i' whole
    | Number real when Double.IsNaN real -> invalidArg (nameof item) "NaN has no canonical bytes"
    | Number real -> writeBits stream 'r' (BitConverter.DoubleToInt64Bits(if real = 0.0 then 0.0 else real))
    | String text -> writeText stream 's' text
    | Bytes bytes -> writePayload stream 'x' bytes
    | Sequence items ->
        writeHead stream 'l' items.Length
        List.iter (write stream) items
    | Record entries ->
        let entries = sorted entries
        writeHead stream 'm' entries.Length

        for name, entry in entries do
            writeText stream 's' name
            write stream entry

/// The canonical bytes of an item. Throws ArgumentException on NaN, a doubled name or a lone surrogate: the
/// caller has checked its values, so that is a bug.
let bytes (domain: string) (item: Item) : byte[] =
    use stream = new MemoryStream()
    writeText stream 'd' domain
    write stream item
    stream.ToArray()

/// SHA-256 as 64 lower-case hexadecimal digits.
let hash (content: byte[]) : string =
    Convert.ToHexStringLower(SHA256.HashData content)

/// The digest of an item's canonical bytes. The domain names the purpose and its version, as in
/// `plimsoll-cell/1`.
let digest (domain: string) (item: Item) : string = hash (bytes domain item)
