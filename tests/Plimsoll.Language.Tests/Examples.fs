module Plimsoll.Language.Tests.Examples

/// The sketch of an experiment file, with everything that it can say.
let full =
    """# Every section of an experiment.
experiment: ball-circle
tasks:
  DiscCircle: { collect: { steps: 300_000, seed: 1 } }
  Ries: { file: data/ries.hdf5, terminals-are-time-outs: true, evaluate: { steps: 400 } }
protocol: { cost_limits: [10, 20, 40], seeds: 0..4, episodes: 25, time_actions: [1, 1000] }
arms:
  drcorl: {}
  drcorl-crpo: { recipe: drcorl, adaptation: crpo, behaviour.steps: 50 }
  bc-all: {}
  bc-safe: { policy.width: 32 }
sweep:
  drcorl.pessimism: [0, 0.2, 1]
  drcorl.policy.steps: [100, 200]
claims:
  - { metric: cost, arm: drcorl, at-most: 1, for: every limit }
  - { metric: reward, arm: drcorl, above: bc-safe, probability: 0.95 }
  - { metric: reward, arm: bc-all, at-least: -3 }
  - { metric: reward, arm: bc-safe, below: drcorl, probability: 0.9, for: 10 }
  - { metric: reward, arm: drcorl, at-least: 0.5, for: average }
"""

/// One task and two arms, small enough to count by hand.
let small =
    """experiment: small
tasks:
  DiscCircle: { collect: { steps: 100 } }
protocol: { cost_limits: [10, 20], seeds: [0, 1, 2], episodes: 5 }
arms:
  drcorl: {}
  bc-safe: {}
"""

/// `small` with one piece of its text exchanged for another.
let smallWith (before: string) (after: string) =
    if not (small.Contains before) then
        invalidArg (nameof before) "the example does not contain this"

    small.Replace(before, after)
