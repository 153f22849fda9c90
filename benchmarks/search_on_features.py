"""Look for settings ahead of BBFL by cross-validation on training parts, as heads on features.

No test part is read. Every setting sees the same folds and seeds. The macro-F1 of a set is that of
each part held out, averaged; the difference of a setting to BBFL has a 95 % interval from its
differences on single parts, by the t-distribution with the variance that Nadeau and Bengio (2003)
correct for training parts that overlap. Each result is kept as soon as it is made, and a second
start goes on where the first one stopped::

    python benchmarks/search_on_features.py --data-home DATA --weights WEIGHTS --out search

WEIGHTS is MobileNetV2's ImageNet weights file without its top; features are made as for
`methods_on_features.py`.
"""

import argparse
from itertools import product
from pathlib import Path

import feature_tables
import numpy as np
import pandas as pd
from method_tables import shorten
from results import ResultsFile, write_markdown
from scipy.stats import t
from sklearn.model_selection import StratifiedKFold
from weighted_scores import measure

from imblearn_bbfl import STRATEGIES

BBFL = STRATEGIES["bbfl"]
SETTINGS = {
    **{
        method: STRATEGIES[method]
        for method in ("bbfl", "baseline", "focal_loss", "balanced_batch", "logit_adjustment")
    },
    **{f"bbfl, gamma {gamma}": {**BBFL, "gamma": gamma} for gamma in (1.0, 3.0)},
    "bbfl, balance from 0.8": STRATEGIES["deferred_bbfl"],
    "focal loss with effective weights": {
        **STRATEGIES["class_balanced_focal"],
        "effective_beta": 0.99,
    },
    **{
        f"focal loss with tau {tau}": {**STRATEGIES["focal_loss"], "tau": tau} for tau in (0.5, 1.0)
    },
    "bbfl, head anew (cRT)": {**STRATEGIES["crt"], "gamma": 2.0},
    "bbfl with mixup 0.2": {**BBFL, "mixup": 0.2},
}
_REFERENCE = "bbfl"
_FOLDS = {"retinamnist": 3, "cifar10-lt": 3}  # else 5; the rarest class of digits has 6 rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    feature_tables.add_arguments(parser)
    parser.add_argument("--settings", nargs="+", default=list(SETTINGS), choices=list(SETTINGS))
    parser.add_argument("--out", type=Path, default=Path("search_on_features"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    results = ResultsFile(arguments.out / "runs.csv", ["data", "setting", "part"])
    for name in arguments.data:
        data = feature_tables.load(name, arguments)
        cv = StratifiedKFold(_FOLDS.get(name, 5), shuffle=True, random_state=0)
        parts = list(cv.split(data.X_train, data.y_train))
        for part, setting in product(range(len(parts)), arguments.settings):
            run(setting, part, data, *parts[part], results)
    write_table(arguments.out, results)


def run(setting, part, data, train, valid, results):
    """Fit on a training part and measure the part held out, unless that is done."""
    if (data.name, setting, part) in results:
        return
    with results.measure((data.name, setting, part)) as measured:
        probe = feature_tables.make_probe(data.name, **SETTINGS[setting], random_state=part)
        proba = probe.fit(data.X_train[train], data.y_train[train]).predict_proba(
            data.X_train[valid]
        )
        rarest = np.bincount(data.y_train).argmin()
        names = ("f1_macro", "auc", "balanced_accuracy", "recall_of_rarest", "log_loss")
        codes = data.y_train[valid]
        scores = measure(codes, proba, proba.argmax(axis=1), names=names, rarest=rarest)
        measured.update({name: float(f"{value[0]:.6g}") for name, value in scores.items()})


def write_table(out, results):
    """Write how far each setting is from BBFL in macro-F1, set by set; ahead of it is bold."""
    runs = pd.read_csv(results.path)
    rows = []
    for setting in runs["setting"].unique():
        cells = []
        for name in feature_tables.IMAGE_SIZES:
            scores = runs[runs["data"] == name].pivot(
                index="part", columns="setting", values="f1_macro"
            )
            if setting not in scores:
                cells.append("")
            elif setting == _REFERENCE:
                cells.append(shorten(f"{scores[setting].mean():.3f}"))
            else:
                n_folds = _FOLDS.get(name, 5)
                differences = (scores[setting] - scores[_REFERENCE]).dropna()
                cells.append(format_interval(differences, n_folds))
        rows.append([setting, *cells])
    head = ["macro-F1; below, less bbfl", *feature_tables.TITLES.values()]
    write_markdown(out / "table.md", head, rows)


def format_interval(differences, n_folds):
    """Return a mean difference with half the width of its interval, bold where it is not level."""
    mean, n = differences.mean(), len(differences)
    if n < 2:
        return ""
    deviation = differences.std() * np.sqrt(1 / n + 1 / (n_folds - 1))
    half = t.ppf(0.975, n - 1) * deviation
    text = shorten(f"{mean:+.3f} ± {half:.3f}")
    return f"**{text}**" if abs(mean) > half else text


if __name__ == "__main__":
    main()
