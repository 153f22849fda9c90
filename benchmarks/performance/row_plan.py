"""The row plan of one epoch, against one shuffle of as many row numbers by NumPy.

10 million rows of 1,000 classes, batches of 2,000: two rows of each class. Fitting the plan (once
for all epochs) and the rows of all batches of the first epoch both count. Memory is the most that
NumPy and Python had allocated meanwhile, the labels apart.
"""

import tracemalloc

import numpy as np
from timing import alternate, compare, keep, parse_arguments

from imblearn_bbfl.sampling import BatchBalancedSampler


def measure_peak(function):
    """Return the most memory in MB that a call allocated."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def main():
    arguments = parse_arguments(__doc__, n_rounds=5)
    n_rows = 100_000 if arguments.short else 10_000_000
    rng = np.random.default_rng(0)
    y = rng.integers(0, 1000, n_rows)

    def plan():
        sampler = BatchBalancedSampler(batch_size=2000, random_state=0).fit(y)
        for _ in sampler.sample_epoch(0):
            pass

    def shuffle():
        rng.permutation(n_rows)

    rows = f"row plan of an epoch, {n_rows:,} rows, 1,000 classes"
    keep(
        arguments,
        "row_plan",
        work=rows,
        peer="NumPy's `permutation`",
        aim="ratio <= 5",
        result=compare(plan, shuffle, n_rounds=arguments.n_rounds),
    )
    keep(
        arguments,
        "row_plan_memory",
        work=f"{rows}: memory beyond the labels",
        peer="NumPy's `permutation`",
        aim="ours <= 200",
        result=alternate(
            lambda: measure_peak(plan), lambda: measure_peak(shuffle), n_rounds=1, unit="MB"
        ),
    )


if __name__ == "__main__":
    main()
