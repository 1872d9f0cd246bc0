/// Records as they lie on the disk; changes nothing.
module internal Plimsoll.Store.RecordFiles

/// The record in a file, or why it cannot be relied on.
let read (disk: Disk) (path: string) : Result<Record, string> =
    match RecordText.read (disk.Files.ReadAll path) with
    | Error why -> Error why
    | Ok record when Layout.record disk.Root record.Key <> path -> Error "the record belongs to another key"
    | Ok record -> Ok record

/// Every record file with what is in it; one that goes meanwhile is left out.
let all (disk: Disk) : (FileFact * Result<Record, string>) seq =
    disk.Files.Facts(Layout.records disk.Root)
    |> Seq.choose (fun fact ->
        try
            Some(fact, read disk fact.Path)
        with fault when FileFault.isGone fault ->
            None)
