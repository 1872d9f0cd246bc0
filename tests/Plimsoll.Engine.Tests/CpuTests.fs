/// Which thread of a stage runs on which CPU.
module Plimsoll.Engine.Tests.CpuTests

open System
open NUnit.Framework
open Plimsoll.Engine
open Plimsoll.Engine.Workers
open Plimsoll.Engine.Probe
open Plimsoll.Engine.Tests.WorkerSupport

[<Test>]
let ``a stage and its threads stay on the CPUs of its slots when the pool owns them all`` () =
    let allowed = Cpus.allowed ()
    let last = allowed.Length - 1

    withPool (Jobs.options allowed.Length) (fun pool ->
        let cpus slots =
            let job = job "cpus"
            let job = { job with Slots = slots }
            outputOf job (runOn pool job)

        let one = List.last allowed
        Assert.That(cpus [ Cpu last ], Is.EqualTo $"{one} {one}")
        // The next job of the same worker is not held to the last one's CPU.
        Assert.That((cpus [ Cpu 999 ]).Split ' ' |> Array.distinct, Has.Length.EqualTo 1)

        if allowed.Length > 1 then
            Assert.That(cpus [ Cpu 999 ], Is.Not.EqualTo $"{one} {one}"))

[<Test>]
let ``each thread of a stage's team has one of the CPUs of its slots`` () =
    let allowed = Cpus.allowed ()

    if allowed.Length < 2 then
        Assert.Ignore "this system does not let a thread choose between CPUs"

    withPool (Jobs.options allowed.Length) (fun pool ->
        let job = job "team"

        let job = {
            job with
                Slots = [ Cpu 0; Cpu 1 ]
                Request = { job.Request with Threads = 2 }
        }

        let cpus = (outputOf job (runOn pool job)).Split ' ' |> Array.sort

        let expected =
            allowed |> List.truncate 2 |> List.map string |> Array.ofList |> Array.sort

        Assert.That(cpus, Is.EqualTo<string array> expected))

[<Test>]
let ``slots stand for CPUs only where the pool has them all`` () =
    let of' workers slots =
        Cpus.ofSlots workers [ 2; 3; 7 ] [ for slot in slots -> Cpu slot ]

    Assert.That(of' 3 [ 0; 2 ], Is.EqualTo<int list> [ 2; 7 ])
    Assert.That(of' 2 [ 0; 1 ], Is.Empty)
    Assert.That(of' 4 [ 0; 1 ], Is.Empty)
    Assert.That(of' 3 [ 3 ], Is.Empty)
