namespace Plimsoll.Store

open System
open System.IO
open System.Security.Cryptography

/// SHA-256 of bytes, as 64 lower-case hexadecimal digits. An artifact's name.
[<Struct>]
type Digest =
    | Digest of string

    override this.ToString() = let (Digest text) = this in text

module Digest =
    let ofBytes (bytes: ReadOnlySpan<byte>) =
        Digest(Convert.ToHexStringLower(SHA256.HashData bytes))

    let ofStream (stream: Stream) =
        Digest(Convert.ToHexStringLower(SHA256.HashData stream))

    let private isHexadecimal (text: string) =
        text |> Seq.forall (fun c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))

    /// The text of a digest or key, if it is one: anything else must never become part of a path.
    let tryText (text: string | null) =
        match text with
        | null -> None
        | text when text.Length = 64 && isHexadecimal text -> Some text
        | _ -> None

    /// What people read: enough digits to be unique in any store.
    let short (Digest text) = text.Substring(0, 12)
