"""Tables and a figure of methods on several image sets, from runs and predictions that were kept.

The folder of a set holds ``runs.csv``, with a row for each method and seed, and ``predictions``
with a file for each, of the probabilities and the decisions on the test part.
"""

import re
from itertools import product

import feature_tables
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from results import write_markdown
from scipy.stats import friedmanchisquare, studentized_range
from weighted_scores import ERRORS, SCORES, draw_weights, measure

from imblearn_bbfl import STRATEGIES

HEADINGS = {
    "auc": "AUC",
    "f1_macro": "macro-F1",
    "balanced_accuracy": "balanced accuracy",
    "recall_of_rarest": "recall of the rarest",
    "kappa_quadratic": "quadratic kappa",
    "brier_score": "Brier score",
    "calibration_error": "calibration error",
    "log_loss": "log-loss",
}
_COMPARED = ("f1_macro", "balanced_accuracy", "auc")
_BASELINE = "baseline"
_REFERENCES = (_BASELINE, "bbfl")
_FAR_BEHIND = ("thresholding", "ldam", "ldam_drw")


def measure_run(folder, method, seed, data, proba, predicted):
    """Keep predictions of the test part, and return their scores as numbers of six digits."""
    np.savez(folder / "predictions" / f"{method}-{seed}.npz", proba=proba, predicted=predicted)
    rarest = np.bincount(data.y_train).argmin()
    scores = measure(data.y_test, proba, predicted, rarest=rarest)
    return {name: float(f"{value[0]:.6g}") for name, value in scores.items()}


def write_tables(folder, data, n_draws):
    """Write the scores of each method, those of its probabilities, and how far the baseline is."""
    runs = pd.read_csv(folder / "runs.csv")
    of_labels = [name for name in SCORES if name in HEADINGS and name not in ERRORS]
    if data.name not in feature_tables.ORDINAL:
        of_labels.remove("kappa_quadratic")
    write_scores(folder / "table.md", runs, of_labels)
    write_scores(folder / "probabilities.md", runs, ERRORS)
    differences = compare(folder, data, runs, n_draws)
    differences.to_csv(folder / "differences.csv", index=False)
    for reference, group in differences.groupby("reference", sort=False):
        rows = [
            [row["method"], *(format_difference(row, name) for name in _COMPARED)]
            for _, row in group.iterrows()
        ]
        head = [f"less {reference}", *(HEADINGS[name] for name in _COMPARED)]
        write_markdown(folder / f"less_{reference}.md", head, rows)


def write_scores(path, runs, names):
    """Write mean ± standard deviation over seeds; the best mean of each score is bold."""
    groups = runs.groupby("method", sort=False)[list(names)]
    mean, deviation = groups.mean().round(3), groups.std()
    best = {name: mean[name].min() if name in ERRORS else mean[name].max() for name in names}
    rows = [
        [
            method,
            n_seeds,
            *(
                format_score(mean.loc[method, name], deviation.loc[method, name], best[name])
                for name in names
            ),
        ]
        for method, n_seeds in groups.size().items()
    ]
    write_markdown(path, ["method", "seeds", *(HEADINGS[name] for name in names)], rows)


def format_score(mean, deviation, best):
    """Return ``.123 ± .004``, bold if it is the best."""
    text = shorten(f"{mean:.3f}")
    if np.isfinite(deviation):
        text += shorten(f" ± {deviation:.3f}")
    return f"**{text}**" if mean == best else text


def format_difference(row, name):
    """Return the difference and its interval, bold if that leaves out 0."""
    difference, low, high = (row[f"{name}{end}"] for end in ("", "_from", "_to"))
    text = shorten(f"{difference:+.3f} ({low:+.3f} to {high:+.3f})")
    return f"**{text}**" if low > 0 or high < 0 else text


def shorten(text):
    """Leave out the zero before a decimal point."""
    return re.sub(r"\b0\.", ".", text)


def compare(folder, data, runs, n_draws):
    """Return the mean differences of methods to the references, with 95 % intervals over images.

    All are measured on the same bootstrap samples of the test part.
    """
    weights = draw_weights(len(data.y_test), n_draws)
    weights = np.concatenate([np.ones_like(weights[:1]), weights])  # all images as they are, first

    def measure_mean(method):
        of_seeds = []
        for seed in sorted(runs.loc[runs["method"] == method, "seed"]):
            with np.load(folder / "predictions" / f"{method}-{seed}.npz") as saved:
                proba, predicted = saved["proba"], saved["predicted"]
            of_seeds.append(measure(data.y_test, proba, predicted, weights, names=_COMPARED))
        return {name: np.mean([scores[name] for scores in of_seeds], axis=0) for name in _COMPARED}

    means = {method: measure_mean(method) for method in runs["method"].unique()}
    rows = []
    for reference, method in product(_REFERENCES, means):
        if reference not in means or reference == method:
            continue
        row = {"reference": reference, "method": method}
        for name in _COMPARED:
            difference = means[method][name] - means[reference][name]
            row[name] = difference[0]
            row[f"{name}_from"], row[f"{name}_to"] = np.nanquantile(difference[1:], [0.025, 0.975])
        rows.append(row)
    return pd.DataFrame(rows).round(5)


