/// The way in: text to a checked, expanded experiment, or every problem there is.
module Plimsoll.Language.Check

/// More cells than anyone has meant to ask for; a slip in an axis is likelier.
let cellLimit = 1_000_000

/// Checks an experiment file. `recipes` gives the text and the file name of a recipe by its shipped name or
/// by its path relative to the experiment file, or says why it cannot.
let definition
    (catalogue: Catalogue)
    (recipes: ArmSection.RecipeSource)
    file
    text
    : Result<Definition, Problem list> =
    let findings = Findings()

    match ExperimentFile.read findings (Signatures.index catalogue) recipes file text with
    | Some(definition, position) when findings.Count = 0 ->
        let count = Expand.instances definition

        if count > bigint cellLimit then
            findings.Add(position, TooManyCells(count, cellLimit))
            Error findings.Problems
        else
            Ok definition
    | _ -> Error findings.Problems

/// Multiplies a checked definition out.
let expand (catalogue: Catalogue) (definition: Definition) : Experiment = {
    Name = definition.Name
    File = definition.File
    Protocol = definition.Protocol
    Tasks = definition.Tasks |> List.map _.Name
    Arms = definition.Arms |> List.map _.Name
    Claims = definition.Claims
    Cells = Expand.cells (Signatures.index catalogue) definition
}

let experiment catalogue recipes file text : Result<Experiment, Problem list> =
    definition catalogue recipes file text |> Result.map (expand catalogue)

/// Checks a recipe file by itself.
let recipe (catalogue: Catalogue) file text : Result<Recipe, Problem list> =
    let findings = Findings()

    match RecipeFile.read findings (Signatures.index catalogue) file text with
    | Some recipe when findings.Count = 0 -> Ok recipe
    | _ -> Error findings.Problems

/// The files that an experiment names, with the place of the name: whoever may touch disks asks for them.
let files (experiment: Experiment) : (string * Position) list =
    [
        for cell in experiment.Cells do
            for parameter in cell.Stage.Parameters do
                match parameter.Type, cell.Parameters.TryFind parameter.Name with
                | FileType,
                  Some {
                           Value = Text path
                           Source = FromFile position
                       } -> path, position
                | _ -> ()
    ]
    |> List.distinct
