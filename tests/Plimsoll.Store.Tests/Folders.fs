/// Folders that a test may fill; removed when the tests end.
namespace Plimsoll.Store.Tests

open System
open System.Collections.Concurrent
open System.IO

module Folders =
    let private made = ConcurrentBag<string>()

    /// In memory where there is such a place: thousands of small files are made.
    let private place =
        if Directory.Exists "/dev/shm" then
            "/dev/shm"
        else
            Path.GetTempPath()

    let fresh () =
        let path =
            Path.Combine(place, "plimsoll-store-tests", Guid.NewGuid().ToString "N")

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
