/// What the tests of workers share.
module Plimsoll.Engine.Tests.WorkerSupport

open System
open System.IO
open System.Threading
open NUnit.Framework
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Workers
open Plimsoll.Engine.Probe
open Plimsoll.Store.Tests

/// Gone, or a corpse that its parent has not buried yet.
let private gone (pid: int) =
    try
        let stat = File.ReadAllText $"/proc/{pid}/stat"
        stat[stat.LastIndexOf ')' + 2] = 'Z'
    with :? IOException ->
        true

/// True when all of them are gone within two seconds.
let allGone (pids: int list) =
    SpinWait.SpinUntil((fun () -> List.forall gone pids), TimeSpan.FromSeconds 2.0)

let need (pid: int) =
    Assert.That(gone pid, Is.False, $"{pid} should live")

let failureOf (ended: JobEnd) =
    match ended with
    | JobEnd.Starved failure
    | JobEnd.Refused failure
    | JobEnd.Ended(Failed failure, _) -> failure
    | other -> failwith $"it did not fail but ended as %A{other}"

let outputOf (job: Job) (ended: JobEnd) =
    match ended with
    | JobEnd.Ended(Finished, _) -> File.ReadAllText job.Request.Output
    | other -> failwith $"it did not finish but ended as %A{other}"

let job kind = Jobs.job (Folders.fresh ()) kind

/// Runs the body on a pool, and makes sure that no process of it is left.
let withPool (options: PoolOptions) (body: Pool -> 'a) : 'a =
    let pool = Pool.create options
    let mutable pids = []

    let result =
        try
            let result = body pool
            pids <- pool.Pids
            result
        finally
            (pool :> IDisposable).Dispose()

    Assert.That(pool.Pids, Is.Empty)
    Assert.That(allGone pids, "a worker outlived its pool")
    result

let runOn (pool: Pool) (job: Job) = pool.Runner job

/// The process that serves the next job: also the proof that the pool still works.
let next (pool: Pool) =
    let job = job "pid"
    int (outputOf job (runOn pool job))
