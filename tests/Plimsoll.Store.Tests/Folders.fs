/// Folders that a test may fill; removed when the tests end.
namespace Plimsoll.Store.Tests

open System
open System.Collections.Concurrent
open System.IO
open NUnit.Framework

module Folders =
    let private made = ConcurrentBag<string>()

    let fresh () =
        let path =
            Path.Combine(Path.GetTempPath(), "plimsoll-store-tests", Guid.NewGuid().ToString "N")

        Directory.CreateDirectory path |> ignore
        made.Add path
        path

    let removeAll () =
        for path in made do
            if Directory.Exists path then
                Directory.Delete(path, true)

[<SetUpFixture>]
type RemoveFolders() =
    [<OneTimeTearDown>]
    member _.Remove() = Folders.removeAll ()
