"""The tables of a report, as plain values."""

from typing import NamedTuple

import numpy as np

from imblearn_bbfl.inspection._styles import name_method
from imblearn_bbfl.model_selection._table import format_metric
from imblearn_bbfl.report._numbers import tell_percent, tell_whole_percent
from imblearn_bbfl.report._rare_class import compute_precision

_MOST_COLUMNS = 7  # that fit a page
_PREVALENCES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5)


class Cell(NamedTuple):
    """A cell of a table; on a telephone its head stands beside it."""

    head: str
    text: str
    spread: str = ""
    is_best: bool = False


def tabulate_scores(comparison, names):
    """Return the scores in tables of few columns: each has heads, and rows of a name and cells."""
    cells = comparison._tabulate().to_cells()
    heads = {metric: _head(comparison, metric, names) for metric in cells}
    n_tables = -(-len(heads) // _MOST_COLUMNS)
    return [
        (
            [heads[metric] for metric in metrics],
            [
                (name_method(method), [Cell(heads[m], *cells[m][method]) for m in metrics])
                for method in comparison.methods_
            ],
        )
        for metrics in (part.tolist() for part in np.array_split(list(heads), n_tables))
    ]


def list_verdicts(comparison):
    """Return what the tests of the reference against each other method say, by the main metric.

    Returns
    -------
    verdicts, notes : list of str
        A verdict for each other method, and what there is to know of the tests, each once.
    """
    if len(comparison.methods_) < 2:
        return [], []
    tests = comparison.tests(comparison.main_metric_)
    notes = dict.fromkeys(note for note in tests["note"] if note)
    return tests["verdict"].tolist(), list(notes)


def tabulate_prevalences(found, measured):
    """Return heads and rows: the precision of each method at several prevalences."""
    prevalences = {f"{100 * p:g}\u00a0%": p for p in _PREVALENCES}
    prevalences[f"{tell_whole_percent(measured)} (test data)"] = measured
    rows = []
    for f in found:
        at = compute_precision(f, np.array(list(prevalences.values())))
        texts = ["none" if np.isnan(value) else tell_percent(value) for value in at]
        rows.append((name_method(f.method), list(map(Cell, prevalences, texts))))
    return list(prevalences), rows


def _head(comparison, name, names):
    metric = comparison.metrics_[name]
    pos_label = names[comparison.pos_label_] if metric.has_pos_label else None
    return format_metric(name, pos_label) + ("" if metric.greater_is_better else " ↓")
