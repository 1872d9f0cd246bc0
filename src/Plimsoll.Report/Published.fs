/// Numbers that papers print, shipped with their sources.
namespace Plimsoll.Report

open System
open System.Globalization
open System.IO

type CostNormalisation =
    /// (C + e) / (limit + e)
    | DsrlCost
    /// C / (limit + 0.1)
    | DrcorlCost

/// Which of a training's policies was scored.
type CheckpointChoice =
    | FinalWeights
    /// The best of many by rollouts in the simulator: biased, and not offline.
    | ChosenOnline

type PublishedTable = {
    Id: string
    Paper: string
    /// Such as `Table 1`.
    Part: string
    /// arXiv number, venue or repository.
    Reference: string
    /// None, here and below: not stated.
    Seeds: int option
    /// A seed and limit.
    Episodes: int option
    CostNormalisation: CostNormalisation option
    Checkpoint: CheckpointChoice option
    /// In words.
    Protocol: string
    /// What is known to be wrong with it; empty where nothing is.
    Defects: string
}

/// One pair of numbers of one table.
type PublishedNumber = {
    Table: string
    Method: string
    /// DSRL's short name.
    Task: string
    /// cost/episode; with several, the number is the mean over them. Empty: not stated.
    Limits: double list
    /// Normalised.
    Reward: double
    RewardDeviation: double option
    /// Normalised; None: not printed.
    Cost: double option
    CostDeviation: double option
    Note: string
}

/// Which of our recipes is a published method; without a recipe, none is.
type PublishedMethod = {
    Name: string
    Recipe: string option
    /// Only the arm of this name: an ablation that a recipe has parameters for.
    Arm: string option
}

/// How a table's methods were trained, as far as it is stated.
type PublishedTraining = {
    Table: string
    Method: string
    /// None: in all suites that no other line names.
    Suite: string option
    Steps: int64 option
    /// Widths of the hidden layers.
    Hidden: int64 list option
}

type Published = {
    Tables: PublishedTable list
    Numbers: PublishedNumber list
    Methods: PublishedMethod list
    Trainings: PublishedTraining list
} with

    member this.TableOf(number: PublishedNumber) =
        this.Tables |> List.find (fun t -> t.Id = number.Table)

module Published =
    exception private Unreadable of string

    let private refuse why = raise (Unreadable why)

    let private real (field: string) =
        match
            Double.TryParse(
                field,
                NumberStyles.AllowLeadingSign ||| NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture
            )
        with
        | true, value when Double.IsFinite value -> value
        | _ -> refuse $"'{field}' is not a number"

    let private whole (field: string) =
        match Int64.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture) with
        | true, value when value > 0L -> value
        | _ -> refuse $"'{field}' is not a whole number above 0"

    let private optional read (field: string) =
        if field = "" then None else Some(read field)

    let private named (field: string) =
        if field = "" || field <> field.Trim() then
            refuse $"'{field}' is not a name"
        else
            field

    let private several read (field: string) =
        if field = "" then
            []
        else
            field.Split ' ' |> Array.map read |> Array.toList

    let private choice (known: (string * 'a) list) (field: string) =
        match known |> List.tryFind (fun (name, _) -> name = field) with
        | Some(_, value) -> value
        | None -> refuse ($"'{field}' is none of " + String.Join(", ", known |> List.map fst))

    /// Each line by its place, so that what is wrong can be found.
    let private read file (header: string) (line: string list -> 'a) (text: string) : 'a list =
        match CsvText.table (List.ofArray (header.Split ',')) text with
        | Error why -> refuse $"{file}: {why}"
        | Ok records ->
            records
            |> List.map (fun (number, fields) ->
                try
                    line fields
                with Unreadable why ->
                    refuse $"{file}: line {number}: {why}")

    let private fields file =
        invalidOp $"{file}: another number of fields"

    let private tables =
        read
            "tables.csv"
            "id,paper,part,reference,seeds,episodes,cost_normalisation,selection,protocol,defects"
            (function
             | [ id; paper; part; reference; seeds; episodes; cost; selection; protocol; defects ] -> {
                 Id = named id
                 Paper = named paper
                 Part = named part
                 Reference = named reference
                 Seeds = optional (whole >> int) seeds
                 Episodes = optional (whole >> int) episodes
                 CostNormalisation = optional (choice [ "dsrl", DsrlCost; "drcorl", DrcorlCost ]) cost
                 Checkpoint = optional (choice [ "final", FinalWeights; "online", ChosenOnline ]) selection
                 Protocol = named protocol
                 Defects = defects
               }
             | _ -> fields "tables.csv")

    let private numbers file =
        read file "table,method,task,limits,reward,reward_std,cost,cost_std,note" (function
            | [ table; method; task; limits; reward; rewardDeviation; cost; costDeviation; note ] -> {
                Table = named table
                Method = named method
                Task = named task
                Limits = several real limits
                Reward = real reward
                RewardDeviation = optional real rewardDeviation
                Cost = optional real cost
                CostDeviation = optional real costDeviation
                Note = note
              }
            | _ -> fields file)

    let private methods =
        read "methods.csv" "method,recipe,arm" (function
            | [ method; recipe; arm ] -> {
                Name = named method
                Recipe = optional named recipe
                Arm = optional named arm
              }
            | _ -> fields "methods.csv")

    let private trainings =
        read "training.csv" "table,method,suite,steps,hidden" (function
            | [ table; method; suite; steps; hidden ] -> {
                Table = named table
                Method = named method
                Suite = optional named suite
                Steps = optional whole steps
                Hidden = optional (several whole) hidden
              }
            | _ -> fields "training.csv")

    /// The files that hold numbers.
    let numberFiles = [ "dsrl"; "fisor"; "caps"; "drcorl"; "spi"; "others" ]

    /// Nothing may point at what is not there, and nothing be said twice.
    let private sound (all: Published) =
        let tables = all.Tables |> List.map _.Id |> set
        let methods = all.Methods |> List.map _.Name |> set

        for number in all.Numbers do
            if not (tables.Contains number.Table) then
                refuse $"tables.csv has no table '{number.Table}'"

            if not (methods.Contains number.Method) then
                refuse $"methods.csv has no method '{number.Method}'"

        let twice =
            all.Numbers
            |> List.countBy (fun n -> n.Table, n.Method, n.Task, n.Limits)
            |> List.tryFind (fun (_, count) -> count > 1)

        match twice with
        | Some((table, method, task, _), _) -> refuse $"{table} has two numbers for {method} on {task}"
        | None -> all

    /// `text` gives a file's content by its name, such as `tables.csv`.
    let parse (text: string -> string) : Result<Published, string> =
        try
            Ok(
                sound {
                    Tables = tables (text "tables.csv")
                    Numbers = numberFiles |> List.collect (fun f -> numbers (f + ".csv") (text (f + ".csv")))
                    Methods = methods (text "methods.csv")
                    Trainings = trainings (text "training.csv")
                }
            )
        with Unreadable why ->
            Error why

    /// A file of those in the assembly.
    let text (name: string) : string =
        let assembly = typeof<Published>.Assembly

        match assembly.GetManifestResourceStream("published." + name) with
        | null -> invalidOp $"the assembly has no published/{name}"
        | stream ->
            use reader = new StreamReader(stream)
            reader.ReadToEnd()

    let private known =
        lazy
            (match parse text with
             | Ok published -> published
             | Error why -> invalidOp $"the published numbers cannot be read: {why}")

    /// The numbers that come with the program.
    let shipped () : Published = known.Value
