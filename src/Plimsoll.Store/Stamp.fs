/// The file that says what a folder is.
module internal Plimsoll.Store.Stamp

open System
open System.IO
open System.Text
open System.Text.Json

type Stamp =
    | Ours
    | Other of format: string
    /// A missing or empty folder, or one where making a store was interrupted.
    | Nothing
    | Stranger of found: string

let text =
    $"{{ \"plimsoll\": \"store\", \"format\": {Layout.format} }}\n"
    |> Encoding.UTF8.GetBytes

let private formatOf (bytes: byte[]) =
    try
        use document = JsonDocument.Parse(ReadOnlyMemory bytes)
        document.RootElement.GetProperty("format").GetRawText()
    with
    | :? JsonException
    | :? InvalidOperationException
    | :? System.Collections.Generic.KeyNotFoundException -> "unreadable"

let rec read (files: IFileSystem) (root: string) : Stamp =
    let stamp = Layout.stamp root

    if files.FileExists stamp then
        match formatOf (files.ReadAll stamp) with
        | found when found = string Layout.format -> Ours
        | found -> Other found
    elif not (files.FolderExists root) then
        Nothing
    else
        let temporary = Layout.temporary root + string Path.DirectorySeparatorChar

        files.Files root
        |> Seq.tryFind (fun path -> not (path.StartsWith(temporary, StringComparison.Ordinal)))
        |> function
            | None -> Nothing
            // Another process has just made the store.
            | Some _ when files.FileExists stamp -> read files root
            | Some path -> Stranger(Path.GetFileName path |> string)
