/// What tells the series of a plot apart: colour, shape and dash together, never colour alone.
module internal Plimsoll.Report.Palette

open Plimsoll.Report.Markup
open Plimsoll.Report.Axes

/// Colours of methods, `--c0` to `--c7` of the style sheet; of cost limits, `--s0` to `--s4`.
let colours, limitColours = 8, 5

/// Corners of a shape around the origin; the first has none and is a circle.
/// All are of about equal weight, so that colour is never needed to tell arms apart.
let private polygons = [|
    []
    [ -4.2, -4.2; 4.2, -4.2; 4.2, 4.2; -4.2, 4.2 ]
    [ 0.0, -5.6; 5.2, 4.0; -5.2, 4.0 ]
    [ 0.0, -6.0; 5.0, 0.0; 0.0, 6.0; -5.0, 0.0 ]
    [ 0.0, 5.6; 5.2, -4.0; -5.2, -4.0 ]
    // An upright cross.
    [
        for x, y in [ -1.7, -5.4; 1.7, -5.4; 1.7, -1.7; 5.4, -1.7; 5.4, 1.7; 1.7, 1.7 ] do
            x, y
        for x, y in [ 1.7, 5.4; -1.7, 5.4; -1.7, 1.7; -5.4, 1.7; -5.4, -1.7; -1.7, -1.7 ] do
            x, y
    ]
    // A star.
    [
        0.0, -6.0
        1.7, -2.2
        5.7, -1.9
        2.6, 0.8
        3.5, 4.9
        0.0, 2.7
        -3.5, 4.9
        -2.6, 0.8
        -5.7, -1.9
        -1.7, -2.2
    ]
    // A cross on its side.
    [
        -4.6, -2.6
        -2.6, -4.6
        0.0, -2.0
        2.6, -4.6
        4.6, -2.6
        2.0, 0.0
        4.6, 2.6
        2.6, 4.6
        0.0, 2.0
        -2.6, 4.6
        -4.6, 2.6
        -2.0, 0.0
    ]
|]

let shapes = polygons.Length

/// The outline of a shape at a place.
let outline shape scale (x: double) (y: double) =
    match polygons[shape] with
    | [] ->
        let r = 4.5 * scale
        let turn = $"a{at r} {at r} 0 1 0 "
        $"M{at (x - r)} {at y}{turn}{at (2.0 * r)} 0{turn}{at (-2.0 * r)} 0z"
    | corners -> path [ for cx, cy in corners -> x + scale * cx, y + scale * cy ] + "z"

let dashes = [| ""; "7 3"; "2 2.5"; "8 3 2 3"; "1 3.5" |]

/// Place of a method's colour, shape and dash. The periods differ, so a pair comes back only after 56 methods;
/// the colours are ordered so that those that share a shape or a dash are far apart (PaletteTests).
let colourOf style = style % colours

let shapeOf style = (style + style / colours) % shapes

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
        "path"
        [
            "class", $"{cssClass} {colourClass style}"
            "d", outline (shapeOf style) scale x y
        ]
        children

/// Many marks of one style as one path.
let marks style scale cssClass (places: (double * double) list) =
    let d =
        places
        |> List.map (fun (x, y) -> outline (shapeOf style) scale x y)
        |> String.concat ""

    el "path" [ "class", $"{cssClass} {colourClass style}"; "d", d ] []

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

/// With what each item belongs to, so that a reader can leave it out.
let filteredLegend (items: ((string * string) * Node * string) list) =
    div "legend" [
        for place, swatch, name in items -> el "span" [ place ] [ swatch; text name ]
    ]
