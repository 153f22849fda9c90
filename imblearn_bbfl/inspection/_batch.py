"""The images of one batch with their classes: what the network really sees."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from imblearn_bbfl._images import white_of_dtype
from imblearn_bbfl.inspection._matplotlib import check_matplotlib
from imblearn_bbfl.inspection._styles import CLASS_COLORS


class BatchDisplay:
    """The images of one batch with their classes: what the network really sees.

    Parameters
    ----------
    images : ndarray of shape (n, height, width, channels)
        Gray or RGB, with pixels of 0 to `pixel_max`.
    labels : ndarray of shape (n,)
        Class of each image.
    pixel_max : float, default=None
        The value of a white pixel. ``None`` is 255; 65535 for uint16, and 1 for floats
        that are not above.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each image.

    Examples
    --------
    >>> from imblearn_bbfl import BalancedBatchGenerator
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> from imblearn_bbfl.inspection import BatchDisplay
    >>> X, y = load_imbalanced_digits(return_X_y=True)
    >>> batches = BalancedBatchGenerator(X, y, batch_size=16, random_state=0)
    >>> BatchDisplay.from_generator(batches).class_counts
    {3: 4, 5: 4, 8: 4, 9: 4}
    """

    def __init__(
        self, images: np.ndarray, labels: np.ndarray, pixel_max: float | None = None
    ) -> None:
        self.images = images
        self.labels = labels
        self.pixel_max = pixel_max

    @classmethod
    def from_generator(
        cls, batches: Any, index: int = 0, *, classes: ArrayLike | None = None
    ) -> Self:
        """Take a batch of a generator, and draw it.

        Parameters
        ----------
        batches : keras PyDataset
            Such as :class:`~imblearn_bbfl.BalancedBatchGenerator`, whose `pixel_max` says what is
            white. Its targets are labels, class numbers (also of shape (n, 1)), or one-hot rows.
        index : int, default=0
            Number of the batch.
        classes : array-like of shape (n_classes,), default=None
            Names that class numbers or one-hot columns stand for.

        Returns
        -------
        display : BatchDisplay
            Drawn.
        """
        images, targets = batches[index][:2]
        targets = np.asarray(targets)
        if targets.ndim == 2:
            one_hot = targets.shape[1] > 1
            targets = targets.argmax(axis=1) if one_hot else targets[:, 0].astype(int)
        labels = targets if classes is None else np.asarray(classes)[targets.astype(int)]
        return cls(np.asarray(images), labels, getattr(batches, "pixel_max", None)).plot()

    @classmethod
    def from_arrays(
        cls, images: ArrayLike, labels: ArrayLike, *, pixel_max: float | None = None
    ) -> Self:
        """Draw images.

        Parameters
        ----------
        images : array-like of shape (n, height, width, channels)
            As in the class.
        labels : array-like of shape (n,)
            Class of each image.
        pixel_max : float, default=None
            As in the class.

        Returns
        -------
        display : BatchDisplay
            Drawn.
        """
        return cls(np.asarray(images), np.asarray(labels), pixel_max).plot()

    @property
    def class_counts(self) -> dict:
        """Number of images of each class."""
        classes, counts = np.unique(self.labels, return_counts=True)
        return dict(zip(classes.tolist(), counts.tolist(), strict=True))

    def plot(self, *, n_columns: int = 8) -> Self:
        """Draw the images, framed in the color of their class.

        Parameters
        ----------
        n_columns : int, default=8
            Images in a row.

        Returns
        -------
        self
            With `figure_` and `axes_`.

        Raises
        ------
        ValueError
            If `images` are not images that can be drawn, or none.
        """
        check_matplotlib("BatchDisplay.plot")
        import matplotlib.pyplot as plt

        images = scale_pixels(self.images, self.pixel_max)
        n_columns = min(n_columns, len(images))
        n_rows = -(-len(images) // n_columns)
        self.figure_, axes = plt.subplots(
            n_rows,
            n_columns,
            figsize=(1.15 * n_columns, 1.35 * n_rows + 0.4),
            squeeze=False,
            layout="compressed",
        )
        self.axes_ = axes.ravel()[: len(images)]
        for ax in axes.flat:
            ax.set(xticks=[], yticks=[])
        for ax in axes.flat[len(images) :]:
            ax.set_visible(False)
        color_of = dict(zip(self.class_counts, CLASS_COLORS * len(images), strict=False))
        for ax, image, label in zip(self.axes_, images, self.labels.tolist(), strict=True):
            ax.imshow(image)
            ax.set_title(str(label), fontsize=9, color=color_of[label], pad=3)
            ax.spines[:].set(color=color_of[label], linewidth=2.5)
        counts = ", ".join(f"{label}: {count}" for label, count in self.class_counts.items())
        self.figure_.suptitle(f"Images of each class: {counts}", fontsize=10)
        return self


def scale_pixels(images, pixel_max=None):
    """Return images as RGB in [0, 1], for matplotlib.

    Parameters
    ----------
    images : ndarray of shape (n, height, width, channels)
        One or three channels.
    pixel_max : float, default=None
        The value of a white pixel. ``None`` is 255; 65535 for uint16, and 1 for floats
        that are not above.

    Returns
    -------
    images : ndarray of shape (n, height, width, 3)
        Floats.

    Raises
    ------
    ValueError
        If the shape is another, or there is no image.
    """
    check_pictures(images.shape)
    if pixel_max is None:
        pixel_max = white_of_dtype(images.dtype) or (1 if images.max() <= 1 else 255)
    scaled = np.clip(images.astype(np.float32) / pixel_max, 0, 1)
    return np.repeat(scaled, 3, axis=-1) if images.shape[-1] == 1 else scaled


def check_pictures(shape):
    """Raise ValueError unless an array of this shape holds images that can be drawn."""
    if len(shape) != 4:
        raise ValueError(
            f"images have shape {shape}, but must be (n, height, width, channels). A table has no "
            "pictures."
        )
    if shape[0] == 0:
        raise ValueError(f"images have shape {shape}: there are none to draw. Pass at least one.")
    if shape[3] not in (1, 3):
        raise ValueError(
            f"images have shape {shape}, with {shape[3]} channels, but only gray (1 channel) and "
            "RGB (3 channels) can be drawn. Use images of 1 or 3 channels."
        )
