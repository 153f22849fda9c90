r"""How much gamma matters: GridSearchCV over gamma 0 to 10, with its curve.

The paper found the best gamma between 0.5 and 2.5, and little variance inside that range::

    python benchmarks/gamma_sensitivity.py --data idrid --data-home DATA --weights WEIGHTS \
        --image-size 96 --out gamma

Networks are trained by the paper's recipe but for the arguments below. Only the official training
part is used, by cross-validation. Each repeat draws folds and seeds,
the same for all gammas. A repeat is written when it is complete; a second start goes on with what
is missing, more gammas too. Groups of a CSV file stay together. The folder ``--out`` then holds
``gamma.csv``, ``gamma.md`` and ``gamma.png``.
"""

import argparse
from pathlib import Path

import data_sets
import matplotlib.pyplot as plt
import pandas as pd
import sklearn
from results import keep_settings
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, StratifiedKFold
from sklearn.utils import Bunch

from imblearn_bbfl import RECIPES, BBFLClassifier

GAMMAS = [0, 0.5, 1, 1.5, 2, 2.5, 5, 10]
SCORINGS = ["f1_macro", "balanced_accuracy", "roc_auc_ovr"]
PAPER_RANGE = (0.5, 2.5)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data_sets.add_arguments(parser, default="idrid")
    parser.add_argument("--backbone", default="mobilenetv2")
    parser.add_argument("--weights", default="auto")
    parser.add_argument("--width", type=float, default=0.35, help="MobileNetV2's alpha")
    parser.add_argument("--image-size", type=int, default=96)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--learning-rate-factor", type=float, default=0.5)
    parser.add_argument("--gammas", type=float, nargs="+", default=GAMMAS)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--n-jobs", type=int)
    parser.add_argument("--out", type=Path, default=Path("gamma"))
    return parser.parse_args()


def make_classifier(arguments, repeat):
    """Return the classifier whose gamma is searched for."""
    changes = {
        "epochs": arguments.epochs,
        "learning_rate": arguments.learning_rate,
        "learning_rate_factor": arguments.learning_rate_factor,
    }
    classifier = BBFLClassifier(
        arguments.backbone,
        weights=None if arguments.weights == "none" else arguments.weights,
        image_size=arguments.image_size,
        random_state=repeat,
        **RECIPES["paper"] | changes,
    )
    if arguments.backbone == "mobilenetv2":
        classifier.set_params(backbone__alpha=arguments.width)
    return classifier


def search(classifier, gammas, arguments, data, repeat):
    """Return the score of each gamma on each fold: gamma, repeat, fold, and the metrics."""
    has_groups = data.groups is not None
    make_folds = StratifiedGroupKFold if has_groups else StratifiedKFold
    grid = GridSearchCV(
        classifier.set_fit_request(groups=True) if has_groups else classifier,
        {"gamma": gammas},
        scoring=SCORINGS,
        refit=False,
        cv=make_folds(arguments.folds, shuffle=True, random_state=repeat),
        n_jobs=arguments.n_jobs,
        verbose=2,
    )
    groups = {"groups": data.groups} if has_groups else {}
    found = grid.fit(data.X, data.y, **groups).cv_results_
    return pd.DataFrame(
        {"gamma": gamma, "repeat": repeat, "fold": fold}
        | {name: found[f"split{fold}_test_{name}"][i] for name in SCORINGS}
        for i, gamma in enumerate(gammas)
        for fold in range(arguments.folds)
    )


def draw(scores):
    """Draw mean ± standard deviation against gamma; the paper's range is shaded."""
    figure, axes = plt.subplots(1, len(SCORINGS), figsize=(11, 3.4), layout="constrained")
    for ax, name in zip(axes, SCORINGS, strict=True):
        table = scores.groupby("gamma")[name].agg(["mean", "std"])
        positions = range(len(table))
        low, high = (table.index.get_indexer([gamma], method="nearest")[0] for gamma in PAPER_RANGE)
        ax.axvspan(low, high, color="0.92", label="best range of the paper")
        ax.errorbar(positions, table["mean"], table["std"], fmt="o-", color="#0072B2", capsize=3)
        ax.set(xticks=positions, xticklabels=[f"{gamma:g}" for gamma in table.index])
        ax.set(xlabel="gamma (0 is cross-entropy)", title=name)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].legend(frameon=False, loc="lower left")
    return figure


def summarize(scores):
    """Return a Markdown table of mean ± standard deviation by gamma."""
    table = scores.groupby("gamma")[SCORINGS].agg(["mean", "std"])
    lines = [f"| gamma | runs | {' | '.join(SCORINGS)} |", "|---" * (2 + len(SCORINGS)) + "|"]
    counts = scores["gamma"].value_counts()
    for gamma, row in table.iterrows():
        cells = [f"{row[name, 'mean']:.3f} ± {row[name, 'std']:.3f}" for name in SCORINGS]
        lines.append(f"| {gamma:g} | {counts[gamma]} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def load_training_part(arguments):
    """Return the images that are not in an official test part, with labels and groups."""
    data = data_sets.load_from(arguments)
    if data.is_test is None:
        return data
    groups = None if data.groups is None else data.groups[~data.is_test]
    return Bunch(X=data.X[~data.is_test], y=data.y[~data.is_test], groups=groups)


def search_missing(arguments, data, path):
    """Search for the gammas that the file lacks, repeat by repeat; return all scores."""
    scores = pd.read_csv(path) if path.exists() else pd.DataFrame({"gamma": [], "repeat": []})
    for repeat in range(arguments.repeats):
        done = scores.loc[scores["repeat"] == repeat, "gamma"].to_numpy()
        gammas = [gamma for gamma in arguments.gammas if gamma not in done]
        if not gammas:
            continue
        found = search(make_classifier(arguments, repeat), gammas, arguments, data, repeat)
        scores = pd.concat([scores, found]) if len(scores) else found
        scores = scores.sort_values(["repeat", "gamma", "fold"])
        scores.to_csv(path, index=False, float_format="%.6g")
    return scores


def main():
    arguments = parse_arguments()
    sklearn.set_config(enable_metadata_routing=True)  # takes groups to the folds and to fit
    data = load_training_part(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "gamma.csv"
    keep_settings(
        arguments.out / "settings.json",
        arguments,
        varied=["gammas", "repeats"],
        results=[path],
    )
    scores = search_missing(arguments, data, path)
    (arguments.out / "gamma.md").write_text(summarize(scores), encoding="utf-8")
    draw(scores).savefig(arguments.out / "gamma.png", dpi=110)
    print(summarize(scores))


if __name__ == "__main__":
    main()
