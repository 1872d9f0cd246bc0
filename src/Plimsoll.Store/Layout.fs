/// Where things lie in a store.
module Plimsoll.Store.Layout

open System.Globalization
open System.IO

/// Version of the layout and of the records; written to store.json.
let format = 2

/// Default place of the store, beside the experiment's working directory.
let defaultRoot (workingDirectory: string) =
    Path.Combine(workingDirectory, ".plimsoll", "store")

let stamp root = Path.Combine(root, "store.json")

/// Two digits of folder keep folders small enough for every file system.
let private spread root kind (text: string) extension =
    Path.Combine(root, kind, text.Substring(0, 2), text.Substring 2 + extension)

let objects root = Path.Combine(root, "objects")
let artifact root (Digest text) = spread root "objects" text ""
let records root = Path.Combine(root, "records")
let record root (Key text) = spread root "records" text ".json"
let quarantine root = Path.Combine(root, "quarantine")
let temporary root = Path.Combine(root, "tmp")

let checkpoints root = Path.Combine(root, "checkpoints")
let checkpoint root (Key text) = spread root "checkpoints" text ""
let trails root = Path.Combine(root, "trails")
let trail root (Key text) = spread root "trails" text ""
/// Listings of the code behind keys, named by the digest of their text.
let code root = Path.Combine(root, "code")
let listing root (Digest text) = spread root "code" text ""

/// Digests of listings by what they were made from: saves making them again.
let codeIndex root = Path.Combine(root, "code-index")
let codeEntry root (Digest text) = spread root "code-index" text ""

let leases root = Path.Combine(root, "leases")
/// The leases of one key: a file for each generation.
let leasesOf root (Key text) = Path.Combine(leases root, text)

let lease root key (generation: int) =
    Path.Combine(leasesOf root key, generation.ToString CultureInfo.InvariantCulture)

let owners root = Path.Combine(root, "owners")

let beat root (owner: string) =
    Path.Combine(owners root, owner + ".beat")

let runs root = Path.Combine(root, "runs")

/// The digits of a digest or key from a path below one of the folders above.
let spreadText (path: string) =
    let folder = Path.GetDirectoryName path |> Path.GetFileName |> string
    Digest.tryText (folder + (Path.GetFileName path |> string).Replace(".json", ""))
