/// `repro`: the command that makes an artifact again, and running it.
module Plimsoll.Cli.Remaking

open System
open System.IO
open Argu
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

/// Where a record comes from.
type Origin = {
    Run: RunFolder
    Experiment: Experiment
    Cell: Cell
}

let private short (record: Record) = (string record.Key).Substring(0, 12)

let private unknown (record: Record) why =
    Error(
        BadInput
            $"nothing is known of how the record was made\n  where: {short record}  {record.Label}\n  why: {why}\n  \
              remedy: run the experiment that has this cell; the record names `{record.Command}`"
    )

/// The run that recorded it, its experiment as it was saved, and the cell in it.
let origin (store: Store) (record: Record) : Result<Origin, Trouble> =
    let key = string record.Key

    let made (run: RunFolder) =
        RunHistory.read run
        |> List.tryPick (fun entry ->
            if entry.Text "key" = Some key then
                entry.Text "label" |> Option.map (fun label -> run, label)
            else
                None)

    match store.Runs() with
    | Error error -> Error(Surroundings(StoreError.text error))
    | Ok runs ->
        match List.tryPick made runs with
        | None -> unknown record "no run in this store has logged its key"
        | Some(run, label) ->
            load run.Experiment
            >>= fun loaded ->
                match loaded.Experiment.Cells |> List.tryFind (fun cell -> cell.Label = label) with
                | Some cell ->
                    Ok {
                        Run = run
                        Experiment = loaded.Experiment
                        Cell = cell
                    }
                | None -> unknown record $"the experiment saved with run {run.Id} has no cell {label}"

let private quoted (text: string) =
    let plain (c: char) =
        Char.IsAsciiLetterOrDigit c || "-_./=~".Contains c

    if text <> "" && Seq.forall plain text then
        text
    else
        "'" + text.Replace("'", "'\\''") + "'"

/// From here, where that is shorter.
let private shown (path: string) =
    let relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path)

    if relative.StartsWith("..", StringComparison.Ordinal) then
        path
    else
        relative

let private words experiment (cell: Cell) = [ "plimsoll"; "run"; experiment; "--only"; cell.Label ]

/// What a record names: the cell alone, from the experiment as its run saved it.
let commandOf (run: RunFolder) (cell: Cell) : string =
    words run.Experiment cell |> List.map quoted |> String.concat " "

let private command (origin: Origin) (into: string) =
    words (shown origin.Run.Experiment) origin.Cell
    @ [ "--store"; into; "--out"; into + "-report" ]
    |> List.map quoted
    |> String.concat " "

/// Runs the cell and all that it needs in a store of its own.
let private remake (origin: Origin) into : Result<Record option * string, Trouble> =
    openStore into
    >>= fun store ->
        let experiment = Remake.upTo [ origin.Cell.Id ] origin.Experiment
        let basic = RunOptions.ofExperiment experiment

        let options = {
            basic with
                Provenance = Origins.provenance ()
        }

        let tell = PlainProgress.Plain(Console.Error, options.Jobs).Tell
        let summary = Run.run options experiment Composition.stages store tell

        summary.Cells
        |> List.tryPick (fun (cell, final) ->
            match final with
            | Final.Finished(record, _)
            | Final.Diverged(record, _) when cell.Id = origin.Cell.Id -> Some(record, "")
            | _ -> None)
        |> function
            | Some(record, _) -> Ok(Some record, "")
            | None ->
                let failures =
                    summary.Cells
                    |> List.choose (fun (cell, final) ->
                        match final with
                        | Final.Failed failure -> Some $"{cell.Label}: {Display.oneLine failure.What}"
                        | _ -> None)

                Ok(None, String.concat "\n" failures)

let verdict (reproducibility: Reproducibility) (record: Record) (again: Record option) why =
    match again with
    | None -> "failed", $"FAILED  {record.Label} could not be made again\n  {why}", ExitCode.cellsFailed
    | Some _ when reproducibility = Volatile ->
        "skipped",
        $"skipped  {record.Label}: made again; its stage is volatile and promises no equal bytes",
        ExitCode.ok
    | Some again when again.Outcome = record.Outcome ->
        let what =
            match record.Outcome with
            | Outcome.Finished artifact -> $"artifact {Digest.short artifact.Digest}"
            | Outcome.Diverged(step, _) -> $"diverged at step {step}"

        "same", $"same  {record.Label}: {what}", ExitCode.ok
    | Some again ->
        let changes = KeyChange.between record.Parts again.Parts

        let because =
            if changes.IsEmpty then
                "the keys are equal: `verify` looks into it"
            else
                "the keys differ in\n"
                + (changes
                   |> List.map (fun change -> "    " + DifferenceView.changeText change)
                   |> String.concat "\n")

        "different", $"DIFFERENT  {record.Label}\n  {because}", ExitCode.cellsFailed

let private digestOf (record: Record) =
    record.Artifact |> Option.map (fun artifact -> string artifact.Digest)

let private writeJson (record: Record) origin (command: string) (result: (string * Record option) option) =
    Json.text (fun writer ->
        writer.WriteString("key", string record.Key)
        writer.WriteString("label", record.Label)
        writer.WriteString("run", origin.Run.Id)
        writer.WriteString("command", command)
        Json.optional writer "artifact" (digestOf record)

        match result with
        | None -> ()
        | Some(word, again) ->
            writer.WriteString("result", word)
            Json.optional writer "again" (again |> Option.bind digestOf))

let repro (arguments: ParseResults<ReproArguments>) : Result<int, Trouble> =
    let json = arguments.Contains ReproArguments.Json

    openToRead (storeRoot (arguments.TryGetResult ReproArguments.Store))
    >>= fun store ->
        RecordChoice.record store (arguments.GetResult ReproArguments.Key)
        >>= fun record ->
            origin store record
            >>= fun origin ->
                let into =
                    arguments.TryGetResult ReproArguments.Into
                    |> Option.defaultValue (Path.Combine(".plimsoll", "repro", short record))

                let command = command origin into

                if not (arguments.Contains ReproArguments.Run) then
                    Console.Out.WriteLine(
                        if json then
                            writeJson record origin command None
                        else
                            command
                    )

                    Ok ExitCode.ok
                else
                    if not json then
                        Console.Out.WriteLine command

                    remake origin into
                    |> Result.map (fun (again, why) ->
                        let word, text, exit = verdict origin.Cell.Stage.Reproducibility record again why

                        Console.Out.WriteLine(
                            if json then
                                writeJson record origin command (Some(word, again))
                            else
                                text
                        )

                        exit)
