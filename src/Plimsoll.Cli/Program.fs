module Plimsoll.Cli.Program

open System
open Argu
open Plimsoll.Language
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
    | Report arguments -> Commands.report arguments
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
        | _ -> arguments.Raise("say what to export: `policy`", ErrorCode.CommandLine)
    | Doctor arguments -> Doctor.doctor arguments
    | Version -> Commands.version ()

let private suggestion (arguments: string[]) =
    arguments
    |> Array.tryHead
    |> Option.filter (fun word -> not (List.contains word Arguments.names))
    |> Option.bind (fun word -> Suggest.nearest word Arguments.names)
    |> Option.map (fun name -> $"did you mean `{name}`?")

let private refuse (arguments: string[]) (refused: ArguParseException) =
    if refused.ErrorCode = ErrorCode.HelpText then
        Console.Out.WriteLine refused.Message
        ExitCode.ok
    else
        Console.Error.WriteLine refused.Message
        suggestion arguments |> Option.iter Console.Error.WriteLine
        ExitCode.badInput

[<EntryPoint>]
let main arguments =
    Console.SetOut(new GuardedOutput(Console.Out))

    try
        match arguments with
        // Not for people, and nothing may print before it begins.
        | [| "worker" |] -> WorkerCommand.run ()
        | _ ->

            match Arguments.parse arguments |> dispatch with
            | Ok status -> status
            | Error trouble ->
                match trouble with
                | BadInput words
                | Surroundings words
                | OwnFault words -> Console.Error.WriteLine words

                ExitCode.ofTrouble trouble
    with
    // Argu misses some absent arguments until they are asked for.
    | :? ArguParseException as refused -> refuse arguments refused
    | :? OutputLost as lost ->
        Console.Error.WriteLine(OutputLost.Text lost)
        ExitCode.environment
    | fault ->
        Console.Error.WriteLine
            $"This is a bug in Plimsoll, not in your files. Please report it with what follows.\n{fault}"

        ExitCode.bug
