/// The command line of `export` and what follows it.
module Plimsoll.Cli.ExportArguments

open Argu

module private Usage =
    let experiment = "the experiment file."

    let replace =
        "write over what is there; without it, nothing that is there is touched."

    let store = "the folder of artifacts and records (default .plimsoll/store)."
    let json = "print one JSON object."

[<HelpFlags("--help", "-h")>]
type ExportPolicyArguments =
    | [<MainCommand; ExactlyOnce>] What of WHAT: string
    | [<Mandatory; Unique>] Out of FILE: string
    | [<Unique>] Format of FORMAT: string
    | [<Unique>] Replace
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | What _ ->
                "a policy file (ours, or an OSRL actor as safetensors or npz), or in the store the label of a record, "
                + "or the beginning of its key or of its artifact's digest."
            | Out _ -> "the new file; its ending chooses the format: .onnx or .safetensors."
            | Format _ -> "`onnx` or `safetensors`, whatever the file's ending."
            | Replace -> Usage.replace
            | Store _ -> Usage.store
            | Json -> Usage.json

[<HelpFlags("--help", "-h")>]
type ExportMetricsArguments =
    | [<MainCommand; ExactlyOnce>] Experiment of EXPERIMENT: string
    | [<Mandatory; Unique>] Out of DIR: string
    | [<Unique>] Replace
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Experiment _ -> Usage.experiment
            | Out _ -> "the folder that gets a TensorBoard run for each training."
            | Replace -> Usage.replace
            | Store _ -> Usage.store
            | Json -> Usage.json

[<HelpFlags("--help", "-h")>]
type ExportEpisodesArguments =
    | [<MainCommand; ExactlyOnce>] Experiment of EXPERIMENT: string
    | [<Mandatory; Unique>] Out of FILE: string
    | [<Unique>] Replace
    | [<Unique>] Store of DIR: string
    | [<Unique>] Json

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Experiment _ -> Usage.experiment
            | Out _ -> "the new CSV file: one line for each evaluated episode."
            | Replace -> Usage.replace
            | Store _ -> Usage.store
            | Json -> Usage.json

[<HelpFlags("--help", "-h")>]
type ExportArguments =
    | [<CliPrefix(CliPrefix.None)>] Policy of ParseResults<ExportPolicyArguments>
    | [<CliPrefix(CliPrefix.None)>] Metrics of ParseResults<ExportMetricsArguments>
    | [<CliPrefix(CliPrefix.None)>] Episodes of ParseResults<ExportEpisodesArguments>

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Policy _ -> "write a policy as ONNX or as safetensors."
            | Metrics _ -> "write the curves of every training as TensorBoard's event files."
            | Episodes _ -> "write every evaluated episode as CSV."
