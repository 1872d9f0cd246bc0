/// What tells the series of a plot apart: colour, shape and dash together, never colour alone.
module internal Plimsoll.Report.Palette

open Plimsoll.Report.Markup
open Plimsoll.Report.Axes

/// Colours of methods, `--c0` to `--c7` of the style sheet; of cost limits, `--s0` to `--s4`.
let colours, limitColours = 8, 5

/// Eight shapes around the origin, of about equal weight, so that colour is never needed to tell arms apart.
let shapes = [|
    "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"
    "M-4.2-4.2h8.4v8.4h-8.4z"
    "M0-5.6L5.2 4H-5.2z"
    "M0-6L5 0L0 6L-5 0z"
    "M0 5.6L5.2-4H-5.2z"
    "M-1.7-5.4h3.4v3.7h3.7v3.4h-3.7v3.7h-3.4v-3.7h-3.7v-3.4h3.7z"
    "M0-6L1.7-2.2L5.7-1.9L2.6 .8L3.5 4.9L0 2.7L-3.5 4.9L-2.6 .8L-5.7-1.9L-1.7-2.2z"
    "M-4.6-2.6L-2.6-4.6L0-2L2.6-4.6L4.6-2.6L2 0L4.6 2.6L2.6 4.6L0 2L-2.6 4.6L-4.6 2.6L-2 0z"
|]

let dashes = [| ""; "7 3"; "2 2.5"; "8 3 2 3"; "1 3.5" |]

/// Place of a method's colour, shape and dash. The periods differ, so a pair comes back only after 56 methods;
/// the colours are ordered so that those that share a shape or a dash are far apart (PaletteTests).
let colourOf style = style % colours

let shapeOf style =
    (style + style / colours) % shapes.Length

let dashOf style = style % dashes.Length

/// The same for cost limits and other places of one method, which have a dash and no shape.
let limitColourOf style = style % limitColours

let limitDashOf style =
    (style + style / limitColours) % dashes.Length

let colourClass style = $"c{colourOf style}"

/// The first of `attributes` is the class.
let private stroked cssClass dash attributes =
    ("class", cssClass)
    :: (if dashes[dash] = "" then
            []
        else
            [ "stroke-dasharray", dashes[dash] ])
    @ attributes

/// A line of a method.
let stroke style attributes =
    stroked $"line {colourClass style}" (dashOf style) attributes

/// A line of a cost limit.
let limitStroke style attributes =
    stroked $"line s{limitColourOf style}" (limitDashOf style) attributes

let mark style (x: double) (y: double) scale cssClass children =
    el
        "g"
        [
            "transform", $"translate({at x} {at y}) scale({Format.decimals 2 scale})"
            "class", $"{cssClass} {colourClass style}"
        ]
        (el "path" [ "d", shapes[shapeOf style] ] [] :: children)

/// For the legend of marks.
let swatch style =
    el "svg" [ "viewBox", "-7 -7 14 14"; "class", "swatch"; "aria-hidden", "true" ] [
        mark style 0.0 0.0 1.0 "mark" []
    ]

let private wide children =
    el "svg" [ "viewBox", "0 0 32 12"; "class", "swatch wide"; "aria-hidden", "true" ] children

/// For the legend of lines with marks.
let lineSwatch style =
    wide [
        el "path" (stroke style [ "d", "M1 6H31" ]) []
        mark style 16.0 6.0 0.85 "mark" []
    ]

/// For the legend of cost limits.
let limitSwatch style =
    wide [ el "path" (limitStroke style [ "d", "M1 6H31" ]) [] ]

let legend (items: (Node * string) list) =
    div "legend" [ for swatch, name in items -> el "span" [] [ swatch; text name ] ]
