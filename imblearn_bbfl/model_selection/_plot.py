"""Pictures of a comparison."""

import numpy as np

from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import name_method

_N_COLUMNS = 4
_REFERENCE_COLOR, _COLOR, _RUN_COLOR = "#D55E00", "#0072B2", "0.65"


def plot_scores(scores, titles, reference):
    """Draw a panel for each metric: dots are runs, bars are mean ± standard deviation.

    Parameters
    ----------
    scores : dict of str to DataFrame
        Of each metric: a row for each run, a column for each method.
    titles : dict of str to str
        What each metric is called.
    reference : str
        The method to set off.

    Returns
    -------
    figure : matplotlib Figure
    """
    check_matplotlib("Comparison.plot")
    import matplotlib.pyplot as plt

    n_columns = min(len(scores), _N_COLUMNS)
    n_rows = -(-len(scores) // n_columns)
    n_methods = next(iter(scores.values())).shape[1]
    figure, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(1.2 + 2.6 * n_columns, n_rows * (1.0 + 0.3 * n_methods)),
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    for ax, (name, table) in zip(axes.flat, scores.items(), strict=False):
        _draw_metric(ax, table, reference)
        ax.set_title(titles[name])
    for ax in axes.flat[len(scores) :]:
        ax.set_visible(False)
    return figure


def _draw_metric(ax, table, reference):
    for position, method in enumerate(table.columns):
        runs = table[method].dropna()
        spread = np.linspace(-0.18, 0.18, len(runs)) if len(runs) > 1 else np.zeros(len(runs))
        ax.plot(runs, position + spread, "o", color=_RUN_COLOR, markersize=3.5)
        if len(runs):
            ax.errorbar(
                runs.mean(),
                position,
                xerr=runs.std() if len(runs) > 1 else None,
                fmt="D",
                color=_REFERENCE_COLOR if method == reference else _COLOR,
                markersize=5,
                capsize=3,
            )
    ax.set(yticks=range(table.shape[1]), yticklabels=map(name_method, table.columns))
    if not ax.yaxis_inverted():
        ax.invert_yaxis()
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
