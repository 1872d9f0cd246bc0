/// One byte string for one meaning, and its SHA-256 digest. Ids of cells and keys of the store are made here.
///
/// Every item is a tag, a length and a payload, so that no two different items share their bytes: "a"
/// beside "bc" differs from "ab" beside "c", 1 from 1.0, and an empty list from an empty text. Entries of a
/// record are sorted by name in ordinal order. The domain separates digests that serve different purposes.
module Plimsoll.Language.Canonical

open System
open System.Buffers
open System.Buffers.Binary
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
    /// An item that `written` has turned to bytes before.
    | Written of byte[]

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

let private headLength = 9

let private writeHead (target: ArrayBufferWriter<byte>) (tag: char) (length: int) =
    let head = target.GetSpan headLength
    head[0] <- byte tag
    BinaryPrimitives.WriteInt64LittleEndian(head.Slice 1, int64 length)
    target.Advance headLength

let private writePayload (target: ArrayBufferWriter<byte>) tag (payload: byte[]) =
    writeHead target tag payload.Length
    target.Write(ReadOnlySpan payload)

let private writeText (target: ArrayBufferWriter<byte>) tag (text: string) =
    let length = utf8.GetByteCount text
    writeHead target tag length
    target.Advance(utf8.GetBytes(text.AsSpan(), target.GetSpan length))

let private writeBits (target: ArrayBufferWriter<byte>) tag (bits: int64) =
    writeHead target tag sizeof<int64>
    BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan sizeof<int64>, bits)
    target.Advance sizeof<int64>

let rec private isAscending (entries: (string * Item) list) =
    match entries with
    | (left, _) :: ((right, _) :: _ as rest) -> String.CompareOrdinal(left, right) < 0 && isAscending rest
    | _ -> true

let private sorted (entries: (string * Item) list) =
    // A map's entries come in this order already, and most entries come from a map.
    if isAscending entries then
        entries
    else
        let ordered =
            entries
            |> List.sortWith (fun (left, _) (right, _) -> String.CompareOrdinal(left, right))

        for (earlier, _), (later, _) in List.pairwise ordered do
            if earlier = later then
                invalidArg (nameof entries) $"the record has two entries named '{earlier}'"

        ordered

let rec private write (target: ArrayBufferWriter<byte>) item =
    match item with
    | Truth flag -> writePayload target 'b' [| (if flag then 1uy else 0uy) |]
    | Integer whole -> writeBits target 'i' whole
    | Number real when Double.IsNaN real -> invalidArg (nameof item) "NaN has no canonical bytes"
    | Number real -> writeBits target 'r' (BitConverter.DoubleToInt64Bits(if real = 0.0 then 0.0 else real))
    | String text -> writeText target 's' text
    | Bytes bytes -> writePayload target 'x' bytes
    | Sequence items ->
        writeHead target 'l' items.Length

        for item in items do
            write target item
    | Record entries ->
        let entries = sorted entries
        writeHead target 'm' entries.Length

        for name, entry in entries do
            writeText target 's' name
            write target entry
    | Written bytes -> target.Write(ReadOnlySpan bytes)

/// The item as bytes that any number of digests can take in without working on it again.
let written (item: Item) : Item =
    let target = ArrayBufferWriter<byte>()
    write target item
    Written(target.WrittenSpan.ToArray())

/// One buffer a thread: plans digest a hundred thousand items one after the other.
type private Scratch() =
    /// More than most definitions need; the buffer grows where it must.
    static let usualLength = 2048

    [<ThreadStatic; DefaultValue>]
    static val mutable private buffer: ArrayBufferWriter<byte> | null

    /// Empty until it is asked for again.
    static member Empty: ArrayBufferWriter<byte> =
        match Scratch.buffer with
        | null ->
            let fresh = ArrayBufferWriter<byte> usualLength
            Scratch.buffer <- fresh
            fresh
        | known ->
            known.ResetWrittenCount()
            known

/// Valid until the thread digests the next item.
let private inDomain (domain: string) (item: Item) : ReadOnlySpan<byte> =
    let target = Scratch.Empty
    writeText target 'd' domain
    write target item
    target.WrittenSpan

/// The canonical bytes of an item. Throws ArgumentException on NaN, a doubled name or a lone surrogate: the
/// caller has checked its values, so that is a bug.
let bytes (domain: string) (item: Item) : byte[] = (inDomain domain item).ToArray()

/// SHA-256 as 64 lower-case hexadecimal digits.
let hash (content: byte[]) : string =
    Convert.ToHexStringLower(SHA256.HashData content)

/// The digest of an item's canonical bytes. The domain names the purpose and its version, as in
/// `plimsoll-cell/1`.
let digest (domain: string) (item: Item) : string =
    Convert.ToHexStringLower(SHA256.HashData(inDomain domain item))
