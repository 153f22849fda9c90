"""Choose preprocessing and batch normalization by cross-validation on IDRiD's training part.

That was for version 1, which trained all layers from the first step, as the paper does.
Every setting sees the same folds and seeds; the official test part is never read. Each result is
written as soon as it is made, and a second start goes on where the first one stopped::

    python benchmarks/choose_defaults.py --data DATA --weights WEIGHTS --out runs.csv

DATA holds ``idrid/labels.csv``; WEIGHTS is MobileNetV2's ImageNet weights file without its top.
"""

import argparse
from itertools import product
from pathlib import Path

import data_sets
from results import ResultsFile, keep_settings, score
from sklearn.model_selection import StratifiedKFold

from imblearn_bbfl import RECIPES, STRATEGIES, BBFLClassifier

BATCH_NORM = {
    "as the backbone has it": {"batch_norm_momentum": None},
    "momentum 0.9": {"batch_norm_momentum": 0.9},
    "frozen": {"batch_norm_statistics": "frozen"},
    "momentum 0.9, re-estimated": {"batch_norm_statistics": "reestimated"},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", type=Path, default=Path("choose_defaults.csv"))
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--strategies", nargs="+", default=["bbfl", "baseline"])
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    arguments = parser.parse_args()
    keep_settings(
        arguments.out.with_suffix(".settings.json"),
        arguments,
        varied=["data", "strategies", "learning_rate"],
        results=[arguments.out],
    )

    data = data_sets.load("idrid", arguments.data)
    X, y = data.X[~data.is_test], data.y[~data.is_test]
    folds = list(StratifiedKFold(arguments.folds, shuffle=True, random_state=0).split(X, y))
    results = ResultsFile(
        arguments.out, ["strategy", "preprocessing", "batch_norm", "learning_rate", "fold"]
    )
    runs = product(arguments.strategies, ["minmax", "backbone"], BATCH_NORM, range(len(folds)))
    for strategy, preprocessing, batch_norm, fold in runs:
        key = (strategy, preprocessing, batch_norm, arguments.learning_rate, fold)
        if key in results:
            continue
        train, test = folds[fold]
        classifier = BBFLClassifier(
            "mobilenetv2",
            weights=arguments.weights,
            image_size=arguments.image_size,
            random_state=fold,
            **RECIPES["paper"]
            | STRATEGIES[strategy]
            | BATCH_NORM[batch_norm]
            | {
                "preprocessing": preprocessing,
                "learning_rate": arguments.learning_rate,
                "learning_rate_factor": 0.1,  # not chosen yet then
                "epochs": arguments.epochs,
            },
        )
        with results.measure(key) as measured:
            classifier.fit(X[train], y[train])
            measured.update(score(y[test], classifier.predict_proba(X[test]), classifier.classes_))
    print(results.summarize(["strategy", "preprocessing", "batch_norm", "learning_rate"]))


if __name__ == "__main__":
    main()
