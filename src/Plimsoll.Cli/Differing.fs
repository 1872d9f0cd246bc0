/// `diff`: two records, or two runs.
module Plimsoll.Cli.Differing

open System
open Argu
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

let diff (arguments: ParseResults<DiffArguments>) : Result<int, Trouble> =
    let json = arguments.Contains DiffArguments.Json

    match arguments.GetResult DiffArguments.Sides with
    | [ a; b ] ->
        openToRead (storeRoot (arguments.TryGetResult DiffArguments.Store))
        >>= fun store ->
            RecordChoice.run store a
            >>= fun runA ->
                RecordChoice.run store b
                >>= fun runB ->
                    match runA, runB with
                    | Some a, Some b ->
                        Ok((if json then RunDifference.json else RunDifference.text) store a b)
                    | None, None ->
                        RecordChoice.record store a
                        >>= fun a ->
                            RecordChoice.record store b
                            |> Result.map (fun b ->
                                (if json then
                                     RecordDifference.json
                                 else
                                     RecordDifference.text)
                                    store
                                    a
                                    b)
                    | _ ->
                        Troubles.refused
                            "a run cannot be compared with a record"
                            $"{a} and {b}"
                            "one of them names a run, the other a key"
                            "name two runs or two keys"
        |> Result.map (fun text ->
            Console.Out.WriteLine text
            ExitCode.ok)
    | several ->
        Troubles.refused
            $"diff takes two records or two runs, not {several.Length}"
            "diff A B"
            "each is the beginning of a key or of a run's id, or `last`, `last~1`, ..."
            "`plimsoll diff last~1 last` compares the two latest runs"
