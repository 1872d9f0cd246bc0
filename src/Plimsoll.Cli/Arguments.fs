/// The command line. It chooses what to run and where, and sets no value of an experiment.
module Plimsoll.Cli.Arguments

open Argu
open Plimsoll.Cli.DataArguments
open Plimsoll.Cli.ExportArguments

[<HelpFlags("--help", "-h")>]
type CheckArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "the experiment file."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type PlanArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | Only of PATTERN: string
    | Until of NAME: string
    | [<Unique>] All
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "the experiment file."
            | Only _ -> "as `run --only`; may be repeated."
            | Until _ -> "as `run --until`; may be repeated."
            | All -> "list every cell, however many there are and whatever their state."
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
    | [<Unique>] Checkpoint_Every of DURATION: string
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
            | Checkpoint_Every _ ->
                "the time between two checkpoints of a stage (default 30s; at least 100 times what one takes)."
            | Executor _ -> "run stages in worker processes (`local`, default) or in this one (`inline`)."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Out _ -> "the folder of the report (default reports/NAME)."

[<HelpFlags("--help", "-h")>]
type ReportArguments =
    | [<MainCommand; Mandatory>] Files of FILE: string list
    | [<Unique>] Compare of WITH: string option
    | [<Unique>] Store of DIR: string
    | [<Unique>] Out of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Files _ -> "the experiment file; with --compare, a second one may follow."
            | Compare _ ->
                "compare with the second experiment, or, where WITH is `published`, with what papers print."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Out _ -> "the folder of the report (default reports/NAME)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type StatusArguments =
    | [<MainCommand>] File of FILE: string
    | [<Unique>] Follow
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> "the experiment file; without one, only the store and its latest run are shown."
            | Follow -> "go on until the run ends, showing what happens."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object; with --follow, the run's events, one object a line."

[<HelpFlags("--help", "-h")>]
type ExplainArguments =
    | [<MainCommand; Mandatory>] Target of FILE_AND_CELL: string list
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Target _ ->
                "the experiment file, then a cell: its label, the beginning of its id or key, or a pattern with "
                + "`*`. Without a cell, every cause in the experiment."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type DiffArguments =
    | [<MainCommand; Mandatory>] Sides of A_AND_B: string list
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Sides _ ->
                "two records, by the beginnings of their keys, or two runs, by id or as `last` and `last~1`."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type VerifyArguments =
    | [<MainCommand; Mandatory>] Target of FILE_OR_KEYS: string list
    | [<Unique>] Sample of N: int
    | [<Unique>] Seed of N: int
    | [<Unique>] Threads of N: int
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Target _ -> "the experiment file, or records by the beginnings of their keys, or both."
            | Sample _ -> "check this many cells, chosen at random (default: all that are cached)."
            | Seed _ -> "what the choice is drawn from (default 0)."
            | Threads _ -> "threads for a cell (default: the machine's cores)."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type ReproArguments =
    | [<MainCommand; ExactlyOnce>] Key of KEY: string
    | [<Unique>] Run
    | [<Unique>] Into of DIR: string
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Key _ -> "the beginning of a record's key."
            | Run -> "run the command as well, and compare the artifact's digest."
            | Into _ -> "the new store (default .plimsoll/repro/KEY)."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type GcArguments =
    | [<Unique>] Older_Than of AGE: string
    | [<Unique>] Max_Size of SIZE: string
    | [<Unique>] Only_Kept
    | [<Unique>] Leftovers
    | Keep of FILE: string
    | [<Unique>] Dry_Run
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Older_Than _ -> "remove records that ended longer ago: `30d`, `12h`."
            | Max_Size _ -> "remove the oldest records until the artifacts fit: `10G`, `500M`."
            | Only_Kept -> "remove every record that no --keep needs."
            | Leftovers -> "remove no record, only what no record needs."
            | Keep _ -> "an experiment whose records stay, whatever else is said; may be repeated."
            | Dry_Run -> "only say what would go."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type DoctorArguments =
    | [<Unique>] Deep
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Deep -> "digest every artifact in the store."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type SchemaArguments =
    | [<Unique>] Recipe

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Recipe -> "the schema of recipe files instead."

[<HelpFlags("--help", "-h")>]
type RolloutArguments =
    | [<Mandatory; Unique>] Task of NAME: string
    | [<Mandatory; Unique>] Policy of FILE_OR_KEY: string
    | [<Unique>] Episodes of N: int
    | [<Unique>] Seed of N: int64
    | Cost_Limit of COST: double
    | [<Unique>] Threads of N: int
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Task _ -> "the task to roll the policy out in."
            | Policy _ ->
                "a policy file (ours, or an OSRL actor as safetensors or npz), or in the store the label of a record, "
                + "or the beginning of its key or of its artifact's digest."
            | Episodes _ -> "how many (default 20)."
            | Seed _ -> "the run seed; episode i starts from seed 1000 N + i (default 0)."
            | Cost_Limit _ ->
                "normalise the cost by this limit; may be repeated (default: the limits of the task's protocol)."
            | Threads _ -> "threads (default: the machine's cores); they change no bit."
            | Store _ -> "the folder of artifacts and records (default .plimsoll/store)."
            | Json -> "print one JSON object."

[<CliPrefix(CliPrefix.None); HelpFlags("--help", "-h")>]
type Command =
    | Check of ParseResults<CheckArguments>
    | Plan of ParseResults<PlanArguments>
    | Run of ParseResults<RunArguments>
    | Status of ParseResults<StatusArguments>
    | Explain of ParseResults<ExplainArguments>
    | Diff of ParseResults<DiffArguments>
    | Report of ParseResults<ReportArguments>
    | Verify of ParseResults<VerifyArguments>
    | Repro of ParseResults<ReproArguments>
    | Gc of ParseResults<GcArguments>
    | Schema of ParseResults<SchemaArguments>
    | Data of ParseResults<DataArguments>
    | Rollout of ParseResults<RolloutArguments>
    | Export of ParseResults<ExportArguments>
    | Doctor of ParseResults<DoctorArguments>
    | [<CliPrefix(CliPrefix.DoubleDash)>] Version

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Check _ -> "read an experiment file and report all that is wrong with it."
            | Plan _ -> "say which cells are cached, will run or may run; run nothing."
            | Run _ -> "run what is missing, then write the report."
            | Status _ -> "say how far an experiment is, what runs now and what the store holds."
            | Explain _ -> "say why cells run: what changed, where, and what it touches."
            | Diff _ -> "compare two records or two runs."
            | Report _ -> "write the report from what is in the store; compare it."
            | Verify _ -> "make cached artifacts again and compare their bytes."
            | Repro _ -> "print, or run, the command that makes an artifact again."
            | Gc _ -> "remove what is old, too large or no longer needed from the store."
            | Schema _ -> "print the JSON Schema of experiment files, for editors."
            | Data _ -> "look at datasets, check, convert and make them."
            | Rollout _ -> "score any policy in a task's simulator."
            | Export _ -> "write policies, curves and episodes in the formats of others."
            | Doctor _ -> "say what this machine offers and whether the store is sound."
            | Version -> "print the program's version."

/// For words that CommandLine has checked; what is wrong with others, and help texts, are ArguParseExceptions.
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
        | None ->
            parsed.Raise("name a command; `plimsoll run FILE` runs an experiment", ErrorCode.CommandLine)
