"""The focal loss against the probability of the true class."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from keras import ops

from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.losses import BinaryFocalCrossentropy

_COLORS = ["#000000", "#56B4E9", "#0072B2", "#D55E00", "#CC79A7", "#009E73", "#E69F00"]


class FocalLossDisplay:
    """What a mistake costs, by gamma, as Fig. 2 of the paper.

    Parameters
    ----------
    p_true : ndarray of shape (n_points,)
        Probabilities of the true class, in (0, 1).
    losses : dict of float to ndarray of shape (n_points,)
        The loss at these, for each gamma.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes

    Examples
    --------
    >>> from imblearn_bbfl.inspection import FocalLossDisplay
    >>> display = FocalLossDisplay.from_gammas((0, 2))
    >>> sorted(display.losses)
    [0.0, 2.0]
    """

    def __init__(self, p_true: np.ndarray, losses: Mapping[float, np.ndarray]) -> None:
        self.p_true = p_true
        self.losses = losses

    @classmethod
    def from_gammas(cls, gammas: Sequence[float] = (0, 0.5, 1, 2, 5), *, ax: Any = None) -> Self:
        """Compute the loss for each gamma, and draw it.

        Parameters
        ----------
        gammas : sequence of float, default=(0, 0.5, 1, 2, 5)
            Focusing parameters, >= 0. 0 is cross-entropy.
        ax : matplotlib Axes, default=None
            Where to draw. ``None`` makes a figure.

        Returns
        -------
        display : FocalLossDisplay
            Drawn.
        """
        p_true = np.linspace(0.005, 0.995, 199)
        logits = np.log(p_true / (1 - p_true))[:, np.newaxis]
        losses = {}
        for gamma in gammas:
            loss = BinaryFocalCrossentropy(gamma=gamma, from_logits=True, reduction=None)
            losses[float(gamma)] = ops.convert_to_numpy(loss(np.ones_like(logits), logits))
        return cls(p_true, losses).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw a curve for each gamma.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. ``None`` makes a figure.

        Returns
        -------
        self
            With `figure_` and `ax_`.
        """
        check_matplotlib("FocalLossDisplay.plot")
        import matplotlib.pyplot as plt

        if ax is None:
            ax = plt.subplots(figsize=(5.6, 4), layout="constrained")[1]
        for (gamma, values), color in zip(self.losses.items(), _COLORS * 9, strict=False):
            label = "gamma = 0 (cross-entropy)" if gamma == 0 else f"gamma = {gamma:g}"
            ax.plot(self.p_true, values, color=color, label=label)
        ax.axvspan(0.6, 1, color="0.95", zorder=0)
        ax.text(0.8, 0.6, "well classified", ha="center", color="0.4", transform=ax.transAxes)
        ax.set(xlabel="Probability of the true class", ylabel="Loss", xlim=(0, 1), ylim=(0, 5))
        ax.legend(frameon=False)
        ax.spines[["top", "right"]].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
