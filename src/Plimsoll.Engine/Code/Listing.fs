/// All code that a stage can reach, as people can read and compare it.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Security.Cryptography
open System.Text

/// What became of a member between two listings.
[<RequireQualifiedAccess>]
type MemberChange =
    | Added of string
    | Removed of string
    | Changed of string

/// Members with a digest each, in ordinal order of their names.
type Listing = { Members: (string * string)[] }

module Listing =
    let ofMembers (members: (string * string) seq) : Listing = {
        Members =
            members
            |> Seq.groupBy fst
            |> Seq.map (fun (name, digests) ->
                // One name in two assemblies: both count.
                name, digests |> Seq.map snd |> Seq.distinct |> Seq.sort |> String.concat "+")
            |> Seq.toArray
            |> Array.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))
    }

    /// One line a member: its name, a tab, its digest.
    let text (listing: Listing) : string =
        let text = StringBuilder()

        for name, digest in listing.Members do
            text.Append(name).Append('\t').Append(digest).Append('\n') |> ignore

        text.ToString()

    /// None where the text is no listing.
    let tryParse (text: string) : Listing option =
        let lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)

        let members =
            lines
            |> Array.map (fun line ->
                match line.LastIndexOf '\t' with
                | -1 -> None
                | tab -> Some(line.Substring(0, tab), line.Substring(tab + 1)))

        if members |> Array.forall _.IsSome then
            Some { Members = Array.choose id members }
        else
            None

    /// SHA-256 of the text.
    let digest (listing: Listing) : string =
        Convert.ToHexStringLower(SHA256.HashData(ReadOnlySpan(Encoding.UTF8.GetBytes(text listing))))

    /// In the order of names: what one listing has and the other has not, or has with another digest.
    let diff (before: Listing) (after: Listing) : MemberChange list =
        let old = dict before.Members
        let now = dict after.Members

        [
            for name, digest in after.Members do
                match old.TryGetValue name with
                | true, was when was = digest -> ()
                | true, _ -> name, MemberChange.Changed name
                | _ -> name, MemberChange.Added name
            for name, _ in before.Members do
                if not (now.ContainsKey name) then
                    name, MemberChange.Removed name
        ]
        |> List.sortWith (fun (a, _) (b, _) -> String.CompareOrdinal(a, b))
        |> List.map snd
