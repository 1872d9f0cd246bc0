/// Experiments of any number of cells, made of shipped recipes and tasks.
module Plimsoll.Engine.Benchmarks.Sizes

open System.IO

type Size = {
    /// About so many cells.
    Name: string
    Seeds: int
}

/// Ten times the cells from one to the next: 98 cells a seed, 24 for all of them.
let all = [
    { Name = "1,000"; Seeds = 10 }
    { Name = "10,000"; Seeds = 102 }
    { Name = "100,000"; Seeds = 1021 }
]

let tenThousand = all[1]

let private limits =
    [ for limit in 1..23 -> string (2 * limit) ] |> String.concat ", "

/// Three arms at 23 cost limits, over as many seeds as the size says.
let text (size: Size) =
    $"""experiment: scale
tasks:
  DiscCircle: {{ collect: {{ steps: 300_000, seed: 1 }} }}
protocol: {{ cost_limits: [{limits}], seeds: 0..{size.Seeds - 1}, episodes: 20 }}
arms:
  drcorl:
    hidden: [64, 64]
    behaviour.steps: 12_000
    behaviour.learning-rate: 1e-3
    policy.steps: 6_000
    policy.weight: score
  bc-all: {{ policy.steps: 10_000, policy.hidden: [64, 64] }}
  bc-safe: {{ policy.steps: 10_000, policy.hidden: [64, 64] }}
"""

/// The experiment as a file in a folder.
let write (folder: string) (size: Size) : string =
    let file = Path.Combine(folder, $"scale-{size.Seeds}.yaml")
    File.WriteAllText(file, text size)
    file
