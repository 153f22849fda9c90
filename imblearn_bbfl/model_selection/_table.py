"""Tables of mean ± standard deviation: a row for each method, the best of each metric in bold.

A mean over fewer runs than were planned is marked, and never the best: which runs are missing is
not chance.
"""

import html

import numpy as np
import pandas as pd

_TITLES = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "f1": "F1",
    "f1_macro": "Macro-F1",
    "roc_auc": "ROC-AUC",
    "roc_auc_ovr": "ROC-AUC (one vs rest)",
    "average_precision": "Average precision",
    "geometric_mean": "Geometric mean",
    "brier_score": "Brier score",
    "expected_calibration_error": "Calibration error",
}


def format_metric(name):
    """Return what a metric is called in tables and plots."""
    return _TITLES.get(name, name)


def format_cells(summary, metrics, n_runs):
    """Return the table as a DataFrame of text: ``.834 ± .012``, of `n_runs` runs or marked."""
    table = {"Runs": summary["seconds", "runs"].fillna(0).astype(int).astype(str)}
    for name in metrics:
        cells = summary[name][["mean", "sd", "runs"]].itertuples(index=False)
        table[_title(name, metrics)] = [_format_cell(*cell, n_runs) for cell in cells]
    return pd.DataFrame(table, index=summary.index.rename(None))


def to_markdown(summary, metrics, n_runs):
    """Return the table as Markdown."""
    table = _embolden(summary, metrics, n_runs, "**{}**".format)
    lines = [["Method", *table.columns], ["---"] * (1 + table.shape[1])]
    lines += [[method, *cells] for method, cells in zip(table.index, table.to_numpy(), strict=True)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def to_latex(summary, metrics, n_runs):
    """Return the table as LaTeX, for the package booktabs."""
    table = _embolden(summary, metrics, n_runs, r"\textbf{{{}}}".format)
    rows = [
        [method.replace("_", r"\_"), *(cell.replace("±", r"$\pm$") for cell in cells)]
        for method, cells in zip(table.index, table.to_numpy(), strict=True)
    ]
    columns = [column.replace("↓", r"$\downarrow$").replace("_", r"\_") for column in table.columns]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{l{'r' * table.shape[1]}}}",
            r"\toprule",
            " & ".join(["Method", *columns]) + r" \\",
            r"\midrule",
            *(" & ".join(row) + r" \\" for row in rows),
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def to_html(summary, metrics, n_runs):
    """Return the table as HTML."""
    table = _embolden(summary, metrics, n_runs, "<b>{}</b>".format)
    head = "".join(f"<th>{html.escape(name)}</th>" for name in ["Method", *table.columns])
    rows = [
        f"<tr><th>{html.escape(method)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
        for method, cells in zip(table.index, table.to_numpy(), strict=True)
    ]
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _title(name, metrics):
    """Return a column's title; an arrow marks metrics of which less is better."""
    return format_metric(name) + ("" if metrics[name].greater_is_better else " ↓")


def _format_cell(mean, sd, runs, n_runs):
    if np.isnan(mean):
        return "none"
    spread = "" if np.isnan(sd) else f" ± {sd:.3f}"
    return f"{mean:.3f}{spread}" + (f" ({runs:.0f} of {n_runs})" if runs < n_runs else "")


def _embolden(summary, metrics, n_runs, embolden):
    """Return the text cells, the best mean of all runs in bold for each metric."""
    table = format_cells(summary, metrics, n_runs).astype(object)
    for name, metric in metrics.items():
        means = summary[name, "mean"].round(3).where(summary[name, "runs"] == n_runs)
        best = means == (means.max() if metric.greater_is_better else means.min())
        column = _title(name, metrics)
        table.loc[best.to_numpy(), column] = table.loc[best.to_numpy(), column].map(embolden)
    return table
