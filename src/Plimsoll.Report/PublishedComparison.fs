/// Our numbers beside published ones. Whatever has no counterpart is listed.
namespace Plimsoll.Report

open Plimsoll.Data
open Plimsoll.Language

/// One of our rows beside one published number.
type BesidePublished = {
    Task: string
    /// The row as tables call it.
    Row: string
    Arm: string
    Recipe: string
    Sweep: (string * Value) list
    Table: PublishedTable
    Number: PublishedNumber
    /// Our limits that went into our numbers: theirs where we have them all.
    Limits: double list
    Seeds: SeedCount
    /// None: no score, or none at one of the limits.
    Reward: Estimate option
    /// Normalised as the table does.
    Cost: Estimate option
    /// By DSRL's cost, whatever the table's, so that it is what the rest of the report says. None: no score.
    OursSafe: bool option
    Differences: ProtocolDifference list
} with

    /// Ours less theirs.
    member this.RewardGap =
        this.Reward |> Option.map (fun ours -> ours.Mean - this.Number.Reward)

    /// Ours less theirs.
    member this.CostGap =
        Option.map2 (fun (ours: Estimate) theirs -> ours.Mean - theirs) this.Cost this.Number.Cost

    member this.TheirsSafe = this.Number.Cost |> Option.map Statistics.keepsLimit

/// One of our rows without a published number.
type WithoutPublished = {
    Task: string
    Row: string
    Why: string
}

/// Methods that a table has numbers of, on one of our tasks, and that none of our arms is.
type PublishedElsewhere = {
    Task: string
    Table: PublishedTable
    Methods: string list
}

type PublishedComparison = {
    Pairs: BesidePublished list
    OursOnly: WithoutPublished list
    TheirsOnly: PublishedElsewhere list
    /// DSRL's tasks with published numbers that the experiment does not have.
    OtherTasks: string list
}

module PublishedComparison =
    /// What an arm is among published methods: by its name where an alias asks for one, else by its recipe.
    let private methodsOf (published: Published) (arm: string) (recipe: string) =
        let ofRecipe = published.Methods |> List.filter (fun m -> m.Recipe = Some recipe)

        match ofRecipe |> List.filter (fun m -> m.Arm = Some arm) with
        | [] -> ofRecipe |> List.filter _.Arm.IsNone
        | named -> named

    /// Nothing but the mean is known of it.
    let private only mean (like: Estimate) = {
        like with
            Mean = mean
            Deviation = None
            Error = None
            Interval = None
    }

    let private meanOf (estimates: Estimate list) =
        estimates.Head
        |> only (estimates |> List.map _.Mean |> List.toArray |> Statistics.mean)

    /// Our numbers at the limits, None unless each has a score.
    let private ours (protocol: Protocol) (limits: double list) (row: Row) =
        let entries =
            match limits with
            | [ only ] -> row.Entries |> List.filter (fun e -> e.Limit = Some only)
            | all when all = protocol.CostLimits -> row.Entries |> List.filter _.Limit.IsNone
            | several ->
                row.Entries
                |> List.filter (fun e -> e.Limit |> Option.exists (fun l -> List.contains l several))

        let count = entries |> List.map _.Seeds |> SeedCount.Sum
        let values = entries |> List.choose _.Values

        if values.IsEmpty || values.Length < entries.Length then
            count, None
        else
            count, Some values

    let private pick f (values: Values list) =
        match values with
        | [ only ] -> f only
        | several -> meanOf (several |> List.map f)

    let private drcorl (v: Values) = only v.CostDrcorl v.Cost

    let private pairs results (published: Published) (dsrl: DsrlTask) task recipe (row: Row) =
        let protocol = results.Experiment.Protocol
        let names = methodsOf published row.Arm recipe |> List.map _.Name
        let differences = PublishedDifferences.find results published dsrl task row

        published.Numbers
        |> List.filter (fun n -> n.Task = dsrl.Name && List.contains n.Method names)
        |> List.map (fun number ->
            let table = published.TableOf number

            let limits =
                let known =
                    number.Limits |> List.forall (fun l -> List.contains l protocol.CostLimits)

                if known && not number.Limits.IsEmpty then
                    number.Limits
                else
                    protocol.CostLimits

            let count, values = ours protocol limits row

            let cost =
                match table.CostNormalisation with
                | Some DrcorlCost -> drcorl
                | Some DsrlCost
                | None -> _.Cost

            {
                Task = task
                Row = row.Name
                Arm = row.Arm
                Recipe = recipe
                Sweep = row.Sweep
                Table = table
                Number = number
                Limits = limits
                Seeds = count
                Reward = values |> Option.map (pick _.Reward)
                Cost = values |> Option.map (pick cost)
                OursSafe = values |> Option.map (pick _.Cost >> _.Mean >> Statistics.keepsLimit)
                Differences = differences table number limits count
            })

    /// `recipes` gives each arm's recipe.
    let build
        (published: Published)
        (recipes: (string * string) list)
        (results: Results)
        (tables: TaskTable list)
        : PublishedComparison =
        let recipeOf arm =
            recipes
            |> List.tryFind (fun (name, _) -> name = arm)
            |> Option.map snd
            |> Option.defaultValue arm

        let known task =
            OwnProtocol.dsrlTask results.Experiment task
            |> Option.filter (fun dsrl -> published.Numbers |> List.exists (fun n -> n.Task = dsrl.Name))

        let perTask = [
            for table in tables do
                match known table.Task with
                | None ->
                    for row in table.Rollouts @ table.Estimates do
                        Choice2Of2 {
                            Task = table.Task
                            Row = row.Name
                            Why = "no table has numbers on this task"
                        }
                | Some dsrl ->
                    for row in table.Estimates do
                        Choice2Of2 {
                            Task = table.Task
                            Row = row.Name
                            Why = "an estimate from data alone; published numbers are rollouts"
                        }

                    for row in table.Rollouts do
                        let recipe = recipeOf row.Arm

                        match pairs results published dsrl table.Task recipe row with
                        | [] ->
                            let why =
                                if (methodsOf published row.Arm recipe).IsEmpty then
                                    $"no table has the method {recipe}"
                                else
                                    "no table has numbers of this method on this task"

                            Choice2Of2 {
                                Task = table.Task
                                Row = row.Name
                                Why = why
                            }
                        | found -> yield! found |> List.map Choice1Of2
        ]

        let pairs =
            perTask
            |> List.choose (function
                | Choice1Of2 pair -> Some pair
                | Choice2Of2 _ -> None)

        let tasks =
            tables
            |> List.choose (fun t -> known t.Task |> Option.map (fun d -> t.Task, d.Name))

        let theirsOnly = [
            for task, dsrl in tasks do
                let matched =
                    pairs
                    |> List.filter (fun p -> p.Task = task)
                    |> List.map (fun p -> p.Number.Table, p.Number.Method)
                    |> set

                for table in published.Tables do
                    let methods =
                        published.Numbers
                        |> List.filter (fun n ->
                            n.Task = dsrl && n.Table = table.Id && not (matched.Contains(n.Table, n.Method)))
                        |> List.map _.Method
                        |> List.distinct

                    if not methods.IsEmpty then
                        {
                            Task = task
                            Table = table
                            Methods = methods
                        }
        ]

        {
            Pairs = pairs
            OursOnly =
                perTask
                |> List.choose (function
                    | Choice2Of2 row -> Some row
                    | Choice1Of2 _ -> None)
            TheirsOnly = theirsOnly
            OtherTasks =
                published.Numbers
                |> List.map _.Task
                |> List.distinct
                |> List.except (tasks |> List.map snd)
        }
