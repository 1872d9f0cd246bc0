/// What stands in a file, with positions and before any meaning.
namespace Plimsoll.Language

type Node = { Position: Position; Shape: Shape }

and Shape =
    /// A scalar without quotes: its text decides whether it is a number, a flag, a range or a word.
    | Plain of string
    /// A scalar in quotes: always text.
    | Quoted of string
    | Sequence of Node list
    | Mapping of Entry list
    /// A problem was reported here; whoever meets it says nothing more.
    | Unusable

and Entry = {
    Key: string
    KeyPosition: Position
    Value: Node
}
