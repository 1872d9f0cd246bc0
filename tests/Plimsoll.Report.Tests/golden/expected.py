"""The report's statistics once more, by NumPy and apart from the program's code: reads runs.csv, writes
expected.csv beside itself. Run it after runs.py. Needs NumPy; the tests need only the files.

Random numbers: SplitMix64's output function of seed + (counter + 1) * golden ratio; indices from the upper 32 bits.
"""
import csv
import itertools
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
B, SEED, Z = 2000, 1, 1.959963984540054
U = np.uint64


def bits(seed, counter):
    with np.errstate(over="ignore"):
        z = U(seed) + (np.asarray(counter, dtype=U) + U(1)) * U(0x9E3779B97F4A7C15)
        z = (z ^ (z >> U(30))) * U(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> U(27))) * U(0x94D049BB133111EB)
        return z ^ (z >> U(31))


def index(count, random):
    return (((random >> U(32)) * U(count)) >> U(32)).astype(int)


def ends(x):
    return np.quantile(x, 0.025), np.quantile(x, 0.975)


# --- input -----------------------------------------------------------------------------------------------
scores, expected = {}, {}
with open(HERE / "runs.csv") as text:
    for row in csv.DictReader(text):
        for limit in [float(row["limit"])] if row["limit"] else [10.0, 20.0]:
            place = row["task"], row["arm"], limit
            if row["state"] == "scored":
                low, high = float(row["reward_min"]), float(row["reward_max"])
                reward = (float(row["return"]) - low) / (high - low)
                scores.setdefault(place, {}).setdefault(int(row["seed"]), []).append(
                    (reward, float(row["cost"]) / limit, float(row["return"]), float(row["cost"]))
                )
tasks, arms, limits = ["Alpha", "Beta", "Gamma"], ["careful", "bold", "blind"], [10.0, 20.0]
REWARD, COST, RETURN, RAW = 0, 1, 2, 3


def episodes(task, arm, limit, metric):
    here = scores[task, arm, limit]
    return {seed: np.array([e[metric] for e in here[seed]]) for seed in sorted(here)}


out = []


def put(*key_and_value):
    *key, value = key_and_value
    out.append(("|".join(k if isinstance(k, str) else f"{k:g}" for k in key), repr(float(value))))


# --- Student's and Welch's intervals over seeds -----------------------------------------------------------
NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


def t_cdf(degrees, t):
    """Student's distribution by quadrature over the angle arctan(t / sqrt degrees)."""
    area = lambda to: to / 2 * np.sum(WEIGHTS * np.cos(to / 2 * (NODES + 1)) ** (degrees - 1))
    return 0.5 + area(np.arctan(t / np.sqrt(degrees))) / (2 * area(np.pi / 2))


def t_975(degrees):
    low, high = 0.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(degrees, middle) < 0.975 else (low, middle)
    return low


def seed_means(task, arm, scope, metric):
    """Of the seeds that have a score at every limit of the scope: their means, and the variances of these means that
    the episodes' spread tells. One policy stands at all limits where the arm does not know them."""
    each = [episodes(task, arm, limit, metric) for limit in scope]
    seeds = sorted(set.intersection(*(set(e) for e in each)))
    means = np.array([np.mean([e[seed].mean() for e in each]) for seed in seeds])
    if arm == "blind":
        together = [np.mean([e[seed] for e in each], axis=0) for seed in seeds]
        return means, np.array([v.var(ddof=1) / len(v) for v in together])
    return means, np.array([sum(e[s].var(ddof=1) / len(e[s]) for e in each) / len(scope) ** 2 for s in seeds])


def squared_error(x, noise):
    return max(x.var(ddof=1), noise.mean()) / len(x)


def student(x, noise, metric):
    half = t_975(len(x) - 1) * np.sqrt(squared_error(x, noise))
    low = x.mean() - half
    # All are rollouts, whose costs are not negative, at limits above 0, where no cost at all is 0.
    return x.mean(), (max(0.0, low) if metric in (COST, RAW) else low), x.mean() + half


def welch(a, noise_a, b, noise_b):
    """b less a with its interval, and the probability that b is above."""
    va, vb = squared_error(a, noise_a), squared_error(b, noise_b)
    degrees = int((va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)))
    d, error = b.mean() - a.mean(), np.sqrt(va + vb)
    half = t_975(degrees) * error
    return d, d - half, d + half, t_cdf(degrees, d / error)


# --- one task --------------------------------------------------------------------------------------------
def wilson(k, n):
    p, z2 = k / n, Z * Z
    centre, half = (k + z2 / 2) / (n + z2), Z * np.sqrt(n * p * (1 - p) + z2 / 4) / (n + z2)
    return (0.0 if k == 0 else centre - half), (1.0 if k == n else centre + half)


