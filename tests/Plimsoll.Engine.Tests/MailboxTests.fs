module Plimsoll.Engine.Tests.MailboxTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Plimsoll.Engine

type private Message =
    | Add of int
    | Total of Reply<int>
    | Wait of ManualResetEventSlim
    | Throw

let private soon = TimeSpan.FromSeconds 10.0

let private start escalate =
    let handle _ total message =
        match message with
        | Add number -> total * 10 + number
        | Total reply ->
            reply.Send total
            total
        | Wait gate ->
            gate.Wait()
            total
        | Throw -> failwith "planted"

    Mailbox.Start(0, handle, escalate, CancellationToken.None)

[<Test>]
let ``messages are handled in order`` () =
    let mailbox = start raise
    [ 1; 2; 3 ] |> List.iter (Add >> mailbox.Post)
    Assert.That(mailbox.Ask(soon, Total), Is.EqualTo(Some 123))

[<Test>]
let ``of unread messages with one key only the latest is handled`` () =
    let mailbox = start raise
    use gate = new ManualResetEventSlim(false)
    mailbox.Post(Wait gate)

    for number in 1..9 do
        mailbox.PostLatest(0, Add number)

    mailbox.PostLatest(1, Add 5)
    gate.Set()
    Assert.That(mailbox.Ask(soon, Total), Is.EqualTo(Some 95))
    mailbox.PostLatest(0, Add 1)
    Assert.That(mailbox.Ask(soon, Total), Is.EqualTo(Some 951))

[<Test>]
let ``a question to a busy actor times out`` () =
    let mailbox = start raise
    use gate = new ManualResetEventSlim(false)
    mailbox.Post(Wait gate)
    Assert.That(mailbox.Ask(TimeSpan.FromMilliseconds 20.0, Total), Is.EqualTo None)
    gate.Set()

[<Test>]
let ``a handler that throws escalates instead of vanishing`` () =
    let crash = TaskCompletionSource<exn>()
    let mailbox = start crash.SetResult
    mailbox.Post Throw
    Assert.That(crash.Task.Wait soon)
    Assert.That(crash.Task.Result.Message, Is.EqualTo "planted")

[<Test>]
let ``a question to an actor that has stopped is not waited for`` () =
    let mailbox = start ignore
    mailbox.Post Throw
    let asked = Task.Run(fun () -> mailbox.Ask(Timeout.InfiniteTimeSpan, Total))
    Assert.That(asked.Wait soon)
    Assert.That(asked.Result, Is.EqualTo None)
