"""Ask whether balancing harms probabilities, even after correction, as heads on features.

A probability is for a class mix. Two are looked at: that of the training part, and a level one, in
which all classes are equally frequent. Test images are weighted so that their classes have the
shares of that mix. Each network is fitted once, with a tenth of the rows held out for a
temperature, and its probabilities are then taken in three ways:

- as the network returns them;
- for the mix, by ``target_prior``;
- for the mix, after ``temperature="fit"``.

The tables have the log-loss, the Brier score and the calibration error of each, and the difference
of each method to the baseline with its 95 % bootstrap interval over test images. Each run is kept
as soon as it is made, and a second start goes on where the first one stopped::

    python benchmarks/probabilities_on_features.py --data-home DATA --weights WEIGHTS --out out

WEIGHTS is MobileNetV2's ImageNet weights file without its top; features are made as for
`methods_on_features.py`.
"""

import argparse
from itertools import product
from pathlib import Path

import feature_tables
import numpy as np
import pandas as pd
from method_tables import HEADINGS, shorten
from results import ResultsFile, write_markdown
from weighted_scores import ERRORS, draw_weights, measure, weigh_to_mix

from imblearn_bbfl import STRATEGIES

METHODS = ("baseline", "focal_loss", "balanced_batch", "bbfl", "logit_adjustment")
MIXES = ("data", "uniform")
VARIANTS = ("as returned", "for the mix", "and a temperature")
_BASELINE = "baseline"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    feature_tables.add_arguments(parser)
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(STRATEGIES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--draws", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--out", type=Path, default=Path("probabilities_on_features"))
    arguments = parser.parse_args()
    sets = [feature_tables.load(name, arguments) for name in arguments.data]
    for seed, data, method in product(arguments.seeds, sets, arguments.methods):
        run(method, seed, data, arguments.out / data.name)
    for mix in MIXES:
        write_scores(arguments.out, mix)
    for score in ("log_loss", "brier_score"):
        write_differences(arguments.out, sets, score, arguments.draws)


def run(method, seed, data, folder):
    """Fit once, and measure the probabilities of all variants, unless that is done."""
    (folder / "predictions").mkdir(parents=True, exist_ok=True)
    results = ResultsFile(folder / "runs.csv", ["method", "seed", "mix", "variant"])
    if (method, seed, MIXES[-1], VARIANTS[-1]) in results:
        return
    settings = STRATEGIES[method] | {"temperature": "fit"}
    probe = feature_tables.make_probe(data.name, **settings, random_state=seed)
    probe.fit(data.X_train, data.y_train)
    probas = {}
    for mix, variant in product(MIXES, VARIANTS):
        probe.set_params(
            target_prior=None if variant == "as returned" else mix,
            temperature="fit" if variant == "and a temperature" else None,
        )
        probas[f"{mix}, {variant}"] = proba = probe.predict_proba(data.X_test)
        with results.measure((method, seed, mix, variant)) as measured:
            weights = weigh_to_mix(data.y_test, find_shares(data, mix))
            predicted = proba.argmax(axis=1)
            scores = measure(data.y_test, proba, predicted, weights, names=ERRORS)
            measured.update({name: float(f"{value[0]:.6g}") for name, value in scores.items()})
            measured["temperature"] = round(probe.temperature_, 4)
    np.savez(folder / "predictions" / f"{method}-{seed}.npz", **probas)


def find_shares(data, mix):
    """Return the share of each class in a mix."""
    counts = np.bincount(data.y_train)
    return counts / counts.sum() if mix == "data" else np.full(len(counts), 1 / len(counts))


def write_scores(out, mix):
    """Write the mean of each error over seeds: rows are sets and methods, columns variants."""
    for score in ERRORS:
        rows = []
        for name, runs in read_runs(out):
            runs = runs[runs["mix"] == mix]
            means = runs.groupby(["method", "variant"], sort=False)[score].mean().unstack()
            for i, method in enumerate(means.index):
                title = feature_tables.TITLES[name] if i == 0 else ""
                cells = [shorten(f"{means.loc[method, variant]:.3f}") for variant in VARIANTS]
                rows.append([title, method, *cells])
        head = ["", HEADINGS[score], *VARIANTS]
        write_markdown(out / f"{score}_{mix}.md", head, rows)


def write_differences(out, sets, score, n_draws):
    """Write how far methods are from the baseline, on the same bootstrap samples of test images."""
    rows = []
    for data, mix in product(sets, MIXES):
        runs = pd.read_csv(out / data.name / "runs.csv")
        weights = draw_weights(len(data.y_test), n_draws)
        weights = np.concatenate([np.ones_like(weights[:1]), weights])
        weights = weights * weigh_to_mix(data.y_test, find_shares(data, mix))
        reference = _measure_mean(out / data.name, _BASELINE, runs, data, mix, weights, score)
        for method in runs["method"].unique():
            if method == _BASELINE:
                continue
            values = _measure_mean(out / data.name, method, runs, data, mix, weights, score)
            row = {"data": data.name, "mix": mix, "method": method}
            for variant in VARIANTS:
                difference = values[variant] - reference[variant]
                low, high = np.nanquantile(difference[1:], [0.025, 0.975])
                row |= {variant: difference[0], f"{variant}_from": low, f"{variant}_to": high}
            rows.append(row)
    table = pd.DataFrame(rows).round(5)
    table.to_csv(out / f"{score}_differences.csv", index=False)
    for mix in MIXES:
        lines = [
            [feature_tables.TITLES[row["data"]], row["method"], *_format_row(row)]
            for _, row in table[table["mix"] == mix].iterrows()
        ]
        head = ["", f"{HEADINGS[score]}, less {_BASELINE}", *VARIANTS]
        write_markdown(out / f"{score}_differences_{mix}.md", head, lines)


def _measure_mean(folder, method, runs, data, mix, weights, score):
    """Return, for each variant, the mean over seeds under each weighting."""
    seeds = runs.loc[runs["method"] == method, "seed"].unique()
    values = {variant: [] for variant in VARIANTS}
    for seed, variant in product(sorted(seeds), VARIANTS):
        with np.load(folder / "predictions" / f"{method}-{seed}.npz") as probas:
            proba = probas[f"{mix}, {variant}"]
        scores = measure(data.y_test, proba, proba.argmax(axis=1), weights, names=[score])
        values[variant].append(scores[score])
    return {variant: np.mean(of_seeds, axis=0) for variant, of_seeds in values.items()}


def _format_row(row):
    """Return the difference of each variant and its interval, bold if that leaves out 0."""
    for variant in VARIANTS:
        low, high = row[f"{variant}_from"], row[f"{variant}_to"]
        text = shorten(f"{row[variant]:+.3f} ({low:+.3f} to {high:+.3f})")
        yield f"**{text}**" if low > 0 or high < 0 else text


def read_runs(out):
    """Yield the name and the runs of each set that has some, in the order of the page."""
    for name in feature_tables.IMAGE_SIZES:
        path = out / name / "runs.csv"
        if path.exists():
            yield name, pd.read_csv(path)


if __name__ == "__main__":
    main()
