/// What most commands begin with: a checked experiment and an open store.
module Plimsoll.Cli.Loading

open System
open System.IO
open Plimsoll.Language
open Plimsoll.Store

let (>>=) result next = Result.bind next result

let private notUtf8 file fault =
    let position = {
        File = file
        Line = 1
        Column = 1
        Length = 1
    }

    [
        {
            Fault = fault
            Position = position
            SourceLine = ""
        }
    ]

/// Files that the experiment names and that are not there.
let private missingFiles (file: string) (text: string) (experiment: Experiment) =
    let lines = text.Split '\n'
    let folder = string (Path.GetDirectoryName file)

    [
        for path, position in Check.files experiment do
            if not (File.Exists(Path.Combine(folder, path))) then
                {
                    Fault = FileNotFound(At "file", path)
                    Position = position
                    // A recipe can name a file as well; its text is not at hand.
                    SourceLine =
                        if position.File = file then
                            lines[position.Line - 1].TrimEnd()
                        else
                            ""
                }
    ]

/// An experiment that may be run.
type Loaded = {
    Experiment: Experiment
    /// As a file that leaves out no value; reading it gives the same cells.
    Resolved: Lazy<string>
}

/// The checked experiment in a file; all its problems in words otherwise.
let load (file: string) : Result<Loaded, Trouble> =
    let checkText bytes =
        match Reader.decode bytes with
        | Error fault -> Error(notUtf8 file fault)
        | Ok text ->
            Check.definition Composition.catalogue (Files.recipe file) file text
            >>= fun definition ->
                let experiment = Check.expand definition

                match missingFiles file text experiment with
                | [] ->
                    Ok {
                        Experiment = experiment
                        Resolved = lazy Resolved.print definition
                    }
                | missing -> Error missing

    Files.read file
    >>= (checkText
         >> Result.mapError (fun problems -> BadInput((ProblemText.renderAll problems).TrimEnd())))

let storeRoot (given: string option) =
    given |> Option.defaultWith (fun () -> Layout.defaultRoot "")

let openStore root : Result<Store, Trouble> =
    let opened = Store.Open(root, ReadWrite)

    opened
    |> Result.iter (fun store ->
        // A command ends in many ways.
        AppDomain.CurrentDomain.ProcessExit.Add(fun _ -> (store :> IDisposable).Dispose()))

    opened |> Result.mapError (fun error -> Surroundings(StoreError.text error))

/// A plan changes nothing: a store that is there is only read; one that is not yet there is made, empty.
let openToRead root =
    match Store.Open(root, ReadOnly) with
    | Error(NoStore _) -> openStore root
    | opened -> opened |> Result.mapError (fun error -> Surroundings(StoreError.text error))

let warn (damages: Damage list) =
    for damage in damages do
        eprintfn "%s" (Damage.text damage)

let positive (name: string) (value: int option) : Result<int option, Trouble> =
    match value with
    | Some number when number < 1 ->
        Error(BadInput $"--{name} takes a whole number of at least 1, not {number}")
    | value -> Ok value
