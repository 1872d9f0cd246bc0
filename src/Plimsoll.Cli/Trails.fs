/// Hash trails side by side.
module Plimsoll.Cli.Trails

open System.Collections.Generic
open System.Globalization
open System.IO

/// Lines `STEP HASH`, in order; other lines are no entries.
let private entries (path: string) : (int64 * string) list = [
    for line in File.ReadLines path do
        match line.Split ' ' with
        | [| step; hash |] ->
            match System.Int64.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture) with
            | true, number -> number, hash
            | _ -> ()
        | _ -> ()
]

/// The first step at which both have an entry and the entries differ.
let firstStep (old: string) (now: string) : int64 option =
    let known = Dictionary<int64, string>()

    for step, hash in entries old do
        known[step] <- hash

    entries now
    |> List.tryPick (fun (step, hash) ->
        match known.TryGetValue step with
        | true, before when before <> hash -> Some step
        | _ -> None)
