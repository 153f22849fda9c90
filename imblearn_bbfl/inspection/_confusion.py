"""Confusion matrices of several methods, side by side."""

from typing import Self

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import group_runs, list_untested, name_method

_N_COLUMNS = 4


class ConfusionMatrixPanel:
    """What each class is taken for, by method, as Figs. 6 to 8 of the paper.

    Parameters
    ----------
    matrices : dict of str to ndarray of shape (n_classes, n_classes)
        For each method the share of each true class (row) that is taken for each class (column).
        A row of NaN, for a class without test rows, stays empty.
    classes : array-like of shape (n_classes,)
        The labels.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each method.

    Examples
    --------
    >>> from imblearn_bbfl.inspection import ConfusionMatrixPanel
    >>> runs = [{"y_true": [0, 0, 0, 1], "y_pred": [0, 0, 1, 1]}]
    >>> panel = ConfusionMatrixPanel.from_predictions({"baseline": runs}, classes=[0, 1])
    >>> panel.matrices["baseline"].round(2).tolist()
    [[0.67, 0.33], [0.0, 1.0]]
    """

    def __init__(self, matrices, classes):
        self.matrices = matrices
        self.classes = classes

    @classmethod
    def from_predictions(cls, predictions, classes, *, untested=()) -> Self:
        """Compute the matrices from predictions, and draw them.

        Parameters
        ----------
        predictions : dict of str to list
            For each method its runs, each with `y_true` and `y_pred` of shape (n_samples,).
        classes : array-like of shape (n_classes,)
            The labels.
        untested : iterable of labels, default=()
            Classes that are in no test part: their rows stay empty.

        Returns
        -------
        panel : ConfusionMatrixPanel
            Drawn.

        Raises
        ------
        ValueError
            If no run of a method has rows of a class that is not among `untested`, or a label is
            not among the classes.
        """
        matrices = {
            method: _average_runs(method, runs, list(classes), untested)
            for method, runs in predictions.items()
        }
        return cls(matrices, classes).plot()

    @classmethod
    def from_comparison(cls, comparison) -> Self:
        """Draw the matrices of a :class:`~imblearn_bbfl.model_selection.Comparison`.

        Parameters
        ----------
        comparison : Comparison
            Its predictions are read; nothing is trained.

        Returns
        -------
        panel : ConfusionMatrixPanel
            Drawn.
        """
        predictions, classes = comparison.predictions_, comparison.classes_
        untested = list_untested(predictions, classes)
        return cls.from_predictions(group_runs(predictions), classes, untested=untested)

    def plot(self, *, cmap="Blues") -> Self:
        """Draw the matrices in percent of the true class, in one scale of colors.

        Parameters
        ----------
        cmap : str or matplotlib Colormap, default="Blues"
            Colors from 0 to 100 percent.

        Returns
        -------
        self
            With `figure_` and `axes_`.
        """
        check_matplotlib("ConfusionMatrixPanel.plot")
        import matplotlib.pyplot as plt

        n_columns = min(len(self.matrices), _N_COLUMNS)
        n_rows = -(-len(self.matrices) // n_columns)
        side = 1.1 + 0.5 * max(len(self.classes), 3)
        self.figure_, axes = plt.subplots(
            n_rows,
            n_columns,
            figsize=(side * n_columns, (side + 0.2) * n_rows),
            squeeze=False,
            layout="compressed",
        )
        self.axes_ = axes.ravel()[: len(self.matrices)]
        for ax in axes.flat[len(self.matrices) :]:
            ax.set_visible(False)
        for i, (ax, (method, matrix)) in enumerate(
            zip(self.axes_, self.matrices.items(), strict=True)
        ):
            display = ConfusionMatrixDisplay(100 * matrix, display_labels=self.classes)
            display.plot(ax=ax, cmap=cmap, colorbar=False, values_format=".0f")
            display.im_.set_clim(0, 100)
            _color_text(display)
            ax.set_title(name_method(method))
            ax.set_ylabel("True class" if i % n_columns == 0 else "")
            ax.set_xlabel("Predicted, percent" if i + n_columns >= len(self.matrices) else "")
        return self


def _average_runs(method, runs, classes, untested):
    """Return the mean over runs of the shares; a run counts for the classes that it has."""
    shares = []
    for run in runs:
        _check_labels(method, run, classes)
        counts = confusion_matrix(run["y_true"], run["y_pred"], labels=classes).astype(float)
        totals = counts.sum(axis=1, keepdims=True)
        shares.append(np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0))
    is_empty = np.isnan(shares).all(axis=0).any(axis=1)
    missing = [label for label in np.array(classes)[is_empty].tolist() if label not in untested]
    if missing:
        raise ValueError(
            f"No run of {method!r} has rows of class {missing} in its test part. Use a stratified "
            "splitter or larger test parts."
        )
    means = np.full((len(classes), len(classes)), np.nan)
    means[~is_empty] = np.nanmean(np.array(shares)[:, ~is_empty], axis=0)
    return means


def _check_labels(method, run, classes):
    """Raise ValueError on labels that are no classes, whose rows would go missing."""
    for name in ("y_true", "y_pred"):
        unknown = sorted(set(np.unique(run[name]).tolist()).difference(classes), key=str)
        if unknown:
            raise ValueError(
                f"{name} of {method!r} has labels that are not among the classes "
                f"{np.asarray(classes).tolist()}: {unknown}. Add them to `classes`, or "
                "leave their rows out."
            )


def _color_text(display):
    """Make numbers readable: white on dark cells, by the scale that all matrices share."""
    for text, value in zip(display.text_.flat, display.confusion_matrix.flat, strict=True):
        text.set_color("white" if value > 55 else "0.15")
        text.set_visible(not np.isnan(value))
