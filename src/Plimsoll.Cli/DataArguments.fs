/// The command line of `data` and what follows it.
module Plimsoll.Cli.DataArguments

open Argu

module private Usage =
    let file =
        "an HDF5 or npz file in DSRL's layout, or a dataset artifact (safetensors)."

    let task =
        "its task; a name, environment id or file name of DSRL brings that table's checks (default: what the file says, then its name)."

    let endMarkers =
        "what `terminals` marks in an HDF5 or npz file: `terminals` or `time-limits`."

    let horizon =
        "steps of a full episode (default: the task's in DSRL, else the longest trajectory)."

    let allowOne = "accept a file with one trajectory."

[<HelpFlags("--help", "-h")>]
type InspectArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Unique>] End_Markers of MEANING: string
    | [<Unique>] Horizon of STEPS: int
    | [<Unique>] Allow_One_Trajectory

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> Usage.file
            | End_Markers _ -> Usage.endMarkers
            | Horizon _ -> Usage.horizon
            | Allow_One_Trajectory -> Usage.allowOne

[<HelpFlags("--help", "-h")>]
type ValidateArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Unique>] Task of NAME: string
    | [<Unique>] End_Markers of MEANING: string
    | [<Unique>] Horizon of STEPS: int
    | [<Unique>] Allow_One_Trajectory
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> Usage.file
            | Task _ -> Usage.task
            | End_Markers _ -> Usage.endMarkers
            | Horizon _ -> Usage.horizon
            | Allow_One_Trajectory -> Usage.allowOne
            | Json -> "print one JSON object."

[<HelpFlags("--help", "-h")>]
type ImportArguments =
    | [<MainCommand; ExactlyOnce>] File of FILE: string
    | [<Mandatory; Unique>] To of OUT: string
    | [<Unique>] Task of NAME: string
    | [<Unique>] End_Markers of MEANING: string
    | [<Unique>] Horizon of STEPS: int
    | [<Unique>] Allow_One_Trajectory

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | File _ -> Usage.file
            | To _ -> "the new file; its ending chooses the format: .hdf5, .npz or .safetensors."
            | Task _ -> Usage.task
            | End_Markers _ -> Usage.endMarkers
            | Horizon _ -> Usage.horizon
            | Allow_One_Trajectory -> Usage.allowOne

[<HelpFlags("--help", "-h")>]
type CollectArguments =
    | [<Mandatory; Unique>] Task of NAME: string
    | [<Mandatory; Unique>] To of OUT: string
    | [<Unique>] Steps of N: int64
    | [<Unique>] Seed of N: int64
    | [<Unique>] Threads of N: int

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Task _ -> "the task to collect from."
            | To _ ->
                "the new file; its ending chooses the format: .hdf5, .npz or .safetensors. The constants that scores "
                + "are normalised with go beside it, as OUT.json."
            | Steps _ -> "environment steps before thinning (default: as in an experiment's `collect`)."
            | Seed _ -> "seed of everything that is drawn (default 1)."
            | Threads _ -> "threads (default: the machine's cores); they change no bit."

[<HelpFlags("--help", "-h")>]
type DataArguments =
    | [<CliPrefix(CliPrefix.None)>] Inspect of ParseResults<InspectArguments>
    | [<CliPrefix(CliPrefix.None)>] Validate of ParseResults<ValidateArguments>
    | [<CliPrefix(CliPrefix.None)>] Import of ParseResults<ImportArguments>
    | [<CliPrefix(CliPrefix.None)>] Collect of ParseResults<CollectArguments>

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Inspect _ -> "say what is in a dataset and what is wrong with it."
            | Validate _ -> "go through every check of a dataset; exit code 2 where one fails."
            | Import _ -> "write a dataset that passes every check in another format."
            | Collect _ -> "make a dataset in a task's simulator."
