/// One broken file for each thing that can be wrong; some faults have several.
module Plimsoll.Language.Tests.ProblemCases

open Plimsoll.Language.Tests.Examples

type Case = {
    Name: string
    Text: string
    /// Recipes beside the shipped ones, by path.
    Recipes: (string * string) list
}

let private case name text = {
    Name = name
    Text = text
    Recipes = []
}

let private edited name before after = case name (smallWith before after)

let private changed name (before: string) (after: string) =
    if not (Examples.full.Contains before) then
        invalidArg (nameof before) "the Examples.full does not contain this"

    case name (Examples.full.Replace(before, after))

/// `small` with one arm more, which follows a recipe of the user's own.
let private own name recipe = {
    Name = name
    Text = smallWith "  bc-safe: {}\n" "  own: { recipe: ./own.yaml }\n"
    Recipes = [ "./own.yaml", recipe ]
}

let private recipe parameters stages =
    $"recipe: own\n{parameters}stages:\n{stages}result: policy\n"

let private cloningOf dataset =
    $"  policy: {{ stage: fit-bc, dataset: {dataset} }}\n"

let private cloning = cloningOf "$dataset"

/// An arm that is like another, whose settings are given.
let private like name settings arm =
    case name (smallWith "  drcorl: {}\n  bc-safe: {}\n" $"  drcorl: {settings}\n  {arm}\n")

let private text = [
    case "bad-character" (small + "# \u0007\n")
    case "empty-file" "# nothing but a remark\n"
    case "not-yaml" (smallWith "seeds: [0, 1, 2]," "seeds: [0, 1, 2,")
    case "not-yaml-at-the-end" "experiment: x\narms: { drcorl: {},\n"
    edited "tab-as-indent" "  bc-safe" "\tbc-safe"
    edited "no-blank-behind-the-colon" "seeds: [0, 1, 2]" "seeds:0..2"
    edited "anchor" "{ steps: 100 }" "&data { steps: 100 }"
    edited "alias" "bc-safe: {}" "bc-safe: *data"
    edited "tag" "steps: 100" "steps: !!int 100"
    edited "merge-key" "bc-safe: {}" "bc-safe: { <<: { policy.width: 8 } }"
    case "directive" ("%YAML 1.2\n---\n" + small)
    case "second-document" (small + "---\nexperiment: other\n")
    edited "key-with-structure" "bc-safe: {}" "[bc, safe]: {}"
    edited "duplicate-key" "  bc-safe: {}" "  drcorl: { adaptation: crpo }"
    case "too-deep" ("experiment: " + String.replicate 70 "[" + String.replicate 70 "]" + "\n")
]

