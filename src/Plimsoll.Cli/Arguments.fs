/// The command line. It chooses what to run and where, and sets no value of an experiment.
module Plimsoll.Cli.Arguments

open Argu

[<HelpFlags("--help", "-h")>]
type CheckArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "the experiment file."

[<HelpFlags("--help", "-h")>]
type ViewArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "the experiment file."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type RunArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Unique>] Jobs of N: int
    | [<Unique>] Threads of N: int
    | Only of PATTERN: string
    | Until of NAME: string
    | [<Unique>] On_Failure of POLICY: string
    | Time_Limit of LIMIT: string
    | Memory_Limit of LIMIT: string
    | [<Unique>] Executor of WHERE: string
    | [<Unique>] Store of DIR: string
    | [<Unique>] Out of DIR: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "the experiment file."
            | Jobs _ -> "the most threads that compute at once (default: the machine's cores)."
            | Threads _ -> "the most threads for one cell (default: as many as are idle)."
            | Only _ ->
                "run only cells with such a label (`*` and `?` stand for any text and character), task, arm, node \
                 or stage, and what they need; may be repeated."
            | Until _ -> "run no cell after this node or stage; may be repeated."
            | On_Failure _ ->
                "when a cell fails: `continue` with what does not need it (default), `stop`, or `stop-after=N`; \
                 cells that run are finished."
            | Time_Limit _ -> "the time for one attempt, [STAGE=]DURATION: 90s, 15min, adapt=2h."
            | Memory_Limit _ -> "the memory for one attempt, [STAGE=]SIZE: 800MiB, adapt=2GiB."
            | Executor _ -> "run stages in this process (`inline`, default) or in worker processes (`local`)."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Out _ -> "the folder of the report (default reports/NAME)."

[<HelpFlags("--help", "-h")>]
type ReportArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Unique>] Store of DIR: string
    | [<Unique>] Out of DIR: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "the experiment file."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Out _ -> "the folder of the report (default reports/NAME)."

[<HelpFlags("--help", "-h")>]
type SchemaArguments =
    | [<Unique>] Recipe

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Recipe -> "the schema of recipe files instead."

[<HelpFlags("--help", "-h")>]
type InspectArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Unique>] End_Markers of MEANING: string
    | [<Unique>] Horizon of STEPS: int
    | [<Unique>] Allow_One_Trajectory

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "an HDF5 file in DSRL's layout, or a dataset artifact (safetensors)."
            | End_Markers _ -> "what `terminals` marks in an HDF5 file: `terminals` or `time-limits`."
            | Horizon _ -> "steps of a full episode (default: the longest trajectory)."
            | Allow_One_Trajectory -> "accept an HDF5 file with one trajectory."

[<HelpFlags("--help", "-h")>]
type DataArguments =
    | [<CliPrefix(CliPrefix.None)>] Inspect of ParseResults<InspectArguments>

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Inspect _ -> "say what is in a dataset and what is wrong with it."

[<CliPrefix(CliPrefix.None); HelpFlags("--help", "-h")>]
type Command =
    | Check of ParseResults<CheckArguments>
    | Plan of ParseResults<ViewArguments>
    | Run of ParseResults<RunArguments>
    | Status of ParseResults<ViewArguments>
    | Report of ParseResults<ReportArguments>
    | Schema of ParseResults<SchemaArguments>
    | Data of ParseResults<DataArguments>
    | [<SubCommand>] Doctor
    | [<CliPrefix(CliPrefix.DoubleDash)>] Version

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Check _ -> "read an experiment file and report all that is wrong with it."
            | Plan _ -> "say which cells are cached, will run or may run; run nothing."
            | Run _ -> "run what is missing, then write the report."
            | Status _ -> "say how far an experiment is and what its store holds."
            | Report _ -> "write the report from what is in the store."
            | Schema _ -> "print the JSON Schema of experiment files, for editors."
            | Data _ -> "look at datasets."
            | Doctor -> "say what this machine offers."
            | Version -> "print the program's version."

/// In the order of the help text.
let names = [ "check"; "plan"; "run"; "status"; "report"; "schema"; "data"; "doctor" ]

/// Throws ArguParseException with the words for the user.
let parse (arguments: string[]) : Command =
    let parser =
        ArgumentParser.Create<Command>(
            programName = "plimsoll",
            usageStringCharacterWidth = 100,
            checkStructure = false
        )

    let parsed = parser.ParseCommandLine(arguments, raiseOnUsage = true)

    if parsed.Contains Version then
        Version
    else
        match parsed.TryGetSubCommand() with
        | Some command -> command
        | None -> parsed.Raise("name a command", ErrorCode.CommandLine)
