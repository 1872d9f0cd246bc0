/// Which policy a word means in a store, and what the store knows of it.
module Plimsoll.Scenarios.Tests.PolicyChoiceTests

open System
open System.IO
open System.Text.Json
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Store
open Plimsoll.Cli

let private ok (result: Result<'a, 'e>) : 'a =
    match result with
    | Ok value -> value
    | Error error -> failwith $"unexpected: %A{error}"

/// A store of made-up records.
type private Made() =
    let root =
        Path.Combine(Directory.CreateTempSubdirectory("plimsoll-choice-").FullName, "store")

    let store = Store.Open(root, ReadWrite) |> ok

    member _.Root = root
    member _.Store = store

    /// Commits a record of this key, made so many seconds after the first, with these inputs and an artifact
    /// of this text; None: it diverged.
    member _.Add(key: string, stage: string, label: string, at: int, inputs, text: string option) : Record =
        let output =
            text
            |> Option.map (fun text ->
                let output = store.NewOutput() |> ok
                File.WriteAllText(output, text)
                output)

        let outcome =
            match output with
            | Some output -> Outcome.Finished(store.Measure output |> ok)
            | None -> Outcome.Diverged(400L, "the loss")

        let record = {
            Records.ended outcome with
                Key = Key(key.PadRight(64, '0'))
                Cell = CellId(String('c', 64))
                Stage = stage
                Label = label
                Parts = [
                    for role: string, digest: string in inputs do
                        {
                            Kind = InputPart
                            Name = role
                            Value = digest
                        }
                ]
                Ended = DateTimeOffset.UnixEpoch.AddSeconds(float at)
        }

        store.Commit(output, record, None) |> ok |> ignore
        record

    interface IDisposable with
        member _.Dispose() =
            (store :> IDisposable).Dispose()
            Directory.Delete(string (Path.GetDirectoryName root), true)

let private digest (record: Record) = string record.Artifact.Value.Digest

let private chosen (made: Made) (word: string) =
    (PolicyChoice.find (Some made.Root) word |> ok).Record
    |> Option.map _.Label
    |> Option.toObj

let private refused (made: Made) (word: string) : string =
    match PolicyChoice.find (Some made.Root) word with
    | Error(BadInput words) -> words
    | other -> failwith $"it was not refused: %A{other}"

[<Test>]
let ``the beginning of two keys lists both and asks for more`` () =
    use made = new Made()
    made.Add("abcdef01", "fit-bc", "T/a/policy", 0, [], Some "a") |> ignore
    made.Add("abcdef02", "fit-bc", "T/b/policy", 1, [], Some "b") |> ignore

    Assert.That(
        refused made "abcdef",
        Does.StartWith(
            "`abcdef` means 2 records\n"
            + "  abcdef010000  1970-01-01 00:00:00  T/a/policy\n"
            + "  abcdef020000  1970-01-01 00:00:01  T/b/policy\n"
            + "  where: abcdef\n  why: "
        )
    )

    Assert.That(chosen made "abcdef01", Is.EqualTo "T/a/policy")

[<Test>]
let ``a word that begins a key and another's artifact means both`` () =
    use made = new Made()
    let a = made.Add("aaaaaa", "fit-bc", "T/a/policy", 0, [], Some "a")

    made.Add((digest a).Substring(0, 8), "fit-bc", "T/b/policy", 1, [], Some "b")
    |> ignore

    let words = refused made ((digest a).Substring(0, 8))
    Assert.That(words, Does.Contain("means 2 records").And.Contain("T/a/policy").And.Contain "T/b/policy")
    Assert.That(chosen made (digest a), Is.EqualTo "T/a/policy")

[<Test>]
let ``of records that made the same bytes the oldest speaks for all`` () =
    use made = new Made()
    let late = made.Add("aaaaaa", "fit-bc", "T/late/policy", 9, [], Some "same")
    made.Add("bbbbbb", "fit-bc", "T/early/policy", 1, [], Some "same") |> ignore
    Assert.That(chosen made (digest late), Is.EqualTo "T/early/policy")
    Assert.That(chosen made "aaaaaa", Is.EqualTo "T/late/policy")

[<TestCase("dddddd")>]
[<TestCase("T/d/policy")>]
let ``a training that diverged holds no policy`` (word: string) =
    use made = new Made()
    made.Add("dddddd", "fit-bc", "T/d/policy", 0, [], None) |> ignore

    Assert.That(
        refused made word,
        Does
            .StartWith("this record holds no policy: its training diverged by step 400, in the loss")
            .And.Contain("T/d/policy")
            .And.Contain
            "remedy: "
    )

[<Test>]
let ``a label of two records lists the latest first and what differs from it`` () =
    use made = new Made()

    made.Add("aaaaaa", "fit-bc", "T/a/policy seed=0", 0, [ "dataset", String('1', 64) ], Some "a")
    |> ignore

    made.Add("bbbbbb", "fit-bc", "T/a/policy seed=0", 60, [ "dataset", String('2', 64) ], Some "b")
    |> ignore

    Assert.That(
        refused made "T/a/policy seed=0",
        Does
            .StartWith(
                "`T/a/policy seed=0` means 2 records\n"
                + "  bbbbbb000000  1970-01-01 00:01:00  T/a/policy seed=0  (the latest)\n"
                + "  aaaaaa000000  1970-01-01 00:00:00  T/a/policy seed=0\n"
                + "    from it to the latest:\n"
                + "      input dataset: 111111111111 -> 222222222222\n"
                + "  where: "
            )
            .And.Contain
            "remedy: name one by the beginning of its key"
    )

    Assert.That(chosen made "bbbbbb", Is.EqualTo "T/a/policy seed=0")