let private structure = [
    edited "unknown-key" "cost_limits" "cost-limits"
    edited "unknown-section" "arms:" "arm:"
    edited "unknown-parameter-of-collect" "steps: 100" "step: 100"
    edited "unknown-parameter-of-arm" "bc-safe: {}" "bc-safe: { width: 8 }"
    edited "unknown-dotted-parameter" "bc-safe: {}" "bc-safe: { polcy.width: 8 }"
    edited "like-an-arm-below" "drcorl: {}" "drcorl: { like: bc-safe }"
    like "like-an-arm-of-another-recipe" "{ pessimism: 0.3 }" "bc-safe: { like: drcorl, recipe: bc-safe }"
    like
        "like-another-with-stages-of-its-own"
        "{ pessimism: 0.3, policy.steps: 7 }"
        "bc: { like: drcorl, stages: { policy: { stage: fit-bc, dataset: $dataset } }, result: policy }"
    like
        "like-another-whose-value-does-not-suit"
        "{ policy.mode: crpo }"
        ("bc: { like: drcorl, result: last, "
         + "stages: { policy: { stage: filter, dataset: $dataset }, last: { stage: fit-bc, dataset: policy } } }")
    {
        Name = "like-another-whose-settings-meet"
        Text =
            smallWith
                "  drcorl: {}\n  bc-safe: {}\n"
                ("  base:\n    stages: { policy: { stage: fit-bc, dataset: $dataset } }\n"
                 + "    result: policy\n    parameters: { size: { for: policy.width } }\n"
                 + "    size: 8\n    policy.steps: 3\n"
                 + "  own: { like: base, recipe: ./own.yaml }\n")
        Recipes = [
            "./own.yaml", recipe "parameters: { size: { for: [policy.width, policy.steps] } }\n" cloning
        ]
    }
    like
        "like-another-that-has-faults-of-its-own"
        "{ pesimism: 0.3, policy.steps: many }"
        "bc-safe: { like: drcorl, recipe: bc-safe }"
    edited "like-nobody" "bc-safe: {}" "bc-safe: { like: drcrol }"
    edited "unknown-recipe-parameter" "drcorl: {}" "drcorl: { pesimism: 1 }"
    edited "missing-section" "experiment: small\n" ""
    edited "missing-seeds" ", seeds: [0, 1, 2]" ""
    edited "task-without-data" "{ collect: { steps: 100 } }" "{}"
    edited "task-with-misspelt-collect" "collect" "colect"
    edited "nothing-given" "bc-safe: {}" "bc-safe:"
    edited "null-given" "episodes: 5" "episodes: null"
    edited "not-a-mapping" "bc-safe: {}" "bc-safe: [policy]"
    case "claims-not-a-list" (small + "claims: { metric: cost }\n")
    edited "seeds-not-a-list" "[0, 1, 2]" "{ first: 0 }"
    edited "not-a-scalar" "episodes: 5" "episodes: [5]"
    edited "not-a-name" "bc-safe: {}" "bc safe: {}"
    own "name-reserved" (recipe "" ("  dataset: { stage: fit-bc, dataset: $dataset }\n" + cloning))
    own "recipe-parameter-reserved" (recipe "parameters: { like: { for: policy.width } }\n" cloning)
    edited "recipe-and-stages" "bc-safe: {}" "bc-safe: { recipe: bc-safe, stages: {} }"
    edited "collect-and-file" "{ collect:" "{ file: x.hdf5, collect:"
    changed "two-bounds" "at-most: 1" "at-most: 1, at-least: 0"
    changed "above-and-below" "above: bc-safe" "above: bc-safe, below: bc-all"
    changed "probability-without-above" "at-most: 1" "at-most: 1, probability: 0.9"
    changed "claim-without-bound" "at-most: 1, " ""
    changed "claim-without-probability" ", probability: 0.95" ""
    case "no-arms" (smallWith "  drcorl: {}\n  bc-safe: {}\n" "  {}\n")
    case "root-not-a-mapping" "- experiment\n"
]

let private values = [
    edited "not-a-whole-number" "steps: 100" "steps: 1e2"
    edited "not-a-number" "[10, 20]" "[10, twenty]"
    edited "not-a-flag" "{ collect: { steps: 100 } }" "{ file: a.hdf5, terminals-are-time-outs: True }"
    edited "not-a-choice" "drcorl: {}" "drcorl: { adaptation: cprpo }"
    edited "number-for-a-path" "{ collect: { steps: 100 } }" "{ file: 886 }"
    edited "number-for-a-list" "[10, 20]" "10"
    edited "numbers-without-brackets" "[10, 20], seeds" "10 20, seeds"
    edited "seeds-as-a-count" "[0, 1, 2]" "3"
    edited "one-seed-as-a-count" "[0, 1, 2]" "1"
    edited "seeds-negative" "[0, 1, 2]" "-1"
    edited "number-in-quotes" "steps: 100" "steps: '100'"
    edited "negative-cost-limit" "[10, 20]" "[10, -20]"
    edited "out-of-range" "drcorl: {}" "drcorl: { policy.pessimism: 11 }"
    edited "not-above" "steps: 100" "noise: 0"
    edited "episodes-beyond-the-stage" "episodes: 5" "episodes: 2_000"
    edited "no-episodes" "episodes: 5" "episodes: 0"
    edited "not-finite" "[10, 20]" "[10, .inf]"
    edited "number-too-large" "steps: 100" "steps: 99_999_999_999_999_999_999"
    edited "range-reversed" "[0, 1, 2]" "4..0"
    edited "range-too-long" "[0, 1, 2]" "1..1_000_000_000"
    edited "item-repeated" "[0, 1, 2]" "[0, 1, 0]"
    edited "limit-repeated" "[10, 20]" "[10, 10.0]"
    edited "no-seeds" "[0, 1, 2]" "[]"
    edited "acting-timed-on-nothing" "episodes: 5" "episodes: 5, time_actions: [0]"
    edited "seed-too-large" "[0, 1, 2]" "[0, 1000000000000001]"
    changed "claim-for-one-limit" "every limit" "limit 10"
    changed "claim-for-another-limit" "every limit" "15"
    changed "probability-above-one" "0.95" "95"
]

