"""Compare ways to train and to decide for grades: three kinds of targets, and three decisions.

On IDRiD in four classes and on RetinaMNIST, whose classes are grades of diabetic retinopathy, each
method is trained with nominal targets, with ordinal ones, and as CORN, by which is told for each
grade whether a row that reaches it is above it. It decides for the most probable grade, for the
median grade, which is CORN's own decision, or for the one of the least expected squared distance.
The last one takes probabilities at their word, so that it is tried on those that a temperature has
calibrated as well::

    python benchmarks/ordinal_grades.py --data-home DATA --weights WEIGHTS --out ordinal

WEIGHTS is MobileNetV2's ImageNet weights file without its top. By default the linear head is
trained on frozen features, as in ``methods_on_features.py``; with ``--fine-tune`` all layers are,
by the defaults of the package. With ``--folds 5`` the parts are folds of the official training
part, by which methods may be chosen; without, the test part is the official one. Each run is kept
as soon as it is made, and a second start goes on where the first one stopped. CORN is left out with
``--fine-tune``, because its heads would then have to share a network.
"""

import argparse
from itertools import product
from pathlib import Path

import data_sets
import feature_tables
import numpy as np
import pandas as pd
from method_tables import format_difference, format_score
from results import ResultsFile, keep_settings, write_markdown
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import StratifiedKFold
from weighted_scores import draw_weights, measure

from imblearn_bbfl import STRATEGIES, BBFLClassifier
from imblearn_bbfl.decisions import CostMatrix, MostProbable

METHODS = {
    "baseline": STRATEGIES["baseline"],
    "soft_ordinal": STRATEGIES["soft_ordinal"],
    "bbfl": STRATEGIES["bbfl"],
    "bbfl, ordinal": {**STRATEGIES["bbfl"], "targets": "ordinal"},
    "corn": STRATEGIES["baseline"],
}
_CALIBRATED = "squared cost, calibrated"
DECISIONS = {
    "most probable": MostProbable(),
    "median": CostMatrix("linear"),
    "squared cost": CostMatrix("quadratic"),
    _CALIBRATED: CostMatrix("quadratic"),
}
HEADINGS = {
    "kappa_quadratic": "quadratic kappa",
    "grades_off": "grades off",
    "accuracy": "accuracy",
    "f1_macro": "macro-F1",
    "balanced_accuracy": "balanced accuracy",
    "auc": "AUC",
}
_BASELINE = ("baseline", "most probable")
_COMPARED = ("kappa_quadratic", "f1_macro", "balanced_accuracy")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    feature_tables.add_arguments(parser)
    parser.set_defaults(data=list(feature_tables.ORDINAL))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--folds", type=int, help="of the training part; default: the test part")
    parser.add_argument(
        "--calibrated",
        nargs="*",
        default=["baseline", "soft_ordinal"],
        choices=list(METHODS),
        help="methods whose probabilities are calibrated as well, which takes several fits",
    )
    parser.add_argument("--fine-tune", action="store_true", help="train all layers")
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--out", type=Path, default=Path("ordinal"))
    arguments = parser.parse_args()
    for name in arguments.data:
        folder = arguments.out / name
        (folder / "predictions").mkdir(parents=True, exist_ok=True)
        varied = ("data", "seeds", "calibrated", "features", "draws", "weights")
        keep_settings(
            folder / "settings.json", arguments, varied=varied, results=[folder / "runs.csv"]
        )
        X, y, parts = load_parts(name, arguments)
        for seed, part, method in product(arguments.seeds, range(len(parts)), METHODS):
            classifier = make(name, arguments).set_params(**METHODS[method], random_state=seed)
            if method == "corn":
                if arguments.fine_tune:
                    continue
                classifier = Corn(classifier)
            elif method in arguments.calibrated:
                classifier.set_params(temperature="fit")
            run(method, seed, part, classifier, X, y, parts[part], folder)
        write_tables(folder, y, parts, arguments.draws)


def load_parts(name, arguments):
    """Return the rows, their grades from 0 on, and pairs of row numbers, of training and of test.

    Returns
    -------
    X : ndarray
        Features, or images or paths if all layers are to be trained.
    y : ndarray of int of shape (n_samples,)
    parts : list of tuple (train, test)
    """
    if arguments.fine_tune:
        data = data_sets.load(name, arguments.data_home)
        X, (_, y), is_test = data.X, np.unique(data.y, return_inverse=True), data.is_test
    else:
        table = feature_tables.load(name, arguments)
        X = np.concatenate([table.X_train, table.X_test])
        y = np.concatenate([table.y_train, table.y_test])
        is_test = np.arange(len(y)) >= len(table.y_train)
    train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
    if arguments.folds is None:
        return X, y, [(train, test)]
    folds = StratifiedKFold(arguments.folds, shuffle=True, random_state=0).split(train, y[train])
    return X, y, [(train[fitted], train[held_out]) for fitted, held_out in folds]


def make(name, arguments):
    """Return the classifier that methods are settings of."""
    if not arguments.fine_tune:
        return feature_tables.make_probe(name)
    size = feature_tables.IMAGE_SIZES[name]
    return BBFLClassifier("mobilenetv2", weights=arguments.weights, image_size=size)


