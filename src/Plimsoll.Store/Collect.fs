/// Garbage collection. Records go first and durably, then what no remaining record names: at no moment does a
/// record point at nothing. Other processes may work meanwhile: what is younger than the grace period stays,
/// and so do keys that are leased.
module internal Plimsoll.Store.Collect

open System
open System.Collections.Generic
open System.IO

/// What is known before anything is removed.
type private Scene = {
    Disk: Disk
    Policy: CollectPolicy
    Now: DateTimeOffset
    Records: (FileFact * Record) list
    Leased: HashSet<Key>
}

let private removal kind path bytes why = {
    Kind = kind
    Path = path
    Bytes = bytes
    Why = why
}

let private ofFact kind why (fact: FileFact) = removal kind fact.Path fact.Bytes why

let private isOlder scene (age: TimeSpan) (time: DateTimeOffset) = scene.Now - time > age

let private days (age: TimeSpan) =
    let count = int (Math.Round age.TotalDays)

    if age.TotalDays < 1.0 then $"%.0f{age.TotalHours} hours"
    elif count = 1 then "1 day"
    else $"{count} days"

let private isProtected scene (fact: FileFact, record: Record) =
    scene.Policy.Keep.Contains record.Key
    || scene.Leased.Contains record.Key
    || not (isOlder scene scene.Policy.Grace fact.Written)

/// Oldest first, until the rest fits.
let private overSize scene limit (records: (FileFact * Record) list) =
    let users = Dictionary<Digest, int>()
    let mutable total = 0L

    for _, record in records do
        match record.Artifact with
        | Some artifact ->
            match users.TryGetValue artifact.Digest with
            | true, count -> users[artifact.Digest] <- count + 1
            | _ ->
                users[artifact.Digest] <- 1
                total <- total + artifact.Bytes
        | None -> ()

    [
        for fact, record in records |> List.sortBy (fun (_, record) -> record.Ended) do
            match record.Artifact with
            | Some artifact when total > limit && not (isProtected scene (fact, record)) ->
                users[artifact.Digest] <- users[artifact.Digest] - 1

                if users[artifact.Digest] = 0 then
                    total <- total - artifact.Bytes

                fact, record
            | _ -> ()
    ]

/// The records that go, and those that stay.
let private divideRecords scene =
    let policy = scene.Policy

    let why (fact, record: Record) =
        if isProtected scene (fact, record) then
            None
        elif policy.OnlyKept then
            Some "not among the cells to keep"
        else
            policy.OlderThan
            |> Option.filter (fun age -> isOlder scene age record.Ended)
            |> Option.map (fun age -> $"older than {days age}")

    let judged = scene.Records |> List.map (fun entry -> entry, why entry)

    let old =
        judged
        |> List.choose (fun ((fact, record), why) ->
            why |> Option.map (fun why -> record.Key, ofFact Rubbish.Record why fact))

    let young =
        judged
        |> List.choose (fun (entry, why) -> if why.IsNone then Some entry else None)

    let large =
        match policy.MaxBytes with
        | None -> []
        | Some limit ->
            overSize scene limit young
            |> List.map (fun (fact, record) ->
                record.Key, ofFact Rubbish.Record $"the artifacts take more than {limit} bytes" fact)

    let going = old @ large
    let keys = HashSet(going |> List.map fst)
    going |> List.map snd, scene.Records |> List.map snd |> List.filter (_.Key >> keys.Contains >> not)

/// What came too late for its key still names its artifact, for as long as it is kept.
let private lateArtifacts scene =
    scene.Disk.Files.Facts(Layout.quarantine scene.Disk.Root)
    |> Seq.filter (fun fact -> fact.Path.EndsWith(".record.json", StringComparison.Ordinal))
    |> Seq.choose (fun fact ->
        match LeaseFile.bytes scene.Disk.Files fact.Path |> Option.map RecordText.read with
        | Some(Ok record) -> record.Artifact
        | Some(Error _)
        | None -> None)
    |> Seq.map _.Digest

let private unnamed scene kind folder (named: HashSet<string>) why =
    scene.Disk.Files.Facts folder
    |> Seq.filter (fun fact ->
        isOlder scene scene.Policy.Grace fact.Written
        && Layout.spreadText fact.Path |> Option.forall (named.Contains >> not))
    |> Seq.map (ofFact kind why)
    |> List.ofSeq

