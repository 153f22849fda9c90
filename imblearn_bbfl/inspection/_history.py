"""How training went, epoch by epoch."""

import re
from collections.abc import Mapping
from typing import Any, Self

import keras

from imblearn_bbfl.inspection._fitted import check_has, unwrap
from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import check_axes, complete

_COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]


class HistoryDisplay:
    """Loss, scores and learning rate of each epoch.

    Parameters
    ----------
    history : dict of str to list
        As `BBFLClassifier.history_` or the `history` of ``keras.Model.fit``. A pale line is drawn
        where another phase of training begins.
    best_epoch : int, default=None
        Number, from 0, of the epoch whose weights were kept.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        Losses, then scores, then the learning rate, as far as they are there.

    Examples
    --------
    >>> from imblearn_bbfl.inspection import HistoryDisplay
    >>> display = HistoryDisplay.from_history({"loss": [0.7, 0.5], "val_loss": [0.8, 0.6]})
    >>> len(display.axes_)
    1
    """

    def __init__(self, history: Mapping[str, list], *, best_epoch: int | None = None) -> None:
        self.history = history
        self.best_epoch = best_epoch

    @classmethod
    def from_estimator(cls, estimator: Any, **plot_kwargs: Any) -> Self:
        """Draw the history of a fitted estimator.

        Parameters
        ----------
        estimator : BBFLClassifier, or keras.Model
            Fitted; also a pipeline or a search that ends in one.
        **plot_kwargs
            As in `plot`.

        Returns
        -------
        display : HistoryDisplay
            Drawn.
        """
        if isinstance(estimator, keras.Model):
            history = getattr(getattr(estimator, "history", None), "history", {})
            return cls(history).plot(**plot_kwargs)
        step, _ = unwrap(estimator)
        check_has(step, "history_", "HistoryDisplay", "Or call from_history.")
        best_epoch = getattr(step, "best_epoch_", None)
        return cls(step.history_, best_epoch=best_epoch).plot(**plot_kwargs)

    @classmethod
    def from_history(
        cls, history: Mapping[str, list], *, best_epoch: int | None = None, **plot_kwargs: Any
    ) -> Self:
        """Draw a history.

        Parameters
        ----------
        history : dict of str to list of float
            At least one epoch.
        best_epoch : int, default=None
            Number, from 0, of the epoch whose weights were kept.
        **plot_kwargs
            As in `plot`.

        Returns
        -------
        display : HistoryDisplay
            Drawn.
        """
        return cls(history, best_epoch=best_epoch).plot(**plot_kwargs)

    def plot(self, *, ax: Any = None, line_kwargs: Mapping[str, Any] | None = None) -> Self:
        """Draw the curves; epochs are counted from 1.

        Parameters
        ----------
        ax : matplotlib Axes, or array-like of them, default=None
            Where to draw: one for each of losses, scores and learning rate, as far as they are
            there. ``None`` makes a figure.
        line_kwargs : dict, default=None
            Keywords of all lines, for :meth:`matplotlib.axes.Axes.plot`.

        Returns
        -------
        self
            With `figure_` and `axes_`.

        Raises
        ------
        ValueError
            If no epoch was trained, or `ax` is not as many Axes as there are pictures.
        """
        check_matplotlib("HistoryDisplay.plot")
        import matplotlib.pyplot as plt

        if not any(self.history.values()):
            raise ValueError("The history holds no epoch. Fit with epochs >= 1.")
        panels = _sort_curves(self.history)
        if ax is None:
            size = (4.2 * len(panels), 3.3)
            _, ax = plt.subplots(1, len(panels), figsize=size, layout="constrained")
        self.axes_ = check_axes(ax, list(panels))
        self.figure_ = self.axes_[0].figure
        for ax, (title, curves) in zip(self.axes_, panels.items(), strict=True):
            self._draw_panel(ax, title, curves, line_kwargs or {})
        return self

    def _draw_panel(self, ax, title, curves, line_kwargs):
        for (name, values), color in zip(curves.items(), _COLORS * len(curves), strict=False):
            prefix = "" if title == "Validation scores" else "validation "
            label = re.sub("^val_", prefix, name).replace("_", " ")
            epochs = range(1, len(values) + 1)
            style = {"marker": "o", "markersize": 3, "color": color}
            ax.plot(epochs, values, label=label, **complete(line_kwargs, style))
        for epoch in _find_new_phases(self.history):
            ax.axvline(epoch + 0.5, color="0.85", zorder=0)
        if self.best_epoch is not None:
            ax.axvline(self.best_epoch + 1, color="0.6", linestyle=":", label="weights kept")
        ax.set(title=title, xlabel="Epoch")
        if title == "Learning rate":
            ax.set_yscale("log")
        else:
            ax.legend(fontsize=8, frameon=False)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.spines[["top", "right"]].set_visible(False)


def _sort_curves(history):
    """Return the curves of each panel, without empty panels."""
    losses, scores, rates = {}, {}, {}
    for name, values in history.items():
        if name == "phase":
            continue
        if name == "learning_rate":
            rates[name] = values
        elif name.endswith("loss"):
            losses[name] = values
        else:
            scores[name] = values
    all_validate = all(name.startswith("val_") for name in scores)
    title = "Validation scores" if all_validate else "Scores"
    panels = {"Loss": losses, title: scores, "Learning rate": rates}
    return {title: curves for title, curves in panels.items() if curves}


def _find_new_phases(history):
    """Return the numbers, from 0, of the epochs after which another phase of training begins."""
    phases = history.get("phase", ())
    return [i for i in range(1, len(phases)) if phases[i] != phases[i - 1]]
