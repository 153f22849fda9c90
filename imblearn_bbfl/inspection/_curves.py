"""Curves of several methods in one picture, each the mean over its runs."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import (
    PrecisionRecallDisplay,
    RocCurveDisplay,
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import (
    check_axes,
    group_runs,
    list_untested,
    merge_styles,
    name_method,
    style_methods,
)

_GRID = np.linspace(0, 1, 201)
_N_COLUMNS = 3


class _CurvePanel:
    """Base of the panels: subclasses say how a curve is computed and drawn.

    Parameters
    ----------
    curves : dict of label to dict of str to (values, scores)
        For each class and method the heights of the curves of all runs, shape (n_runs, 201), on an
        even grid from 0 to 1, and the areas below, shape (n_runs,). Of two classes, the positive
        one only.
    reference : str, default=None
        The method to set off, with a band of ± standard deviation.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each class; one in all for two classes.
    """

    def __init__(self, curves: dict, *, reference: str | None = None) -> None:
        self.curves = curves
        self.reference = reference

    @classmethod
    def from_predictions(
        cls,
        predictions: Mapping[str, list],
        classes: ArrayLike,
        *,
        pos_label: Hashable | None = None,
        untested: Iterable[Hashable] = (),
        reference: str | None = None,
        ax: Any = None,
        curve_kwargs: Mapping[str, Any] | None = None,
    ) -> Self:
        """Compute the curves from predictions, and draw them.

        Parameters
        ----------
        predictions : dict of str to list
            For each method its runs, each with `y_true` of shape (n_samples,) and `y_proba` of
            shape (n_samples, n_classes), as attributes or keys.
        classes : array-like of shape (n_classes,)
            The labels, in the order of the columns.
        pos_label : label, default=None
            The positive one of two classes. ``None`` is the second.
        untested : iterable of labels, default=()
            Classes to draw no curve of, for they are in no test part.
        reference : str, default=None
            The method to set off.
        ax, curve_kwargs
            As in `plot`.

        Returns
        -------
        panel : this class
            Drawn.

        Raises
        ------
        ValueError
            If no run of a method has rows both of a class and of the others, or `pos_label` is
            not one of two classes.
        """
        curves = cls.compute(predictions, classes, _choose_labels(classes, pos_label, untested))
        return cls(curves, reference=reference).plot(ax=ax, curve_kwargs=curve_kwargs)

    @classmethod
    def compute(
        cls, predictions: Mapping[str, list], classes: ArrayLike, labels: Iterable[Hashable]
    ) -> dict:
        """Return the `curves` of some classes, as the class takes them.

        Parameters
        ----------
        predictions, classes
            As in `from_predictions`.
        labels : iterable of labels
            The classes to compute curves of.
        """
        columns = {label: i for i, label in enumerate(np.asarray(classes).tolist())}
        return {
            label: {
                method: cls._measure_runs(method, runs, label, columns[label])
                for method, runs in predictions.items()
            }
            for label in labels
        }

    @classmethod
    def from_comparison(
        cls, comparison: Any, *, ax: Any = None, curve_kwargs: Mapping[str, Any] | None = None
    ) -> Self:
        """Draw the curves of a :class:`~imblearn_bbfl.model_selection.Comparison`.

        Parameters
        ----------
        comparison : Comparison
            Its predictions are read; nothing is trained.
        ax, curve_kwargs
            As in `plot`.

        Returns
        -------
        panel : this class
            Drawn.
        """
        predictions, classes = comparison.predictions_, comparison.classes_
        return cls.from_predictions(
            group_runs(predictions),
            classes,
            pos_label=comparison.pos_label_ if len(classes) == 2 else None,
            untested=list_untested(predictions, classes),
            reference=comparison.reference_,
            ax=ax,
            curve_kwargs=curve_kwargs,
        )

    @classmethod
    def _measure_runs(cls, method, runs, label, column):
        """Return the heights and areas of the runs in which the curve is defined."""
        measured = []
        for run in runs:
            is_positive = np.asarray(run["y_true"]) == label
            if is_positive.any() and not is_positive.all():
                measured.append(cls._measure(is_positive, np.asarray(run["y_proba"])[:, column]))
        if not measured:
            raise ValueError(
                f"No run of {method!r} has rows of class {label!r} and of others in its test part, "
                "which a curve needs. Use a stratified splitter or larger test parts."
            )
        values, areas = zip(*measured, strict=True)
        return np.array(values), np.array(areas)

    def plot(self, *, ax: Any = None, curve_kwargs: Mapping[str, Any] | None = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, or array-like of them, default=None
            Where to draw: one for each class. ``None`` makes a figure.
        curve_kwargs : dict, default=None
            Keywords of all lines, for :meth:`matplotlib.axes.Axes.plot`; or a dict of such dicts by
            method, as ``{"bbfl": {"color": "black"}}``.

        Returns
        -------
        self
            With `figure_` and `axes_`.

        Raises
        ------
        ValueError
            If `ax` is not as many Axes as there are classes.
        """
        check_matplotlib(f"{type(self).__name__}.plot")
        self.axes_ = self._make_axes() if ax is None else check_axes(ax, list(self.curves))
        self.figure_ = self.axes_[0].figure
        for ax, (label, methods) in zip(self.axes_, self.curves.items(), strict=True):
            self._draw_class(ax, methods, curve_kwargs or {})
            ax.set_title(f"Class {label}")
        return self

    def _make_axes(self):
        import matplotlib.pyplot as plt

        n_columns = 2 if len(self.curves) == 4 else min(len(self.curves), _N_COLUMNS)
        n_rows = -(-len(self.curves) // n_columns)
        _, axes = plt.subplots(
            n_rows,
            n_columns,
            figsize=(0.4 + 4.8 * n_columns, 5.6 * n_rows),
            squeeze=False,
            layout="compressed",
        )
        for ax in axes.flat[len(self.curves) :]:
            ax.set_visible(False)
        return axes.ravel()[: len(self.curves)]

    def _draw_class(self, ax, methods, curve_kwargs):
        styles = style_methods(list(methods), self.reference)
        for method, (values, areas) in methods.items():
            style = merge_styles(styles[method], curve_kwargs, method, methods)
            mean = values.mean(axis=0)
            self._draw_curve(ax, mean)
            ax.lines[-1].set(label=self._label(method, areas), drawstyle="default", **style)
            if method == self.reference and len(values) > 1:
                sd = values.std(axis=0, ddof=1)
                band = np.clip([mean - sd, mean + sd], 0, 1)
                color = ax.lines[-1].get_color()
                ax.fill_between(_GRID, *band, color=color, alpha=0.15, linewidth=0)
        ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), **self._labels)
        ax.spines[["top", "right"]].set_visible(False)
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.13), "ncols": 2}
        ax.legend(fontsize=8, frameon=False, **place)

    def _label(self, method, areas):
        spread = f" ± {areas.std(ddof=1):.3f}" if len(areas) > 1 else ""
        return f"{name_method(method)}: {self._area} {areas.mean():.3f}{spread}"