let private artifacts scene (staying: Record list) =
    let named =
        HashSet(staying |> Seq.choose _.Artifact |> Seq.map (_.Digest >> string))

    named.UnionWith(lateArtifacts scene |> Seq.map string)
    unnamed scene Rubbish.Artifact (Layout.objects scene.Disk.Root) named "no record names it"

let private trails scene (staying: Record list) =
    let named = HashSet(staying |> Seq.map (_.Key >> string))
    named.UnionWith(scene.Leased |> Seq.map string)
    unnamed scene Rubbish.Trail (Layout.trails scene.Disk.Root) named "its cell has no record"

let private listings scene (staying: Record list) =
    let named =
        HashSet(
            seq {
                for record in staying do
                    for part in record.Parts do
                        if part.Kind = CodePart then
                            part.Value
            }
        )

    unnamed scene Rubbish.Listing (Layout.code scene.Disk.Root) named "no record names it"

let private checkpoints scene =
    let finished = HashSet(scene.Records |> Seq.map (snd >> _.Key))
    let policy = scene.Policy

    scene.Disk.Files.Facts(Layout.checkpoints scene.Disk.Root)
    |> Seq.choose (fun fact ->
        match Layout.spreadText fact.Path |> Option.map Key with
        | Some key when scene.Leased.Contains key -> None
        | Some key when finished.Contains key && isOlder scene policy.Grace fact.Written ->
            Some(ofFact Rubbish.Checkpoint "its cell has finished" fact)
        | Some key when policy.Keep.Contains key -> None
        | _ when isOlder scene policy.CheckpointAge fact.Written ->
            Some(ofFact Rubbish.Checkpoint $"untouched for {days policy.CheckpointAge}" fact)
        | _ -> None)
    |> List.ofSeq

let private folderFacts scene folder =
    let facts = scene.Disk.Files.Facts folder |> List.ofSeq

    let newest =
        facts
        |> List.map _.Written
        |> List.append [ DateTimeOffset.MinValue ]
        |> List.max

    newest, facts |> List.sumBy _.Bytes

/// The words and the parts of paths in the commands that make records again: some read a run's experiment.
let private namedInCommands (records: Record list) =
    let ends = [| ' '; '/'; '\\'; '\''; '"'; '=' |]

    HashSet(
        seq {
            for record in records do
                yield! record.Command.Split(ends, StringSplitOptions.RemoveEmptyEntries)
        }
    )

let private runs scene (staying: Record list) =
    let named = namedInCommands staying

    scene.Disk.Files.Folders(Layout.runs scene.Disk.Root)
    |> Seq.filter (Path.GetFileName >> string >> named.Contains >> not)
    |> Seq.choose (fun folder ->
        let newest, bytes = folderFacts scene folder

        if isOlder scene scene.Policy.RunAge newest then
            Some(removal Rubbish.Run folder bytes $"older than {days scene.Policy.RunAge}")
        else
            None)
    |> List.ofSeq

/// Why a process needs nothing any more.
let private isOver (disk: Disk) (policy: CollectPolicy) now owner (lastWritten: DateTimeOffset) =
    if not (disk.Files.MayLive owner) then
        Some "its process is gone"
    elif disk.Files.IsHere owner then
        None
    else
        let heard = LeaseFact.heard disk owner |> Option.defaultValue lastWritten
        let latest = max heard lastWritten

        if now - latest > policy.SilenceAge then
            Some $"nothing was heard of its process for {days policy.SilenceAge}"
        else
            None

let private leasesOver (disk: Disk) policy now = [
    for key in LeaseFile.keys disk.Files disk.Root do
        for file in LeaseFile.read disk.Files disk.Root key do
            let owner = file.OwnerName
            key, file, isOver disk policy now owner (disk.Files.Written file.Path)
]

let private beats scene =
    scene.Disk.Files.Facts(Layout.owners scene.Disk.Root)
    |> Seq.choose (fun fact ->
        let owner = Path.GetFileNameWithoutExtension fact.Path |> string

        isOver scene.Disk scene.Policy scene.Now owner fact.Written
        |> Option.map (fun why -> ofFact Rubbish.Lease why fact))
    |> List.ofSeq

let private leases scene = [
    for _, file, over in leasesOver scene.Disk scene.Policy scene.Now do
        match over with
        | Some why -> removal Rubbish.Lease file.Path (int64 file.Bytes.Length) why
        | None -> ()
]

