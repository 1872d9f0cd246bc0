namespace Plimsoll.Store

open System
open System.Collections.Generic
open System.IO

/// Files of one kind.
type Tally = { Count: int; Bytes: int64 }

module internal Tally =
    let ofFacts (facts: FileFact seq) =
        let mutable count = 0
        let mutable bytes = 0L

        for fact in facts do
            count <- count + 1
            bytes <- bytes + fact.Bytes

        { Count = count; Bytes = bytes }

/// A lease as it lies in the store.
type LeaseFact = {
    Key: Key
    Generation: int
    Owner: string
    /// None: its file is only half written.
    Since: DateTimeOffset option
    /// When its owner was last heard of, by the clock of the disk.
    Heard: DateTimeOffset option
    /// The owner is surely no more.
    Gone: bool
}

module internal LeaseFact =
    let heard (disk: Disk) owner : DateTimeOffset option =
        let beat = Layout.beat disk.Root owner

        if disk.Files.FileExists beat then
            Some(disk.Files.Written beat)
        else
            None

    let all (disk: Disk) : LeaseFact list = [
        for key in LeaseFile.keys disk.Files disk.Root do
            for file in LeaseFile.read disk.Files disk.Root key do
                {
                    Key = key
                    Generation = file.Generation
                    Owner = file.OwnerName
                    Since = file.Text |> Option.map _.Since
                    Heard = heard disk file.OwnerName
                    Gone = not (disk.Files.MayLive file.OwnerName)
                }
    ]

/// Whether everything in the store is what it should be.
type Health = {
    Records: Tally
    Artifacts: Tally
    /// Records that cannot be read, and artifacts that are missing or are not what their record says.
    Damages: Damage list
    /// Artifacts that no record names. A commit that was cut off leaves them; `Collect` removes them.
    Orphans: Tally
    Leases: LeaseFact list
    Checkpoints: Tally
    Trails: Tally
    Listings: Tally
    Runs: int
    Temporary: Tally
    Quarantined: Tally
    /// Bytes that may still be written.
    Free: int64
} with

    member this.IsSound = this.Damages.IsEmpty

module internal Health =
    let private wrong (disk: Disk) deep (lengths: Dictionary<string, int64>) (artifact: Artifact) =
        let path = Layout.artifact disk.Root artifact.Digest

        let digest () =
            use stream = disk.Files.OpenRead path
            Digest.ofStream stream

        match lengths.TryGetValue path with
        | false, _ when disk.Files.Length path < 0L -> Some "the file is missing"
        | true, length when length <> artifact.Bytes ->
            Some $"it has {length} bytes instead of {artifact.Bytes}"
        | _ when deep ->
            match digest () with
            | found when found <> artifact.Digest -> Some $"its bytes have the digest {found}"
            | _ -> None
        | _ -> None
        |> Option.map (fun why -> {
            Path = path
            Why = why
            Quarantined = None
        })

    let check (disk: Disk) (deep: bool) : Health =
        let root = disk.Root
        let tally folder = Tally.ofFacts (disk.Files.Facts folder)
        let records = RecordFiles.all disk |> List.ofSeq
        // After the records: each of them had its artifact before it was written.
        let artifacts = disk.Files.Facts(Layout.objects root) |> List.ofSeq
        let lengths = Dictionary<string, int64>()

        for fact in artifacts do
            lengths[fact.Path] <- fact.Bytes

        let named =
            records
            |> List.choose (snd >> Result.toOption >> Option.bind _.Artifact)
            |> List.distinct

        let unreadable =
            records
            |> List.choose (fun (fact, record) ->
                match record with
                | Ok _ -> None
                | Error why ->
                    Some {
                        Path = fact.Path
                        Why = why
                        Quarantined = None
                    })

        let owned =
            HashSet(named |> List.map (fun artifact -> Layout.artifact root artifact.Digest))

        {
            Records = Tally.ofFacts (records |> Seq.map fst)
            Artifacts = Tally.ofFacts artifacts
            Damages = unreadable @ (named |> List.choose (wrong disk deep lengths))
            Orphans = artifacts |> Seq.filter (_.Path >> owned.Contains >> not) |> Tally.ofFacts
            Leases = LeaseFact.all disk
            Checkpoints = tally (Layout.checkpoints root)
            Trails = tally (Layout.trails root)
            Listings = tally (Layout.code root)
            Runs = disk.Files.Folders(Layout.runs root) |> Seq.length
            Temporary = tally (Layout.temporary root)
            Quarantined = tally (Layout.quarantine root)
            Free = disk.Files.FreeSpace root
        }
