"""Confusion matrices of several methods, side by side."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import (
    check_axes,
    group_runs,
    list_untested,
    name_method,
    shorten,
)

_N_COLUMNS = 4
_LARGEST_SIDE, _LARGEST_WIDTH = 6.0, 18.0  # inches, of one matrix and of the figure
_INCH_PER_LETTER = 0.075
_SMALLEST_CELL = 17  # points, in which a number of three digits can be read
_SMALLEST_STEP = 9  # points from one name to the next


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

    def __init__(
        self, matrices: Mapping[str, np.ndarray], classes: Sequence[Hashable] | np.ndarray
    ) -> None:
        self.matrices = matrices
        self.classes = classes

    @classmethod
    def from_predictions(
        cls,
        predictions: Mapping[str, list],
        classes: Sequence[Hashable] | np.ndarray,
        *,
        untested: Iterable[Hashable] = (),
        **plot_kwargs: Any,
    ) -> Self:
        """Compute the matrices from predictions, and draw them.

        Parameters
        ----------
        predictions : dict of str to list
            For each method its runs, each with `y_true` and `y_pred` of shape (n_samples,).
        classes : array-like of shape (n_classes,)
            The labels.
        untested : iterable of labels, default=()
            Classes that are in no test part: their rows stay empty.
        **plot_kwargs
            As in `plot`.

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
        matrices = cls.compute(predictions, classes, untested=untested)
        return cls(matrices, classes).plot(**plot_kwargs)

    @classmethod
    def compute(
        cls,
        predictions: Mapping[str, list],
        classes: Sequence[Hashable] | np.ndarray,
        *,
        untested: Iterable[Hashable] = (),
    ) -> dict:
        """Return the `matrices` of predictions, which are as in `from_predictions`."""
        return {
            method: _average_runs(method, runs, list(classes), untested)
            for method, runs in predictions.items()
        }

    @classmethod
    def from_comparison(cls, comparison: Any, **plot_kwargs: Any) -> Self:
        """Draw the matrices of a :class:`~imblearn_bbfl.model_selection.Comparison`.

        Parameters
        ----------
        comparison : Comparison
            Its predictions are read; nothing is trained.
        **plot_kwargs
            As in `plot`.

        Returns
        -------
        panel : ConfusionMatrixPanel
            Drawn.
        """
        predictions, classes = comparison.predictions_, comparison.classes_
        untested = list_untested(predictions, classes)
        return cls.from_predictions(
            group_runs(predictions), classes, untested=untested, **plot_kwargs
        )

    def plot(
        self,
        *,
        ax: Any = None,
        cmap: str | Any = "Blues",
        include_values: bool | None = None,
        values_format: str = ".0f",
        colorbar: bool | None = None,
        im_kw: Mapping[str, Any] | None = None,
        text_kw: Mapping[str, Any] | None = None,
    ) -> Self:
        """Draw the matrices in percent of the true class, in one scale of colors.

        Parameters
        ----------
        ax : matplotlib Axes, or array-like of them, default=None
            Where to draw: one for each method. ``None`` makes a figure.
        cmap : str or matplotlib Colormap, default="Blues"
            Colors from 0 to 100 percent.
        include_values : bool, default=None
            Whether to write the numbers into the cells. ``None`` does so where they fit.
        values_format : str, default=".0f"
            Of the numbers.
        colorbar : bool, default=None
            Whether to show the scale of colors. ``None`` does so where the cells have no numbers.
        im_kw : dict, default=None
            More keywords for :meth:`matplotlib.axes.Axes.imshow`.
        text_kw : dict, default=None
            More keywords for the numbers, for :meth:`matplotlib.axes.Axes.text`.

        Returns
        -------
        self
            With `figure_` and `axes_`. Names of many classes are shown in part, at even distances.

        Raises
        ------
        ValueError
            If `ax` is not as many Axes as there are methods.
        """
        check_matplotlib("ConfusionMatrixPanel.plot")
        names = [shorten(str(label)) for label in self.classes]
        self.axes_ = self._make_axes(names) if ax is None else check_axes(ax, list(self.matrices))
        self.figure_ = self.axes_[0].figure
        for i, (ax, (method, matrix)) in enumerate(
            zip(self.axes_, self.matrices.items(), strict=True)
        ):
            cell = _measure_cell(ax, len(names))
            is_told = cell >= _SMALLEST_CELL if include_values is None else include_values
            ConfusionMatrixDisplay(100 * matrix).plot(
                ax=ax,
                cmap=cmap,
                colorbar=not is_told if colorbar is None else colorbar,
                include_values=False,
                im_kw={"vmin": 0, "vmax": 100, **(im_kw or {})},
            )
            if is_told:
                style = {"fontsize": np.clip(0.42 * cell, 6, 10), **(text_kw or {})}
                _write_values(ax, 100 * matrix, values_format, style)
            _name_classes(ax, names, cell)
            _label_outer(ax, i, len(self.matrices))
            ax.set_title(name_method(method))
        return self

    def _make_axes(self, names):
        """Make a figure of bounded size, whatever the number and the names of the classes."""
        import matplotlib.pyplot as plt

        side = min(0.45 * max(len(names), 4), _LARGEST_SIDE)
        margin = 0.5 + _INCH_PER_LETTER * max(map(len, names))
        most = max(1, int((_LARGEST_WIDTH - margin) / side))
        n_columns = min(len(self.matrices), _N_COLUMNS, most)
        n_rows = -(-len(self.matrices) // n_columns)
        _, axes = plt.subplots(
            n_rows,
            n_columns,
            figsize=(margin + 1.08 * side * n_columns, margin + (side + 0.4) * n_rows),
            squeeze=False,
            layout="compressed",
        )
        for ax in axes.flat[len(self.matrices) :]:
            ax.set_visible(False)
        return axes.ravel()[: len(self.matrices)]


def _measure_cell(ax, n_classes):
    """Return about how many points a cell is wide."""
    box = ax.get_position()
    width, height = ax.figure.get_size_inches() * (box.width, box.height)
    return 72 * min(width, height) / n_classes


def _write_values(ax, matrix, values_format, text_kw):
    """Write numbers that can be read: white on dark cells, by the scale that all share."""
    for (row, column), value in np.ndenumerate(matrix):
        if not np.isnan(value):
            style = {"color": "white" if value > 55 else "0.15", "ha": "center", "va": "center"}
            ax.text(column, row, format(value, values_format), **style | text_kw)


def _name_classes(ax, names, cell):
    """Name as many classes as there is room for, across where the names are longer than a cell."""
    step = max(1, int(np.ceil(_SMALLEST_STEP / cell)))
    shown = range(0, len(names), step)
    size = 9 if step == 1 else 7
    longest = max(len(names[i]) for i in shown)
    is_across = longest * 0.6 * size > cell * step
    labels = [names[i] for i in shown]
    rotation = {}
    if is_across:  # upright where lines at 45 degrees would run into each other
        angle = 45 if cell * step > _SMALLEST_CELL else 90
        rotation = {"rotation": angle, "ha": "right", "rotation_mode": "anchor"}
        rotation |= {"va": "center"} if angle == 90 else {}
    ax.set_xticks(shown, labels, fontsize=size, **rotation)
    ax.set_yticks(shown, labels, fontsize=size)


def _label_outer(ax, i, n_matrices):
    """Label the axes, at the edges of the figure where there are several matrices."""
    place = ax.get_subplotspec()
    is_left = place is None or place.is_first_col()
    n_columns = 1 if place is None else place.get_gridspec().ncols
    is_lowest = place is None or i + n_columns >= n_matrices
    ax.set_ylabel("True class" if is_left else "")
    ax.set_xlabel("Predicted, percent" if is_lowest else "")
    if not is_left:
        ax.tick_params(labelleft=False)
    if not is_lowest:
        ax.tick_params(labelbottom=False)


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
