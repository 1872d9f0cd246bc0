/// Storing results: artifact and trail to their places, then the record, which alone says that it is done.
namespace Plimsoll.Store

open System
open System.IO

/// What became of a commit.
[<RequireQualifiedAccess>]
type Committed =
    | New
    /// There was a record of this key, with the same outcome.
    | Same of Record
    /// There was a record of this key, with another outcome. It stays; the late one is kept in quarantine.
    | Differs of Record

type internal Commits(disk: Disk, artifacts: Artifacts, lookups: Lookups) =
    let files = disk.Files
    let root = disk.Root

    /// What was computed for a key that has another result: kept for people to compare.
    let keepLate (output: string option) (record: Record) (trail: string option) =
        let name = $"late-{record.Key}-{Guid.NewGuid():N}"

        let keep (source: string) kind =
            let target = Path.Combine(Layout.quarantine root, $"{name}.{kind}")
            disk.Publish(source, target)

        output |> Option.iter (fun output -> keep output "artifact")

        trail
        |> Option.filter files.FileExists
        |> Option.iter (fun trail -> keep trail "trail")

        keep (disk.Draft("record", RecordText.write record)) "record.json"

    /// There is a record of this key already.
    let late (output: string option) (record: Record) (trail: string option) (first: Record) : Committed =
        if first.Outcome = record.Outcome then
            match output, record.Outcome with
            | Some output, Outcome.Finished artifact ->
                // The same bytes, and surely undamaged.
                artifacts.Publish(output, artifact)
            | _ -> ()

            trail |> Option.iter (disk.TryDelete >> ignore)
            Committed.Same first
        else
            keepLate output record trail
            Committed.Differs first

    let publishParts (output: string option) (record: Record) (trail: string option) : unit =
        match output, record.Outcome with
        | Some output, Outcome.Finished artifact -> artifacts.Publish(output, artifact)
        | None, Outcome.Diverged _ -> ()
        | _ -> invalidArg (nameof output) "a finished cell has an output, a diverged one has none"

        trail
        |> Option.filter files.FileExists
        |> Option.iter (fun trail -> disk.Publish(trail, Layout.trail root record.Key))

    /// Writes the record where the parts of it lie already, unless another process is quicker.
    let rec publishNew (record: Record) triesLeft : Result<Committed, StoreError> =
        let path = Layout.record root record.Key
        let draft = disk.Draft("record", RecordText.write record)

        if disk.PublishNew(draft, path) then
            Ok Committed.New
        else
            disk.TryDelete draft |> ignore

            lookups.Find record.Key
            |> Result.bind (function
                | Lookup.Found first when first.Outcome = record.Outcome -> Ok(Committed.Same first)
                | Lookup.Found first ->
                    // The artifact stays where it is: other records may name it.
                    keepLate None record None
                    Ok(Committed.Differs first)
                | Lookup.Absent
                | Lookup.Lost _ ->
                    // The other record is gone or was damaged; to look at it may have shown that this one's
                    // artifact is damaged as well.
                    match record.Artifact |> Option.bind artifacts.Glance with
                    | None when triesLeft > 0 -> publishNew record (triesLeft - 1)
                    | None -> Error(NotWritable(path, "other records of the same key come and go"))
                    | Some damage -> Error(NotWritable(path, $"its artifact is damaged: {damage.Why}")))

    /// The first record of a key stays.
    member _.Commit
        (output: string option, record: Record, trail: string option)
        : Result<Committed, StoreError> =
        disk.Guarded(
            root,
            fun () ->
                lookups.Find record.Key
                |> Result.bind (function
                    | Lookup.Found first -> Ok(late output record trail first)
                    | Lookup.Absent
                    | Lookup.Lost _ ->
                        publishParts output record trail
                        publishNew record 3)
        )

    /// The latest record of a key stays.
    member _.Replace(output: string option, record: Record, trail: string option) : Result<unit, StoreError> =
        disk.Guarded(
            root,
            fun () ->
                publishParts output record trail
                disk.Publish(disk.Draft("record", RecordText.write record), Layout.record root record.Key)
                Ok()
        )

    /// What came too late for a key and was different: paths in the quarantine.
    member _.LateResults(key: Key) : string list =
        files.Files(Layout.quarantine root)
        |> Seq.filter (fun path -> (Path.GetFileName path |> string).StartsWith($"late-{key}-"))
        |> Seq.sort
        |> List.ofSeq
