"""The row plan of one epoch, against one shuffle of as many numbers by NumPy.

10 million rows of 1,000 classes, batches of 2,000: two rows of each class. Fitting the plan (once
for all epochs) and the rows of the first epoch both count.
"""

import tracemalloc

import numpy as np
from timing import compare, keep, parse_arguments

from imblearn_bbfl.sampling import BatchBalancedSampler


def main():
    arguments = parse_arguments(__doc__)
    n_rows = 100_000 if arguments.short else 10_000_000
    rng = np.random.default_rng(0)
    y = rng.integers(0, 1000, n_rows)

    def plan():
        sampler = BatchBalancedSampler(batch_size=2000, random_state=0).fit(y)
        for _ in sampler.sample_epoch(0):
            pass

    def shuffle():
        rng.permutation(n_rows)

    result = compare(plan, shuffle, n_rounds=3)
    tracemalloc.start()
    plan()
    result["ours_peak_mb"] = tracemalloc.get_traced_memory()[1] / 2**20
    keep(
        arguments,
        "row_plan",
        work=f"row plan of an epoch, {n_rows:,} rows, 1,000 classes",
        peer="numpy's permutation",
        aim="<= 5",
        result=result,
    )


if __name__ == "__main__":
    main()
