"""Comparisons of methods on a Dask cluster of two workers, against one worker.

Two comparisons, each of 24 runs (four methods, six repeats): on a table of 2,000 rows of 384
features, with the head that a probe trains; and on 160 JPEG files of 64 px, with a small CNN for
two epochs. Each worker is a process with one thread, on this machine. A round starts a cluster,
lets each worker import what it needs in a comparison that does not count, and measures the next
one. One worker and two take turns in being first.

Both cores of the machine must be idle: a second worker cannot help where something else uses the
core that it would run on::

    pip install '.[tensorflow-cpu,dask]'
    python benchmarks/performance/dask_workers.py
"""

import os
import tempfile
import warnings
from pathlib import Path

import cv2
import numpy as np
from joblib import parallel_config
from timing import alternate, find_peer, keep, measure_seconds, parse_arguments

from imblearn_bbfl import BBFLClassifier
from imblearn_bbfl.model_selection import compare_strategies

# A core for each worker, which inherits these.
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
METHODS = ["baseline", "cost_sensitive", "focal_loss", "bbfl"]


def make_table(is_short):
    """Return the classifier of a table of features, the table and its labels."""
    n_rows = 200 if is_short else 2000
    y = (np.arange(n_rows) % 10 == 0).astype(int)
    X = np.random.default_rng(0).normal(0.2 * y[:, None], size=(n_rows, 384)).astype(np.float32)
    return BBFLClassifier("mlp", epochs=2 if is_short else 15, random_state=0), X, y


def make_files(folder, is_short):
    """Return the classifier of files, their paths and their labels."""
    n_files = 60 if is_short else 160
    y = (np.arange(n_files) % 10 == 0).astype(int)
    rng = np.random.default_rng(0)
    paths = [str(folder / f"{i}.jpg") for i in range(n_files)]
    for path, label in zip(paths, y, strict=True):
        cv2.imwrite(path, rng.integers(0, 200 + 50 * label, (64, 64, 3), dtype=np.uint8))
    epochs = 1 if is_short else 2
    return BBFLClassifier("small_cnn", epochs=epochs, random_state=0), np.array(paths), y


def measure(n_workers, data, n_repeats):
    """Return the seconds that a comparison takes on a new cluster whose workers are warm."""
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=n_workers, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as client, parallel_config(backend="dask"):
        for _ in client.scheduler_info(n_workers=-1)["workers"]:
            compare(data, 1)  # one of them may take all runs of a first, small comparison
        return measure_seconds(lambda: compare(data, n_repeats))


def compare(data, n_repeats):
    classifier, X, y = data
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few rows in the validation part
        compare_strategies(
            classifier, X, y, strategies=METHODS, n_repeats=n_repeats, verbose=0, n_jobs=-1
        )


def main():
    arguments = parse_arguments(__doc__, n_rounds=3, n_rounds_short=1)
    if find_peer("distributed") is None:
        return
    os.environ.update(dict.fromkeys(THREADS, "1"))
    n_repeats = 1 if arguments.short else 6
    n_runs = n_repeats * len(METHODS)
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        of_table, of_files = make_table(arguments.short), make_files(Path(folder), arguments.short)
        for name, work, data in (
            ("features", f"{n_runs} runs on a table of features, 2 workers of Dask", of_table),
            ("files", f"{n_runs} runs on image files, 2 workers of Dask", of_files),
        ):
            results[work] = alternate(
                lambda data=data: measure(2, data, n_repeats),
                lambda data=data: measure(1, data, n_repeats),
                n_rounds=arguments.n_rounds,
            )
            keep(
                arguments,
                f"dask_{name}",
                work=work,
                peer="1 worker",
                aim="ratio <= 0.6",
                result=results[work],
            )
    print("\n| comparison | 1 worker | 2 workers | speed-up |\n|---|---|---|---|")
    for work, result in results.items():
        one, two, ratio = result["theirs"], result["ours"], result["ratio"]
        print(f"| {work.partition(',')[0]} | {one:.1f} s | {two:.1f} s | {1 / ratio:.2f} |")


if __name__ == "__main__":
    main()
