/// Reports of made-up results.
module Plimsoll.Fixtures.ReportFixture

open System.IO
open Plimsoll.Report
open Plimsoll.Report.Tests

/// `small/`: two tasks, three arms. `table/`: 15 methods, four tasks, as many as a paper's table has. The others are
/// as small with what their names say.
let private reports () = [
    "small", Synthetic.results
    "table", SyntheticTable.results ()
    "sweep", SyntheticVariants.swept
    "both", SyntheticVariants.both
    "limit-zero", SyntheticVariants.limitZero
    "no-scale", SyntheticVariants.noScale
]

let write (folder: string) : unit =
    for name, results in reports () do
        match Report.build results (Path.Combine(folder, name)) with
        | Ok _ -> ()
        | Error problem -> failwith problem.Message
