/// Progress as lines, for logs and pipes: one for each cell that starts, ends, or is long under way.
module Plimsoll.Cli.PlainProgress

open System
open System.Collections.Generic
open System.IO
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store

/// Seconds between two lines of progress of one cell.
let private interval = 30.0

type Plain(out: TextWriter, jobs: int) =
    let watch = Diagnostics.Stopwatch.StartNew()
    let shown = Dictionary<CellId, TimeSpan>()
    let metrics = Dictionary<CellId, (string * double) list>()
    let mutable tally = Tally.empty jobs
    let mutable cachedShown = false

    let say (text: string) =
        out.WriteLine $"[{Display.clock watch.Elapsed}] {text}"

    let block (head: string) (text: string) =
        say head

        for line in text.TrimEnd().Split '\n' do
            out.WriteLine $"           {line}"

    let ending (cell: Cell) =
        let known =
            match metrics.TryGetValue cell.Id with
            | true, values when not values.IsEmpty -> "  " + Display.metrics values
            | _ -> ""

        metrics.Remove cell.Id |> ignore
        shown.Remove cell.Id |> ignore
        known

    let totals () =
        let estimate = Tally.estimate watch.Elapsed tally
        let left = if estimate = "" then "" else $", {estimate}"
        let ended, all = Tally.asked tally
        $"{ended}/{all}{left}"

    /// Cached cells are told before the first one starts: one line for all of them.
    let showCached () =
        if not cachedShown then
            cachedShown <- true

            if tally.Cached > 0 then
                let cells = Display.plural tally.Cached "cell"
                say $"cached   {cells} of {snd (Tally.asked tally)}"

    member _.Tell(event: RunEvent) : unit =
        let at = watch.Elapsed
        tally <- Tally.update at event tally

        match event with
        | Planned plan ->
            let cells = Display.plural plan.Cells.Length "cell"

            let left =
                if plan.NotSelected = 0 then
                    ""
                else
                    $", {plan.NotSelected} not selected"

            let measured =
                if plan.MeasuresAnew = 0 then
                    ""
                else
                    $", {plan.MeasuresAnew} measured anew"

            say
                $"planned  {cells}: {plan.Cached} cached, {plan.WillRun} will run{measured}, \
                  {plan.MayRun} may run{left}"
        | CellStarted(cell, threads) ->
            showCached ()
            shown[cell.Id] <- at
            let threads = Display.plural threads "thread"
            say $"start    {Display.cell cell}  ({threads})"
        | CellProgress(cell, progress) ->
            metrics[cell.Id] <- progress.Metrics

            match shown.TryGetValue cell.Id with
            | true, last when (at - last).TotalSeconds >= interval ->
                shown[cell.Id] <- at
                let percent = int (100.0 * Tally.fraction progress)
                say $"{percent, 3} %%    {Display.cell cell}  {Display.metrics progress.Metrics}"
            | _ -> ()
        | CellFinished(cell, _, Origin.Cached)
        | CellDiverged(cell, _, Origin.Cached) ->
            // Later than the first start, it is early cut-off: its inputs came out equal to earlier ones.
            if cachedShown then
                say $"cached   {Display.cell cell}  [{totals ()}]"
        | CellFinished(cell, record, Origin.Executed) ->
            say $"done     {Display.cell cell}  {Display.seconds record.Seconds}{ending cell}  [{totals ()}]"
        | CellDiverged(cell, record, Origin.Executed) ->
            let why =
                match record.Outcome with
                | Outcome.Diverged(step, what) -> $"at step {step}: {what}"
                | Outcome.Finished _ -> ""

            say $"diverged {Display.cell cell}  {why}{ending cell}  [{totals ()}]"
        | CellFailed(cell, failure) ->
            ending cell |> ignore
            // In full at the end, where nobody has to look for it.
            let line = failure.What.Split('\n')[0]
            say $"FAILED   {Display.cell cell}  {line}  [{totals ()}]"
        | CellRetrying(cell, failure, attempt, delay) ->
            ending cell |> ignore
            say $"retry    {Display.cell cell}  {Tally.retry failure attempt delay}"
        | CellElsewhere(cell, owner) ->
            showCached ()
            say $"waiting  {Display.cell cell}  another run has it ({owner})"
        | CellResumed(cell, step) -> say $"resumed  {Display.cell cell}  at step {step}"
        | CellBlocked _
        | CellNotStarted _
        | CellCancelled _
        | CellNotSelected _ -> ()
        | RunWaiting(failure, delay) -> say $"waiting  {Tally.waiting failure delay}"
        | RunHalted failure -> block "HALTED" (Tally.halted failure)
        | StoreDamage damage -> block "DAMAGE" (Damage.text damage)
        | Disagrees found -> block "DIFFERS" (Tally.disagreement found)
        | RunFinished _ -> showCached ()
