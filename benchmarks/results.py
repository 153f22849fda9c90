"""What the benchmark scripts share: scores, and results that survive being stopped."""

import csv
import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    roc_auc_score,
)


def score(y, proba, classes):
    """Score probabilities: AUC is the mean over classes of one class against the rest."""
    predicted = classes[proba.argmax(axis=1)]
    per_class = [roc_auc_score(y == label, proba[:, i]) for i, label in enumerate(classes)]
    return {
        "auc": sum(per_class) / len(per_class),
        "accuracy": accuracy_score(y, predicted),
        "balanced_accuracy": balanced_accuracy_score(y, predicted),
        "f1_macro": f1_score(y, predicted, average="macro"),
        "kappa_quadratic": cohen_kappa_score(
            np.searchsorted(classes, y), proba.argmax(axis=1), weights="quadratic"
        ),
    }


_NO_SETTINGS = ("out", "data_home", "n_jobs")  # results do not depend on them


def keep_settings(path, arguments, *, varied, results):
    """Write what results are made with; exit if there are results that were made otherwise.

    Parameters
    ----------
    path : Path
        Of the JSON file.
    arguments : Namespace
        Of the command line.
    varied : iterable of str
        Arguments that may differ from one start to the next: each result knows its own.
    results : iterable of Path
        Where results lie; those that are not there do not count.
    """
    left_out = {*varied, *_NO_SETTINGS}
    settings = {name: value for name, value in vars(arguments).items() if name not in left_out}
    settings = json.loads(json.dumps(settings, default=str))
    if path.exists() and any(result.exists() for result in results):
        _check_settings(path, settings)
    path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def _check_settings(path, settings):
    theirs = json.loads(path.read_text(encoding="utf-8"))
    differing = [name for name in settings if theirs.get(name) != settings[name]]
    if differing:
        listed = "; ".join(f"{name}={theirs.get(name)}, not {settings[name]}" for name in differing)
        sys.exit(
            f"Results in one place must have the same settings, but {path} says that those there "
            f"have {listed}. Pass another --out."
        )


class ResultsFile:
    """Rows of a CSV file by their key columns; each row is on disk as soon as it is measured."""

    def __init__(self, path, key_columns):
        self.path = Path(path)
        self.key_columns = key_columns

    def __contains__(self, key):
        if not self.path.exists():
            return False
        done = pd.read_csv(self.path, dtype=str)[self.key_columns]
        return tuple(map(str, key)) in set(done.itertuples(index=False, name=None))

    @contextmanager
    def measure(self, key):
        """Time the block, and append a row with what it put into the dict that it is given."""
        measured, start = {}, time.perf_counter()
        yield measured
        row = dict(zip(self.key_columns, key, strict=True)) | measured
        row["seconds"] = round(time.perf_counter() - start, 1)
        self._append(row)

    def repeat(self, key, other_key):
        """Append the row of a key once more, under another key: one result of two names."""
        with self.path.open(newline="") as file:
            rows = {tuple(row[c] for c in self.key_columns): row for row in csv.DictReader(file)}
        row = rows[tuple(map(str, key))]
        self._append(row | dict(zip(self.key_columns, other_key, strict=True)))

    def _append(self, row):
        is_new = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, row)
            if is_new:
                writer.writeheader()
            writer.writerow(row)
        print(row, flush=True)

    def summarize(self, columns):
        """Return a Markdown table: mean ± standard deviation, and the number of runs."""
        runs = pd.read_csv(self.path)
        metrics = [name for name in runs.columns if name not in self.key_columns]
        lines = ["| " + " | ".join([*columns, "runs", *metrics]) + " |"]
        lines.append("|" + "---|" * (len(columns) + 1 + len(metrics)))
        for key, group in runs.groupby(columns, sort=False, dropna=False):
            cells = [f"{group[m].mean():.3f} ± {group[m].std():.3f}" for m in metrics]
            lines.append("| " + " | ".join([*map(str, key), str(len(group)), *cells]) + " |")
        return "\n".join(lines)


def write_markdown(path, head, rows):
    """Write a table, and print it; cells may be anything that has a text."""
    lines = [head, ["---"] * len(head), *rows]
    text = "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines)
    Path(path).write_text(text + "\n", encoding="utf-8")
    print(f"{path}\n{text}", flush=True)