class Corn(ClassifierMixin, BaseEstimator):
    """CORN on fixed features: tell for each grade whether a row that reaches it is above it.

    The loss of CORN (Shi, Cao and Raschka 2023) is a sum of one term for each grade. With a linear
    head on fixed features, these terms share no weights, so that a head for each, trained on the
    rows that reach its grade, minimizes it.

    Parameters
    ----------
    classifier : BBFLClassifier
        Of two classes; a copy of it is fitted for each grade but the last.
    """

    def __init__(self, classifier):
        self.classifier = classifier

    def fit(self, X, y):
        """Fit on rows (n_samples, n_features) and their grades (n_samples,), from 0 on."""
        self.classes_ = np.unique(y)
        self.heads_ = [
            clone(self.classifier).fit(X[y >= grade], y[y >= grade] > grade)
            for grade in self.classes_[:-1]
        ]
        return self

    def predict_proba(self, X):
        """Return probabilities (n_samples, n_classes)."""
        above = np.cumprod([head.predict_proba(X)[:, 1] for head in self.heads_], axis=0)
        ends = np.ones((1, len(X))), above, np.zeros((1, len(X)))
        return -np.diff(np.concatenate(ends), axis=0).T


def run(method, seed, part, classifier, X, y, rows, folder):
    """Fit once and test all decisions, unless that is done."""
    results = ResultsFile(folder / "runs.csv", ["method", "decision", "seed", "part"])
    calibrates = getattr(classifier, "temperature", None) is not None
    decisions = [name for name in DECISIONS if name != _CALIBRATED or calibrates]
    keys = [(method, decision, seed, part) for decision in decisions]
    if all(key in results for key in keys):
        return
    train, test = rows
    classifier.fit(X[train], y[train])
    for key in keys:
        decision = key[1]
        is_calibrated = calibrates and decision == _CALIBRATED
        if calibrates:
            classifier.set_params(temperature="fit" if is_calibrated else None)
        proba = classifier.predict_proba(X[test])
        np.save(folder / "predictions" / f"{'-'.join(map(str, key))}.npy", proba)
        if key not in results:
            with results.measure(key) as measured:
                scores = score(y[test], proba, DECISIONS[decision])
                measured.update({name: f"{value[0]:.6g}" for name, value in scores.items()})


def score(y, proba, rule, weights=None, names=tuple(HEADINGS)):
    """Return scores of a decision, as `measure` does, with the mean number of grades off."""
    classes = np.arange(proba.shape[1])
    predicted = rule.fit(np.full((len(classes),) * 2, 1 / len(classes)), classes).predict(proba)
    known = [name for name in names if name != "grades_off"]
    scores = measure(y, proba, predicted, weights, names=known)
    if "grades_off" in names:
        weights = np.ones((1, len(y))) if weights is None else weights
        scores["grades_off"] = weights @ np.abs(predicted - y) / weights.sum(axis=1)
    return {name: scores[name] for name in names}


def write_tables(folder, y, parts, n_draws):
    """Write means and standard deviations, and the differences to the baseline."""
    runs = pd.read_csv(folder / "runs.csv")
    groups = runs.groupby(["method", "decision"], sort=False)[list(HEADINGS)]
    mean, deviation = groups.mean().round(3), groups.std()
    best = mean.max()
    best["grades_off"] = mean["grades_off"].min()
    rows = [
        [*key, *(format_score(mean.loc[key, n], deviation.loc[key, n], best[n]) for n in HEADINGS)]
        for key in product(METHODS, DECISIONS)
        if key in mean.index
    ]
    write_markdown(folder / "table.md", ["method", "decision", *HEADINGS.values()], rows)
    differences = compare(folder, runs, y, parts, n_draws)
    differences.to_csv(folder / "differences.csv", index=False)
    rows = [
        [row["method"], row["decision"], *(format_difference(row, name) for name in _COMPARED)]
        for _, row in differences.iterrows()
    ]
    head = [f"less {_BASELINE[0]}", "decision", *(HEADINGS[name] for name in _COMPARED)]
    write_markdown(folder / "differences.md", head, rows)


def compare(folder, runs, y, parts, n_draws):
    """Return mean differences to the baseline, with 95 % bootstrap intervals over images."""
    weights = [
        draw_weights(len(test), n_draws, random_state=i) for i, (_, test) in enumerate(parts)
    ]
    weights = [np.concatenate([np.ones_like(draws[:1]), draws]) for draws in weights]

    def measure_mean(method, decision):
        """Return the mean over runs: all images as they are first, then the samples."""
        of_runs = []
        is_of_it = (runs["method"] == method) & (runs["decision"] == decision)
        for seed, part in runs.loc[is_of_it, ["seed", "part"]].values:
            key = (method, decision, seed, part)
            proba = np.load(folder / "predictions" / f"{'-'.join(map(str, key))}.npy")
            rule, true = DECISIONS[decision], y[parts[part][1]]
            of_runs.append(score(true, proba, rule, weights[part], names=_COMPARED))
        return {name: np.mean([scores[name] for scores in of_runs], axis=0) for name in _COMPARED}

    reference, rows = measure_mean(*_BASELINE), []
    measured = set(runs[["method", "decision"]].itertuples(index=False, name=None))
    for method, decision in product(METHODS, DECISIONS):
        if (method, decision) == _BASELINE or (method, decision) not in measured:
            continue
        row = {"method": method, "decision": decision}
        for name, values in measure_mean(method, decision).items():
            difference = values - reference[name]
            row[name] = difference[0]
            row[f"{name}_from"], row[f"{name}_to"] = np.nanquantile(difference[1:], [0.025, 0.975])
        rows.append(row)
    return pd.DataFrame(rows).round(5)


if __name__ == "__main__":
    main()
