/// Targets with dependencies: the order is printed before anything runs and, mostly, the times afterwards.
module Targets

open System
open System.Diagnostics
open Shell

type Target = {
    Name: string
    Meaning: string
    Needs: string list
    Action: unit -> unit
}

let target name meaning needs action = {
    Name = name
    Meaning = meaning
    Needs = needs
    Action = action
}

let private find (targets: Target list) (name: string) =
    match targets |> List.tryFind (fun t -> t.Name = name) with
    | Some found -> found
    | None ->
        let names = targets |> List.map _.Name |> String.concat ", "
        raise (BuildFailed $"there is no target `{name}`; there are {names}")

/// What `name` needs, itself last. Each target stands once and after all that it needs.
let order (targets: Target list) (name: string) : Target list =
    let rec visit (path: string list) (ordered: Target list) (name: string) =
        if List.contains name path then
            let circle = name :: path |> List.rev |> String.concat " -> "
            raise (BuildFailed $"targets need each other in a circle: {circle}")

        if ordered |> List.exists (fun t -> t.Name = name) then
            ordered
        else
            let target = find targets name
            (target.Needs |> List.fold (visit (name :: path)) ordered) @ [ target ]

    visit [] [] name

let help (targets: Target list) =
    printfn "dotnet fsi build.fsx -- TARGET [options]\n"

    for t in targets do
        let needs =
            match t.Needs with
            | [] -> ""
            | names -> " <- " + String.concat ", " names

        printfn "  %-13s %s%s" t.Name t.Meaning needs

/// Runs a target and all that it needs; stops at the first failure. Where the target's own last line is its
/// result, nothing may follow it.
let run (endsWithResult: bool) (targets: Target list) (name: string) : Result<unit, string> =
    let ordered = order targets name
    printfn "order: %s" (ordered |> List.map _.Name |> String.concat " -> ")
    let times = ResizeArray<string * TimeSpan>()

    let attempt (t: Target) =
        printfn "\n== %s" t.Name
        let watch = Stopwatch.StartNew()

        let outcome =
            try
                Ok(t.Action())
            with
            | BuildFailed message -> Error $"{t.Name}: {message}"
            | error -> Error $"{t.Name}: {error}"

        times.Add(t.Name, watch.Elapsed)
        outcome

    let outcome =
        ordered
        |> List.fold (fun state t -> state |> Result.bind (fun () -> attempt t)) (Ok())

    if not (endsWithResult && outcome.IsOk) then
        printfn "\ntimes:"

        for name, time in times do
            printfn "  %-13s %7.1f s" name time.TotalSeconds

    outcome
