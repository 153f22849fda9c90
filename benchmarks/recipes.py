"""Compare ways to train on few images: the defaults, a probe, frozen features by hand, version 1.

All see the official training part and the same images; the test part is read once per seed. Each
result is written as soon as it is made, and a second start goes on where the first one stopped::

    python benchmarks/recipes.py --data idrid --data-home DATA --weights WEIGHTS

WEIGHTS is MobileNetV2's ImageNet weights file without its top. Labels are the most probable class,
without another decision rule. CPU seconds are those of one fit, reading and tracing included. The
script writes a table, the differences to frozen features with their 95 % bootstrap intervals over
test images, and a figure.
"""

import argparse
import time
from pathlib import Path

import data_sets
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from results import ResultsFile, keep_settings
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from weighted_scores import draw_weights, measure

from imblearn_bbfl import (
    RECIPES,
    BBFLClassifier,
    ImageFeatures,
    clear_shared_features,
    clear_shared_networks,
)

IMAGE_SIZES = {"idrid": 224, "idrid-binary": 224, "retinamnist": 128, "cifar10-lt": 96}
PEER = "frozen features"
_N_RESAMPLES = 2000
_SCORES = ("auc", "accuracy", "balanced_accuracy", "f1_macro", "kappa_quadratic")


def make_peer(**network):
    """Return what an expert writes by hand: features of three stages, and a tuned regression."""
    head = make_pipeline(
        StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=2000)
    )
    return make_pipeline(
        ImageFeatures(**network, feature_layers=3, preprocessing="backbone"),
        GridSearchCV(
            head,
            {"logisticregression__C": np.logspace(-5, 0, 6)},
            scoring="roc_auc_ovr",
            cv=5,
            refit=True,
        ),
    )


def make_classifier(recipe, seed, **network):
    """Return a classifier that trains by a recipe."""
    settings = {
        "defaults": {},
        "probe": {"epochs": 0},
        "version 1": {**RECIPES["v1"], "epochs": 15},
    }[recipe]
    return BBFLClassifier(**network, **settings, random_state=seed)


def score_recipe(y, proba, classes, weights=None):
    """Return the scores of the most probable class, with those of the rarer one of two classes.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels.
    proba : ndarray of shape (n_samples, n_classes)
        Probabilities.
    classes : ndarray of shape (n_classes,)
        The labels of their columns.
    weights : ndarray of shape (n_draws, n_samples), default=None
        How much each row counts in each weighting. ``None`` is one in which all count the same.

    Returns
    -------
    scores : DataFrame of shape (n_draws, n_scores)
        NaN where a weighting leaves out a class that the score needs.
    """
    weights = np.ones((1, len(y))) if weights is None else weights
    codes, predicted = np.searchsorted(classes, y), proba.argmax(axis=1)
    scores = measure(codes, proba, predicted, weights, names=_SCORES)
    if len(classes) == 2:
        rare = int(np.bincount(codes, minlength=2).argmin())
        scores |= {
            "average_precision": [
                average_precision_score(codes == rare, proba[:, rare], sample_weight=row)
                for row in weights
            ],
            "f1": 2
            * weights
            @ ((codes == rare) & (predicted == rare))
            / (weights @ (codes == rare) + weights @ (predicted == rare)),
        }
    return pd.DataFrame(scores)


def bootstrap_difference(y, classes, probas, others, random_state=0):
    """Return the mean difference of each score over seeds, with its 95 % interval over images.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Labels of the test part.
    classes : ndarray of shape (n_classes,)
        All labels.
    probas, others : list of ndarray of shape (n_samples, n_classes)
        Of each seed, of two recipes.

    Returns
    -------
    table : DataFrame
        Rows are scores.
    """

    def compare(weights):
        means = [
            sum(score_recipe(y, proba, classes, weights) for proba in runs) / len(runs)
            for runs in (probas, others)
        ]
        return means[0] - means[1]

    resampled = compare(draw_weights(len(y), _N_RESAMPLES, random_state))
    low, high = resampled.quantile(0.025), resampled.quantile(0.975)
    return pd.DataFrame({"difference": compare(None).iloc[0], "from": low, "to": high})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, choices=list(IMAGE_SIZES))
    parser.add_argument("--data-home", required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--image-size", type=int, help="default: as in docs")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument(
        "--recipes", nargs="+", default=[PEER, "defaults", "probe"], help="also: 'version 1'"
    )
    parser.add_argument("--out", type=Path, default=Path("recipes"))
    arguments = parser.parse_args()
    folder = arguments.out / arguments.data
    folder.mkdir(parents=True, exist_ok=True)
    results = ResultsFile(folder / "runs.csv", ["recipe", "seed"])
    keep_settings(
        folder / "settings.json",
        arguments,
        varied=["weights", "seeds", "recipes"],
        results=[results.path],
    )
    data = data_sets.load(arguments.data, arguments.data_home)
    X, y = data.X, data.y
    train, test = np.flatnonzero(~data.is_test), np.flatnonzero(data.is_test)
    X_train, X_test = (
        [X[i] for i in part] if isinstance(X, list) else X[part] for part in (train, test)
    )
    network = {
        "backbone": "mobilenetv2",
        "weights": arguments.weights,
        "image_size": arguments.image_size or IMAGE_SIZES[arguments.data],
    }
    for seed in arguments.seeds:
        for recipe in arguments.recipes:
            _run(recipe, seed, network, (X_train, y[train]), (X_test, y[test]), results, folder)
    write_table(folder)
    write_differences(folder, y[test])
    draw(folder, arguments.data)


