/// What most commands begin with: a checked experiment and an open store.
module Plimsoll.Cli.Loading

open System
open System.IO
open Plimsoll.Data
open Plimsoll.Language
open Plimsoll.Engine
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
    /// Each arm's recipe, by their names.
    Recipes: (string * string) list
    /// As a file that leaves out no value; reading it gives the same cells.
    Resolved: Lazy<string>
    /// As `Resolved`, with full paths of data files, so that it can lie anywhere on this machine.
    Portable: Lazy<string>
}

let private fullPath (experimentFile: string) (path: string) =
    let folder = string (Path.GetDirectoryName(Path.GetFullPath experimentFile))
    Path.GetFullPath(Path.Combine(folder, path))

/// Which of DSRL's files the missing ones would be, by their tasks and names: what to obtain and where to put it.
let private missingOfDsrl (file: string) (experiment: Experiment) : string list =
    [
        for cell in experiment.Cells do
            let text name =
                match Map.tryFind name cell.Parameters with
                | Some { Value = Text text } -> text
                | _ -> ""

            let path = fullPath file (text "file")

            if cell.Stage.Name = Composition.catalogue.Load && not (File.Exists path) then
                let task =
                    match DsrlTasks.Find(text "task") with
                    | null -> DsrlTasks.ByFile path
                    | task -> task

                match task with
                | null -> ()
                | task -> DatasetProblemText.Message(DatasetProblem.DsrlFileMissing(path, task))
    ]
    |> List.distinct

/// The checked experiment in a file; all its problems in words otherwise.
let load (file: string) : Result<Loaded, Trouble> =
    let checkText bytes =
        match Reader.decode bytes with
        | Error fault -> Error(notUtf8 file fault, [])
        | Ok text ->
            Check.definition Composition.catalogue (Files.recipe file) file text
            |> Result.mapError (fun problems -> problems, [])
            >>= fun definition ->
                let experiment = Check.expand Composition.catalogue definition

                match missingFiles file text experiment with
                | [] ->
                    Ok {
                        Experiment = experiment
                        Recipes = definition.Arms |> List.map (fun arm -> arm.Name, arm.Recipe)
                        Resolved = lazy Resolved.print definition
                        Portable = lazy Resolved.print (Rebase.files (fullPath file) definition)
                    }
                | missing -> Error(missing, missingOfDsrl file experiment)

    let words (problems, hints: string list) =
        (ProblemText.renderAll problems).TrimEnd() :: hints |> String.concat "\n\n"

    Files.read file >>= (checkText >> Result.mapError (words >> BadInput))

let storeRoot (given: string option) =
    given |> Option.defaultWith (fun () -> Layout.defaultRoot "")

let openStore root : Result<Store, Trouble> =
    let opened = Store.Open(root, ReadWrite)

    opened
    |> Result.iter (fun store ->
        // A command ends in many ways.
        AppDomain.CurrentDomain.ProcessExit.Add(fun _ -> (store :> IDisposable).Dispose()))

    opened |> Result.mapError (fun error -> Surroundings(StoreError.text error))

/// What only looks makes no store: where none is, there is nothing in it.
let openIfThere root : Result<Store option, Trouble> =
    match Store.Open(root, ReadOnly) with
    | Ok store -> Ok(Some store)
    | Error(NoStore _) -> Ok None
    | Error error -> Error(Surroundings(StoreError.text error))

/// For commands that have nothing to do without a store.
let openToRead root : Result<Store, Trouble> =
    Store.Open(root, ReadOnly)
    |> Result.mapError (fun error -> Surroundings(StoreError.text error))

/// For commands that read what is in a store: one that was named must be there, while none at the default place is
/// as good as an empty one.
let storeToRead (given: string option) : Result<string, Trouble> =
    match given with
    | None -> Ok(storeRoot None)
    | Some root ->
        Troubles.named "--store" root
        |> Result.bind openToRead
        |> Result.map (fun store ->
            (store :> IDisposable).Dispose()
            root)

/// What a run would do, and the damage found on the way.
let planOf (options: RunOptions) (experiment: Experiment) (store: Store option) : Plan * Damage list =
    match store with
    | Some store -> Run.plan options experiment Composition.stages store
    | None -> Run.planOfNothing options experiment Composition.stages, []

let warn (damages: Damage list) =
    for damage in damages do
        eprintfn "%s" (Damage.text damage)

let positive (name: string) (value: int option) : Result<int option, Trouble> =
    match value with
    | Some number when number < 1 ->
        Troubles.option
            $"--{name}"
            "a whole number of at least 1"
            (string number)
            "fewer than one would do nothing"
            "4"
    | value -> Ok value

/// The cells that `--only` and `--until` ask for.
let selection only until (experiment: Experiment) : Result<CellId -> bool, Trouble> =
    Selection.choose { Only = only; Until = until } experiment
    |> Result.mapError (Selection.Unmatched.text >> BadInput)
