/// Dots with intervals, a line for each method and a column for each measure, on common lines.
module internal Plimsoll.Report.IntervalPlot

open System
open Plimsoll.Report.Markup
open Plimsoll.Report.Axes
open Plimsoll.Report.Palette

type Datum = {
    Value: double
    Interval: (double * double) option
    /// Small strokes beyond the dot, such as quantiles.
    Ticks: double list
}

type Column = {
    Title: string
    /// Such as `higher is better`.
    Hint: string
    /// A value with a line of its own, such as the limit.
    Guide: double option
    /// What lies beyond the guide is over the limit.
    Tint: bool
    /// Lies within the axis in any case.
    Include: double list
    Spacing: Spacing
    Number: double -> string
    /// One a row; None: no value.
    Data: Datum option list
}

type Row = {
    Name: string
    Style: int
    /// What stands behind the row, such as `58/60 runs, 2 diverged`.
    Note: string
    Complete: bool
    /// The records behind every number of the row.
    Origin: Origin
}

type Figure = {
    Width: double
    NameWidth: double
    NoteWidth: double
    NoteTitle: string
    About: string
    Rows: Row list
    Columns: Column list
}

let rowHeight, private header, private footer = 19.0, 46.0, 24.0
let private numberWidth, private gap = 42.0, 14.0

/// Room for names of about this many letters of 11 px.
let nameWidth (names: string list) =
    let longest = names |> List.map String.length |> List.fold max 4
    min 260.0 (26.0 + 6.2 * double longest)

let height rows =
    header + rowHeight * double rows + footer

let private rangeOf (c: Column) =
    let values = [
        yield! c.Include
        yield! Option.toList c.Guide

        for d in List.choose id c.Data do
            d.Value
            yield! d.Ticks

            match d.Interval with
            | Some(low, high) -> yield! [ low; high ]
            | None -> ()
    ]

    match c.Spacing with
    | Root -> 0.0, 1.06 * List.fold max 1e-9 values
    | Linear
    | Logarithmic -> padded 0.05 values

let private says (row: Row) (c: Column) (d: Datum) =
    let interval =
        match d.Interval with
        | Some(low, high) -> $" [{c.Number low}, {c.Number high}]"
        | None -> ""

    $"{row.Name}: {c.Title} {c.Number d.Value}{interval}, {row.Note}"

let private cell (x: Scale) (y: double) (row: Row) (c: Column) (datum: Datum option) =
    match datum with
    | None -> [ label "tick" "middle" ((x.From + x.To) / 2.0) (y + 3.5) "no value" ]
    | Some d -> [
        match d.Interval with
        | Some(low, high) when low < high ->
            segment $"bar {colourClass row.Style}" (x.Within low, y) (x.Within high, y)
        | _ -> ()
        for t in d.Ticks do
            segment $"bar {colourClass row.Style}" (x.Within t, y - 4.0) (x.Within t, y + 4.0)
        mark row.Style (x.Within d.Value) y 0.9 (if row.Complete then "mark" else "mark part") [
            el "title" [] [ text (says row c d) ]
        ]
        label "value" "start" (x.To + numberWidth - 4.0) (y + 3.5) (c.Number d.Value)
      ]

let draw (figure: Figure) =
    let n = double figure.Columns.Length
    let room = figure.Width - figure.NameWidth - figure.NoteWidth
    let columnWidth = (room - gap * n) / n
    let height = height figure.Rows.Length
    let low, high = header - 6.0, height - footer

    let column i (c: Column) =
        let left = figure.NameWidth + double i * (columnWidth + gap)
        let (from, upTo) = rangeOf c

        let x = {
            linear from upTo left (left + columnWidth - numberWidth) with
                Spacing = c.Spacing
        }


        [
            match c.Guide with
            | Some g when c.Tint ->
                el "rect" [
                    "class", "over"
                    "x", at (x.Within g)
                    "y", at low
                    "width", at (x.To - x.Within g)
                    "height", at (high - low)
                ] []
            | _ -> ()
            yield! columns x high low (named (x.Ticks 4))
            match c.Guide with
            | Some g -> segment "limit" (x.Within g, low) (x.Within g, high)
            | None -> ()
            segment "axis" (x.From, high) (x.To, high)
            label "title" "start" left 15.0 c.Title
            label "name" "start" left 29.0 c.Hint
        ],
        x

    let columns = figure.Columns |> List.mapi column

    let row k (row: Row) =
        let y = header + rowHeight * (double k + 0.5)

        leading row.Origin [
            mark row.Style 9.0 y 0.9 "mark" []
            label "row" "start" 20.0 (y + 3.5) row.Name

            if figure.NoteWidth > 0.0 then
                label
                    (if row.Complete then "tick" else "gap")
                    "start"
                    (figure.Width - figure.NoteWidth + 6.0)
                    (y + 3.5)
                    row.Note

            for c, (_, x) in List.zip figure.Columns columns do
                yield! cell x y row c c.Data[k]
        ]

    picture figure.Width height figure.About [
        for k in 5..5 .. figure.Rows.Length - 1 do
            let y = header + rowHeight * double k
            segment "grid" (0.0, y) (figure.Width, y)
        if figure.NoteWidth > 0.0 then
            label "name" "start" (figure.Width - figure.NoteWidth + 6.0) 29.0 figure.NoteTitle
        yield! columns |> List.collect fst
        yield! figure.Rows |> List.mapi row
    ]