let private temporary scene =
    scene.Disk.Files.Folders(Layout.temporary scene.Disk.Root)
    |> Seq.choose (fun folder ->
        let newest, bytes = folderFacts scene folder

        // An empty folder says nothing of when it was used.
        let newest =
            if newest = DateTimeOffset.MinValue then
                scene.Now
            else
                newest

        isOver scene.Disk scene.Policy scene.Now (Path.GetFileName folder |> string) newest
        |> Option.map (removal Rubbish.Temporary folder bytes))
    |> List.ofSeq

let private quarantined scene =
    scene.Disk.Files.Facts(Layout.quarantine scene.Disk.Root)
    |> Seq.filter (fun fact -> isOlder scene scene.Policy.QuarantineAge fact.Written)
    |> Seq.map (ofFact Rubbish.Quarantined $"older than {days scene.Policy.QuarantineAge}")
    |> List.ofSeq

/// Takes a file out of the way, looks at it once more, and only then deletes it: a commit may just have put
/// the same bytes there anew, or made it young. False: it stays.
let private removeUnlessYoung scene (path: string) =
    let files = scene.Disk.Files

    let isOld path =
        isOlder scene scene.Policy.Grace (files.Written path)

    if not (files.FileExists path) || not (isOld path) then
        false
    else
        let aside = scene.Disk.Temporary "removed"
        files.Rename(path, aside)

        if isOld aside then
            files.Delete aside
            true
        else
            if not (files.Claim(aside, path)) then
                files.Delete aside

            false

let private removeOne scene (item: Removal) =
    let files = scene.Disk.Files

    match item.Kind with
    | Rubbish.Artifact
    | Rubbish.Listing -> removeUnlessYoung scene item.Path
    | Rubbish.Run
    | Rubbish.Temporary ->
        files.DeleteFolder item.Path
        true
    | Rubbish.Lease ->
        files.Delete item.Path

        match Path.GetDirectoryName item.Path with
        | folder when folder = Layout.owners scene.Disk.Root -> ()
        | null -> ()
        | folder -> files.DeleteEmpty folder

        true
    | _ ->
        files.Delete item.Path
        true

let private removeAll scene (items: Removal list) =
    let removed, refused = List<Removal>(), List<string * string>()

    for item in items do
        try
            if removeOne scene item then
                removed.Add item
        with
        | :? IOException
        | :? UnauthorizedAccessException as fault -> refused.Add(item.Path, fault.Message)

    List.ofSeq removed, List.ofSeq refused

/// A record that was deleted must not come back with a loss of power after its artifact has gone.
let private syncRecords scene (items: Removal list) =
    items
    |> List.choose (fun item -> Path.GetDirectoryName item.Path |> Option.ofObj)
    |> List.distinct
    |> List.iter scene.Disk.Files.SyncFolder

/// Everything besides records that goes, once these records are all that stay.
let private rest scene staying =
    List.concat [
        artifacts scene staying
        trails scene staying
        listings scene staying
        checkpoints scene
        runs scene staying
        leases scene
        beats scene
        temporary scene
        quarantined scene
    ]

let private survey (disk: Disk) policy now = {
    Disk = disk
    Policy = policy
    Now = now
    Leased =
        leasesOver disk policy now
        |> List.choose (fun (key, _, over) -> if over.IsNone then Some key else None)
        |> HashSet
    Records =
        RecordFiles.all disk
        |> Seq.choose (fun (fact, record) ->
            record |> Result.toOption |> Option.map (fun record -> fact, record))
        |> List.ofSeq
}

let run (disk: Disk) (policy: CollectPolicy) (now: DateTimeOffset) (dryRun: bool) : Collected =
    let scene = survey disk policy now
    let going, staying = divideRecords scene

    if dryRun then
        {
            Removed = going @ rest scene staying
            Refused = []
            DryRun = true
        }
    else
        let records, refused = removeAll scene going
        syncRecords scene records
        // A record that could not be removed keeps what it names.
        let stuck = HashSet(refused |> List.map fst)

        let kept =
            scene.Records
            |> List.filter (fun (fact, _) -> stuck.Contains fact.Path)
            |> List.map snd

        let removed, alsoRefused = rest scene (staying @ kept) |> removeAll scene

        {
            Removed = records @ removed
            Refused = refused @ alsoRefused
            DryRun = false
        }
