/// The one place that knows which stages and tasks this program has.
module Plimsoll.Cli.Composition

open Plimsoll.Language
open Plimsoll.Stages

/// The stages with their bodies, for the engine.
let stages: Stage list = Plimsoll.Stages.Catalogue.stages

/// Their signatures and the tasks, for the language.
let catalogue: Plimsoll.Language.Catalogue = Plimsoll.Stages.Catalogue.language

let signatureOf (stage: string) : StageSignature option =
    stages |> List.map _.Signature |> List.tryFind (fun s -> s.Name = stage)

/// Whether the stage of this name makes artifacts of this kind.
let makes (kind: ArtifactKind) (stage: string) : bool =
    signatureOf stage |> Option.exists (fun s -> s.Output = kind)
