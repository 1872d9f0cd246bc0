"""Writes the actors of the rollout scenarios: /usr/bin/python3 make-actors.py"""
import os
import numpy as np

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scenarios")


def actor(sizes, seed):
    draw = np.random.RandomState(seed)
    arrays = {}
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        arrays["actor.pi.%d.weight" % (2 * layer)] = draw.uniform(-0.7, 0.7, (outputs, inputs)).astype(np.float32)
        arrays["actor.pi.%d.bias" % (2 * layer)] = draw.uniform(-0.2, 0.2, outputs).astype(np.float32)
    return arrays


disc = actor([5, 8, 2], 7)
np.savez(os.path.join(here, "rollout", "before", "actor.npz"), **disc)
np.savez(os.path.join(here, "rollout-refusals", "before", "actor.npz"), **disc)
np.savez(os.path.join(here, "export-policy", "before", "actor.npz"), **disc)
broken = dict(disc)
broken["actor.pi.2.weight"] = np.full((2, 8), np.nan, np.float32)
np.savez(os.path.join(here, "rollout-refusals", "before", "nan.npz"), **broken)
half = {name: array for name, array in disc.items() if name != "actor.pi.2.bias"}
np.savez(os.path.join(here, "rollout-refusals", "before", "half.npz"), **half)
np.savez(os.path.join(here, "export-policy", "before", "half.npz"), **half)
np.savez(os.path.join(here, "rollout-native", "before", "ball.npz"), **actor([8, 8, 2], 3))
np.savez(os.path.join(here, "rollout-native", "before", "hopper.npz"), **actor([11, 8, 3], 4))
