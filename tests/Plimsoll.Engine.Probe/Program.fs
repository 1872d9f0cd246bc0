/// A worker of the tests, and a parent of workers that can be killed.
module Plimsoll.Engine.Probe.Program

open System
open System.IO
open System.Threading
open Plimsoll.Engine.Workers

let private stages () = [ Faults.stage ]

let private stranger change =
    Worker.mainAs
        (fun () ->
            change {
                Protocol = Protocol.version
                Build = "0000"
                Pid = Environment.ProcessId
            })
        stages

/// Starts two workers that never end, names their processes, and waits to be killed.
let private parent () =
    let pool = Pool.create (Jobs.options 2)
    use begun = new CountdownEvent(2)
    let folder = Path.GetTempPath()

    for _ in 1..2 do
        let job = Jobs.job folder "spin"

        let job = {
            job with
                Request.Report = fun _ -> begun.Signal() |> ignore
        }

        Thread((fun () -> pool.Runner job |> ignore), IsBackground = true).Start()

    begun.Wait()
    printfn "%s" (pool.Pids |> List.map string |> String.concat " ")
    Thread.Sleep Timeout.Infinite
    0

[<EntryPoint>]
let main arguments =
    match arguments with
    | [| "worker" |] -> Worker.main stages
    | [| "worker of another protocol" |] -> stranger (fun hello -> { hello with Protocol = 99 })
    | [| "worker of another build" |] -> stranger id
    | [| "worker that prints first" |] ->
        printfn "Welcome!"
        Worker.main stages
    | [| "mute worker" |] ->
        Console.In.ReadToEnd() |> ignore
        0
    | [| "worker that ends" |] ->
        eprintfn "no stages today"
        4
    | [| "parent" |] -> parent ()
    | [| "run"; root |] -> Sharing.run root
    | _ ->
        eprintfn "unknown mode"
        64