def episode_interval(strata):
    """The bootstrap over the episodes of a single seed; every draw in the order resample, stratum, episode."""
    sizes = [len(v) for v in strata]
    counter = np.arange(B * sum(sizes)).reshape(B, -1)
    total, first = np.zeros(B), 0
    for values, size in zip(strata, sizes):
        total += values[index(size, bits(SEED, counter[:, first : first + size]))].mean(axis=1)
        first += size
    return ends(total)


def tail(prefix, rewards, costs):
    over = costs[costs > 1]
    put(*prefix, "exceed", "rate", len(over) / len(costs))
    low, high = wilson(len(over), len(costs))
    put(*prefix, "exceed", "low", low)
    put(*prefix, "exceed", "high", high)
    if len(over):
        put(*prefix, "exceed", "excess", np.mean(over - 1))
    for p in [0.5, 0.9, 0.95, 1.0]:
        put(*prefix, "exceed", f"q{p:g}", np.quantile(costs, p))
    within = rewards[costs <= 1]
    put(*prefix, "within", "episodes", len(within))
    if len(within):
        put(*prefix, "within", "reward", within.mean())


def proportion(prefix, name, kept):
    put(*prefix, name, "rate", np.mean(kept))
    low, high = wilson(np.sum(kept), len(kept))
    put(*prefix, name, "low", low)
    put(*prefix, name, "high", high)


def spread(prefix, means):
    put(*prefix, "std", means.std(ddof=1))
    put(*prefix, "se", means.std(ddof=1) / np.sqrt(len(means)))


for task, arm in itertools.product(tasks, arms):
    for metric, name in [(REWARD, "reward"), (COST, "cost"), (RETURN, "return"), (RAW, "raw")]:
        seeds = {limit: episodes(task, arm, limit, metric) for limit in limits}
        for limit in limits:
            own = list(seeds[limit].values())
            means = np.array([v.mean() for v in own])
            prefix = "task", task, arm, limit, name
            put(*prefix, "mean", means.mean())
            spread(prefix, means)
            low, high = student(*seed_means(task, arm, [limit], metric), metric)[1:]
            put(*prefix, "low", low)
            put(*prefix, "high", high)
        means = [np.mean([v.mean() for v in s.values()]) for s in seeds.values()]
        # The mean is over all seeds at each limit, its doubt that of the seeds at every limit.
        complete, noise = seed_means(task, arm, limits, metric)
        spread(("task", task, arm, "average", name), complete)
        centre, _, high = student(complete, noise, metric)
        low = np.mean(means) - (high - centre)
        put("task", task, arm, "average", name, "mean", np.mean(means))
        put("task", task, arm, "average", name, "low", max(0.0, low) if metric in (COST, RAW) else low)
        put("task", task, arm, "average", name, "high", np.mean(means) + (high - centre))
        # As if seed 0 were the only one.
        ones = [seeds[limit].get(0) for limit in limits]
        alone = [(limit, [v]) for limit, v in zip(limits, ones) if v is not None]
        if all(v is not None for v in ones):
            weighted = [v / len(limits) for v in ones]
            alone.append(("average", [sum(weighted)] if arm == "blind" else weighted))
        for scope_name, strata in alone:
            low, high = episode_interval(strata)
            put("single", task, arm, scope_name, name, "low", low)
            put("single", task, arm, scope_name, name, "high", high)
            put("single", task, arm, scope_name, name, "se", np.sqrt(sum(v.var(ddof=1) / len(v) for v in strata)))
    for scope_name, scope in [(limit, [limit]) for limit in limits] + [("average", limits)]:
        prefix = "task", task, arm, scope_name
        of = lambda m: [v for limit in scope for v in episodes(task, arm, limit, m).values()]
        tail(prefix, np.concatenate(of(REWARD)), np.concatenate(of(COST)))
        proportion(prefix, "feasible", np.concatenate(of(COST)) <= 1)
        proportion(prefix, "safe", np.array([v.mean() for v in of(COST)]) <= 1)
        drcorl = [
            {s: v.mean() / (limit + 0.1) for s, v in episodes(task, arm, limit, RAW).items()} for limit in scope
        ]
        put(*prefix, "cost", "drcorl", np.mean([np.mean(list(d.values())) for d in drcorl]))
        complete = sorted(set.intersection(*(set(d) for d in drcorl)))
        put(*prefix, "cost", "drcorl_std", np.std([np.mean([d[s] for d in drcorl]) for s in complete], ddof=1))


