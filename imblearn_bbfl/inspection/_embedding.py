"""A map of what the network tells apart: t-SNE of its features."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.manifold import TSNE
from sklearn.utils import check_consistent_length, check_random_state

from imblearn_bbfl._images import take_rows
from imblearn_bbfl._one_hot import as_labels
from imblearn_bbfl.inspection._fitted import check_has, unwrap
from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import CLASS_COLORS

_MARKERS = "osD^vP*X"


class EmbeddingDisplay:
    """A map of what the network tells apart: t-SNE of its features, as Fig. 5 of the paper.

    Parameters
    ----------
    embedding : ndarray of shape (n, 2)
        A point for each image.
    y : ndarray of shape (n,)
        Labels.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes

    References
    ----------
    van der Maaten and Hinton 2008, "Visualizing data using t-SNE", JMLR 9.

    Examples
    --------
    >>> from imblearn_bbfl import BBFLClassifier
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> from imblearn_bbfl.inspection import EmbeddingDisplay
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> classifier = BBFLClassifier("small_cnn", epochs=0, random_state=0).fit(X, y)
    >>> display = EmbeddingDisplay.from_estimator(
    ...     classifier, X, y, n_samples=40, perplexity=5, random_state=0
    ... )
    >>> display.embedding.shape
    (40, 2)
    """

    def __init__(self, embedding: np.ndarray, y: np.ndarray) -> None:
        self.embedding = embedding
        self.y = y

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        y: ArrayLike,
        *,
        n_samples: int = 160,
        perplexity: float = 20,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> Self:
        """Compute features of a balanced sample, embed them, and draw them.

        Parameters
        ----------
        estimator : BBFLClassifier
            Fitted; also a pipeline or a search that ends in one. Its `transform` gives the
            features: global average pooling.
        X : array-like of shape (n_images, height, width, channels) or (n_images,)
            Images or their paths.
        y : array-like of shape (n_images,)
            Labels.
        n_samples : int, default=160
            Images to draw, the same number of each class as far as there are; the paper's are ten
            batches of 16.
        perplexity : float, default=20
            About how many neighbours a point has; the paper's. Less than the number of points.
        random_state : int, RandomState instance or None, default=None
            Draws the sample and seeds t-SNE.
        ax : matplotlib Axes, default=None
            Where to draw. ``None`` makes a figure.

        Returns
        -------
        display : EmbeddingDisplay
            Drawn.
        """
        y = np.asarray(as_labels(y))
        check_consistent_length(X, y)
        rng = check_random_state(random_state)
        rows = _draw_balanced(y, n_samples, rng)
        _check_perplexity(perplexity, len(rows))
        step, inputs = unwrap(estimator, take_rows(X, rows))
        remedy = "Pass the features of another network to from_features."
        check_has(step, "transform", "EmbeddingDisplay", remedy)
        features = step.transform(inputs)
        return cls.from_features(features, y[rows], perplexity=perplexity, random_state=rng, ax=ax)

    @classmethod
    def from_features(
        cls,
        features: ArrayLike,
        y: ArrayLike,
        *,
        perplexity: float = 20,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> Self:
        """Embed features, and draw them.

        Parameters
        ----------
        features : array-like of shape (n, n_features)
            Of each image.
        y : array-like of shape (n,)
            Labels.
        perplexity, random_state, ax
            As in `from_estimator`.

        Returns
        -------
        display : EmbeddingDisplay
            Drawn.

        Raises
        ------
        ValueError
            If `perplexity` is not less than the number of points, or the features are all equal
            or not finite.
        """
        check_consistent_length(features, y)
        features = np.asarray(features)
        _check_perplexity(perplexity, len(features))
        _check_spread(features)
        tsne = TSNE(perplexity=perplexity, init="pca", random_state=random_state)
        return cls(tsne.fit_transform(features), np.asarray(as_labels(y))).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> Self:
        """Draw a point for each image.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. ``None`` makes a figure.

        Returns
        -------
        self
            With `figure_` and `ax_`.
        """
        check_matplotlib("EmbeddingDisplay.plot")
        import matplotlib.pyplot as plt

        if ax is None:
            ax = plt.subplots(figsize=(5.2, 4.6), layout="constrained")[1]
        for i, label in enumerate(np.unique(self.y)):
            points = self.embedding[self.y == label]
            ax.scatter(
                points[:, 0],
                points[:, 1],
                s=26,
                color=CLASS_COLORS[i % len(CLASS_COLORS)],
                marker=_MARKERS[i % len(_MARKERS)],
                edgecolor="white",
                linewidth=0.5,
                label=f"{label} ({len(points)})",
            )
        ax.set(xticks=[], yticks=[])
        ax.legend(title="Class (images)", frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _draw_balanced(y, n_samples, rng):
    """Draw row numbers, the same number of each class as far as there are; the rest as it comes."""
    order = rng.permutation(len(y))
    _, codes = np.unique(y[order], return_inverse=True)
    # Number of each row within its class: the first of each class come first, then the second, ...
    rank = np.empty(len(y), dtype=int)
    for code in np.unique(codes):
        of_class = np.flatnonzero(codes == code)
        rank[of_class] = np.arange(len(of_class))
    return order[np.argsort(rank, kind="stable")[:n_samples]]


def _check_perplexity(perplexity, n_points):
    if not 0 < perplexity < n_points:
        raise ValueError(
            f"perplexity={perplexity} must be less than the number of points, {n_points}, and "
            f"positive. Use a third of them or less, or more images."
        )


def _check_spread(features):
    """Raise ValueError where t-SNE would divide by a spread of 0, which can end the process."""
    spread = np.ptp(features, axis=0).max()
    if not 1e-15 < spread < 1e15:  # its square is finite and not 0 in float32; NaN fails too
        raise ValueError(
            "features must be finite and differ between images to be embedded, but their largest "
            f"range is {spread:g}. Train the network anew, with a lower learning rate or other "
            "initial weights, or look at other images."
        )