[<TestCase("T/a/policy")>]
[<TestCase("T/a")>]
[<TestCase("T")>]
let ``the beginning of labels lists the policies that it may mean`` (word: string) =
    use made = new Made()

    made.Add("aaaaaa", "fit-bc", "T/a/policy seed=0 cost_limit=2", 0, [], Some "a")
    |> ignore

    made.Add("bbbbbb", "fit-bc", "T/a/policy seed=1 cost_limit=2", 1, [], Some "b")
    |> ignore

    made.Add("cccccc", "evaluate", "T/a/scores seed=1 cost_limit=2", 1, [], Some "c")
    |> ignore

    made.Add("dddddd", "fit-bc", "Tank/a/policy seed=0", 1, [], Some "d") |> ignore

    Assert.That(
        refused made word,
        Does.StartWith(
            $"`{word}` begins the labels of 2 policies\n"
            + "  aaaaaa000000  1970-01-01 00:00:00  T/a/policy seed=0 cost_limit=2\n"
            + "  bbbbbb000000  1970-01-01 00:00:01  T/a/policy seed=1 cost_limit=2\n"
            + $"  where: {word}\n  why: "
        )
    )

    Assert.That(refused made "T/b/policy", Does.Contain "did you mean `T/a/policy`?")

[<Test>]
let ``a word that means nothing is told with what may`` () =
    use made = new Made()
    made.Add("aaaaaa", "fit-bc", "T/a/policy seed=0", 0, [], Some "a") |> ignore
    Assert.That(refused made "T/a/policy seed=1", Does.Contain "did you mean `T/a/policy seed=0`?")

    Assert.That(refused made "nothing", Does.StartWith "there is no such policy\n  where: nothing\n  why: ")

    Assert.That(refused made "ffffff", Does.StartWith "the store has no record of this key\n  where: ffffff")

let private scores =
    """{"costs":[1,3],"kind":"rollout","horizon":10,"policy_mode":"deterministic","returns":[5,7],"reward_range":[0,9]}"""

[<Test>]
let ``a policy's history begins with its data and has every evaluation of it`` () =
    use made = new Made()
    let data = made.Add("da", "collect", "T/dataset", 0, [], Some "data")

    let critic =
        made.Add("c1", "fit-critic", "T/a/critic", 1, [ "dataset", digest data ], Some "critic")

    let policy =
        let inputs = [ "dataset", digest data; "critic", digest critic; "gone", String('e', 64) ]
        made.Add("aaaaaa", "fit-bc", "T/a/policy", 2, inputs, Some "policy")

    let evaluated key label text =
        made.Add(key, "evaluate", label, 3, [ "policy", digest policy; "dataset", digest data ], Some text)

    evaluated "e1" "T/a/scores" scores |> ignore
    evaluated "e2" "T/a/torn" "{" |> ignore

    made.Add("e3", "evaluate", "T/b/scores", 3, [ "policy", digest critic ], Some scores)
    |> ignore

    let history = PolicyHistory.find made.Store policy |> ok

    Assert.That(
        (history.Made |> List.map _.Label) = [ "T/dataset"; "T/a/critic"; "T/a/policy" ],
        $"%A{history.Made}"
    )

    let evaluation = List.exactlyOne history.Evaluations
    Assert.That(evaluation.Record.Label, Is.EqualTo "T/a/scores")
    Assert.That(evaluation.Reward, Is.EqualTo({ Mean = 6.0; Low = 5.0; High = 7.0 }: PolicyHistory.Estimate))
    Assert.That(evaluation.Cost, Is.EqualTo({ Mean = 2.0; Low = 1.0; High = 3.0 }: PolicyHistory.Estimate))
    let torn, why = List.exactlyOne history.Unread
    Assert.That(torn.Label, Is.EqualTo "T/a/torn")
    Assert.That(why, Is.Not.Empty)
    use document = JsonDocument.Parse(PolicyHistory.evaluations history)
    let cost = (document.RootElement[0]).GetProperty "cost"
    Assert.That((cost.GetProperty "mean").GetDouble(), Is.EqualTo 2.0)

[<TestCase("collect", "T/dataset", "`T/dataset` is a dataset, not a policy")>]
[<TestCase("evaluate", "T/a/scores seed=0", "`T/a/scores seed=0` are scores, not a policy")>]
let ``the record of another artifact is refused by what it is``
    (stage: string)
    (label: string)
    (what: string)
    =
    use made = new Made()
    made.Add("dddddd", stage, label, 0, [], Some "d") |> ignore

    for word in [ label; "dddddd" ] do
        Assert.That(refused made word, Does.StartWith(what + "\n").And.Contain $"its stage is {stage}")

[<TestCase("T/a/policy")>]
[<TestCase("dddddd")>]
let ``a store that is named and not there is refused as such`` (word: string) =
    match PolicyChoice.find (Some "no-such-store") word with
    | Error(Surroundings words) -> Assert.That(words, Does.StartWith "there is no store yet")
    | other -> Assert.Fail $"it was not refused: %A{other}"
