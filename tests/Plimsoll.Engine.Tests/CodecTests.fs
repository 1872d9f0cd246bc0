module Plimsoll.Engine.Tests.CodecTests

open System
open System.Text
open NUnit.Framework
open FsCheck
open FsCheck.FSharp
open FsCheck.NUnit
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Workers

/// Text that .NET can write as UTF-8; half a surrogate pair is not.
let private texts =
    Gen.oneof [
        Gen.elements [ ""; "a\nb\r\n"; "\u0000\u001f"; "\u2028\u2029"; "quote \" back \\"; "\U0001F6A2 größe" ]
        ArbMap.defaults
        |> ArbMap.generate<string | null>
        |> Gen.map (fun text ->
            Option.ofObj text
            |> Option.defaultValue ""
            |> String.filter (fun c -> not (Char.IsSurrogate c)))
    ]

let private doubles =
    Gen.oneof [
        Gen.elements [
            0.0
            -0.0
            nan
            infinity
            -infinity
            Double.Epsilon
            -Double.Epsilon
            Double.MaxValue
            Double.MinValue
            2.2250738585072014e-308
            0.1
            1.0
            9007199254740993.0
            1e22
        ]
        ArbMap.defaults |> ArbMap.generate<int64> |> Gen.map BitConverter.Int64BitsToDouble
    ]

let private int64s =
    Gen.oneof [
        Gen.elements [ 0L; Int64.MinValue; Int64.MaxValue ]
        ArbMap.defaults |> ArbMap.generate<int64>
    ]

let rec private values depth =
    Gen.oneof [
        Gen.elements [ Flag true; Flag false ]
        int64s |> Gen.map Whole
        doubles |> Gen.map Real
        texts |> Gen.map Text
        if depth > 0 then
            Gen.listOf (values (depth - 1))
            |> Gen.map (List.truncate 4 >> Items)
    ]

let private maps content =
    Gen.zip texts content
    |> Gen.listOf
    |> Gen.map (List.truncate 5 >> Map.ofList)

let private orders = gen {
    let! id = int64s
    let! stage = texts
    let! label = texts
    let! parameters = maps (values 3)
    let! inputs = maps texts
    let! output = texts
    let! seed = Gen.optionOf int64s
    let! threads = Gen.choose (1, 64)
    let! cpus = Gen.listOf (Gen.choose (0, 300))
    let! checkpoint = Gen.optionOf texts
    let! trail = Gen.optionOf texts
    let! beat = Gen.choose (1, 100_000)

    return {
        Id = id
        Stage = stage
        Label = label
        Parameters = parameters
        Inputs = inputs
        Output = output
        Seed = seed
        Threads = threads
        Cpus = cpus
        Checkpoint = checkpoint
        Trail = trail
        Beat = beat
    }
}

let private outcomes =
    Gen.oneof [
        Gen.constant Finished
        Gen.zip int64s texts |> Gen.map Diverged
        gen {
            let! kind =
                Gen.elements [ Invalid; Deterministic; Transient; Resource; Corrupt; Cancelled; Bug ]

            let! what = texts
            let! remedy = texts

            return
                Failed {
                    Class = kind
                    What = what
                    Remedy = remedy
                }
        }
    ]

let private toWorker =
    Gen.oneof [ orders |> Gen.map Run; int64s |> Gen.map Stop ]

let private fromWorker =
    Gen.oneof [
        gen {
            let! protocol = Gen.choose (0, 1000)
            let! build = texts
            let! pid = Gen.choose (0, Int32.MaxValue)

            return
                Hello {
                    Protocol = protocol
                    Build = build
                    Pid = pid
                }
        }
        int64s |> Gen.map Began
        gen {
            let! order = int64s
            let! step = int64s
            let! steps = int64s
            let! metrics = Gen.listOf (Gen.zip texts doubles)

            return
                Progressed(
                    order,
                    {
                        Step = step
                        Steps = steps
                        Metrics = metrics
                    }
                )
        }
        Gen.map2
            (fun resident processor ->
                Beat {
                    Resident = resident
                    Processor = processor
                })
            int64s
            doubles
        gen {
            let! order = int64s
            let! outcome = outcomes
            let! peak = int64s
            let! resumed = Gen.optionOf int64s

            return
                Ended(
                    order,
                    outcome,
                    {
                        PeakMemory = peak
                        ResumedAt = resumed
                    }
                )
        }
    ]

let private memory (bytes: byte[]) = ReadOnlyMemory bytes

/// Every bit counts: -0 is not 0, and NaN is NaN.
let private sameText a b = $"%A{a}" = $"%A{b}"

let private hexadecimal (number: double) =
    if Double.IsNaN number then
        "NaN"
    else
        (BitConverter.DoubleToInt64Bits number).ToString "X16"

let rec private bits (value: Value) : string =
    match value with
    | Real number -> hexadecimal number
    | Items items -> items |> List.map bits |> String.concat ";" |> sprintf "[%s]"
    | other -> $"%A{other}"

let private isOneLine (line: byte[]) =
    Array.IndexOf(line, '\n'B) = line.Length - 1

[<Property>]
let ``an order comes through bit for bit, on one line`` () =
    Prop.forAll (Arb.fromGen orders) (fun order ->
        let line = Codec.ToWorker.encode (Run order)

        match Codec.ToWorker.decode (memory line) with
        | Ok(Run read) ->
            isOneLine line
            && { read with Parameters = Map.empty } = { order with Parameters = Map.empty }
            && read.Parameters.Keys |> Seq.toList = (order.Parameters.Keys |> Seq.toList)
            && read.Parameters
               |> Map.forall (fun name value -> bits value = bits order.Parameters[name])
        | _ -> false)

