/// Looking up what was computed for a key.
namespace Plimsoll.Store

/// What the store knows of a key.
[<RequireQualifiedAccess>]
type Lookup =
    | Found of Record
    | Absent
    /// There was something, but it is damaged: compute it again.
    | Lost of Damage

type internal Lookups(disk: Disk, artifacts: Artifacts) =
    let files = disk.Files
    let root = disk.Root

    let check (record: Record) : Lookup =
        match record.Artifact |> Option.bind artifacts.Glance with
        | None -> Lookup.Found record
        | Some damage ->
            disk.SetAside(Layout.record root record.Key, "its artifact is damaged")
            |> ignore

            Lookup.Lost damage

    /// None: it is gone.
    let tryRead path : Result<Record, Damage> option =
        try
            Some(RecordFiles.read disk path)
        with fault when FileFault.isGone fault ->
            None
        |> Option.map (Result.mapError (fun why -> disk.SetAside(path, why)))

    /// The record of a key, if it can be relied on.
    member _.Find(key: Key) : Result<Lookup, StoreError> =
        let path = Layout.record root key

        disk.Reading(
            path,
            fun () ->
                // Asked first because most are absent and a read that fails takes long.
                match (if files.FileExists path then tryRead path else None) with
                | None -> Ok Lookup.Absent
                | Some(Error damage) -> Ok(Lookup.Lost damage)
                | Some(Ok record) -> Ok(check record)
        )

    /// All records, oldest first, and the damage found among them.
    member _.All() : Result<Record list * Damage list, StoreError> =
        disk.Reading(
            root,
            fun () ->
                let all =
                    files.Files(Layout.records root) |> Seq.sort |> Seq.choose tryRead |> List.ofSeq

                let records = all |> List.choose Result.toOption |> List.sortBy _.Ended

                let damages =
                    all
                    |> List.choose (function
                        | Error damage -> Some damage
                        | Ok _ -> None)

                Ok(records, damages)
        )
