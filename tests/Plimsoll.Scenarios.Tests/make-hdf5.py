"""Writes the HDF5 files of the scenarios: `python3 make-hdf5.py` in this folder. Needs h5py.

The files are committed, so that the tests need no Python. An independent writer makes them, so that the reader is
not tested against itself.
"""
from pathlib import Path

import h5py
import numpy as np

EPISODES, LENGTH = 6, (4, 5, 6)


def sound(lengths=None):
    """Short episodes of differing lengths; the cost of episode e is e."""
    lengths = lengths or [LENGTH[e % len(LENGTH)] for e in range(EPISODES)]
    rows = sum(lengths)
    observations = np.arange(rows * 2, dtype=np.float32).reshape(rows, 2) / 100
    ends = np.zeros(rows, dtype=bool)
    ends[np.cumsum(lengths) - 1] = True
    costs = np.zeros(rows, dtype=np.float32)
    start = 0
    for episode, length in enumerate(lengths):
        costs[start : start + min(episode, length)] = 1
        start += length
    following = np.concatenate([observations[1:], observations[-1:] + 0.01])
    return {
        "observations": observations,
        "next_observations": following.astype(np.float32),
        "actions": np.sin(np.arange(rows, dtype=np.float32)).reshape(rows, 1),
        "rewards": np.linspace(0, 1, rows, dtype=np.float32),
        "costs": costs,
        "terminals": np.zeros(rows, dtype=bool),
        "timeouts": ends,
    }


def write(scenario, arrays):
    folder = Path(__file__).parent / "scenarios" / scenario / "before"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "data.hdf5"
    with h5py.File(path, "w", libver="earliest") as file:
        for key, values in arrays.items():
            file.create_dataset(key, data=values, track_times=False)
    (folder.parent / "needs").write_text("hdf5\n")
    return path


def changed(**arrays):
    return {**sound(), **arrays}


write("data-inspect", sound())
missing = sound()
del missing["costs"], missing["timeouts"]
write("data-missing-keys", missing)
write("data-wrong-rank", changed(actions=np.zeros((30, 2, 3), dtype=np.float32)))
nan = sound()
nan["rewards"][7] = np.nan
nan["observations"][[3, 9], 1] = np.nan
write("data-nan", nan)
write("data-one-trajectory", sound([5]))
equal = sound([5] * 4)
equal["terminals"], equal["timeouts"] = equal["timeouts"], equal["terminals"]
write("data-equal-lengths", equal)
write("run-data", sound())
write("run-bad-data", missing)
write("run-no-safe-trajectory", changed(costs=np.ones(30, dtype=np.float32)))
path = write("data-truncated", sound())
path.write_bytes(path.read_bytes()[:3000])
path = write("data-not-hdf5", sound())
path.write_text("rewards,costs\n1,0\n")
(path.parent.parent / "needs").unlink()
