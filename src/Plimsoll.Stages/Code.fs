/// What enters every stage's key as its code.
module Plimsoll.Stages.Code

open Plimsoll.Data
open Plimsoll.Environments
open Plimsoll.Learning.Training
open Plimsoll.Numerics.Runtime

/// The assemblies whose bytes can change what a stage computes, this one included: it reads parameters, derives
/// scales and horizons and writes scores. Too many rather than too few, until keys know reachable code.
let assemblies = [
    typeof<StageRequest>.Assembly
    typeof<ITraining>.Assembly
    typeof<Program>.Assembly
    typeof<Dataset>.Assembly
    typeof<Tasks>.Assembly
]
