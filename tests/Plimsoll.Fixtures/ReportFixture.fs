/// Reports of made-up results.
module Plimsoll.Fixtures.ReportFixture

open System.IO
open Plimsoll.Report

/// `small/`: two tasks, three arms.
let write (folder: string) : unit =
    match Report.build Plimsoll.Report.Tests.Synthetic.results (Path.Combine(folder, "small")) with
    | Ok _ -> ()
    | Error problem -> failwith problem.Message