# --- claims and comparisons of experiments ---------------------------------------------------------------
SCOPES = [(10.0, [10.0]), (20.0, [20.0]), ("average", limits)]
OTHER = {"careful": "bold", "bold": "blind", "blind": "careful"}  # what B calls what A calls so
for (scope_name, scope), (metric, name), task, arm in itertools.product(
    SCOPES, [(REWARD, "reward"), (COST, "cost")], tasks, arms
):
    a, b = (seed_means(task, method, scope, metric) for method in (arm, OTHER[arm]))
    for key, value in zip(("value", "low", "high"), student(*a, metric)):
        put("claim", scope_name, name, task, arm, key, value)
    difference, low, high, above = welch(*a, *b)
    put("claim", scope_name, name, task, arm, "below", OTHER[arm], above)
    prefix = "compare", scope_name, name, task, arm
    for key, value in (("mean", difference), ("low", low), ("high", high)):
        put(*prefix, key, value)
    shares = []
    for limit in scope:
        x, y = (seed_means(task, method, [limit], metric)[0][:, None] for method in (OTHER[arm], arm))
        better = (x > y.T) if metric == REWARD else (x < y.T)
        shares.append((better + 0.5 * (x == y.T)).mean())
    put(*prefix, "better", np.mean(shares))


# --- across tasks ----------------------------------------------------------------------------------------
def run_draws(stream, number, universe, present):
    """B x len(present) seeds out of `present`, the draws of absent seeds repeated."""
    start = bits(bits(SEED, stream), number)
    counter = np.arange(B)[:, None] * len(universe) + np.arange(len(present))
    drawn = np.full(counter.shape, -1)
    here = np.array([u in present for u in universe])
    for attempt in range(1000):
        tried = index(len(universe), bits(bits(start, attempt), counter))
        take = (drawn < 0) & here[tried]
        drawn[take] = tried[take]
        if (drawn >= 0).all():
            break
    return np.array(universe)[drawn]


def strata(arm, scope, metric, stream):
    """For each task and limit the runs' scores and the resampled ones."""
    for limit in scope:
        for number, task in enumerate(tasks):
            universe = sorted({s for l in limits for s in scores[task, arm, l]})
            runs = {s: v.mean() for s, v in episodes(task, arm, limit, metric).items()}
            drawn = run_draws(stream, number, universe, sorted(runs))
            yield np.array(list(runs.values())), np.vectorize(runs.get)(drawn)


def trim_mean(x):
    """scipy.stats.trim_mean(x, 0.25, axis=-1)"""
    cut = int(0.25 * x.shape[-1])
    return np.sort(x, axis=-1)[..., cut : x.shape[-1] - cut].mean(axis=-1)


for scope_name, scope in [(10.0, [10.0]), (20.0, [20.0]), ("average", limits)]:
    for arm in arms:
        for metric, name in [(REWARD, "reward"), (COST, "cost")]:
            given = list(strata(arm, scope, metric, 3))
            gap = (lambda x: np.maximum(0, 1 - x)) if metric == REWARD else (lambda x: np.maximum(0, x - 1))
            statistics = {
                "mean": lambda cells: np.mean([c.mean(axis=-1) for c in cells], axis=0),
                "median": lambda cells: np.median([c.mean(axis=-1) for c in cells], axis=0),
                "iqm": lambda cells: trim_mean(np.concatenate(cells, axis=-1)),
                "gap": lambda cells: np.mean([gap(c).mean(axis=-1) for c in cells], axis=0),
            }
            for key, statistic in statistics.items():
                put("across", scope_name, arm, name, key, statistic([g[0] for g in given]))
                low, high = ends(statistic([g[1] for g in given]))
                put("across", scope_name, arm, name, key, "low", low)
                put("across", scope_name, arm, name, key, "high", high)
            for tau in [0.3, 0.6, 0.7, 0.8] if metric == REWARD else [0.5, 0.9, 1.0, 1.25]:
                kept = (lambda x: x > tau) if metric == REWARD else (lambda x: x <= tau)
                share = np.mean([kept(g[0]).mean() for g in given])
                low, high = ends(np.mean([kept(g[1]).mean(axis=1) for g in given], axis=0))
                put("profile", scope_name, arm, name, tau, share)
                put("profile", scope_name, arm, name, tau, "low", low)
                put("profile", scope_name, arm, name, tau, "high", high)
        pooled = [
            np.concatenate([v for l in scope for t in tasks for v in episodes(t, arm, l, m).values()])
            for m in (REWARD, COST)
        ]
        tail(("across", scope_name, arm), *pooled)
    for (i, x), (j, y) in itertools.combinations(enumerate(arms), 2):
        for metric, name in [(REWARD, "reward"), (COST, "cost")]:
            better = np.greater if metric == REWARD else np.less
            points, resampled = [], []
            for (xs, xr), (ys, yr) in zip(strata(x, scope, metric, 4), strata(y, scope, metric, 5)):
                for a, b, into in [(xs, ys, points), (xr, yr, resampled)]:
                    a, b = a[..., :, None], b[..., None, :]
                    into.append((better(a, b) + 0.5 * (a == b)).mean(axis=(-1, -2)))
            low, high = ends(np.mean(resampled, axis=0))
            put("improvement", scope_name, x, y, name, np.mean(points))
            put("improvement", scope_name, x, y, name, "low", low)
            put("improvement", scope_name, x, y, name, "high", high)

with open(HERE / "expected.csv", "w", newline="") as text:
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["what", "value"])
    writer.writerows(out)
