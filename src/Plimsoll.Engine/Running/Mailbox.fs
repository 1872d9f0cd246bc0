namespace Plimsoll.Engine

open System
open System.Collections.Concurrent
open System.Threading
open System.Threading.Tasks

/// Answers one question.
type Reply<'answer> internal (answer: 'answer -> unit) =
    member _.Send value = answer value

type private Envelope<'message> =
    | Single of 'message
    | Latest of key: int

/// An actor: one message at a time, in order, over a state of its own. What the stock MailboxProcessor leaves
/// open is closed here: a handler that throws stops the actor and calls `escalate` once, and messages of
/// which only the latest counts take one place per key however slowly they are read.
type Mailbox<'message>
    private
    (inner: MailboxProcessor<Envelope<'message>>, latest: ConcurrentDictionary<int, 'message>, stopped: Task)
    =

    member _.Post(message: 'message) = inner.Post(Single message)

    /// Replaces an unread message with the same key.
    member _.PostLatest(key: int, message: 'message) =
        let mutable fresh = false

        latest.AddOrUpdate(
            key,
            (fun _ ->
                fresh <- true
                message),
            (fun _ _ ->
                fresh <- false
                message)
        )
        |> ignore

        if fresh then
            inner.Post(Latest key)

    /// The answer, or None when it takes longer than `timeout` or the actor has stopped.
    member _.Ask(timeout: TimeSpan, question: Reply<'answer> -> 'message) : 'answer option =
        let answer =
            TaskCompletionSource<'answer> TaskCreationOptions.RunContinuationsAsynchronously

        inner.Post(Single(question (Reply(answer.TrySetResult >> ignore))))
        // The stock way waits for ever on an actor that has stopped.
        Task.WaitAny([| answer.Task :> Task; stopped |], timeout) |> ignore

        if answer.Task.IsCompletedSuccessfully then
            Some answer.Task.Result
        else
            None

    /// Starts an actor that handles messages until `cancelled` or a fault.
    static member Start
        (
            initial: 'state,
            handle: Mailbox<'message> -> 'state -> 'message -> 'state,
            escalate: exn -> unit,
            cancelled: CancellationToken
        ) =
        let latest = ConcurrentDictionary<int, 'message>()

        let stopped =
            TaskCompletionSource TaskCreationOptions.RunContinuationsAsynchronously

        let take envelope =
            match envelope with
            | Single message -> Some message
            | Latest key ->
                match latest.TryRemove key with
                | true, message -> Some message
                | _ -> None

        let body (inbox: MailboxProcessor<Envelope<'message>>) =
            let self = Mailbox<'message>(inbox, latest, stopped.Task)

            let rec loop state = async {
                let! envelope = inbox.Receive()

                match take envelope with
                | None -> return! loop state
                | Some message -> return! loop (handle self state message)
            }

            async {
                try
                    try
                        return! loop initial
                    with
                    | :? OperationCanceledException when cancelled.IsCancellationRequested -> ()
                    | fault -> escalate fault
                finally
                    stopped.TrySetResult() |> ignore
            }

        Mailbox<'message>(MailboxProcessor.Start(body, cancelled), latest, stopped.Task)
