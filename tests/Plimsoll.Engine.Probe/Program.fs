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

/// Has a new assembly in its place when the pool is there and starts its first worker. Says how that ended.
let private rebuilt () =
    use pool = Pool.create (Jobs.options 1)
    let path = typeof<Plimsoll.Store.Store>.Assembly.Location
    let bytes = File.ReadAllBytes path
    // Never in the file itself: this process has it mapped.
    File.WriteAllBytes(path + ".new", Array.append bytes [| 0uy |])
    File.Move(path + ".new", path, true)
    let folder = Path.Combine(Path.GetDirectoryName path |> string, "jobs")
    Directory.CreateDirectory folder |> ignore
    printfn "%A" (pool.Runner(Jobs.job folder "pid"))
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
    | [| "worker that is killed" |] -> LibC.kill (Environment.ProcessId, LibC.SIGKILL)
    | [| "worker that is told to go" |] -> WorkerDeath.nobodyThere
    | [| "worker that greets and goes" |] ->
        // Asked for once it has said hello.
        Worker.main (fun () ->
            LibC.exit WorkerDeath.nobodyThere
            [])
    | [| "parent" |] -> parent ()
    | [| "run"; root |] -> Sharing.run root
    | [| "rebuilt" |] -> rebuilt ()
    | _ ->
        eprintfn "unknown mode"
        64
