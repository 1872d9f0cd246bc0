/// `worker`: runs stages for the `plimsoll run` that started it. Hidden: people have no use for it.
module Plimsoll.Cli.WorkerCommand

open Plimsoll.Engine.Workers

let run () : int =
    Worker.main (fun () -> Composition.stages)
