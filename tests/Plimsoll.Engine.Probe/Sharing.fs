/// A run of one slow cell, for tests with several processes on one store.
module Plimsoll.Engine.Probe.Sharing

open System
open System.IO
open System.Threading
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Store
open Plimsoll.Engine

let private slow: Stage = {
    Faults.stage with
        Signature = {
            Faults.stage.Signature with
                Name = "slow"
        }
        Run =
            fun request ->
                Thread.Sleep 1_000
                File.WriteAllText(request.Output, "always the same")
                Finished
}

let private experiment: Experiment = {
    Name = "sharing"
    File = "sharing.yaml"
    Protocol = {
        CostLimits = []
        Seeds = []
        Episodes = 1
        TimeActions = []
    }
    Tasks = []
    Arms = []
    Claims = []
    Cells = [
        {
            Id = CellId(String('0', 64))
            Stage = slow.Signature
            Parameters = Map.empty
            Inputs = []
            Seed = Some 1L
            Label = "cell"
            Coordinates = []
        }
    ]
}

/// Says when it starts the cell or waits for it, and in the end what came of it. A run that is silent for a second
/// and a half has lost its lease.
let run (root: string) : int =
    let tell event =
        match event with
        | CellStarted _ -> printfn "started"
        | CellElsewhere _ -> printfn "waiting"
        | Disagrees _ -> printfn "differs"
        | _ -> ()

    match Store.Open(root, ReadWrite) with
    | Error error ->
        eprintfn "%s" (StoreError.text error)
        3
    | Ok store ->
        use store = store

        let options = {
            RunOptions.ofExperiment experiment with
                Jobs = 1
                LeaseExpiry = TimeSpan.FromSeconds 1.5
        }

        let summary = Run.run options experiment [ slow ] store tell
        printfn "%d executed, %d cached" summary.Executed summary.Cached
        if summary.Complete then 0 else 1
