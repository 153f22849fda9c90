"""Choose the training settings of the comparison with the baseline, by cross-validation.

All is as in the paper's recipe but for what is chosen. Only the official training part is used, and
no method against imbalance is looked at, so that the settings favour none. Every setting sees the
same folds and seeds. Each result is written as soon as it is made, and a second start goes on where
the first one stopped::

    python benchmarks/choose_training.py --data idrid --data-home DATA --weights WEIGHTS

WEIGHTS is MobileNetV2's ImageNet weights file without its top.
"""

import argparse
from itertools import product
from pathlib import Path

import data_sets
from results import ResultsFile, keep_settings, score
from sklearn.model_selection import StratifiedKFold

from imblearn_bbfl import RECIPES, STRATEGIES, BBFLClassifier


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, choices=list(data_sets.NAMED))
    parser.add_argument("--data-home", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--width", type=float, default=0.35, help="MobileNetV2's alpha")
    parser.add_argument("--out", type=Path, default=Path("choose_training.csv"))
    parser.add_argument("--image-sizes", type=int, nargs="+", default=[96, 128])
    parser.add_argument("--learning-rates", type=float, nargs="+", default=[1e-4, 3e-4, 1e-3])
    parser.add_argument("--factors", type=float, nargs="+", default=[0.1, 0.5])
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--folds", type=int, default=3)
    arguments = parser.parse_args()
    keep_settings(
        arguments.out.with_suffix(".settings.json"),
        arguments,
        varied=["data", "image_sizes", "learning_rates", "factors", "epochs"],
        results=[arguments.out],
    )

    data = data_sets.load(arguments.data, arguments.data_home)
    X, y = data.X[~data.is_test], data.y[~data.is_test]
    folds = list(StratifiedKFold(arguments.folds, shuffle=True, random_state=0).split(X, y))
    settings = ["data", "epochs", "image_size", "learning_rate", "learning_rate_factor"]
    results = ResultsFile(arguments.out, [*settings, "fold"])
    runs = product(
        range(len(folds)), arguments.image_sizes, arguments.learning_rates, arguments.factors
    )
    for fold, image_size, learning_rate, factor in runs:
        key = (arguments.data, arguments.epochs, image_size, learning_rate, factor, fold)
        if key in results:
            continue
        train, test = folds[fold]
        classifier = BBFLClassifier(
            "mobilenetv2",
            weights=arguments.weights,
            backbone__alpha=arguments.width,
            image_size=image_size,
            random_state=fold,
            **RECIPES["paper"]
            | STRATEGIES["baseline"]
            | {
                "learning_rate": learning_rate,
                "learning_rate_factor": factor,
                "epochs": arguments.epochs,
            },
        )
        with results.measure(key) as measured:
            classifier.fit(X[train], y[train])
            measured.update(score(y[test], classifier.predict_proba(X[test]), classifier.classes_))
            measured["best_epoch"] = classifier.best_epoch_
            measured["n_epochs"] = classifier.current_epoch
    print(results.summarize(settings))


if __name__ == "__main__":
    main()
