"""Compare methods with all layers trained, at the defaults of the package, on retinal photographs.

The backbone is MobileNetV2 with ImageNet weights, and everything else is at the defaults of
``BBFLClassifier``: the head first, then all layers for eight epochs. The methods are the eight of
the paper, and the three others whose macro-F1 has the best mean rank on features. The test part is
the official one, and is read once per run, after training. Each run takes minutes, and is kept as
soon as it is made; a second start goes on where the first one stopped::

    python benchmarks/methods_fine_tuned.py --data-home DATA --weights WEIGHTS --out fine_tuned

WEIGHTS is MobileNetV2's ImageNet weights file without its top. The tables and the figure are those
of ``methods_on_features.py``.
"""

import argparse
import os
import time
from itertools import product
from pathlib import Path

import data_sets
import numpy as np
from method_tables import draw, measure_run, write_overview, write_tables
from results import ResultsFile
from sklearn.utils import Bunch

from imblearn_bbfl import PAPER_STRATEGIES, STRATEGIES, BBFLClassifier, clear_shared_features

IMAGE_SIZES = {"idrid": 224, "idrid-binary": 224, "retinamnist": 128}
METHODS = [*PAPER_STRATEGIES, "deferred_bbfl", "class_balanced_focal", "remix"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", default=list(IMAGE_SIZES), choices=list(IMAGE_SIZES))
    parser.add_argument("--data-home", default=os.environ.get("IMBLEARN_BBFL_DATA"))
    parser.add_argument("--weights", required=True)
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=list(STRATEGIES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--out", type=Path, default=Path("methods_fine_tuned"))
    arguments = parser.parse_args()
    sets = [load(name, arguments.data_home) for name in arguments.data]
    for seed, data in product(arguments.seeds, sets):
        clear_shared_features()  # of another set, which is not used again soon
        for methods in group_by_training(arguments.methods):
            run(methods, seed, data, arguments.weights, arguments.out / data.name)
    for data in sets:
        write_tables(arguments.out / data.name, data, arguments.draws)
    write_overview(arguments.out)
    draw(arguments.out)


def load(name, data_home):
    """Return images of a set, with its labels as codes, in a training and a test part."""
    data = data_sets.load(name, data_home)
    codes = np.unique(data.y, return_inverse=True)[1]
    train, test = np.flatnonzero(~data.is_test), np.flatnonzero(data.is_test)
    X_train, X_test = (
        [data.X[i] for i in rows] if isinstance(data.X, list) else data.X[rows]
        for rows in (train, test)
    )
    return Bunch(
        name=name, X_train=X_train, X_test=X_test, y_train=codes[train], y_test=codes[test]
    )


def group_by_training(methods):
    """Put ``thresholding`` with the baseline: it decides otherwise, by the same network."""
    groups = {name: [name] for name in methods}
    if {"baseline", "thresholding"} <= set(methods):
        groups["baseline"] += groups.pop("thresholding")
    return list(groups.values())


def run(methods, seed, data, weights, folder):
    """Train once, and test by the decision of each method, unless that is done."""
    (folder / "predictions").mkdir(parents=True, exist_ok=True)
    results = ResultsFile(folder / "runs.csv", ["method", "seed"])
    if all((method, seed) in results for method in methods):
        return
    classifier = BBFLClassifier(
        "mobilenetv2",
        weights=weights,
        image_size=IMAGE_SIZES[data.name],
        **STRATEGIES[methods[0]],
        random_state=seed,
    )
    start = time.process_time()
    classifier.fit(data.X_train, data.y_train)
    seconds = round(time.process_time() - start, 1)
    for method in methods:
        if (method, seed) in results:
            continue
        classifier.set_params(**STRATEGIES[method])
        with results.measure((method, seed)) as measured:
            proba = classifier.predict_proba(data.X_test)
            predicted = classifier.decide(proba)
            measured.update(measure_run(folder, method, seed, data, proba, predicted))
            measured["cpu_seconds_of_fit"] = seconds


if __name__ == "__main__":
    main()
