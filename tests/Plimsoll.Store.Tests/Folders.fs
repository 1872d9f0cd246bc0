/// Folders that a test may fill; removed when the tests end.
namespace Plimsoll.Store.Tests

open System
open System.Collections.Concurrent
open System.IO

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

namespace global

open NUnit.Framework

/// Outside every namespace, so that it serves all tests of an assembly.
[<SetUpFixture>]
type RemoveFolders() =
    [<OneTimeTearDown>]
    member _.Remove() =
        Plimsoll.Store.Tests.Folders.removeAll ()
