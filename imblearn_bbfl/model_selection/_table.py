"""Tables of mean ± standard deviation: a row for each method, the best of each metric in bold.

A mean over fewer runs than were planned is marked, and never the best: which runs are missing is
not chance.
"""

import html
from dataclasses import dataclass

import numpy as np
import pandas as pd

_TITLES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "f1_macro": "Macro-F1",
    "roc_auc": "ROC-AUC",
    "roc_auc_ovr": "ROC-AUC (one vs rest)",
    "average_precision": "Average precision",
    "geometric_mean": "Geometric mean",
    "kappa_quadratic": "Quadratic kappa",
    "brier_score": "Brier score",
    "brier_score_raw": "Brier score (raw)",
    "expected_calibration_error": "Calibration error",
    "expected_calibration_error_raw": "Calibration error (raw)",
}
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "↓": r"$\downarrow$",
    **{character: f"\\{character}" for character in "_%&#${}"},
}


def format_metric(name, pos_label=None):
    """Return what a metric is called in tables and plots, with the class that it is a score of."""
    title = _TITLES.get(name, name)
    return title if pos_label is None else f"{title} (class {pos_label})"


def note_untested(classes, tested):
    """Return a sentence on the classes that are in no test part, or nothing."""
    untested = np.setdiff1d(classes, tested).tolist()
    if not untested:
        return ""
    *first, last = map(str, untested)
    if not first:
        return (
            f"Class {last} is too small for a test part: it is in training only, and left out "
            "of all scores."
        )
    return (
        f"Classes {', '.join(first)} and {last} are too small for a test part: they are in "
        "training only, and left out of all scores."
    )


@dataclass(frozen=True)
class ScoreTable:
    """What the forms of the table have in common.

    Attributes
    ----------
    summary : DataFrame
        As `Comparison.summary` returns it.
    metrics : dict of str to Metric
        The columns.
    titles : dict of str to str
        What each metric is called.
    n_runs : int
        How many runs of each method were planned.
    note : str
        A sentence to put below, or nothing.
    """

    summary: pd.DataFrame
    metrics: dict
    titles: dict
    n_runs: int
    note: str = ""

    def to_cells(self):
        """Return the cells as they are: metric -> method -> mean, spread and whether it is best.

        Mean and spread are text, and the spread may be empty.
        """
        is_best = self._find_best()
        cells = {}
        for name in self.metrics:
            parts = self.summary[name][["mean", "sd", "runs"]].itertuples(index=False)
            texts = [self._format_cell(*part).partition(" ± ") for part in parts]
            cells[name] = {
                method: (mean, f"{sign.strip()} {spread}".strip(), best)
                for method, (mean, sign, spread), best in zip(
                    self.summary.index, texts, is_best[name], strict=True
                )
            }
        return cells

    def to_frame(self):
        """Return the table as a DataFrame of text: ``.834 ± .012``, of all runs or marked."""
        table = {"Runs": self.summary["seconds", "runs"].astype(str)}
        for name in self.metrics:
            cells = self.summary[name][["mean", "sd", "runs"]].itertuples(index=False)
            table[self._head(name)] = [self._format_cell(*cell) for cell in cells]
        return pd.DataFrame(table, index=self.summary.index.rename(None))

    def to_markdown(self):
        """Return the table as Markdown."""
        table = self._embolden("**{}**".format)
        lines = [["Method", *table.columns], ["---"] * (1 + table.shape[1])]
        lines += [
            [method, *cells] for method, cells in zip(table.index, table.to_numpy(), strict=True)
        ]
        note = f"\n\n{self.note}" if self.note else ""
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + note

    def to_latex(self):
        """Return the table as LaTeX, for the package booktabs."""
        table = self._embolden(r"\textbf{{{}}}".format)
        rows = [
            [_escape_latex(method), *(cell.replace("±", r"$\pm$") for cell in cells)]
            for method, cells in zip(table.index, table.to_numpy(), strict=True)
        ]
        return "\n".join(
            [
                rf"\begin{{tabular}}{{l{'r' * table.shape[1]}}}",
                r"\toprule",
                " & ".join(["Method", *map(_escape_latex, table.columns)]) + r" \\",
                r"\midrule",
                *(" & ".join(row) + r" \\" for row in rows),
                r"\bottomrule",
                r"\end{tabular}",
                *([r"\par " + _escape_latex(self.note)] if self.note else []),
            ]
        )

    def to_html(self):
        """Return the table as HTML."""
        table = self._embolden("<b>{}</b>".format)
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ["Method", *table.columns])
        rows = [
            f"<tr><th>{html.escape(method)}</th>"
            f"{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
            for method, cells in zip(table.index, table.to_numpy(), strict=True)
        ]
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{note}"

    def _head(self, name):
        """Return the head of a column; an arrow marks metrics of which less is better."""
        return self.titles[name] + ("" if self.metrics[name].greater_is_better else " ↓")

    def _format_cell(self, mean, sd, runs):
        if np.isnan(mean):
            return "none"
        spread = "" if np.isnan(sd) else f" ± {sd:.3f}"
        return f"{mean:.3f}{spread}" + (f" ({runs} of {self.n_runs})" if runs < self.n_runs else "")

    def _embolden(self, embolden):
        """Return the text cells, the best mean of all runs in bold for each metric."""
        table = self.to_frame().astype(object)
        for name, is_best in self._find_best().items():
            head = self._head(name)
            table.loc[is_best, head] = table.loc[is_best, head].map(embolden)
        return table

    def _find_best(self):
        """Return for each metric which methods have the best mean of all runs."""
        best = {}
        for name, metric in self.metrics.items():
            means = self.summary[name, "mean"].round(3)
            means = means.where(self.summary[name, "runs"] == self.n_runs)
            top = means.max() if metric.greater_is_better else means.min()
            best[name] = (means == top).to_numpy()
        return best


def _escape_latex(text):
    return "".join(_LATEX.get(character, character) for character in text)