def format_rank(rank, best):
    """Return a rank with one digit, bold if it is the best; nothing if there is none."""
    if rank is None:
        return ""
    return f"**{rank:.1f}**" if rank == best else f"{rank:.1f}"


def read_all(out, name):
    """Return a file of each set that has one, in the order of the page."""
    paths = {data: out / data / name for data in feature_tables.IMAGE_SIZES}
    return {data: pd.read_csv(path) for data, path in paths.items() if path.exists()}


def average_macro_f1(out):
    """Return the mean macro-F1 over seeds: a row for each method, a column for each set."""
    means = {
        data: runs.groupby("method", sort=False)["f1_macro"].mean()
        for data, runs in read_all(out, "runs.csv").items()
    }
    table = pd.DataFrame(means).round(3)
    return table.reindex([method for method in STRATEGIES if method in table.index])


def write_overview(out):
    """Write the macro-F1 of each method on each set; ↑ and ↓ where the interval leaves out 0.

    Last is the mean rank of the methods that all sets have, 1 for the best.
    """
    table = average_macro_f1(out)
    differences = {
        data: frame[frame["reference"] == _BASELINE].set_index("method")
        for data, frame in read_all(out, "differences.csv").items()
    }

    def format_cell(method, data):
        value = table.loc[method, data]
        if not np.isfinite(value):
            return ""
        text, frame = shorten(f"{value:.3f}"), differences[data]
        if value == table[data].max():
            text = f"**{text}**"
        if method in frame.index:
            low, high = frame.loc[method, ["f1_macro_from", "f1_macro_to"]]
            text += " ↑" if low > 0 else " ↓" if high < 0 else ""
        return text

    ranks = table.dropna().rank(ascending=False).mean(axis=1)
    rows = [
        [
            method,
            *(format_cell(method, data) for data in table),
            format_rank(ranks.get(method), ranks.min()),
        ]
        for method in table.index
    ]
    head = ["macro-F1", *(feature_tables.TITLES[data] for data in table), "mean rank"]
    write_markdown(out / "overview.md", head, rows)


def write_rank_tests(out):
    """Write whether mean ranks differ by more than chance (Demšar 2006, JMLR 7:1-30)."""
    table = average_macro_f1(out).dropna()
    n_methods, n_sets = table.shape
    quantile = studentized_range.ppf(0.95, n_methods, np.inf) / np.sqrt(2)
    distance = quantile * np.sqrt(n_methods * (n_methods + 1) / (6 * n_sets))
    rows = [
        [len(part), left_out, shorten(f"{friedmanchisquare(*part.to_numpy()).pvalue:.3f}")]
        for left_out, part in (
            ("none", table),
            (", ".join(_FAR_BEHIND), table.drop(list(_FAR_BEHIND), errors="ignore")),
        )
    ]
    rows[0].append(f"{distance:.1f}")
    rows[1].append("")
    head = ["methods", "left out", "p of Friedman's test", "distance that Nemenyi's test asks for"]
    write_markdown(out / "rank_tests.md", head, rows)


def draw(out):
    """Draw macro-F1 and AUC of all methods on all sets on one page."""
    runs = read_all(out, "runs.csv")
    present = {method for frame in runs.values() for method in frame["method"]}
    methods = [method for method in STRATEGIES if method in present]
    figure, grid = plt.subplots(
        2,
        len(runs),
        figsize=(8.2, 0.6 + 2 * 0.19 * (len(methods) + 2)),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for row, score in zip(grid, ("f1_macro", "auc"), strict=True):
        for axes, (data, frame) in zip(row, runs.items(), strict=True):
            _draw_set(axes, frame, methods, score)
            if score == "f1_macro":
                axes.set_title(feature_tables.TITLES[data], fontsize=8)
            axes.set_xlabel(HEADINGS[score], fontsize=8)
    figure.savefig(out / "scores.png", dpi=130)
    plt.close(figure)


def _draw_set(axes, runs, methods, score):
    """Draw each run as a dot and each mean as a bar, beside the baseline's as a line."""
    means = runs.groupby("method")[score].mean()
    for i, method in enumerate(methods):
        values = runs.loc[runs["method"] == method, score]
        axes.plot(values, [i] * len(values), "o", color="tab:blue", markersize=2.5, alpha=0.5)
        if method in means:
            axes.plot(means[method], i, "|", color="black", markersize=8)
    axes.axvline(means[_BASELINE], color="tab:red", linewidth=0.8)
    axes.set_yticks(range(len(methods)), methods, fontsize=7)
    axes.set_ylim(len(methods) - 0.5, -0.5)
    axes.tick_params(axis="x", labelsize=7)
    axes.grid(axis="y", linewidth=0.3)
