/// The words of the failures that stages share, and nothing else: no result depends on them.
[<Plimsoll.Data.Wording>]
module Plimsoll.Stages.FailureText

open System
open Plimsoll.Data
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Sequences

let private failure kind what remedy : StageFailure = {
    Class = kind
    What = what
    Remedy = remedy
}

/// Three lines: what, where and why. What shows a failure in one line takes the first.
let private lines (text: ProblemText) =
    $"{text.What}\nwhere: {text.Where}\nwhy: {text.Why}"

/// A problem of a dataset, in the words of the data layer.
let ofProblem (problem: DatasetProblem) =
    let text = DatasetProblemText.Describe problem
    failure Invalid (lines text) text.Remedy

let ofProblems (problems: DatasetProblem list) =
    let texts = problems |> List.map DatasetProblemText.Describe
    let remedies = texts |> List.map _.Remedy |> List.distinct
    failure Invalid (texts |> List.map lines |> String.concat "\n") (String.concat "; " remedies)

/// An input that cannot be read: it was sound when the engine's record of it was written.
let corrupt what =
    failure Corrupt what "Run again: an artifact that is damaged or gone is made anew."

let corruptDataset (problem: DatasetProblem) =
    let text = DatasetProblemText.Describe problem
    corrupt (lines text)

let noSimulator (task: string) (known: string list) =
    let known = String.concat ", " known
    failure Invalid $"there is no simulator of a task '{task}'" $"Name one of {known}."

/// Name, width of an observation and width of an action of each.
let simulatorOfOtherTask (simulated: string * int * int) (recorded: string * int * int) =
    let words (task: string, s: int, a: int) =
        $"{task} (observations of {s} numbers and actions of {a})"

    failure
        Invalid
        $"the simulator's task is {words simulated}, and the data are of {words recorded}"
        "Name the task of the data, as `$task` in a recipe does."

let noControllers (task: string) =
    failure
        Invalid
        $"nobody has written controllers for the task '{task}'"
        "Collect by agents: let the task's `collect` choose the stage, or name `collect-agents`."

/// In the words of the engine.
let engineMissing (what: string) (remedy: string) = failure Invalid what remedy

let policyBroken (what: string) =
    failure Deterministic what "Train the policy again: with a smaller learning rate, or with other data."

let simulationBroken (what: string) =
    failure
        Deterministic
        what
        "Nothing that the task gave after this would mean anything: use a policy that drives the robot less hard."

let noCheapEpisode (task: string) (limit: double) =
    failure
        Invalid
        $"every episode of {task} costs {limit} or more, and `osrl-compat` never draws such episodes"
        "Leave `osrl-compat` off: costs of any size are then drawn."

let libraryUnreadable (cell: string) (name: string) (why: string) =
    failure
        Invalid
        $"the native library {name} behind {cell} cannot be read: {why}"
        "Install its package again."

let cancelled () =
    failure Cancelled "the stage was cancelled" "Run again: what had finished is kept."

/// Computed again, it would fail again after as many minutes: nobody should try.
let agentDiverged (penalty: double) (step: int64) (what: string) =
    failure
        Invalid
        $"the agent of penalty {penalty} diverged: {what} was not finite after {step} environment steps"
        "Lower `learning-rate`, or name other `penalties`."

let agentBreaks (penalty: double) (dropped: int) (begun: int) (words: string) =
    failure
        Invalid
        $"the simulation broke down in {dropped} of {begun} episodes of the agent of penalty {penalty}; the engine said of the first: {words}"
        "Lower `exploration`, name other `penalties` or another `seed`: agents that drive the robot hard break it."

let offSimplex (eta: double) (mu: double) (phi: double) =
    failure
        Invalid
        $"eta, mu and phi are {eta}, {mu} and {phi}; together they are {eta + mu + phi}, not 1"
        "Choose three weights of at least 0 whose sum is 1."

let averageNeverMoves (start: int64) (steps: int64) =
    failure
        Invalid
        $"the running average first moves at step {start}, and there are only {steps}: it would be the network as it was drawn"
        "Raise `steps` to many times `average-start`, or lower that and `average-every`."

let safetyOfOtherSizes (rows: int) (safety: int) =
    failure
        Invalid
        $"the safety signal has {safety} rows and the dataset {rows}, or they are of other sizes"
        "Make the signal by `remap-cost` from the very dataset."

let safetyOfOtherData () =
    failure
        Invalid
        "the safety signal belongs to other transitions than the dataset's"
        "Make the signal by `remap-cost` from the very dataset."

let noSafetySignal () =
    failure
        Invalid
        "the safety signal leaves [0, 1], or is not 1 where nothing is paid: it is no 1 - f(c)"
        "Make the signal by `remap-cost`; a dataset whose reward is still its own does not do."

/// Numbers are estimates, so that three digits say enough.
let private billions (numbers: double) =
    let text =
        (numbers / 1e9).ToString("G3", Globalization.CultureInfo.InvariantCulture)

    $"{text} billion"

let improvementTooLarge (batch: int) (denoisingSteps: int) (numbers: double) =
    failure
        Invalid
        $"a batch of {batch} over {denoisingSteps} denoising steps takes some {billions numbers} numbers, and a step may hold {billions SafePolicyImprovementSettings.MostNumbers}"
        "Lower `batch`, `denoising-steps`, `hidden` or `backup-samples`."

let windowsTooLarge (batch: int) (context: int) (width: int) (numbers: double) =
    failure
        Invalid
        $"a batch of {batch} windows of {context} steps of width {width} takes some {billions numbers} numbers, and a step may hold {billions SequenceBounds.MostNumbers}"
        "Lower `batch`, `context`, `blocks`, or `heads` times `head-width`."

let windowTooWide (context: int) (width: int) =
    failure
        Invalid
        $"a window of {context} steps of width {width} has {int64 context * int64 width} numbers of a kind, and there may be {SequenceBounds.LargestWindow}"
        "Lower `context`, or `heads` times `head-width`."

let windowsDrawTooMuch (batch: int) (context: int) (draws: double) =
    failure
        Invalid
        $"dropout over a batch of {batch} windows of {context} steps draws {billions draws} random numbers a step, and there may be {billions SequenceBounds.MostDraws}"
        "Lower `batch`, `context` or `heads`, or set `dropout` to 0."

let episodesTooLong (task: string) (horizon: int) =
    failure
        Invalid
        $"episodes of {task} may last {horizon} steps, and a model of sequences tells {SequenceBounds.LongestHorizon} apart"
        "Use data of shorter episodes: the longest is written in the dataset."

let actingTooLarge (batch: int) (numbers: int64) (most: int64) =
    failure
        Invalid
        $"{batch} actions at once take {numbers} numbers of random draws or of history, and there may be {most}"
        "Lower `batches`, or the policy's number of candidates or steps of context."

let tooManyCandidates (candidates: int) (draws: int64) (most: int) =
    failure
        Invalid
        $"{candidates} candidates take {draws} random numbers an action, and there may be {most}"
        "Lower `candidates`, or the capturer's `denoising-steps`."

let otherModel what =
    failure Invalid what "Pass a model of the kind that the stage takes, made from data of the same sizes."

let full =
    failure
        Resource
        "the disk is full: the artifact could not be written"
        "make space and run again: what has finished is kept"

/// Of a class that the caller knows.
let unwritten (kind: FailureClass) (reason: string) =
    failure
        kind
        $"the artifact could not be written: {reason}"
        "make the store's disk writable, then run again: what has finished is kept"
