/// Reading source text without its comments and strings.
module Plimsoll.Architecture.Tests.Source

open System.Text

type private Place =
    | Code
    | Line
    | Block
    | Quoted of verbatim: bool

/// The C# code with each comment and each literal's content as blanks; line ends stay, so line numbers hold.
let code (text: string) : string =
    let kept = StringBuilder text.Length

    let at i =
        if i < text.Length then text[i] else '\000'

    let rec go (i: int) (place: Place) =
        if i < text.Length then
            let blank n =
                for j in i .. min (i + n) text.Length - 1 do
                    kept.Append(if text[j] = '\n' then '\n' else ' ') |> ignore

            let skip n next =
                blank n
                go (i + n) next

            match place, at i, at (i + 1) with
            | Code, '/', '/' -> skip 2 Line
            | Code, '/', '*' -> skip 2 Block
            | Code, '@', '"' -> skip 2 (Quoted true)
            | Code, '"', _ -> skip 1 (Quoted false)
            | Code, '\'', '\\' when at (i + 3) = '\'' -> skip 4 Code
            | Code, '\'', _ when at (i + 2) = '\'' -> skip 3 Code
            | Code, c, _ ->
                kept.Append c |> ignore
                go (i + 1) Code
            | Line, '\n', _ -> skip 1 Code
            | Block, '*', '/' -> skip 2 Code
            | Quoted true, '"', '"' -> skip 2 place
            | Quoted false, '\\', _ -> skip 2 place
            | Quoted _, '"', _ -> skip 1 Code
            | _ -> skip 1 place

    go 0 Code
    kept.ToString()

/// `file:line` and the text of each line that the pattern matches.
let matches (pattern: System.Text.RegularExpressions.Regex) (file: string) (text: string) : string list =
    text.Split('\n')
    |> Seq.indexed
    |> Seq.filter (fun (_, line) -> pattern.IsMatch line)
    |> Seq.map (fun (index, line) -> $"{file}:{index + 1}: {line.Trim()}")
    |> Seq.toList
