/// The manual's pages and the fenced blocks on them.
///
/// ```sh           commands, run together; the block must end with 0, or with N where it says `sh exit: N`
/// ```console      `$ command` and what it shows; `console exit: N` is said of the last command
/// ```text         below a block of commands in the same section: lines that stand in what these showed
/// ... needs: X    skipped where X is missing: a native library (hdf5, engines) or python3
/// ... not-run: X  never run here, because of X; the test holds the list of these
///
/// A block whose paragraph above says "Save this as `NAME`" is written to that file.
module Plimsoll.Scenarios.Tests.Manual.Pages

open System
open System.IO
open System.Text.RegularExpressions

let root =
    let rec up (folder: DirectoryInfo) =
        if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
            folder.FullName
        else
            match folder.Parent with
            | null -> failwith "no folder above the test assembly holds Pipeline.sln"
            | parent -> up parent

    up (DirectoryInfo AppContext.BaseDirectory)

type Block = {
    Page: string
    /// Of the opening fence, from 1.
    Line: int
    Language: string
    Exit: int
    Needs: string option
    NotRun: string option
    SavedAs: string option
    Section: int
    Text: string
} with

    member block.IsCommands = block.Language = "sh" || block.Language = "console"
    member block.Place = $"{block.Page}:{block.Line}"

let read (page: string) =
    File.ReadAllText(Path.Combine(root, page)).Replace("\r\n", "\n")

/// README, then the manual and the experiments' page, as paths from the root.
let all: string list =
    let below (folder: string) =
        Directory.GetFiles(Path.Combine(root, folder), "*.md", SearchOption.AllDirectories)
        |> Array.map (fun path -> Path.GetRelativePath(root, path).Replace('\\', '/'))
        |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
        |> Array.toList

    "README.md" :: below "docs" @ [ "experiments/README.md" ]

let private said (key: string) (info: string) =
    let found = Regex.Match(info, $@"(?:^|, ){key}: ([^,]+)")
    if found.Success then Some found.Groups[1].Value else None

let private block page line (info: string) saved section (text: string list) =
    let language, rest =
        match info.Split(' ', 2) with
        | [| language; rest |] -> language, rest.Trim()
        | words -> words[0], ""

    {
        Page = page
        Line = line
        Language = language
        Exit = said "exit" rest |> Option.map int |> Option.defaultValue 0
        Needs = said "needs" rest
        NotRun =
            if rest.StartsWith("not-run: ", StringComparison.Ordinal) then
                Some(rest.Substring 9)
            else
                None
        SavedAs = saved
        Section = section
        Text = text |> List.map (fun line -> line + "\n") |> String.concat ""
    }

let private savedAs (paragraph: string) =
    let found = Regex.Match(paragraph, @"[Ss]ave this as\s+`([^`]+)`")
    if found.Success then Some found.Groups[1].Value else None

/// The fenced blocks of a page's text, in order.
let parse (page: string) (text: string) : Block list =
    let rec go number section paragraph (lines: string list) =
        match lines with
        | [] -> []
        | line :: rest when line.StartsWith("```", StringComparison.Ordinal) ->
            let inside = rest |> List.takeWhile (fun line -> line <> "```")
            let saved = savedAs paragraph

            block page number (line.Substring(3).Trim()) saved section inside
            :: go
                (number + inside.Length + 2)
                section
                ""
                (List.skip (min rest.Length (inside.Length + 1)) rest)
        | line :: rest when line.StartsWith('#') -> go (number + 1) (section + 1) "" rest
        // A blank line between a paragraph and its block leaves the paragraph standing.
        | "" :: rest when not rest.IsEmpty && rest.Head.StartsWith("```", StringComparison.Ordinal) ->
            go (number + 1) section paragraph rest
        | "" :: rest -> go (number + 1) section "" rest
        | line :: rest -> go (number + 1) section (paragraph + " " + line) rest

    go 1 0 "" (List.ofArray (text.Split '\n'))

let blocks (page: string) = parse page (read page)
