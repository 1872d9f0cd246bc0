/// Reads pictures back: where each path goes and what a plot says.
module Plimsoll.Report.Tests.Svg

open System
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open System.Xml.Linq
open Plimsoll.Report

let private number (text: string) =
    Double.Parse(text, CultureInfo.InvariantCulture)

/// Every point that a path goes through, by the grammar of SVG 1.1 as far as the report writes it.
let points (d: string) : (double * double) list =
    let tokens =
        Regex.Matches(d, "[A-Za-z]|-?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)")
        |> Seq.map _.Value
        |> Seq.toArray

    let visited = ResizeArray()
    let mutable x, y, startX, startY, i, command = 0.0, 0.0, 0.0, 0.0, 0, 'M'

    let next () =
        i <- i + 1
        number tokens[i - 1]

    let goes toX toY =
        x <- toX
        y <- toY
        visited.Add((x, y))

    while i < tokens.Length do
        if Char.IsLetter(tokens[i], 0) then
            command <- tokens[i][0]
            i <- i + 1

        match command with
        | 'M'
        | 'L' ->
            let toX = next ()
            goes toX (next ())
        | 'm'
        | 'l' ->
            let toX = x + next ()
            goes toX (y + next ())
        | 'H' -> goes (next ()) y
        | 'h' -> goes (x + next ()) y
        | 'V' -> goes x (next ())
        | 'v' -> goes x (y + next ())
        | 'a' ->
            for _ in 1..5 do
                next () |> ignore

            let toX = x + next ()
            goes toX (y + next ())
        | 'z' -> goes startX startY
        | other -> failwith $"a path with '{other}': {d}"

        match command with
        | 'M'
        | 'm' ->
            startX <- x
            startY <- y
            command <- if command = 'M' then 'L' else 'l'
        | _ -> ()

    List.ofSeq visited

let private attribute (name: string) (element: XElement) =
    match element.Attribute(XName.Get name) with
    | null -> ""
    | found -> found.Value

type Plot = {
    Width: double
    Height: double
    Label: string
    Element: XElement
} with

    member this.Of(name: string, cssClass: string) =
        this.Element.Descendants(XName.Get name)
        |> Seq.filter (fun e -> (attribute "class" e).Split ' ' |> Array.contains cssClass)
        |> List.ofSeq

    /// Closed outlines in the paths of a class: one a mark.
    member this.Outlines cssClass =
        this.Of("path", cssClass)
        |> List.sumBy (fun e -> (attribute "d" e) |> Seq.filter ((=) 'z') |> Seq.length)

    member this.Paths =
        this.Element.Descendants(XName.Get "path")
        |> Seq.map (attribute "d")
        |> List.ofSeq

    member this.Texts =
        this.Element.Descendants(XName.Get "text")
        |> Seq.map (fun e -> number (attribute "x" e), number (attribute "y" e))
        |> List.ofSeq

/// Fails where the markup is not well formed.
let internal plots (nodes: Markup.Node list) : Plot list =
    let page = (Markup.render (Markup.div "test" nodes)).Replace("<!DOCTYPE html>", "")
    let document = XDocument.Load(new StringReader(page))

    document.Descendants(XName.Get "svg")
    |> Seq.filter (fun e -> attribute "role" e = "img")
    |> Seq.map (fun e ->
        let box = (attribute "viewBox" e).Split ' ' |> Array.map number

        {
            Width = box[2]
            Height = box[3]
            Label = attribute "aria-label" e
            Element = e
        })
    |> List.ofSeq
