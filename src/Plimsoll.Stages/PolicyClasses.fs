/// The classes of policy that DRCORL's stages train.
module Plimsoll.Stages.PolicyClasses

open System.IO
open Plimsoll.Learning.Algorithms
open Plimsoll.Learning.Networks
open Plimsoll.Stages.Typed

let choice =
    choice
        "policy-class"
        "dirac"
        [ "dirac"; "gaussian"; "learned-gaussian" ]
        "dirac: the mean alone; gaussian: trained by draws of a constant deviation; \
         learned-gaussian: the deviation follows from the state. Each acts by its mean"

let deviation =
    real "deviation" 0.01 (0.0, 10.0) "action" "standard deviation of the gaussian class' draws"

let ofRequest (request: StageRequest) =
    match choice.Of request with
    | "gaussian" -> PolicyClass.Gaussian
    | "learned-gaussian" -> PolicyClass.LearnedGaussian
    | _ -> PolicyClass.Dirac

/// The deviation of the draws that training takes where the policy has none of its own.
let drawn (request: StageRequest) =
    if ofRequest request = PolicyClass.Gaussian then
        deviation.Of request
    else
        0.0

/// A loaded policy, which must be able to be of the class that the stage was told.
let require (request: StageRequest) (policy: ISurrogatePolicy) =
    let wanted = choice.Of request
    let learned = policy :? GaussianPolicy

    if learned <> (wanted = "learned-gaussian") then
        let given = if learned then "learned-gaussian" else "dirac or gaussian"

        raise (
            InvalidDataException
                $"the policy's class is {given}, and this stage's policy-class is {wanted}; \
                  set it alike in both stages"
        )

    policy
