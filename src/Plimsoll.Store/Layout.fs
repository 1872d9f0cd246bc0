/// Where things lie in a store.
module Plimsoll.Store.Layout

open System.IO

/// Version of the layout and of the records; written to store.json.
let format = 1

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
