/// What the store and its runs know of the cells of an experiment, for `explain`.
module Plimsoll.Engine.Past

open System
open System.Collections.Generic
open Plimsoll.Language
open Plimsoll.Store
open Plimsoll.Engine.Code

/// `Task/arm/node` and the settings after it, from a label.
let private pieces (label: string) =
    match label.Split(' ') |> List.ofArray with
    | path :: settings -> path, settings
    | [] -> label, []

/// All names of a cell: one that several arms share has several.
let private labels (cell: Cell) : string list =
    cell.Label :: (cell.Coordinates |> List.map CellIdentity.label) |> List.distinct

/// Looks things up when they are asked for: first in the logs of runs, newest first, then among all records.
type Past(store: Store, experiment: string) =
    let records =
        lazy
            (match store.Records() with
             | Ok(records, _) -> records
             | Error _ -> [])

    let logged =
        Seq.cache (
            seq {
                for run in store.Runs() |> Result.defaultValue [] do
                    let entries = RunHistory.read run

                    if RunHistory.experiment entries = Some experiment then
                        RunHistory.keys entries
            }
        )

    /// The newest record of each label.
    let byLabel =
        lazy
            (let found = Dictionary<string, Record>()

             // Oldest first, so that later ones stay.
             for record in records.Value do
                 found[record.Label] <- record

             found)

    let byPath =
        lazy
            (records.Value
             |> List.groupBy (fun record -> fst (pieces record.Label), record.Stage)
             |> dict)

    let byArtifact =
        lazy
            (records.Value
             |> List.filter _.Artifact.IsSome
             |> List.groupBy (fun record -> record.Artifact.Value.Digest)
             |> dict)

    let find key =
        match store.Find key with
        | Ok(Lookup.Found record) -> Some record
        | _ -> None

    let ofLogs (names: string list) =
        logged
        |> Seq.tryPick (fun keys ->
            names
            |> List.tryPick (fun name ->
                match keys.TryGetValue name with
                | true, key -> find key
                | _ -> None))

    let ofRecords (names: string list) =
        names
        |> List.tryPick (fun name ->
            match byLabel.Value.TryGetValue name with
            | true, record -> Some record
            | _ -> None)

    member _.Last(cell: Cell) : Record option =
        let names = labels cell

        match ofLogs names with
        | Some record -> Some record
        | None -> ofRecords names

    /// Of the same stage at the same place of the recipe, with the most settings in common; the newest of those.
    member _.Nearest(cell: Cell) : Record option =
        let path, settings = pieces cell.Label

        match byPath.Value.TryGetValue((path, cell.Stage.Name)) with
        | false, _ -> None
        | true, candidates ->
            let common (record: Record) =
                let others = pieces record.Label |> snd

                settings
                |> List.filter (fun setting -> List.contains setting others)
                |> List.length

            candidates
            |> List.sortBy (fun record -> common record, record.Ended)
            |> List.tryLast

    member this.MakerOf (cell: Cell) (artifact: Digest) : Record option =
        let made (record: Record) =
            record.Artifact |> Option.exists (fun known -> known.Digest = artifact)

        let names = labels cell

        match ofLogs names with
        | Some record when made record -> Some record
        | _ ->
            match byArtifact.Value.TryGetValue artifact with
            | true, makers ->
                makers
                |> List.tryFindBack (fun record -> List.contains record.Label names)
                |> Option.orElse (makers |> List.tryFindBack (fun record -> record.Stage = cell.Stage.Name))
            | _ -> None

/// What changed in the code of stages: the old listing from the store, the new one from this program.
type private CodeHistory(keying: Keying.Keying, store: Store option) =
    let kept = Dictionary<string, Listing option>()
    let known = Dictionary<string * string * string, Explain.CodeChange option>()

    let shared =
        Dictionary<MemberChange list, Explain.CodeChange>(HashIdentity.Structural)

    let old digest =
        match kept.TryGetValue digest with
        | true, listing -> listing
        | _ ->
            let listing =
                store
                |> Option.bind (fun store -> store.Code(Digest digest))
                |> Option.bind Listing.tryParse

            kept[digest] <- listing
            listing

    let now (stage: string) digest =
        match keying.Listings.TryGetValue stage with
        | true, listing when Listing.digest listing.Value = digest -> Some listing.Value
        | _ -> old digest

    let share members =
        match shared.TryGetValue members with
        | true, change -> change
        | _ ->
            let change: Explain.CodeChange = { Members = members }
            shared[members] <- change
            change

    member _.Of (stage: StageSignature) (change: KeyChange) : Explain.CodeChange option =
        match change with
        | {
              Kind = CodePart
              Name = name
              Old = Some before
              New = Some after
          } when name = Keying.reachableCode ->
            match known.TryGetValue((stage.Name, before, after)) with
            | true, found -> found
            | _ ->
                let found =
                    old before
                    |> Option.bind (fun before ->
                        now stage.Name after
                        |> Option.map (fun after -> share (Listing.diff before after)))

                known[(stage.Name, before, after)] <- found
                found
        | _ -> None

/// Evidence for a plan. The parts of keys come from the cells as they are now.
let evidence (keying: Keying.Keying) (store: Store option) (plan: Plan) : Explain.Evidence =
    let states = Dictionary<CellId, CellPlan>()

    for cell, state in plan.Cells do
        states[cell.Id] <- state

    let artifact id =
        match states[id] with
        | CellPlan.Cached record -> record.Artifact |> Option.map _.Digest
        | _ -> None

    let parts (cell: Cell) =
        match states[cell.Id] with
        | CellPlan.Cached record -> record.Parts
        | _ ->
            let inputs =
                cell.Inputs
                |> List.choose (fun (role, id) -> artifact id |> Option.map (fun digest -> role, digest))

            match Keying.definition keying cell inputs with
            | Ok definition -> Key.parts definition
            | Error _ -> []

    let past = store |> Option.map (fun store -> Past(store, plan.Experiment.Name))
    let code = CodeHistory(keying, store)
    let ask question = past |> Option.bind question

    {
        Plan = plan
        Parts = parts
        Last = fun cell -> ask (fun past -> past.Last cell)
        Nearest = fun cell -> ask (fun past -> past.Nearest cell)
        Code = fun stage change -> code.Of stage change
        MakerOf = fun cell digest -> ask (fun past -> past.MakerOf cell digest)
    }