def _run(recipe, seed, network, training, test, results, folder):
    """Fit and test once, unless that is done; the defaults also with flips at prediction."""
    if recipe == PEER:
        seed = 0  # nothing in it is random
    if (recipe, seed) in results:
        return
    clear_shared_networks()
    clear_shared_features()
    classifier = (
        make_peer(**network) if recipe == PEER else make_classifier(recipe, seed, **network)
    )
    start = time.process_time()
    classifier.fit(*training)
    seconds = time.process_time() - start
    variants = {recipe: None}
    if recipe == "defaults":
        variants = {"defaults, flips": "flips", recipe: None}
    for name, views in variants.items():
        if recipe == "defaults":
            classifier.set_params(test_time_augmentation=views)
        with results.measure((name, seed)) as measured:
            proba = classifier.predict_proba(test[0])
            scores = score_recipe(test[1], proba, classifier.classes_)
            measured.update(scores.iloc[0])
            measured["cpu_seconds_of_fit"] = round(seconds, 1)
        np.save(folder / f"{name}-{seed}.npy", proba)


def write_table(folder):
    """Write the scores of each recipe: mean, standard deviation and the number of seeds."""
    runs = pd.read_csv(folder / "runs.csv").drop(columns=["seed", "seconds"])
    groups = runs.groupby("recipe", sort=False)
    mean, deviation = groups.mean(), groups.std()
    lines = [
        "| recipe | seeds | " + " | ".join(map(_name, mean)) + " |",
        "|---" * (2 + mean.shape[1]),
    ]
    lines[1] += "|"
    for recipe, n_seeds in groups.size().items():
        cells = [
            f"{mean.loc[recipe, name]:.0f}"
            if name.startswith("cpu")
            else f"{mean.loc[recipe, name]:.3f} ± {deviation.loc[recipe, name]:.3f}"
            for name in mean
        ]
        lines.append(" | ".join([f"| {recipe}", str(n_seeds), *cells]) + " |")
    text = "\n".join(lines).replace(" ± nan", "")
    (folder / "table.md").write_text(text + "\n", encoding="utf-8")
    print(text)


def write_differences(folder, y):
    """Write how far each recipe is from frozen features, the mean over its seeds."""
    runs = pd.read_csv(folder / "runs.csv")
    classes = np.unique(y)
    seeds = {recipe: sorted(group["seed"]) for recipe, group in runs.groupby("recipe", sort=False)}
    lines, names = [], None
    for recipe in seeds:
        if recipe == PEER or PEER not in seeds:
            continue
        probas = [np.load(folder / f"{recipe}-{seed}.npy") for seed in seeds[recipe]]
        others = [np.load(folder / f"{PEER}-0.npy")]
        table = bootstrap_difference(y, classes, probas, others)
        names = list(table.index)
        cells = [
            f"{row['difference']:+.3f} ({row['from']:+.3f} to {row['to']:+.3f})"
            for _, row in table.iterrows()
        ]
        lines.append(" | ".join([f"| {recipe}", str(len(probas)), *cells]) + " |")
    if lines:
        head = [
            f"| less {PEER} | seeds | " + " | ".join(map(_name, names)) + " |",
            "|---" * (2 + len(names)) + "|",
        ]
        text = "\n".join([*head, *lines])
        (folder / "differences.md").write_text(text + "\n", encoding="utf-8")
        print(text)


def draw(folder, data):
    """Draw macro-F1 against the CPU time of a fit."""
    runs = pd.read_csv(folder / "runs.csv")
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    for recipe, group in runs.groupby("recipe", sort=False):
        axes.errorbar(
            group["cpu_seconds_of_fit"].mean(),
            group["f1_macro"].mean(),
            yerr=group["f1_macro"].std() if len(group) > 1 else None,
            fmt="o",
            capsize=3,
            label=f"{recipe} ({len(group)})",
        )
    axes.set(xscale="log", xlabel="CPU seconds of a fit", ylabel="macro-F1", title=data)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("{x:g}")
    axes.legend(title="recipe (seeds)", fontsize="small", loc="best")
    figure.savefig(folder / "scores.png", dpi=120)
    plt.close(figure)


def _name(column):
    names = {"auc": "AUC", "f1_macro": "macro-F1", "f1": "F1 of the rare class"}
    named = {**names, "cpu_seconds_of_fit": "CPU s of a fit", "kappa_quadratic": "quadratic kappa"}
    return named.get(column, column.replace("_", " "))


if __name__ == "__main__":
    main()
