"""Answers a benchmark on standard input and output, a line a question:

  time TASK COUNT STEP     -> seconds of so many steps
  until TASK SECONDS STEP  -> steps done and seconds taken, when so much wall time has passed

TASK is car (S 7, A 2) or ant (S 33, A 8). A step is built when it is first asked for, outside the time.
Arguments: the threads to use.
"""

import re
import sys
import time

try:
    import torch
except ImportError as error:
    print(f"missing {error}", flush=True)
    sys.exit(3)

from steps import STEPS, Data

SIZES = {"car": (7, 2), "ant": (33, 8)}


def tuning():
    """What was found of what makes this PyTorch fast."""
    vectors = re.search("CPU capability usage: ([\\w ]+)", torch.__config__.show())
    with open("/proc/self/maps") as maps:
        blas = sorted({part for line in maps for part in re.findall(r"/(openblas-\w+|libmkl\w+)", line)})
    return ", ".join([
        f"PyTorch {torch.__version__}",
        vectors.group(1).strip() if vectors else "vectors unknown",
        blas[0] if blas else "no OpenBLAS: not tuned"])


def main():
    threads = int(sys.argv[1])
    torch.set_num_threads(threads)
    # One thread is timed by the processor time of the process, as the asking program times its own.
    clock = time.process_time if threads == 1 else time.perf_counter
    data, built = {}, {}
    print(f"ready {tuning()}", flush=True)
    for line in sys.stdin:
        verb, task, amount, name = line.rstrip("\n").split(" ", 3)
        if task not in data:
            data[task] = Data(*SIZES[task])
        if (task, name) not in built:
            built[task, name] = STEPS[name](data[task])
        step = built[task, name]
        if verb == "time":
            start = clock()
            for _ in range(int(amount)):
                step()
            print(clock() - start, flush=True)
        else:
            done, start = 0, time.perf_counter()
            while time.perf_counter() - start < float(amount):
                step()
                done += 1
            print(done, time.perf_counter() - start, flush=True)


main()
