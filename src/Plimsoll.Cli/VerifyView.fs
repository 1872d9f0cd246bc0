/// What `verify` found, as text and as JSON.
module Plimsoll.Cli.VerifyView

open System.Text.Json
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Engine.Verify
open Plimsoll.Store

type Finding =
    | Checked of Verdict
    /// Its stage is volatile: nothing is promised.
    | Skipped

let private again (again: Again) =
    match again with
    | Again.Artifact(digest, _, _) -> Digest.short digest
    | Again.Diverged(step, what) -> $"diverged at step {step}: {what}"
    | Again.Stopped -> "stopped"

let private stored (outcome: Outcome) =
    match outcome with
    | Outcome.Finished artifact -> Digest.short artifact.Digest
    | Outcome.Diverged(step, what) -> $"diverged at step {step}: {what}"

/// What the second recomputation tells.
let private meaning (cell: Cell) (record: Record) (mismatch: Mismatch) =
    match mismatch.Second with
    | Some second when not (agree mismatch.First second) ->
        $"a second recomputation gave {again second}: the stage {cell.Stage.Name} does not repeat itself"
    | Some _ when mismatch.OtherMachine && cell.Stage.Reproducibility = SameMachine ->
        $"a second recomputation agrees with the first; the stage promises equal bits on one machine only, and the \
          record is of {record.Machine.Host}, {record.Machine.Processor}"
    | Some _ when mismatch.OtherMachine ->
        $"a second recomputation agrees with the first; the record is of another machine, {record.Machine.Host}, \
          {record.Machine.Processor}, on which the stage gave other bits"
    | Some _ ->
        "a second recomputation agrees with the first: what the store holds was made otherwise, \
         by a program or a machine that did something else"
    | None -> "a second recomputation failed"

/// A stage that promises equal bits on one machine only has broken no promise on another.
let private isExcused (cell: Cell) (mismatch: Mismatch) =
    cell.Stage.Reproducibility = SameMachine
    && mismatch.OtherMachine
    && mismatch.Second |> Option.exists (agree mismatch.First)

let private differentText (cell: Cell) record (mismatch: Mismatch) =
    String.concat "\n" [
        let word =
            if isExcused cell mismatch then
                "differs   "
            else
                "DIFFERENT "

        yield $"{word} {Display.cell cell}"
        yield $"    stored      {stored mismatch.Stored}"
        yield $"    made again  {again mismatch.First}"
        yield $"    {meaning cell record mismatch}"

        match mismatch.Trail with
        | Some trail ->
            yield
                $"    the hash trails part at step {trail.Step} ({trail.Kind}); they agree up to step {trail.LastEqual}"
        | None -> ()

        match mismatch.Where with
        | Some where -> yield! DifferenceView.text where |> List.map (fun line -> "    " + line)
        | None -> ()
    ]

let damageText (damage: Damage) =
    $"DAMAGED    {damage.Path}\n    {damage.Why}\n    the next run computes it again"

let text (cell: Cell) (record: Record) (finding: Finding) : string =
    match finding with
    | Skipped -> $"skipped    {Display.cell cell}: its stage is volatile and promises nothing"
    | Checked verdict ->
        match verdict with
        | Verdict.Same seconds -> $"same       {Display.cell cell}  {Display.seconds seconds}"
        | Verdict.Different mismatch -> differentText cell record mismatch
        | Verdict.Damaged damage ->
            $"DAMAGED    {Display.cell cell}\n    {damage.Path}\n    {damage.Why}\n    the next run computes it again"
        | Verdict.NotDone failure ->
            $"NOT DONE   {Display.cell cell}\n    {Display.indented 4 failure.What}\n    remedy: {failure.Remedy}"
        | Verdict.Stopped -> $"stopped    {Display.cell cell}"

let private isFine (cell: Cell, _: Record, finding) =
    match finding with
    | Skipped
    | Checked(Verdict.Same _) -> true
    | Checked(Verdict.Different mismatch) -> isExcused cell mismatch
    | Checked _ -> false

let isSound (damages: Damage list) findings =
    damages.IsEmpty && List.forall isFine findings

let private word finding =
    match finding with
    | Skipped -> "skipped"
    | Checked(Verdict.Same _) -> "same"
    | Checked(Verdict.Different _) -> "different"
    | Checked(Verdict.Damaged _) -> "damaged"
    | Checked(Verdict.NotDone _) -> "not-done"
    | Checked Verdict.Stopped -> "stopped"

let private words = [ "same"; "different"; "damaged"; "not-done"; "skipped"; "stopped" ]

let private count (findings: (Cell * Record * Finding) list) w =
    findings |> List.filter (fun (_, _, finding) -> word finding = w) |> List.length

let summary chosen all (damages: Damage list) findings : string =
    let counts =
        [
            for w in words do
                match count findings w + (if w = "damaged" then damages.Length else 0) with
                | 0 -> ()
                | number -> $"{number} {w.Replace('-', ' ')}"
        ]
        |> String.concat ", "

    let sample = if chosen < all then $" of {all} recorded" else ""
    let cells = Display.plural (List.length findings) "cell"

    if counts = "" then
        "there is nothing to verify: no cell is cached"
    else
        $"{cells}{sample}: {counts}"

let private writeAgain (writer: Utf8JsonWriter) (name: string) (result: Again) =
    match result with
    | Again.Artifact(digest, _, _) -> writer.WriteString(name, string digest)
    | other -> writer.WriteString(name, again other)

let private writeMismatch (writer: Utf8JsonWriter) cell record (mismatch: Mismatch) =
    match mismatch.Stored with
    | Outcome.Finished artifact -> writer.WriteString("stored", string artifact.Digest)
    | outcome -> writer.WriteString("stored", stored outcome)

    writeAgain writer "again" mismatch.First
    mismatch.Second |> Option.iter (writeAgain writer "second")

    mismatch.Second
    |> Option.iter (fun second -> writer.WriteBoolean("repeats", agree mismatch.First second))

    mismatch.Trail
    |> Option.iter (fun trail ->
        writer.WriteNumber("first-step", trail.Step)
        writer.WriteNumber("last-equal-step", trail.LastEqual)
        writer.WriteString("differs-in", trail.Kind))

    writer.WriteBoolean("other-machine", mismatch.OtherMachine)
    writer.WriteString("meaning", meaning cell record mismatch)
    mismatch.Where |> Option.iter (DifferenceView.write writer "where")

let json all (damages: Damage list) (findings: (Cell * Record * Finding) list) : string =
    Json.text (fun writer ->
        writer.WriteNumber("recorded", (all: int))
        writer.WriteNumber("checked", findings.Length)

        Json.inObject writer "counts" (fun () ->
            for w in words do
                writer.WriteNumber(w, count findings w))

        Json.objects writer "damages" damages (fun damage ->
            writer.WriteString("path", damage.Path)
            writer.WriteString("why", damage.Why))

        Json.objects writer "cells" findings (fun (cell, record, finding) ->
            writer.WriteString("label", cell.Label)
            writer.WriteString("key", string record.Key)
            writer.WriteString("verdict", word finding)

            match finding with
            | Checked(Verdict.Different mismatch) -> writeMismatch writer cell record mismatch
            | Checked(Verdict.Damaged damage) ->
                writer.WriteString("path", damage.Path)
                writer.WriteString("why", damage.Why)
            | Checked(Verdict.NotDone failure) ->
                writer.WriteString("why", failure.What)
                writer.WriteString("remedy", failure.Remedy)
            | Checked(Verdict.Same seconds) -> Json.number writer "seconds" seconds
            | Checked Verdict.Stopped
            | Skipped -> ()))
