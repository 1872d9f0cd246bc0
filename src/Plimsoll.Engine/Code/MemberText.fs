/// The text of a member while it grows.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.Security.Cryptography
open System.Text

/// Names that compilers made up become numbers in the order of their first use, and what they stand for waits
/// to be written after the member itself, so that neither lines nor counters matter.
type MemberText() =
    let text = StringBuilder()
    let needs = HashSet<Node>()
    let numbers = Dictionary<string, int>()
    let waiting = Queue<string>()

    let number placeholder =
        match numbers.TryGetValue placeholder with
        | true, number -> number
        | _ ->
            numbers[placeholder] <- numbers.Count
            waiting.Enqueue placeholder
            numbers.Count - 1

    /// Adds a text, with numbers in the place of the made-up names in it.
    let rec add (part: string) =
        let opening = part.IndexOf Placeholder.opening

        if opening < 0 then
            text.Append part |> ignore
        else
            let closing = part.IndexOf(Placeholder.closing, opening)
            text.Append(part, 0, opening) |> ignore

            text.Append('\u0003').Append(number (part.Substring(opening + 1, closing - opening - 1)))
            |> ignore

            add (part.Substring(closing + 1))

    /// For parts in which no made-up name can stand.
    member _.Raw = text

    /// With numbers in the place of the made-up names in it.
    member _.Add(part: string) = add part

    member _.Line(part: string) =
        add part
        text.Append '\n' |> ignore

    member _.Need(nodes: Node seq) = needs.UnionWith nodes

    /// The next of what stood for made-up names, with its number.
    member _.TryNext() : struct (string * int) voption =
        if waiting.Count > 0 then
            let next = waiting.Dequeue()
            ValueSome(struct (next, numbers[next]))
        else
            ValueNone

    /// Digest and needs of all that was written.
    member _.Finish() : string * Node[] =
        let bytes = Encoding.UTF8.GetBytes(text.ToString())
        Convert.ToHexStringLower(SHA256.HashData(ReadOnlySpan bytes)), Seq.toArray needs
