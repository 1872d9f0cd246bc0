/// Whether and when a cell that failed is tried again. Pure: also the jitter repeats.
module Plimsoll.Engine.Retry

open System
open Plimsoll.Stages

/// What a failed attempt leaves behind.
type Failure = {
    Class: FailureClass
    Words: string
    /// The step that checkpoints have reached; 0: there is none.
    Reached: int64
}

/// What the attempts at one cell have met so far.
type History = {
    /// Tickets given out: attempts, and questions whether another run has let go of the cell.
    Tickets: int
    /// Tickets that found the cell in the hands of another run, since the last that did not.
    Held: int
    /// Those of them that count as no attempt.
    HeldInAll: int
    /// Failures since checkpoints last came further.
    Transient: int
    Resource: int
    Deterministic: int
    /// Of the latest deterministic one of them.
    Words: string option
    /// The furthest step of any checkpoint.
    Reached: int64
    /// Attempts whose inputs were damaged.
    Lost: int
}

let newHistory = {
    Tickets = 0
    Held = 0
    HeldInAll = 0
    Transient = 0
    Resource = 0
    Deterministic = 0
    Words = None
    Reached = 0L
    Lost = 0
}

/// Transient failures in a row, without a checkpoint that came further, that end a cell; the others are counted
/// likewise.
let mostTransient = 5
let mostResource = 3
/// In other words each time: in the same words, the second ends the cell.
let mostDeterministic = 3
/// A disk that damages what was just written will do so again.
let mostLost = 3

/// Seconds before the first retry; doubled for each further one.
let private backOff = 0.5

/// Seconds before another run is asked again whether it has let go of a cell: first and at most.
let private firstQuestion, lastQuestion = 0.25, 5.0

/// Between 0.75 and 1.25, so that cells that failed together do not come back together. (SplitMix64)
let private jitter (seed: uint64) (attempt: int) =
    let mix shift factor (bits: uint64) = (bits ^^^ (bits >>> shift)) * factor

    let bits =
        seed + 0x9E3779B97F4A7C15UL * uint64 (attempt + 1)
        |> mix 30 0xBF58476D1CE4E5B9UL
        |> mix 27 0x94D049BB133111EBUL

    0.75 + 0.5 * double ((bits ^^^ (bits >>> 31)) >>> 11) / double (1UL <<< 53)

let private delay seed (history: History) seconds =
    TimeSpan.FromSeconds(seconds * jitter seed history.Tickets)

/// What failed further back than the latest checkpoint is not what fails now.
let private since (failure: Failure) (history: History) =
    if failure.Reached > history.Reached then
        {
            history with
                Transient = 0
                Resource = 0
                Deterministic = 0
                Words = None
                Reached = failure.Reached
        }
    else
        history

/// The delay before the next attempt, or None when there is none.
let decide (seed: uint64) (failure: Failure) (history: History) : TimeSpan option * History =
    let bounded count most after =
        if count < most then
            Some(delay seed after (backOff * Math.Pow(2.0, double (count - 1))))
        else
            None

    let history = since failure history

    match failure.Class with
    | Transient ->
        let next = {
            history with
                Transient = history.Transient + 1
        }

        bounded next.Transient mostTransient next, next
    | Resource ->
        let next = {
            history with
                Resource = history.Resource + 1
        }

        bounded next.Resource mostResource next, next
    | Deterministic ->
        let next = {
            history with
                Deterministic = history.Deterministic + 1
                Words = Some failure.Words
        }

        let again =
            next.Deterministic < mostDeterministic && history.Words <> Some failure.Words

        (if again then Some TimeSpan.Zero else None), next
    | Invalid
    | Corrupt
    | Cancelled
    | Bug -> None, history

/// The delay before another run is asked again.
let ask (seed: uint64) (history: History) : TimeSpan * History =
    let seconds = firstQuestion * Math.Pow(1.5, double history.Held) |> min lastQuestion

    delay seed history seconds,
    {
        history with
            Held = history.Held + 1
            HeldInAll = history.HeldInAll + 1
    }

/// Whether inputs that were damaged are made once more, and the cell is tried again after them.
let lost (history: History) : bool * History =
    let next = { history with Lost = history.Lost + 1 }
    next.Lost < mostLost, next

/// A cell that met a lack of memory or disk goes on with less of the machine.
let isFrugal (history: History) = history.Resource > 0