let private names = [
    edited "unknown-task" "DiscCircle" "DiskCircle"
    own "unknown-stage" (recipe "" "  policy: { stage: fit-bs, dataset: $dataset }\n")
    own "unknown-node" (recipe "" ("  data: { stage: filter, dataset: $dataset }\n" + cloningOf "dat"))
    own
        "unknown-target"
        (recipe
            "parameters: { size: { for: policy.widht } }\n"
            "  policy: { stage: fit-bc, dataset: $dataset }\n")
    changed "unknown-arm-in-claim" "arm: bc-all" "arm: bcall"
    changed "unknown-arm-in-sweep" "drcorl.pessimism" "drcrl.pessimism"
    changed "sweep-without-arm" "drcorl.pessimism" "pessimism"
    changed "unknown-parameter-in-sweep" "drcorl.pessimism" "drcorl.pesimism"
    changed "unknown-metric" "metric: cost" "metric: costs"
    own "unknown-input-reference" (recipe "" "  policy: { stage: fit-bc, dataset: $data }\n")
    edited "unknown-value-reference" "bc-safe: {}" "bc-safe: { safe.cost-limit: $cost_limit }"
    edited "recipe-not-found" "bc-safe: {}" "bc-safe: { recipe: bc-sfe }"
    edited "reference-for-a-whole-number" "bc-safe: {}" "bc-safe: { policy.width: $cost-limit }"
]

/// Cloning that is tuned in the task's simulator.
let private tuned =
    recipe
        ""
        ("  start: { stage: fit-bc, dataset: $dataset }\n"
         + "  policy: { stage: tune, dataset: $dataset, policy: start, task: $task }\n")

let private simulators = [
    {
        own "simulator-missing" tuned with
            Text =
                (smallWith "  bc-safe: {}\n" "  own: { recipe: ./own.yaml }\n")
                    .Replace("protocol:", "  Ries: { file: a.hdf5 }\nprotocol:")
    }
    own "task-for-a-number" (tuned.Replace("stage: fit-bc,", "stage: fit-bc, width: $task,"))
    own "simulator-not-named" (tuned.Replace(", task: $task", ""))
]

let private wiring = [
    own "wrong-kind" (recipe "" "  policy: { stage: warm-start, dataset: $dataset, behaviour: $dataset }\n")
    own
        "result-of-wrong-kind"
        "recipe: own\nstages:\n  model: { stage: fit-diffusion, dataset: $dataset }\nresult: model\n"
    own "input-missing" (recipe "" "  policy: { stage: fit-bc, width: 8 }\n")
    own
        "parameter-missing"
        (recipe "" "  data: { stage: load-dataset }\n  policy: { stage: fit-bc, dataset: data }\n")
    own
        "circle"
        (recipe
            ""
            ("  a: { stage: filter, dataset: b }\n  b: { stage: filter, dataset: a }\n"
             + cloningOf "b"))
    own
        "stage-unused"
        (recipe
            ""
            "  more: { stage: filter, dataset: $dataset }\n  policy: { stage: fit-bc, dataset: $dataset }\n")
    own
        "recipe-parameter-unused"
        (recipe "parameters: { size: { default: 3 } }\n" "  policy: { stage: fit-bc, dataset: $dataset }\n")
    own
        "parameter-set-twice-in-recipe"
        (recipe
            "parameters: { size: { default: 3, for: policy.width } }\n"
            "  policy: { stage: fit-bc, dataset: $dataset, width: 8 }\n")
    edited "parameter-set-twice-in-arm" "drcorl: {}" "drcorl: { pessimism: 1, policy.pessimism: 2 }"
    changed "parameter-swept-twice" "drcorl.policy.steps: [100, 200]" "drcorl.policy.pessimism: [1, 2]"
    changed "set-by-arm-and-sweep" "  drcorl: {}" "  drcorl: { pessimism: 1 }"
    edited "too-many-cells" "[0, 1, 2]" "0..99_999"
    edited
        "limit-beyond-the-stage"
        "  bc-safe: {}"
        "  bc-safe: {}\n  late: { recipe: drcorl, policy.pessimism: $cost-limit }"
    {
        Name = "in-two-files"
        Text =
            smallWith
                "  bc-safe: {}\n"
                "  own: { recipe: ./own.yaml, policy.widht: 3 }\n  again: { recipe: ./own.yaml }\n"
        Recipes = [
            "./own.yaml", recipe "" (cloning + "  more: { stage: filter, dataset: policy }\n")
        ]
    }
    case
        "several-at-once"
        (Examples.full
            .Replace("cost_limits", "cost_limit")
            .Replace("0..4", "4..0")
            .Replace("crpo,", "cprpo,")
            .Replace("above: bc-safe", "above: bc-saf"))
]

let all = text @ structure @ values @ names @ simulators @ wiring
