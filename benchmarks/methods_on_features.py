"""Compare all methods of STRATEGIES as heads on frozen features, on five sets of images.

The backbone is MobileNetV2 with ImageNet weights, and each image goes through it once. On its
features, each method trains the linear head of ``BBFLClassifier("mobilenetv2", epochs=0)``, the
probe of the package; on the digits, which are too small for such a network, the features are their
64 pixels. Training parts are the official ones, and the test part is read once per run, after
training; nothing was tuned on it. Each run is kept as soon as it is made, and a second start goes
on where the first one stopped::

    python benchmarks/methods_on_features.py --data-home DATA --weights WEIGHTS --out features

WEIGHTS is MobileNetV2's ImageNet weights file without its top. For each set, the script writes the
scores of each method, mean and standard deviation over seeds, and the differences to the baseline
and to BBFL with their 95 % bootstrap intervals over test images; and for all sets together one
table and one figure.
"""

import argparse
from itertools import product
from pathlib import Path

import feature_tables
from method_tables import draw, measure_run, write_overview, write_rank_tests, write_tables
from results import ResultsFile

from imblearn_bbfl import STRATEGIES


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    feature_tables.add_arguments(parser)
    parser.add_argument("--methods", nargs="+", default=list(STRATEGIES), choices=list(STRATEGIES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--out", type=Path, default=Path("methods_on_features"))
    arguments = parser.parse_args()
    sets = [feature_tables.load(name, arguments) for name in arguments.data]
    for seed, data, method in product(arguments.seeds, sets, arguments.methods):
        is_ordinal = STRATEGIES[method]["targets"] == "ordinal"
        if not is_ordinal or data.name in feature_tables.ORDINAL:
            run(method, seed, data, arguments.out / data.name)
    for data in sets:
        write_tables(arguments.out / data.name, data, arguments.draws)
    write_overview(arguments.out)
    write_rank_tests(arguments.out)
    draw(arguments.out)


def run(method, seed, data, folder):
    """Fit and test once, unless that is done."""
    (folder / "predictions").mkdir(parents=True, exist_ok=True)
    results = ResultsFile(folder / "runs.csv", ["method", "seed"])
    if (method, seed) in results:
        return
    with results.measure((method, seed)) as measured:
        probe = feature_tables.make_probe(data.name, **STRATEGIES[method], random_state=seed)
        proba = probe.fit(data.X_train, data.y_train).predict_proba(data.X_test)
        measured.update(measure_run(folder, method, seed, data, proba, probe.decide(proba)))


if __name__ == "__main__":
    main()
