/// Why a cell runs: its own change, or one before it.
module Plimsoll.Engine.Tests.ExplainTests

open System.Collections.Generic
open NUnit.Framework
open FsCheck.NUnit
open Plimsoll.Language
open Plimsoll.Store
open Plimsoll.Engine
open Plimsoll.Engine.Code
open Plimsoll.Engine.Explain
open Plimsoll.Engine.Tests.Fakes

let private at line : Position = {
    File = "fake.yaml"
    Line = line
    Column = 3
    Length = 1
}

/// A cell whose number stands in the experiment's text.
let private written stage name (number: int64) line inputs : Cell = {
    cellWith stage name [] inputs with
        Parameters =
            Map [
                "plus",
                {
                    Value = Whole number
                    Source = FromFile(at line)
                }
            ]
}

let private chain stage (first: int64) (second: int64) = [
    written stage "a" first 1 []
    written stage "b" second 2 [ "a" ]
    written stage "c" 0L 3 [ "b" ]
]

let private explain stages (store: Store) cells =
    let options = optionsFor 1 cells
    let plan, _ = Run.plan options (experiment cells) stages store
    let keying = Keying.make options.FileOf stages
    plan, Explainer(Past.evidence keying (Some store) plan)

let private rootsOf (plan: Plan, explainer) =
    plan.Cells
    |> List.filter (fun (_, state) -> not state.IsCached)
    |> List.map fst
    |> roots explainer

let private labels (cells: Cell list) = cells |> List.map _.Label

[<Test>]
let ``a changed number is the only cause, and touches its cell and what follows`` () =
    let stage = add (Log())
    let store = newStore ()
    run [ stage ] store (chain stage 1L 10L) |> ignore
    let found = explain [ stage ] store (chain stage 1L 20L) |> rootsOf

    match found with
    | [ { Cause = Cause.Changed change } as root ] ->
        Assert.That(change.Part.Name, Is.EqualTo "plus")
        Assert.That((change.Part.Old, change.Part.New) = (Some "10", Some "20"), Is.True)
        Assert.That((change.Source = Some(FromFile(at 2))), Is.True)
        Assert.That(labels root.At = [ "b" ], Is.True)
        Assert.That(labels root.Touches = [ "b"; "c" ], Is.True)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a cell that may run is explained by the change before it, and by its own as well`` () =
    let stage = add (Log())
    let store = newStore ()
    run [ stage ] store (chain stage 1L 10L) |> ignore
    let plan, explainer = explain [ stage ] store (chain stage 2L 20L)
    let last = plan.Cells |> List.last |> fst
    let why = explainer.Why last
    Assert.That(why.State.IsMayRun, Is.True)
    Assert.That(why.Changes, Is.Empty)
    let b = why.Inputs.Head.Producer
    Assert.That((b.Changes |> List.map _.Part.Old) = [ Some "10" ], Is.True)
    let a = b.Inputs.Head.Producer
    Assert.That((a.Changes |> List.map _.Part.New) = [ Some "2" ], Is.True)

    Assert.That(
        (rootsOf (plan, explainer) |> List.map (fun root -> labels root.At)) = [ [ "a" ]; [ "b" ] ],
        Is.True
    )

[<Test>]
let ``what was made again meanwhile is traced back through the artifact that the old record names`` () =
    let stage = add (Log())
    let store = newStore ()
    run [ stage ] store (chain stage 1L 10L) |> ignore
    // Only the first cell has run since.
    run [ stage ] store [ (chain stage 2L 10L).Head ] |> ignore
    let found = explain [ stage ] store (chain stage 2L 10L) |> rootsOf

    match found with
    | [ root ] ->
        Assert.That(labels root.At = [ "a" ], Is.True)
        Assert.That(labels root.Touches = [ "b"; "c" ], Is.True)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``cells that never ran share one cause`` () =
    let stage = add (Log())
    let found = explain [ stage ] (newStore ()) (chain stage 1L 10L) |> rootsOf
    Assert.That((found |> List.map _.Cause) = [ Cause.New ], Is.True)
    Assert.That(labels found.Head.Touches = [ "a"; "b"; "c" ], Is.True)

[<Test>]
let ``a volatile stage is its own cause`` () =
    let stage = volatileAdd (Log())
    let store = newStore ()
    run [ stage ] store (chain stage 1L 10L) |> ignore
    let found = explain [ stage ] store (chain stage 1L 10L) |> rootsOf
    Assert.That((found |> List.exists (fun root -> root.Cause = Cause.Unchanged IsVolatile)), Is.True)