def _choose_labels(classes, pos_label, untested):
    """Return the classes that have a curve."""
    classes = list(classes)
    if pos_label is not None and (len(classes) != 2 or pos_label not in classes):
        raise ValueError(
            f"pos_label={pos_label!r} must be one of two classes, but classes are "
            f"{np.asarray(classes).tolist()}. Leave it out for the second of two, or for a curve "
            "of each of more."
        )
    if len(classes) == 2:
        return [classes[1] if pos_label is None else pos_label]
    return [label for label in classes if label not in untested]


class RocCurvePanel(_CurvePanel):
    """ROC curves of several methods, as Fig. 3 of the paper.

    One picture of the positive one of two classes, else one of each class against the rest; the
    title names the class. A curve is the mean over runs of the true positive rate at each false
    positive rate.

    Parameters
    ----------
    curves : dict
        For each class and method the true positive rates of all runs on an even grid of false
        positive rates, shape (n_runs, 201), and the areas below, shape (n_runs,).
    reference : str, default=None
        The method to set off, with a band of ± standard deviation over runs.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.inspection import RocCurvePanel
    >>> y_true, p = np.array([0, 0, 0, 1]), np.array([0.1, 0.4, 0.2, 0.3])
    >>> runs = [{"y_true": y_true, "y_proba": np.column_stack([1 - p, p])}]
    >>> panel = RocCurvePanel.from_predictions({"baseline": runs}, classes=[0, 1])
    >>> panel.axes_.shape
    (1,)
    """

    _area = "AUC"
    _labels = {"xlabel": "False positive rate", "ylabel": "True positive rate"}

    @staticmethod
    def _measure(is_positive, scores):
        fpr, tpr, _ = roc_curve(is_positive, scores)
        values = np.interp(_GRID, fpr, tpr)
        values[0] = 0.0
        return values, roc_auc_score(is_positive, scores)

    @staticmethod
    def _draw_curve(ax, values):
        RocCurveDisplay(fpr=_GRID, tpr=values).plot(ax=ax)


class PrecisionRecallPanel(_CurvePanel):
    """Precision-recall curves of several methods, as Fig. 3 of the paper.

    One picture of the positive one of two classes, else one of each class against the rest; the
    title names the class. A curve is the mean over runs of the precision at the first threshold
    that reaches each recall.

    Parameters
    ----------
    curves : dict
        For each class and method the precisions of all runs on an even grid of recalls, shape
        (n_runs, 201), and the average precisions, shape (n_runs,).
    reference : str, default=None
        The method to set off, with a band of ± standard deviation over runs.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.inspection import PrecisionRecallPanel
    >>> y_true, p = np.array([0, 0, 0, 1]), np.array([0.1, 0.4, 0.2, 0.3])
    >>> runs = [{"y_true": y_true, "y_proba": np.column_stack([1 - p, p])}]
    >>> panel = PrecisionRecallPanel.from_predictions({"baseline": runs}, classes=[0, 1])
    >>> panel.axes_.shape
    (1,)
    """

    _area = "AP"
    _labels = {"xlabel": "Recall", "ylabel": "Precision"}

    @staticmethod
    def _measure(is_positive, scores):
        precision, recall, _ = precision_recall_curve(is_positive, scores)
        # Recall falls from 1 to 0, and may miss an equal point of the grid by rounding.
        first = np.searchsorted(recall[::-1], _GRID - 1e-9)
        return precision[::-1][first], average_precision_score(is_positive, scores)

    @staticmethod
    def _draw_curve(ax, values):
        PrecisionRecallDisplay(precision=values, recall=_GRID).plot(ax=ax)
