/// Hash trails side by side.
module Plimsoll.Cli.Trails

open System.IO
open Plimsoll.Engine
open Plimsoll.Learning.Training

/// Where two trails part; None where they agree, or one of them cannot be read.
let difference (old: string) (now: string) : Verify.TrailDifference option =
    match TrailComparison.Of(File.ReadAllText old, File.ReadAllText now) with
    | :? TrailComparison.Differs as found ->
        Some {
            Step = found.Step
            LastEqual = found.LastEqual
            Kind = found.Kind
        }
    | _ -> None
