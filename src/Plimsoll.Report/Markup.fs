/// A page as a tree, so that it is always well formed and always escaped.
module internal Plimsoll.Report.Markup

open System.Text

type Node =
    | Element of name: string * attributes: (string * string) list * children: Node list
    | Text of string
    /// Taken as it is: only for what is ours, such as the style and the script.
    | Raw of string

let el name attributes children = Element(name, attributes, children)
let text content = Text content
let div cssClass children = el "div" [ "class", cssClass ] children

let span cssClass content =
    el "span" [ "class", cssClass ] [ Text content ]

let p children = el "p" [] children

let link target children =
    el "a" [ "href", "#" + target ] children

/// Where a part of a plot leads, and what it belongs to for those who leave out the rest.
type Origin = {
    /// Anchor of its records.
    Target: string
    Belongs: (string * string) list
}

/// A part of a plot as a way to its records, for a pointer. The keyboard has the same ways in the tables, without
/// thousands of stops.
let leading (origin: Origin) children =
    el "a" (("href", "#" + origin.Target) :: ("tabindex", "-1") :: origin.Belongs) children

/// With more attributes; text has none.
let withAttributes more node =
    match node with
    | Element(name, attributes, children) -> Element(name, attributes @ more, children)
    | Text _
    | Raw _ -> node

/// Closed at once, in HTML and in SVG.
let private empty =
    set [
        "meta"
        "link"
        "br"
        "hr"
        "path"
        "rect"
        "line"
        "circle"
        "use"
        "col"
        "input"
    ]

let private escape (builder: StringBuilder) (content: string) inAttribute =
    for c in content do
        match c with
        | '&' -> builder.Append "&amp;" |> ignore
        | '<' -> builder.Append "&lt;" |> ignore
        | '"' when inAttribute -> builder.Append "&quot;" |> ignore
        | '\n' when inAttribute -> builder.Append "&#10;" |> ignore
        // Control characters are allowed in neither HTML nor XML.
        | c when c < ' ' && c <> '\n' && c <> '\t' && c <> '\r' -> builder.Append '\uFFFD' |> ignore
        | c when System.Char.IsSurrogate c || c < '\uFFFE' -> builder.Append c |> ignore
        | _ -> builder.Append '\uFFFD' |> ignore

let rec private write (builder: StringBuilder) node =
    match node with
    | Text content -> escape builder content false
    | Raw content -> builder.Append content |> ignore
    | Element(name, attributes, children) ->
        builder.Append('<').Append name |> ignore

        for key, value in attributes do
            builder.Append(' ').Append(key).Append "=\"" |> ignore
            escape builder value true
            builder.Append '"' |> ignore

        if children.IsEmpty && empty.Contains name then
            builder.Append "/>" |> ignore
        else
            builder.Append '>' |> ignore

            for child in children do
                write builder child

            builder.Append("</").Append(name).Append '>' |> ignore

        match name with
        | "tr"
        | "section"
        | "svg"
        | "details"
        | "style"
        | "script"
        | "p" -> builder.Append '\n' |> ignore
        | _ -> ()

let render node =
    let builder = StringBuilder "<!DOCTYPE html>\n"
    write builder node
    builder.ToString()