[<Test>]
let ``a file that cannot be read blocks its cell and is named as the cause`` () =
    let stage = readFile (Log())

    let cells = [
        cellWith stage "a" [ "file", Text "absent.bin" ] []
        bare (add (Log())) "b" [ "a" ]
    ]

    let found = explain [ stage; add (Log()) ] (newStore ()) cells |> rootsOf

    match found |> List.map _.Cause with
    | [ Cause.Blocked(Obstacle.Unusable failure) ] ->
        Assert.That(failure.What, Does.Contain "absent.bin")
        Assert.That(labels found.Head.Touches = [ "a"; "b" ], Is.True)
    | other -> Assert.Fail $"%A{other}"

/// The program as it is, but for members that stages reach: these have another digest.
let private withOther (memberOf: string -> string) (keying: Keying.Keying) : Keying.Keying =
    let listings =
        dict [
            for KeyValue(stage, listing) in keying.Listings do
                let change (name: string, digest: string) =
                    name,
                    (if name = memberOf stage then
                         String.replicate 64 "0"
                     else
                         digest)

                stage,
                lazy
                    ({
                        Members = listing.Value.Members |> Array.map change
                    }
                    : Listing)
        ]

    let code stage parts =
        parts
        |> List.map (fun (name, digest) ->
            if name = Keying.reachableCode then
                name, Digest(Listing.digest listings[stage].Value)
            else
                name, digest)

    {
        keying with
            Listings = Dictionary listings
            Code = Dictionary(dict [ for KeyValue(stage, parts) in keying.Code -> stage, code stage parts ])
    }

let private explainWith keying (store: Store) cells =
    let lookup cell inputs =
        Keying.definition keying cell inputs
        |> Result.map (fun definition ->
            let key = Key.ofDefinition definition

            match store.Find key with
            | Ok(Lookup.Found record) -> key, Some record
            | _ -> key, None)

    let plan = Plan.make lookup (experiment cells)
    plan, Explainer(Past.evidence keying (Some store) plan)

/// Reached by both stages below.
let private shared (keying: Keying.Keying) =
    let names (stage: string) =
        keying.Listings[stage].Value.Members |> Array.map fst |> Set.ofArray

    Set.intersect (names "add") (names "parity") |> Seq.find _.Contains("Fakes.")

[<Test>]
let ``one changed member is one cause, whatever stages reach it`` () =
    let stages = [ add (Log()); parity (Log()) ]
    let store = newStore ()

    let cells = [ written stages[0] "a" 1L 1 []; written stages[1] "b" 0L 2 [ "a" ] ]

    run stages store cells |> ignore
    let keying = Keying.make id stages
    let name = shared keying

    match explainWith (withOther (fun _ -> name) keying) store cells |> rootsOf with
    | [ {
            Cause = Cause.Changed { Code = Some code }
        } as root ] ->
        Assert.That((code.Members = [ MemberChange.Changed name ]), Is.True)
        Assert.That(labels root.Touches = [ "a"; "b" ], Is.True)
    | other -> Assert.Fail $"%A{other}"

[<Test>]
let ``a member of one stage touches its cells and what follows, and no other`` () =
    let stages = [ add (Log()); parity (Log()) ]
    let store = newStore ()

    let cells = [
        written stages[0] "a" 1L 1 []
        written stages[1] "b" 0L 2 [ "a" ]
        written stages[0] "c" 3L 3 [ "b" ]
    ]

    run stages store cells |> ignore
    let keying = Keying.make id stages
    let name = shared keying

    let other = keying |> withOther (fun stage -> if stage = "parity" then name else "")

    match explainWith other store cells |> rootsOf with
    | [ {
            Cause = Cause.Changed { Code = Some code }
        } as root ] ->
        Assert.That((code.Members = [ MemberChange.Changed name ]), Is.True)
        Assert.That(labels root.At = [ "b" ], Is.True)
        Assert.That(labels root.Touches = [ "b"; "c" ], Is.True)
    | other -> Assert.Fail $"%A{other}"

[<Property(MaxTest = 30)>]
let ``parts differ exactly where the maps of two keys do`` (old: Map<byte, byte>) (now: Map<byte, byte>) =
    let parts (map: Map<byte, byte>) : KeyPart list = [
        for KeyValue(name, value) in map ->
            {
                Kind = ParameterPart
                Name = string name
                Value = string value
            }
    ]

    let found =
        KeyChange.between (parts old) (parts now)
        |> List.map (fun change -> change.Name, change.Old, change.New)
        |> Set.ofList

    let expected =
        set [
            for name in Set.union (set (Map.keys old)) (set (Map.keys now)) do
                let before = old.TryFind name |> Option.map string
                let after = now.TryFind name |> Option.map string

                if before <> after then
                    string name, before, after
        ]

    found = expected
