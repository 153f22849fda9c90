"""Figures of a comparison, each narrow enough for a telephone."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from sklearn.calibration import calibration_curve

from imblearn_bbfl.inspection import ConfusionMatrixPanel, PrecisionRecallPanel, RocCurvePanel
from imblearn_bbfl.inspection._styles import (
    group_runs,
    list_untested,
    name_method,
    shorten,
    style_methods,
)
from imblearn_bbfl.report._pictures import as_picture
from imblearn_bbfl.report._rare_class import compute_precision

_SIZE = (4.4, 4.5)  # inches: 420 pixels, of which a telephone shows 390
_LEGEND = {
    "fontsize": 9,
    "frameon": False,
    "loc": "upper center",
    "bbox_to_anchor": (0.5, -0.14),
    "ncols": 2,
}
_N_BINS = 10
_MOST_CLASSES = 4


def draw_all(comparison, found, label, names, prevalence):
    """Return the pictures of the page: of the rare class, and what each class is taken for."""
    styles = style_methods(comparison.methods_, comparison.reference_)
    rare = names[label]
    drawn = _choose_classes(comparison, label)
    return {
        "curves": [picture for k in drawn for picture in _draw_curves(comparison, k, names[k])],
        "n_without_curves": len(comparison.tested_classes_) - len(drawn),
        "confusion": _draw_confusion(comparison, list(names.values())),
        "calibration": _draw_calibration(comparison, styles, label, rare),
        "prevalence": _draw_prevalence(found, styles, prevalence, rare),
    }


def _choose_classes(comparison, label):
    """Return the classes to draw curves of: the rare one first, then the next rarest."""
    if comparison.pos_label_ is not None:
        return [label]  # the curves of the other one are the same, turned round
    tested = comparison.tested_classes_.tolist()
    return sorted(tested, key=comparison.class_counts_.get)[:_MOST_CLASSES]


def _draw_curves(comparison, label, name):
    """Return ROC and precision-recall curves of all methods for one class against the rest."""
    runs, pictures = group_runs(comparison.predictions_), []
    panels = {"ROC curve": RocCurvePanel, "Precision and recall": PrecisionRecallPanel}
    for kind, panel in panels.items():
        figure, ax = _make_figure()
        curves = panel.compute(runs, comparison.classes_, [label])
        panel(curves, reference=comparison.reference_).plot(ax=ax)
        ax.set_title(f"{kind}: {shorten(name)}", fontsize=11)
        ax.legend(**_LEGEND | {"ncols": 1 if len(runs) < 5 else 2})
        areas = ", ".join(text.get_text() for text in ax.get_legend().get_texts())
        pictures.append(as_picture(figure, f"{kind} of class {name} against the rest: {areas}"))
    return pictures


def _draw_confusion(comparison, names):
    """Return a confusion matrix of each method."""
    classes = comparison.classes_
    untested = list_untested(comparison.predictions_, classes)
    pictures = []
    for method, runs in group_runs(comparison.predictions_).items():
        figure, ax = _make_figure()
        matrices = ConfusionMatrixPanel.compute({method: runs}, classes, untested=untested)
        ConfusionMatrixPanel(matrices, names).plot(ax=ax)
        told = zip(names, 100 * matrices[method].diagonal(), strict=True)
        listed = ", ".join(f"{name} {share:.0f} %" for name, share in told if share == share)
        alt = f"Confusion matrix of {name_method(method)}; right: {listed}"
        pictures.append(as_picture(figure, alt))
    return pictures


def _draw_calibration(comparison, styles, label, rare):
    """Return how often cases of each stated probability are of the class."""
    figure, ax = _make_figure()
    column = comparison.classes_.tolist().index(label)
    ax.plot([0, 1], [0, 1], color="0.6", linewidth=1, linestyle=":", label="perfect")
    for method, runs in group_runs(comparison.predictions_).items():
        is_rare = np.concatenate([run.y_true == label for run in runs])
        stated = np.clip(np.concatenate([run.y_posterior[:, column] for run in runs]), 0, 1)
        shares, means = calibration_curve(is_rare, stated, n_bins=_N_BINS, strategy="quantile")
        ax.plot(
            means, shares, marker="o", markersize=4, label=name_method(method), **styles[method]
        )
    ax.set(xlabel=f"Stated probability of {rare}", ylabel=f"Share that is {rare}")
    ax.xaxis.set_major_formatter(PercentFormatter(1))
    _finish(ax)
    return as_picture(figure, f"Calibration: stated probability of {rare} against the share found")


def _draw_prevalence(found, styles, prevalence, rare):
    """Return the precision of each method where the class is rarer or more frequent."""
    figure, ax = _make_figure()
    grid = np.geomspace(min(0.001, prevalence), 0.5, 120)
    for f in found:
        precision = compute_precision(f, grid)
        ax.plot(grid, precision, label=name_method(f.method), **styles[f.method])
    ax.axvline(
        prevalence, color="0.5", linestyle=":", linewidth=1.2, label="share in the test data"
    )
    ax.set(xscale="log", xlabel=f"Share of {rare} among all", ylabel="Precision")
    ticks = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
    ax.set_xticks(ticks, [f"{100 * tick:g} %" for tick in ticks])
    ax.minorticks_off()
    _finish(ax)
    return as_picture(figure, f"Precision of each method against the share of {rare} among all")


def _make_figure():
    figure = Figure(figsize=_SIZE, layout="constrained")
    return figure, figure.subplots()


def _finish(ax):
    ax.set_ylim(-0.02, 1.02)
    ax.grid(color="0.92")
    ax.set_axisbelow(True)
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(**_LEGEND)
