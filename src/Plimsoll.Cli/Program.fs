module Plimsoll.Cli.Program

open System
open Argu
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.DataArguments
open Plimsoll.Cli.ExportArguments

let private dispatch (command: Command) : Result<int, Trouble> =
    match command with
    | Check arguments -> Commands.check arguments
    | Plan arguments -> Commands.plan arguments
    | Run arguments -> RunCommand.run arguments
    | Status arguments -> Watching.status arguments
    | Explain arguments -> Explaining.explain arguments
    | Diff arguments -> Differing.diff arguments
    | Verify arguments -> Verifying.verify arguments
    | Repro arguments -> Remaking.repro arguments
    | Gc arguments -> Collecting.gc arguments
    | Report arguments -> Comparing.report arguments
    | Schema arguments -> Commands.schema arguments
    | Data arguments ->
        match arguments.TryGetSubCommand() with
        | Some(Inspect arguments) -> DataCommand.inspect arguments
        | Some(Validate arguments) -> DataCommand.validate arguments
        | Some(Import arguments) -> DataCommand.import arguments
        | Some(DataArguments.Collect arguments) -> CollectCommand.collect arguments
        | None ->
            arguments.Raise(
                "say what to do with the data: `inspect`, `validate`, `import` or `collect`",
                ErrorCode.CommandLine
            )
    | Rollout arguments -> RolloutCommand.rollout arguments
    | Export arguments ->
        match arguments.TryGetSubCommand() with
        | Some(ExportArguments.Policy arguments) -> ExportCommand.policy arguments
        | Some(Metrics arguments) -> ExportMetrics.metrics arguments
        | Some(Episodes arguments) -> ExportEpisodes.episodes arguments
        | None ->
            arguments.Raise("say what to export: `policy`, `metrics` or `episodes`", ErrorCode.CommandLine)
    | Doctor arguments -> Doctor.doctor arguments
    | Version -> Commands.version ()

let private refuse (arguments: string list) (refused: ArguParseException) =
    if refused.ErrorCode = ErrorCode.HelpText then
        Console.Out.WriteLine refused.Message
        ExitCode.ok
    else
        Console.Error.WriteLine(CommandLine.refusal arguments refused)
        ExitCode.badInput

[<EntryPoint>]
let main arguments =
    Console.SetOut(new GuardedOutput(Console.Out))

    try
        match arguments with
        // Not for people, and nothing may print before it begins.
        | [| "worker" |] -> WorkerCommand.run ()
        | _ ->

            match
                CommandLine.check (List.ofArray arguments)
                |> Result.bind (List.toArray >> Arguments.parse >> dispatch)
            with
            | Ok status -> status
            | Error trouble ->
                match trouble with
                | BadInput words
                | Surroundings words
                | OwnFault words -> Console.Error.WriteLine words

                ExitCode.ofTrouble trouble
    with
    | :? ArguParseException as refused -> refuse (List.ofArray arguments) refused
    | :? OutputLost as lost ->
        Console.Error.WriteLine(OutputLost.Text lost)
        ExitCode.environment
    | fault ->
        Console.Error.WriteLine
            $"This is a bug in Plimsoll, not in your files. Please report it with what follows.\n{fault}"

        ExitCode.bug
