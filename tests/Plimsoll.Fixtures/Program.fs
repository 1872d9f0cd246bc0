/// Writes the files that the tests in tests/node look at: `Plimsoll.Fixtures FOLDER`.
module Plimsoll.Fixtures.Program

open System.IO

/// Each has a folder of its own.
let private fixtures = [
    "report", ReportFixture.write
    "policies", Plimsoll.Export.Samples.PolicyFixture.Write
]

[<EntryPoint>]
let main arguments =
    match arguments with
    | [| folder |] ->
        for name, write in fixtures do
            let place = Path.Combine(folder, name)
            Directory.CreateDirectory place |> ignore
            write place

        0
    | _ ->
        eprintfn "Plimsoll.Fixtures FOLDER"
        2
