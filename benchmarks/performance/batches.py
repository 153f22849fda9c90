"""Exactly balanced batches, against other ways to balanced ones.

7,258 images of 64 x 64 x 3 bytes, 20 % of them of the minority, batches of 32, no augmentation. A
round takes five epochs of ours, 227 batches each, from each side:

- imbalanced-learn's Keras generator with ``RandomOverSampler``: balanced on average only, drawn
  once for all epochs when it is made, which is not timed. It takes tables, so it has the images
  flattened.
- tf.data: one shuffled, repeated dataset by class, taken from in turn by ``choose_from_datasets``.
  It hands out tensors, and reads ahead in threads of its own.
- NumPy: nothing but ``X[rows]`` and ``y[rows]`` for rows that are drawn beforehand, the least that
  any generator must do.

Memory is the most that Python and NumPy had allocated while a generator was made and run through,
the images included, against the images alone.
"""

import tracemalloc
from collections import deque
from itertools import islice

import numpy as np
from imblearn.keras import BalancedBatchGenerator as ImblearnGenerator
from imblearn.over_sampling import RandomOverSampler
from timing import compare_speed, find_peer, keep, parse_arguments, summarize_rounds

from imblearn_bbfl import BalancedBatchGenerator

BATCH_SIZE = 32
N_EPOCHS = 5  # of a round: one takes some 15 ms, too short to time


def make_data(n_images):
    rng = np.random.default_rng(0)
    X = rng.integers(0, 256, (n_images, 64, 64, 3), dtype=np.uint8)
    return X, (np.arange(n_images) % 5 == 0).astype(int)


def make_ours(X, y):
    return BalancedBatchGenerator(X, y, batch_size=BATCH_SIZE, random_state=0)


def make_imblearn(X, y):
    flat = X.reshape(len(X), -1)
    sampler = RandomOverSampler(random_state=0)
    return ImblearnGenerator(flat, y, sampler=sampler, batch_size=BATCH_SIZE, random_state=0)


def make_tf_data(tf, X, y):
    of_classes = [
        tf.data.Dataset.from_tensor_slices((X[y == code], y[y == code]))
        .shuffle(int((y == code).sum()))
        .repeat()
        for code in (0, 1)
    ]
    turns = tf.data.Dataset.range(2).repeat()
    mixed = tf.data.Dataset.choose_from_datasets(of_classes, turns)
    return mixed.batch(BATCH_SIZE).prefetch(tf.data.AUTOTUNE)


def run_through(generator, n_batches):
    """Take batches as Keras does, one by one by number."""
    for i in range(n_batches):
        generator[i]


def measure_peak(make, X, y, n_batches):
    """Return the most memory in MB while a generator is made and run through, images included."""
    tracemalloc.start()
    run_through(make(X, y), n_batches)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (X.nbytes + peak) / 1e6


def make_runs(X, y, n_batches):
    """Return name, peer, aim and the function that takes the batches, for each peer."""
    imblearn = make_imblearn(X, y)
    rows = np.random.default_rng(0).integers(0, len(y), (N_EPOCHS * n_batches, BATCH_SIZE))
    runs = [
        (
            "imblearn",
            "imbalanced-learn's generator, over-sampling",
            "ratio >= 1",
            lambda: [run_through(imblearn, n_batches) for _ in range(N_EPOCHS)],
        ),
        (
            "numpy",
            "NumPy's indexing alone",
            None,
            lambda: deque(((X[batch], y[batch]) for batch in rows), maxlen=0),
        ),
    ]
    if tf := find_peer("tensorflow"):
        endless = iter(make_tf_data(tf, X, y))
        runs.append(
            (
                "tf_data",
                "tf.data, `choose_from_datasets`",
                "ratio >= 3",
                lambda: deque(islice(endless, N_EPOCHS * n_batches), maxlen=0),
            )
        )
    return runs


def compare_generators(arguments, X, y):
    ours = make_ours(X, y)

    def run_ours():
        for _ in range(N_EPOCHS):
            ours.on_epoch_begin()
            run_through(ours, len(ours))
            ours.on_epoch_end()  # the next epoch draws new rows

    for name, peer, aim, run_peer in make_runs(X, y, len(ours)):
        keep(
            arguments,
            f"batches_{name}",
            work=f"balanced batches, {len(y):,} images of 64 px",
            peer=peer,
            aim=aim,
            result=compare_speed(
                run_ours,
                run_peer,
                n_items=N_EPOCHS * len(ours) * BATCH_SIZE,
                unit="images/s",
                n_rounds=arguments.n_rounds,
            ),
        )


def compare_memory(arguments, X, y):
    n_batches = -(-len(y) // BATCH_SIZE)
    images = X.nbytes / 1e6
    result = summarize_rounds([(measure_peak(make_ours, X, y, n_batches), images)], "MB")
    result["imblearn"] = measure_peak(make_imblearn, X, y, n_batches)
    keep(
        arguments,
        "batches_memory",
        work=f"memory of images and batches (imbalanced-learn: {result['imblearn']:.0f} MB)",
        peer="the images alone",
        aim="ratio <= 1.05",
        result=result,
    )


def main():
    arguments = parse_arguments(__doc__, n_rounds=31)
    X, y = make_data(800 if arguments.short else 7258)
    compare_memory(arguments, X, y)
    compare_generators(arguments, X, y)


if __name__ == "__main__":
    main()
