"""Average the probabilities of five fits, and compare the mean with one fit.

Fits with five seeds, each trained on all rows, or on five folds, each trained on four fifths of
them, are one predictor together: the mean of their probabilities. Its scores stand beside the mean
score of single fits with all rows, which is what one fit is expected to have; the difference has a
95 % bootstrap interval over test images. The fits with seeds are those that
`methods_on_features.py` and `recipes.py` have left, in the folders ``--heads`` and ``--recipes``;
of the second, which take many minutes each, there are no folds. Folds of heads are trained here,
and kept::

    python benchmarks/averages.py --data-home DATA --weights WEIGHTS \
        --heads methods_on_features --recipes recipes --out averages

WEIGHTS is MobileNetV2's ImageNet weights file without its top.
"""

import argparse
from pathlib import Path

import data_sets
import feature_tables
import numpy as np
from method_tables import HEADINGS, shorten
from results import write_markdown
from sklearn.model_selection import StratifiedKFold
from weighted_scores import draw_weights, measure

from imblearn_bbfl import STRATEGIES

METHODS = ("baseline", "bbfl")
_N_FOLDS = 5
_SCORES = ("f1_macro", "auc", "log_loss")
_N_DRAWS = 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    feature_tables.add_arguments(parser)
    parser.add_argument("--heads", type=Path, help="--out of methods_on_features.py")
    parser.add_argument("--recipes", type=Path, help="--out of recipes.py")
    parser.add_argument("--out", type=Path, default=Path("averages"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.heads:
        average_heads(arguments)
    if arguments.recipes:
        average_recipes(arguments)


def average_heads(arguments):
    """Write the table of heads on features: the mean over seeds, and over folds."""
    rows = []
    for name in arguments.data:
        data = feature_tables.load(name, arguments)
        title = feature_tables.TITLES[name]
        for method in METHODS:
            paths = sorted((arguments.heads / name / "predictions").glob(f"{method}-*.npz"))
            single = [np.load(path)["proba"] for path in paths]
            rows.append([title, method, *compare("seeds", single, single, data.y_test)])
            folds = fit_folds(method, data, arguments.out / f"{name}-{method}-folds.npy")
            rows.append(["", "", *compare("folds", folds, single, data.y_test)])
            title = ""
    write(arguments.out / "heads.md", ["", "method"], rows)


def average_recipes(arguments):
    """Write the table of networks whose layers were all trained: the mean over seeds."""
    rows = []
    for name in arguments.data:
        for recipe in ("defaults", "defaults, flips"):
            paths = sorted((arguments.recipes / name).glob(f"{recipe}-*.npy"))
            if len(paths) < 2:
                continue
            data = data_sets.load(name, arguments.data_home)
            codes = np.unique(data.y, return_inverse=True)[1][data.is_test]
            probas = [np.load(path) for path in paths]
            title = feature_tables.TITLES[name]
            rows.append([title, recipe, *compare("seeds", probas, probas, codes)])
    write(arguments.out / "recipes.md", ["", "recipe"], rows)


def fit_folds(method, data, path):
    """Return the probabilities of the test part by the fits of five folds."""
    if not path.exists():
        probas = []
        cv = StratifiedKFold(_N_FOLDS, shuffle=True, random_state=0)
        for fold, (train, _) in enumerate(cv.split(data.X_train, data.y_train)):
            probe = feature_tables.make_probe(data.name, **STRATEGIES[method], random_state=fold)
            probe.fit(data.X_train[train], data.y_train[train])
            probas.append(probe.predict_proba(data.X_test))
        np.save(path, probas)
    return np.load(path)


def compare(kind, probas, single, codes):
    """Return the cells of a row: each score of the mean, and how far it is ahead of one fit."""
    weights = draw_weights(len(codes), _N_DRAWS)
    weights = np.concatenate([np.ones_like(weights[:1]), weights])

    def measure_one(proba):
        return measure(codes, proba, proba.argmax(axis=1), weights, names=_SCORES)

    together, alone = measure_one(np.mean(probas, axis=0)), [measure_one(proba) for proba in single]
    cells = [f"{len(probas)} {kind}"]
    for score in _SCORES:
        difference = together[score] - np.mean([scores[score] for scores in alone], axis=0)
        low, high = np.nanquantile(difference[1:], [0.025, 0.975])
        text = f"{together[score][0]:.3f}, {difference[0]:+.3f} ({low:+.3f} to {high:+.3f})"
        cells.append(f"**{shorten(text)}**" if low > 0 or high < 0 else shorten(text))
    return cells


def write(path, columns, rows):
    """Write a table of what `compare` returns."""
    write_markdown(path, [*columns, "mean of", *(HEADINGS[score] for score in _SCORES)], rows)


if __name__ == "__main__":
    main()
