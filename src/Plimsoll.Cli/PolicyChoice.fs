/// Which policy a word on the command line means.
module Plimsoll.Cli.PolicyChoice

open System
open System.IO
open Plimsoll.Language
open Plimsoll.Learning.Artifacts
open Plimsoll.Store
open Plimsoll.Cli.Loading

/// A file that is thought to hold a policy.
type Chosen = {
    Path: string
    Digest: string
    /// What made it, where it lies in the store.
    Record: Record option
}

/// What makes its artifact; None where the program does not have its stage, whose file then says what it is.
let private otherThanPolicy (record: Record) =
    Composition.signatureOf record.Stage
    |> Option.map _.Output
    |> Option.filter ((<>) PolicyArtifact)
    |> Option.map (function
        | ScoresArtifact
        | TimingsArtifact as several -> "are " + Words.kind several
        | one -> "is " + Words.kind one)

let private ofRecord (store: Store) (record: Record) : Result<Chosen, Trouble> =
    match record.Outcome, otherThanPolicy record with
    | _, Some other ->
        Troubles.refused
            $"`{record.Label}` {other}, not a policy"
            $"{record.Label}, key {(string record.Key).Substring(0, 12)}"
            $"its stage is {record.Stage}"
            "name the record of a training; `plimsoll plan FILE --all` lists the labels of an experiment"
    | Outcome.Finished artifact, None ->
        store.Use artifact.Digest
        |> Result.mapError (fun error -> Surroundings(StoreError.text error))
        |> Result.map (fun path -> {
            Path = path
            Digest = string artifact.Digest
            Record = Some record
        })
    | Outcome.Diverged(step, what), None ->
        Troubles.refused
            $"this record holds no policy: its training diverged by step {step}, in {what}"
            $"{record.Label}, key {(string record.Key).Substring(0, 12)}"
            "of a training that diverged only its curves are kept"
            "name the record of another seed, or train with other parameters"

/// All that can be relied on; what cannot may be the one that is meant, so it is told.
let private records (store: Store) : Result<Record list, Trouble> =
    store.Records()
    |> Result.mapError (fun error -> Surroundings(StoreError.text error))
    |> Result.map (fun (records, damages) ->
        warn damages
        records)

let private plan =
    "`plimsoll plan FILE --json` has the keys of an experiment as it stands"

/// Records that a word means, with what tells them apart.
let private several (word: string) why (found: Record list) =
    Troubles.refused
        $"`{word}` means {found.Length} records\n{RecordList.text found}"
        word
        why
        $"name one by the beginning of its key; {plan}"

/// A word may begin a record's key and another's artifact. Equal bytes are one policy, whoever made them; of those that
/// no key means, the oldest record speaks for all.
let private byDigest (root: string) (word: string) : Result<Chosen, Trouble> =
    let digest (record: Record) =
        record.Artifact |> Option.map (fun artifact -> string artifact.Digest)

    let starts (text: string) =
        text.StartsWith(word, StringComparison.Ordinal)

    openToRead root
    >>= fun store ->
        records store
        >>= fun all ->
            let byKey = all |> List.filter (fun record -> starts (string record.Key))
            let known = byKey |> List.map digest

            let byArtifact =
                all
                |> List.filter (fun record ->
                    Option.exists starts (digest record)
                    && not (List.contains (digest record) known))
                |> List.distinctBy digest

            match byKey @ byArtifact with
            | [ record ] -> ofRecord store record
            // It may be there and damaged: in words of the keys.
            | [] -> RecordChoice.record store word >>= ofRecord store
            | found -> several word "their keys, or their artifacts' digests, begin so" found

let private unknown word near =
    let remedy =
        "give a path, the label of a record of a policy, or at least 6 digits of its key or of its artifact's digest"

    Troubles.refused
        "there is no such policy"
        word
        "no file is called so, and no record of the store has this label"
        (near + remedy)

/// Policies whose labels have the word in them, at the end of a part.
let private partial (all: Record list) (word: string) =
    let begins (label: string) =
        label.StartsWith(word + " ", StringComparison.Ordinal)
        || label.StartsWith(word.TrimEnd('/') + "/", StringComparison.Ordinal)

    all
    |> List.filter (fun record -> Composition.makes PolicyArtifact record.Stage && begins record.Label)

/// A label, and what begins labels of several seeds.
let private names (record: Record) = [
    record.Label
    (record.Label.Split ' ')[0]
    String.Join("/", record.Label.Split('/') |> Array.truncate 2)
]

let private byLabel (root: string) (word: string) : Result<Chosen, Trouble> =
    openIfThere root
    >>= function
        | None -> unknown word ""
        | Some store ->
            records store
            >>= fun all ->
                match all |> List.filter (fun record -> record.Label = word) with
                | [ record ] -> ofRecord store record
                | [] when not (partial all word).IsEmpty ->
                    let found = partial all word

                    let labels =
                        if found.Length = 1 then
                            "the label of one policy"
                        else
                            $"the labels of {found.Length} policies"

                    Troubles.refused
                        $"`{word}` begins {labels}\n{RecordList.text found}"
                        word
                        "there is a policy for each seed and, where its method reads it, each cost limit"
                        $"name one by its whole label, in quotes, or by the beginning of its key; {plan}"
                | [] ->
                    let near =
                        if word.Contains '/' then
                            Suggest.nearest word (all |> List.collect names |> List.distinct)
                        else
                            None

                    near
                    |> Option.map (fun label -> $"did you mean `{label}`? ")
                    |> Option.defaultValue ""
                    |> unknown word
                | found ->
                    several
                        word
                        "they are of this label and differ in their keys, as after a change of parameters, data or code"
                        found

/// A file, or in the store the artifact of a record by its label, or by the beginning of its key or of the artifact's
/// digest.
let find (store: string option) (word: string) : Result<Chosen, Trouble> =
    if File.Exists word then
        Ok {
            Path = word
            Digest = Fingerprint.ofFile word |> Result.map string |> Result.defaultValue ""
            Record = None
        }
    else
        storeToRead store
        >>= fun root ->
            if CellChoice.isDigest word then
                byDigest root word
            else
                byLabel root word

let openPolicy (path: string) : Result<PolicyFile, Trouble> =
    match PolicyFile.TryOpen path with
    | :? PolicyOpening.Opened as opened -> Ok opened.File
    | :? PolicyOpening.Refused as refused ->
        let struct (what, remedy) = PolicyProblemText.Describe refused.Problem

        Troubles.refused
            $"this is no policy: {what}"
            path
            "a policy is its arrays with the kind that they belong to, or an actor of OSRL's"
            remedy
    | other -> invalidOp $"opening a policy ended in {other}"
