/// In what a row of ours and a published number were not made alike.
module internal Plimsoll.Report.PublishedDifferences

open Plimsoll.Data
open Plimsoll.Language

let private training (published: Published) (suite: DsrlSuite) (number: PublishedNumber) =
    let own =
        published.Trainings
        |> List.filter (fun t -> t.Table = number.Table && t.Method = number.Method)

    own
    |> List.tryFind (fun t -> t.Suite = Some(string suite))
    |> Option.orElse (own |> List.tryFind _.Suite.IsNone)

let private episodesOf (results: Results) task (row: Row) =
    results.Scores
    |> List.tryPick (fun s ->
        match s.State with
        | Scored e when s.Coordinates.Task = task && s.Coordinates.Arm = Some row.Arm -> Some e
        | _ -> None)

/// What our row and their number differ in, for one row on one task.
let find (results: Results) (published: Published) (dsrl: DsrlTask) task row =
    let experiment = results.Experiment
    let protocol = experiment.Protocol
    let sample = episodesOf results task row
    let steps = OwnProtocol.steps experiment task row.Arm row.Sweep
    let hidden = OwnProtocol.hidden experiment task row.Arm row.Sweep
    let settings = OwnProtocol.settings experiment task row.Arm row.Sweep
    let theirScale = dsrl.ReturnMin, dsrl.ReturnMax

    let data =
        let file =
            OwnProtocol.dataset experiment task
            |> Option.bind (fun cell -> cell.Parameters.TryFind "file")

        match file with
        | Some { Value = Text path } when
            Option.ofObj (DsrlTasks.ByFile path)
            |> Option.exists (fun t -> t.Name = dsrl.Name)
              ->
              []
        | _ -> [ OtherData($"DSRL's {dsrl.FileName}", OwnProtocol.dataOf experiment task) ]

    fun (table: PublishedTable) (number: PublishedNumber) (limits: double list) (count: SeedCount) ->
        let trained = training published dsrl.Suite number

        let differs make theirs ours =
            if theirs = ours then [] else [ make (theirs, ours) ]

        let unstated = [
            if number.Limits.IsEmpty then
                "the limits"
            if table.Seeds.IsNone then
                "the number of seeds"
            if table.Episodes.IsNone then
                "the number of episodes"
            if table.CostNormalisation.IsNone then
                "the normalisation of costs (DSRL's is assumed)"
            if table.Checkpoint.IsNone then
                "which checkpoint was scored"
            if trained |> Option.bind _.Steps |> Option.isNone then
                "the gradient steps"
            if trained |> Option.bind _.Hidden |> Option.isNone then
                "the networks"
        ]

        [
            if not number.Limits.IsEmpty && number.Limits <> limits then
                OtherLimits(number.Limits, limits)
            yield!
                table.Seeds
                |> Option.map (fun theirs -> differs OtherSeeds theirs protocol.Seeds.Length)
                |> Option.defaultValue []
            yield!
                table.Episodes
                |> Option.map (fun theirs -> differs OtherEpisodes theirs protocol.Episodes)
                |> Option.defaultValue []
            yield! data
            match sample with
            | Some e ->
                yield! differs OtherHorizon dsrl.Horizon e.Horizon
                yield! differs OtherScale theirScale (e.RewardMin, e.RewardMax)
            | None -> ()
            match trained with
            | Some t ->
                match t.Steps with
                | Some theirs when steps.IsEmpty || steps |> List.exists (fun (_, own) -> own <> theirs) ->
                    OtherSteps(theirs, steps)
                | _ -> ()

                match t.Hidden with
                | Some theirs when hidden.IsEmpty || hidden |> List.exists (fun (_, own) -> own <> theirs) ->
                    OtherNetworks(theirs, hidden)
                | _ -> ()
            | None -> ()
            if not settings.IsEmpty then
                OurSettings settings
            if table.Checkpoint = Some ChosenOnline then
                TheirsChosenOnline
            if row.Hybrid then
                OursHybrid
            if not count.Complete then
                OursIncomplete(count.Of(if limits.Length > 1 then "runs" else "seeds"))
            if not unstated.IsEmpty then
                NotStated unstated
            if table.Defects <> "" then
                KnownDefect(table.Paper + ", " + table.Part, table.Defects)
            if number.Note <> "" then
                NoteOfNumber number.Note
        ]
