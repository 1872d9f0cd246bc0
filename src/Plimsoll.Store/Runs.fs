namespace Plimsoll.Store

open System
open System.IO
open System.Text

/// What one `plimsoll run` keeps of itself.
type RunFolder = {
    /// Sorts by time.
    Id: string
    Path: string
    Started: DateTimeOffset
    /// The process that made it. None: the file that says so is missing.
    Owner: string option
} with

    /// One JSON object a line.
    member this.Events = Path.Combine(this.Path, "events.jsonl")
    /// The resolved experiment.
    member this.Experiment = Path.Combine(this.Path, "experiment.yaml")
    /// A folder.
    member this.Logs = Path.Combine(this.Path, "logs")

module internal Runs =
    let private timeFormat = "yyyyMMdd'T'HHmmssfff"
    let private ownerFile path = Path.Combine(path, "owner")

    /// What may be part of a file name on every system.
    let private slug (name: string) =
        let letters =
            name
            |> Seq.map (fun c -> if Char.IsAsciiLetterOrDigit c || c = '_' then c else '-')
            |> Seq.truncate 40
            |> Seq.toArray

        String(letters).Trim '-'

    let private startOf (id: string) =
        match id.Split('-', 2) with
        | [| time; _ |] ->
            match
                DateTimeOffset.TryParseExact(
                    time,
                    timeFormat,
                    Globalization.CultureInfo.InvariantCulture,
                    Globalization.DateTimeStyles.AssumeUniversal
                )
            with
            | true, started -> Some started
            | _ -> None
        | _ -> None

    let create (disk: Disk) (now: DateTimeOffset) (name: string) : RunFolder =
        let time =
            now.UtcDateTime.ToString(timeFormat, Globalization.CultureInfo.InvariantCulture)

        let unique = Guid.NewGuid().ToString("N").Substring(0, 6)
        let id = $"{time}-{slug name}-{unique}"
        let path = Path.Combine(Layout.runs disk.Root, id)
        disk.Files.CreateFolder(Path.Combine(path, "logs"))
        disk.Files.Write(ownerFile path, Encoding.UTF8.GetBytes disk.Files.Owner)

        {
            Id = id
            Path = path
            Started = now
            Owner = Some disk.Files.Owner
        }

    let private ofFolder (disk: Disk) (path: string) : RunFolder option =
        let id = Path.GetFileName path |> string
        let file = ownerFile path

        startOf id
        |> Option.map (fun started -> {
            Id = id
            Path = path
            Started = started
            Owner = LeaseFile.bytes disk.Files file |> Option.map Encoding.UTF8.GetString
        })

    /// Newest first.
    let all (disk: Disk) : RunFolder list =
        disk.Files.Folders(Layout.runs disk.Root)
        |> Seq.choose (ofFolder disk)
        |> Seq.sortByDescending _.Id
        |> List.ofSeq
