/// A square of numbers for ordered pairs of methods, such as how often one does better than another.
module internal Plimsoll.Report.MatrixPlot

open System
open Plimsoll.Report.Markup
open Plimsoll.Report.Axes
open Plimsoll.Report.Palette

type Cell = {
    /// In [0, 1]; one half says nothing either way.
    Value: double
    Interval: (double * double) option
    /// Shown, and not an answer.
    Mixed: bool
}

type Method = {
    Name: string
    Style: int
    Origin: Origin
}

type Square = {
    Title: string
    About: string
    Methods: Method list
    /// By row and column; none on the diagonal and where there is no number.
    At: int -> int -> Cell option
}

let private header, private rowHeight = 44.0, 19.0

/// The interval leaves out one half.
let sure (cell: Cell) =
    match cell.Interval with
    | Some(low, high) -> low > 0.5 || high < 0.5
    | None -> false

let private short value =
    let words = Format.decimals 2 value

    if words.StartsWith "0." then words.Substring 1
    elif words = "1.00" then "1"
    else words

let private says (row: string) (column: string) (cell: Cell) =
    let interval =
        match cell.Interval with
        | Some(low, high) -> $" [{Format.decimals 2 low}, {Format.decimals 2 high}]"
        | None -> ""

    $"{row} over {column}: {Format.decimals 2 cell.Value}{interval}"

let draw (square: Square) =
    let width = 584.0
    let methods = List.toArray square.Methods
    let n = methods.Length
    let left = IntervalPlot.nameWidth (square.Methods |> List.map _.Name) + 18.0
    let cellWidth = min 60.0 ((width - left - 4.0) / double n)
    let x column = left + cellWidth * double column
    let y row = header + rowHeight * double row

    // Ten strengths of each colour.
    let strength (cell: Cell) =
        int (round (20.0 * abs (cell.Value - 0.5)))

    let drawn row column (cell: Cell) = [
        if strength cell > 0 then
            el "path" [
                "class", (if cell.Value > 0.5 then "better" else "worse")
                "fill-opacity", (Format.decimals 2 (0.055 * double (strength cell))).Substring 1
                "d",
                $"M{at (x column + 0.5)} {at (y row + 0.5)}h{at (cellWidth - 1.0)}v{at (rowHeight - 1.0)}"
                + $"h{at (1.0 - cellWidth)}z"
            ] []

        el "text" [
            match cell.Mixed, sure cell with
            | true, _ -> "class", "mixed"
            | false, true -> "class", "sure"
            | false, false -> ()
            "x", at (x column + cellWidth / 2.0)
            "y", at (y row + rowHeight / 2.0 + 3.5)
        ] [
            el "title" [] [ text (says methods[row].Name methods[column].Name cell) ]
            text (short cell.Value)
        ]
    ]

    // A cell goes with its row's method and its column's.
    let cells row = [
        for column in 0 .. n - 1 do
            if row <> column then
                match square.At row column with
                | Some cell -> el "g" methods[column].Origin.Belongs (drawn row column cell)
                | None -> ()
    ]

    picture width (header + rowHeight * double n + 10.0) square.About [
        label "title" "start" 0.0 14.0 square.Title
        for i, m in Array.indexed methods do
            leading m.Origin [ mark m.Style (x i + cellWidth / 2.0) (header - 8.0) 0.8 "mark" [] ]
        el "g" [ "class", "matrix" ] [
            for i, m in Array.indexed methods do
                leading m.Origin [
                    mark m.Style 9.0 (y i + rowHeight / 2.0) 0.9 "mark" []
                    el "text" [ "class", "row"; "x", "20"; "y", at (y i + rowHeight / 2.0 + 3.5) ] [
                        text m.Name
                    ]
                    yield! cells i
                ]
        ]
    ]
