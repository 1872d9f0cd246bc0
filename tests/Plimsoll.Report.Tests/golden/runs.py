"""Made-up runs for expected.py: writes runs.csv beside itself. Needs NumPy.

Three tasks, three methods, two limits, four seeds; unequal numbers of episodes, ties, a method that does not
know the limit (one policy stands at both), and runs that are missing, failed and diverged.
"""
import csv
import pathlib

import numpy as np

rng = np.random.default_rng(7)
tasks = {"Alpha": (0.0, 100.0), "Beta": (-50.0, 30.0), "Gamma": (3.0, 11.0)}
lost = {
    ("Alpha", "careful", 2, 10.0): "diverged",
    ("Beta", "careful", 0, 20.0): "missing",
    ("Beta", "bold", 3, 10.0): "failed",
    ("Gamma", "blind", 1, None): "diverged",
}
level = {"careful": (0.6, 0.7), "bold": (0.9, 1.3), "blind": (0.5, 1.1)}

rows = []
for task, (low, high) in tasks.items():
    for arm, (reward, cost) in level.items():
        for limit in [None] if arm == "blind" else [10.0, 20.0]:
            for seed in range(4):
                state = lost.get((task, arm, seed, limit))
                place = [task, low, high, arm, "" if limit is None else limit, seed]
                if state:
                    rows.append(place + [state, "", ""])
                    continue
                shift = rng.normal(0, 0.1)
                for _ in range(3 + seed % 2):
                    r = low + (high - low) * (reward + shift + rng.normal(0, 0.05))
                    c = max(0.0, round((limit or 14.0) * (cost + shift + rng.normal(0, 0.4))))
                    rows.append(place + ["scored", repr(float(r)), repr(float(c))])

with open(pathlib.Path(__file__).with_name("runs.csv"), "w", newline="") as out:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow("task,reward_min,reward_max,arm,limit,seed,state,return,cost".split(","))
    writer.writerows(rows)