[<Property>]
let ``what a worker says comes through, on one line`` () =
    Prop.forAll (Arb.fromGen fromWorker) (fun message ->
        let line = Codec.FromWorker.encode message

        match Codec.FromWorker.decode (memory line), message with
        | Ok(Progressed(order, read)), Progressed(order', told) ->
            let numbers: (string * double) list -> (string * string) list =
                List.map (fun (name, number) -> name, hexadecimal number)

            isOneLine line
            && (order, read.Step, read.Steps) = (order', told.Step, told.Steps)
            && numbers read.Metrics = numbers told.Metrics
        | Ok(Beat read), Beat told ->
            isOneLine line
            && read.Resident = told.Resident
            && hexadecimal read.Processor = hexadecimal told.Processor
        | Ok read, _ -> isOneLine line && read = message
        | Error _, _ -> false)

[<Property>]
let ``a message to a worker comes through`` () =
    Prop.forAll (Arb.fromGen toWorker) (fun message ->
        match Codec.ToWorker.decode (memory (Codec.ToWorker.encode message)) with
        | Ok read -> sameText read message
        | Error _ -> false)

let private harmless decode line =
    match decode (memory line) with
    | Ok _ -> true
    | Error why -> why <> ""

[<Property>]
let ``no bytes whatever make a reader throw`` (bytes: byte[]) =
    harmless Codec.ToWorker.decode bytes && harmless Codec.FromWorker.decode bytes

[<Property>]
let ``a message with a byte lost, changed or cut is an error or a message, never an exception`` () =
    let damaged = gen {
        let! line = Gen.oneof [ Gen.map Codec.ToWorker.encode toWorker; Gen.map Codec.FromWorker.encode fromWorker ]
        let! at = Gen.choose (0, line.Length - 1)
        let! value = Gen.choose (0, 255)

        return!
            Gen.elements [
                Array.removeAt at line
                Array.updateAt at (byte value) line
                Array.truncate at line
            ]
    }

    Prop.forAll (Arb.fromGen damaged) (fun line ->
        harmless Codec.ToWorker.decode line && harmless Codec.FromWorker.decode line)

[<TestCase("", "it is not JSON")>]
[<TestCase("hello", "it is not JSON")>]
[<TestCase("7", "an object with `kind` was expected")>]
[<TestCase("{}", "`kind` is missing")>]
[<TestCase("{\"kind\":7}", "a string was expected, not Number")>]
[<TestCase("{\"kind\":\"hullo\"}", "there is no message `hullo`")>]
[<TestCase("{\"kind\":\"began\"}", "`order` is missing")>]
[<TestCase("{\"kind\":\"began\",\"order\":1.5}", "1.5 is not a whole number of 64 bits")>]
[<TestCase("{\"kind\":\"began\",\"order\":99999999999999999999}",
           "99999999999999999999 is not a whole number of 64 bits")>]
[<TestCase("{\"kind\":\"hello\",\"protocol\":4294967296}", "4294967296 is out of range")>]
[<TestCase("{\"kind\":\"beat\",\"resident\":1,\"processor\":\"nan\"}", "`nan` is not a number")>]
[<TestCase("{\"kind\":\"beat\",\"resident\":1,\"processor\":1e999}", "1e999 is not a double")>]
[<TestCase("{\"kind\":\"progress\",\"order\":1,\"step\":1,\"steps\":1,\"metrics\":[[\"a\"]]}",
           "a metric is a name and a number")>]
[<TestCase("{\"kind\":\"ended\",\"order\":1,\"outcome\":\"won\"}", "there is no outcome `won`")>]
[<TestCase("{\"kind\":\"ended\",\"order\":1,\"outcome\":\"failed\",\"class\":\"odd\"}",
           "there is no class of failure `odd`")>]
[<TestCase("{\"kind\":\"\\ud800\"}", "it holds text that is not Unicode")>]
let ``what is wrong with a line is said`` (line: string, why: string) =
    match Codec.FromWorker.decode (memory (Encoding.UTF8.GetBytes line)) with
    | Error found -> Assert.That(found, Is.EqualTo why)
    | Ok message -> Assert.Fail $"%A{message}"

[<Test>]
let ``fields that a reader does not know are passed over`` () =
    let line = "{\"kind\":\"began\",\"mood\":{\"a\":[1]},\"order\":3}"

    Assert.That(
        Codec.FromWorker.decode (memory (Encoding.UTF8.GetBytes line)),
        Is.EqualTo<Result<FromWorker, string>>(Ok(Began 3L))
    )

[<Test>]
let ``an order on the wire is as the manual shows it`` () =
    let order = {
        Id = 1L
        Stage = "fit"
        Label = "DiscCircle/bc/policy seed=0"
        Parameters = Map [ "limit", Real nan; "names", Items [ Text "a"; Flag true ]; "rate", Real 1.0; "steps", Whole 5L ]
        Inputs = Map [ "data", "a/b" ]
        Output = "out"
        Seed = Some 0L
        Threads = 2
        Cpus = [ 0; 1 ]
        Checkpoint = Some "keep"
        Trail = None
        Beat = 1000
    }

    Assert.That(
        Encoding.UTF8.GetString(Codec.ToWorker.encode (Run order)),
        Is.EqualTo(
            """{"kind":"run","order":1,"stage":"fit","label":"DiscCircle/bc/policy seed=0","""
            + """"parameters":{"limit":{"real":"NaN"},"names":["a",true],"rate":{"real":1},"steps":5},"""
            + """"inputs":{"data":"a/b"},"output":"out","seed":0,"threads":2,"cpus":[0,1],"checkpoint":"keep","""
            + """"beat":1000}"""
            + "\n"
        )
    )
