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

type Square = {
    Title: string
    About: string
    Names: (string * int) list
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
    let names = List.toArray square.Names
    let n = names.Length
    let left = IntervalPlot.nameWidth (List.map fst square.Names) + 18.0
    let cellWidth = min 60.0 ((width - left - 4.0) / double n)
    let x column = left + cellWidth * double column
    let y row = header + rowHeight * double row

    let cells = [
        for row in 0 .. n - 1 do
            for column in 0 .. n - 1 do
                if row <> column then
                    match square.At row column with
                    | Some cell -> row, column, cell
                    | None -> ()
    ]

    // Ten strengths of each colour: one path holds all squares of one strength.
    let strength (cell: Cell) =
        int (round (20.0 * abs (cell.Value - 0.5)))

    let squares =
        cells
        |> List.filter (fun (_, _, cell) -> strength cell > 0)
        |> List.groupBy (fun (_, _, cell) -> cell.Value > 0.5, strength cell)
        |> List.sortBy fst

    picture width (header + rowHeight * double n + 10.0) square.About [
        label "title" "start" 0.0 14.0 square.Title
        for (better, level), members in squares do
            let d = Text.StringBuilder()

            for row, column, _ in members do
                d
                    .Append('M')
                    .Append(at (x column + 0.5))
                    .Append(' ')
                    .Append(at (y row + 0.5))
                    .Append($"h{at (cellWidth - 1.0)}v{at (rowHeight - 1.0)}H{at (x column + 0.5)}z")
                |> ignore

            el "path" [
                "class", (if better then "better" else "worse")
                "fill-opacity", Format.decimals 2 (0.055 * double level)
                "d", d.ToString()
            ] []
        for i, (name, style) in Array.indexed names do
            mark style 9.0 (y i + rowHeight / 2.0) 0.9 "mark" []

            el "text" [ "class", "row"; "x", "20"; "y", at (y i + rowHeight / 2.0 + 3.5) ] [ text name ]

            mark style (x i + cellWidth / 2.0) (header - 8.0) 0.8 "mark" []
        el "g" [ "class", "matrix" ] [
            for row, column, cell in cells do
                el "text" [
                    match cell.Mixed, sure cell with
                    | true, _ -> "class", "mixed"
                    | false, true -> "class", "sure"
                    | false, false -> ()
                    "x", at (x column + cellWidth / 2.0)
                    "y", at (y row + rowHeight / 2.0 + 3.5)
                ] [
                    el "title" [] [ text (says (fst names[row]) (fst names[column]) cell) ]
                    text (short cell.Value)
                ]
        ]
    ]
