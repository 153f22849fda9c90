"""The images that a classifier is most sure of, and wrong about."""

from collections.abc import Hashable
from typing import Any, Self

import keras
import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length

from imblearn_bbfl._images import as_images, resize
from imblearn_bbfl._one_hot import as_labels
from imblearn_bbfl.inspection._batch import check_pictures, scale_pixels
from imblearn_bbfl.inspection._file_names import name_rows
from imblearn_bbfl.inspection._fitted import check_has, unwrap
from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import shorten

_LARGEST_SIDE = 320  # pixels that are kept of an image


class MistakesDisplay:
    """The most confident mistakes of a classifier: what to look at first.

    Parameters
    ----------
    images : list of ndarray of shape (height, width, channels)
        The images, at most 320 pixels high and wide.
    rows : ndarray of shape (n_mistakes,)
        Their row numbers.
    y_true, y_pred : ndarray of shape (n_mistakes,)
        What each image is, and what it was taken for.
    proba : ndarray of shape (n_mistakes,)
        The probability of what it was taken for; the largest first.
    names : list of str
        The file of each image, from the folder that holds all files on, or its row number.
    n_images : int
        Of how many images these are the mistakes.
    pixel_max : float, default=None
        The value of a white pixel. ``None`` is 255; 65535 for uint16, and 1 for floats
        that are not above.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each mistake.

    See Also
    --------
    GradCAMDisplay : Where in these images the network looks.

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.inspection import MistakesDisplay
    >>> X = np.zeros((3, 8, 8, 3), dtype=np.uint8)
    >>> proba = [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]
    >>> display = MistakesDisplay.from_predictions(
    ...     X, ["cat", "cat", "dog"], ["cat", "dog", "cat"], proba, classes=["cat", "dog"]
    ... )
    >>> display.names
    ['image 1', 'image 2']
    """

    def __init__(
        self,
        images: list[np.ndarray],
        rows: np.ndarray,
        y_true: np.ndarray,
        y_pred: np.ndarray,
        proba: np.ndarray,
        names: list[str],
        n_images: int,
        pixel_max: float | None = None,
    ) -> None:
        self.images = images
        self.rows = rows
        self.y_true = y_true
        self.y_pred = y_pred
        self.proba = proba
        self.names = names
        self.n_images = n_images
        self.pixel_max = pixel_max

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        y: ArrayLike,
        *,
        n_mistakes: int = 12,
        label: Hashable | None = None,
    ) -> Self:
        """Predict images, and draw the mistakes.

        Parameters
        ----------
        estimator : classifier or keras.Model
            Fitted, with `predict_proba`: a BBFLClassifier, a pipeline or a search. A Keras model
            has the classes 0, 1, 2, ...
        X : array-like of shape (n_images, height, width, channels) or (n_images,)
            Images or their paths.
        y : array-like of shape (n_images,)
            Labels.
        n_mistakes : int, default=12
            How many to show at most.
        label : label, default=None
            Show only images of this class: those that were missed. ``None`` shows all.

        Returns
        -------
        display : MistakesDisplay
            Drawn.
        """
        step, inputs = unwrap(estimator, X)
        check_has(step, "predict_proba", "MistakesDisplay", "Or call from_predictions.")
        whole = step if isinstance(estimator, keras.Model) else estimator  # which may decide anew
        return cls.from_predictions(
            X,
            y,
            whole.predict(X),
            step.predict_proba(inputs),
            classes=step.classes_,
            n_mistakes=n_mistakes,
            label=label,
            pixel_max=getattr(step, "pixel_max", None),
        )

    @classmethod
    def from_predictions(
        cls,
        X: ArrayLike,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        y_proba: ArrayLike,
        *,
        classes: ArrayLike,
        n_mistakes: int = 12,
        label: Hashable | None = None,
        pixel_max: float | None = None,
    ) -> Self:
        """Draw the mistakes among predictions.

        Parameters
        ----------
        X : array-like of shape (n_images, height, width, channels) or (n_images,)
            Images or their paths. Only those that are shown are read.
        y_true, y_pred : array-like of shape (n_images,)
            Labels, and what was predicted.
        y_proba : array-like of shape (n_images, n_classes)
            Probabilities.
        classes : array-like of shape (n_classes,)
            The label of each column.
        n_mistakes, label
            As in `from_estimator`.
        pixel_max : float, default=None
            As in the class.

        Returns
        -------
        display : MistakesDisplay
            Drawn.

        Raises
        ------
        ValueError
            If X is a table, or images are neither gray nor RGB; if `label` or a prediction is none
            of the classes; or if numbers of rows differ.
        """
        return cls.find(
            X,
            y_true,
            y_pred,
            y_proba,
            classes=classes,
            n_mistakes=n_mistakes,
            label=label,
            pixel_max=pixel_max,
        ).plot()

    @classmethod
    def find(
        cls,
        X: ArrayLike,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        y_proba: ArrayLike,
        *,
        classes: ArrayLike,
        n_mistakes: int = 12,
        label: Hashable | None = None,
        pixel_max: float | None = None,
    ) -> Self:
        """Find the mistakes among predictions, as `from_predictions` does, without drawing them."""
        check_consistent_length(X, y_true, y_pred, y_proba)
        images = as_images(X, mixed_sizes=True, pixel_max=pixel_max)
        check_pictures((len(images), *images.shape))
        y_true = as_labels(y_true)
        y_true, y_pred, classes = np.asarray(y_true), np.asarray(y_pred), np.asarray(classes)
        columns = _find_columns(y_pred, classes)
        proba = np.asarray(y_proba)[np.arange(len(y_pred)), columns]
        is_shown = y_true != y_pred
        if label is not None:
            _find_columns(np.array([label]), classes)
            is_shown &= y_true == label
        rows = np.flatnonzero(is_shown)
        rows = rows[np.argsort(-proba[rows], kind="stable")][:n_mistakes]
        return cls(
            [_shrink(images.read_one(row)) for row in rows],
            rows,
            y_true[rows],
            y_pred[rows],
            proba[rows],
            name_rows(X, rows),
            len(images),
            images.pixel_max,
        )

    def plot(self, *, n_columns: int = 4) -> Self:
        """Draw the images, each with what it is, what it was taken for, how surely, and its file.

        Parameters
        ----------
        n_columns : int, default=4
            Images in a row.

        Returns
        -------
        self
            With `figure_` and `axes_`. Without mistakes the figure says so.
        """
        check_matplotlib("MistakesDisplay.plot")
        import matplotlib.pyplot as plt

        n_columns = max(1, min(n_columns, len(self.images)))
        n_rows = max(1, -(-len(self.images) // n_columns))
        self.figure_, axes = plt.subplots(
            n_rows,
            n_columns,
            figsize=(max(2.4 * n_columns, 4), 3.0 * n_rows),
            squeeze=False,
            layout="constrained",
        )
        for ax in axes.flat:
            ax.set_axis_off()
        if not self.images:
            axes[0, 0].text(0.5, 0.5, f"No mistakes among {self.n_images} images", ha="center")
        self.axes_ = axes.ravel()[: len(self.images)]
        for ax, image, *caption in zip(
            self.axes_, self.images, self.y_true, self.y_pred, self.proba, self.names, strict=True
        ):
            ax.imshow(scale_pixels(image[np.newaxis], self.pixel_max)[0])
            ax.set_title(_caption(*caption), fontsize=8, loc="left")
        return self


def _caption(true, predicted, p, name):
    return f"{true}, taken for\n{predicted} ({p:.0%})\n{shorten(name, keep_end=True)}"


def _find_columns(labels, classes):
    """Return the column of each label; raise ValueError on one that has none."""
    columns = {label: i for i, label in enumerate(classes.tolist())}
    unknown = sorted({label for label in labels.tolist() if label not in columns}, key=str)
    if unknown:
        raise ValueError(f"{unknown} are not among the classes {classes.tolist()}. Pass those.")
    return np.array([columns[label] for label in labels.tolist()], dtype=int)


def _shrink(image):
    """Return an image that is no larger than pictures need."""
    height, width = image.shape[:2]
    scale = _LARGEST_SIDE / max(height, width)
    if scale >= 1:
        return image
    return resize(image, (max(1, round(height * scale)), max(1, round(width * scale))))
