module Plimsoll.Engine.Tests.RetryTests

open System
open NUnit.Framework
open Plimsoll.Stages
open Plimsoll.Engine

let private failure kind words reached : Retry.Failure = {
    Class = kind
    Words = words
    Reached = reached
}

/// The delays in seconds before each further attempt, until there is none.
let private delays seed failures =
    let rec go history failures =
        match failures with
        | [] -> []
        | next :: rest ->
            let history: Retry.History = {
                history with
                    Tickets = history.Tickets + 1
            }

            match Retry.decide seed next history with
            | None, _ -> []
            | Some(delay: TimeSpan), history -> delay.TotalSeconds :: go history rest

    go Retry.newHistory failures

let private again kind count =
    delays 1UL [ for number in 1..count -> failure kind $"words {number}" 0L ]
    |> List.length

[<Test>]
let ``each class of failure has its number of further attempts`` () =
    Assert.That(again Transient 20, Is.EqualTo 4)
    Assert.That(again Resource 20, Is.EqualTo 2)
    Assert.That(again Deterministic 20, Is.EqualTo 2)

    for kind in [ Invalid; Bug; Corrupt; Cancelled ] do
        Assert.That(again kind 20, Is.EqualTo 0, $"{kind}")

[<Test>]
let ``the same words twice end a cell that fails deterministically`` () =
    let same = [ for _ in 1..5 -> failure Deterministic "crashed" 0L ]
    Assert.That(delays 1UL same, Is.EqualTo<double list> [ 0.0 ])

[<Test>]
let ``checkpoints that come further give transient failures a new beginning`` () =
    let failures = [
        for number in 1..12 -> failure Transient "killed" (int64 (100 * ((number + 2) / 3)))
    ]

    Assert.That(delays 1UL failures |> List.length, Is.EqualTo 12)
    let stuck = [ for _ in 1..12 -> failure Transient "killed" 100L ]
    Assert.That(delays 1UL stuck |> List.length, Is.EqualTo 4)

[<Test>]
let ``checkpoints that come further make every failure a new one`` () =
    for kind in [ Deterministic; Resource; Transient ] do
        let further = [ for number in 1..12 -> failure kind "no sign of life" (int64 number) ]
        Assert.That(delays 1UL further |> List.length, Is.EqualTo 12, $"{kind}")
        let stuck = [ for _ in 1..12 -> failure kind "no sign of life" 7L ]
        Assert.That(delays 1UL stuck |> List.length, Is.LessThan 5, $"{kind}")

[<FsCheck.NUnit.Property>]
let ``delays double, give or take a quarter, and repeat`` (seed: uint64) =
    let failures = [ for _ in 1..4 -> failure Transient "killed" 0L ]
    let found = delays seed failures

    found = delays seed failures
    && List.zip found [ 0.5; 1.0; 2.0; 4.0 ]
       |> List.forall (fun (delay, expected) -> delay >= 0.75 * expected && delay <= 1.25 * expected)

[<Test>]
let ``cells that fail together come back apart`` () =
    let first seed =
        delays seed [ failure Transient "killed" 0L ] |> List.head

    let found = [ for cell in 1UL .. 20UL -> first (cell * 0x100000001B3UL) ]
    Assert.That(found |> List.distinct |> List.length, Is.EqualTo 20)
    Assert.That(List.max found - List.min found, Is.GreaterThan 0.1)

[<Test>]
let ``another run is asked less and less often, but at least every few seconds`` () =
    let rec ask (history: Retry.History) count =
        match count with
        | 0 -> []
        | _ ->
            let delay, history = Retry.ask 7UL history
            delay.TotalSeconds :: ask history (count - 1)

    let asked = ask Retry.newHistory 20
    Assert.That(List.head asked, Is.LessThan 0.4)
    Assert.That(List.max asked, Is.LessThanOrEqualTo 6.25)
    Assert.That(List.last asked, Is.GreaterThan 3.0)
