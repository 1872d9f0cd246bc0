/// Reports of made-up results.
module Plimsoll.Fixtures.ReportFixture

open System.IO
open Plimsoll.Report
open Plimsoll.Report.Tests

/// `small/`: two tasks, three arms. `table/`: 15 methods, four tasks, as many as a paper's table has.
let write (folder: string) : unit =
    for name, results in [ "small", Synthetic.results; "table", SyntheticTable.results () ] do
        match Report.build results (Path.Combine(folder, name)) with
        | Ok _ -> ()
        | Error problem -> failwith problem.Message
