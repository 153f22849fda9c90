"""Prepare fundus photographs: crop to the retina, center it, resize."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from numbers import Integral, Real
from typing import Any, Self

import cv2
import numpy as np
from joblib import cpu_count
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils._param_validation import Interval

from imblearn_bbfl._images import as_images, check_image_size, resize

__all__ = ["RetinaCropper"]


def __dir__():
    return __all__


_SEARCH_SIDE = 256  # pixels of the longer side of the image in which the retina is looked for
_DARK = 0.04  # of full brightness: an image whose percentile 99 is below shows no retina
# Percentile 1 by percentile 99: 0.00 in whole photographs of IDRiD, up to 0.07 where a disc is cut
# off all around, from 0.21 where a circle would be fitted to the shades of a retina that fills all.
_DARKEST_FILLED = 0.2
_MAX_LISTED = 20


class RetinaCropper(TransformerMixin, BaseEstimator):
    """Crop fundus photographs to the retina, center it and resize it.

    The retina is the largest bright region on the dark background; a circle is fitted to its
    rim where that is not cut off by the edge of the photograph. The center of the circle comes to
    lie in the center of the output and what lies outside the photograph or the retina is black.
    A photograph without such a rim or without a dark background, because the retina fills it, is
    kept whole and centered.

    Parameters
    ----------
    image_size : int or (height, width), default=224
        Size of the output in pixels. The circle fills the shorter side.

    threshold : float, default=0.15
        Brightness above which a pixel belongs to the retina, as a fraction of the range from the
        darkest to the brightest (percentile 1 and 99) of the photograph, in (0, 1). Raise it if
        the background is uneven, lower it if a dark rim of the retina is cut off.

    margin : float, default=0.0
        Width of the black border around the circle as a fraction of its radius, 0 or more.

    pixel_max : float or None, default=None
        The value of a white pixel, > 0, such as 4095 for images of 12 bit in arrays of uint16 or
        files of 16 bit. The output then has all their levels, and a classifier after it needs the
        same `pixel_max`. ``None`` takes white from the dtype, the depth of a file or the range of
        floats, and brings integers to 8 bit.

    Raises
    ------
    ValueError
        By `transform`, listing every image that shows no retina and every file that cannot be
        read.

    Notes
    -----
    The transformer is stateless: `fit` checks, `transform` can be called without it. It reads
    one photograph per processor core at a time; only the output is held in memory.

    References
    ----------
    .. [1] Singh et al., "Batch-balanced focal loss: a hybrid solution to class imbalance in deep
       learning", J. Med. Imaging 10(5):051809, 2023. doi 10.1117/1.JMI.10.5.051809

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.preprocessing import RetinaCropper
    >>> y, x = np.mgrid[:60, :100]
    >>> retina = ((y - 25) ** 2 + (x - 70) ** 2 < 20**2) * np.uint8(200)
    >>> X = np.stack([retina] * 3, axis=-1)[np.newaxis]
    >>> cropped = RetinaCropper(image_size=32).fit_transform(X)
    >>> cropped.shape
    (1, 32, 32, 3)
    >>> edge = [16, 1, -2], [1, 16, 16]  # left of, above and below the center, at the rim
    >>> cropped[0, *edge, 0] > 0, bool(cropped[0, 0, 0].any())
    (array([ True,  True,  True]), False)
    """

    _parameter_constraints = {
        "image_size": [Interval(Integral, 1, None, closed="left"), tuple, list, np.ndarray],
        "threshold": [Interval(Real, 0, 1, closed="neither")],
        "margin": [Interval(Real, 0, None, closed="left")],
        "pixel_max": [Interval(Real, 0, None, closed="neither"), None],
    }

    def __init__(
        self,
        image_size: int | tuple[int, int] = 224,
        threshold: float = 0.15,
        margin: float = 0.0,
        pixel_max: float | None = None,
    ) -> None:
        self.image_size = image_size
        self.threshold = threshold
        self.margin = margin
        self.pixel_max = pixel_max

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Check the parameters and that X holds images or paths, reading none.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width, channels), or n_samples images or paths
            Images of 0 to 255, of 0.0 to 1.0 or of 0 to `pixel_max`, which may differ in size in a
            list, or a 1-D sequence of paths of image files.

        y : Ignored
            Present for scikit-learn's interface.

        Returns
        -------
        self : RetinaCropper
            The transformer itself.
        """
        self._check(X)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Crop every image.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width, channels), or n_samples images or paths
            As for `fit`.

        Returns
        -------
        X_cropped : ndarray of shape (n_samples, image_size, image_size, channels)
            uint8 if X holds integers or files (in the order red, green, blue), float32 if floats,
            or if `pixel_max` is given and not 255.
        """
        images = self._check(X)
        if images.pixel_max is None:
            raise ValueError(
                "RetinaCropper needs images where black is 0 and full brightness 1.0 or 255, got "
                "floats outside of 0 to 255. Crop before the images are standardized, or pass the "
                "value of white as pixel_max."
            )
        crop = partial(self._crop, images, images.pixel_max)
        with ThreadPoolExecutor(cpu_count()) as pool:
            return _gather(pool.map(crop, range(len(images))), len(images))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        return tags

    def _check(self, X):
        self._validate_params()
        check_image_size(self.image_size)
        images = as_images(X, mixed_sizes=True, pixel_max=self.pixel_max)
        if images.is_table:
            raise ValueError(
                f"RetinaCropper needs images, but X is a table of {images.shape[0]} features. Pass "
                "images of shape (n_samples, height, width, channels) or paths of image files."
            )
        return images

    def _crop(self, images, pixel_max, row):
        """Return the cropped image, or an error that says why there is none."""
        try:
            image = images.read_one(row)
        except ValueError as error:
            return error
        retina = _find_retina(image, pixel_max, self.threshold)
        if retina is None:
            return ValueError(
                f"Image {row} shows no retina: less than 1% of it is brighter than {_DARK:.0%} of "
                "full brightness. If white is less than the dtype or the file can hold, pass its "
                "value as pixel_max."
            )
        center, radius, outline = retina
        size = check_image_size(self.image_size)
        unit = 2 * radius * (1 + self.margin) / min(size)  # pixels of image per pixel of output
        return resize(_cut(_blacken(image, outline), center, np.multiply(size, unit)), size)


def _gather(crops, n_images):
    """Stack the cropped images, or raise one error that lists all that could not be cropped."""
    X_cropped, problems = None, []
    for row, crop in enumerate(crops):
        if isinstance(crop, ValueError):
            problems.append(str(crop))
        elif not problems:
            if X_cropped is None:
                X_cropped = np.empty((n_images, *crop.shape), dtype=crop.dtype)
            X_cropped[row] = crop
    if problems:
        more = len(problems) - _MAX_LISTED
        raise ValueError(
            f"{len(problems)} of {n_images} images cannot be cropped. Remove or replace them.\n"
            + "\n".join(problems[:_MAX_LISTED] + [f"and {more} more"] * (more > 0))
        )
    return X_cropped


def _find_retina(image, pixel_max, threshold):
    """Return center (y, x), radius and outline (n, 2) of the retina, None where all is dark.

    They are in pixels of `image`, counted from its upper left corner.
    """
    scale = _SEARCH_SIDE / max(image.shape[:2])
    small = resize(image, tuple(max(1, round(side * scale)) for side in image.shape[:2]))
    factors = np.divide(small.shape[:2], image.shape[:2])
    brightness = cv2.medianBlur((small.max(axis=2) * (255 / pixel_max)).astype(np.uint8), 5)
    low, high = np.percentile(brightness, (1, 99))
    if high < _DARK * 255:
        return None
    disc = None
    if low < _DARKEST_FILLED * high:
        disc = _find_disc(brightness >= low + threshold * (high - low), factors)
    return _whole(*image.shape[:2]) if disc is None else disc


def _find_disc(mask, factors):
    """Return center, radius and outline of the largest region, None where it has no round rim."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(max(contours, key=cv2.contourArea))[:, 0, ::-1]  # (n, 2) of (y, x)
    outline = (hull + 0.5) / factors
    on_rim = np.all((hull >= 2) & (hull < np.subtract(mask.shape, 2)), axis=1)
    if on_rim.sum() < 8:
        return None
    center, radius = _fit_circle(outline[on_rim])
    height, width = np.ptp(outline, axis=0)
    # a disc cut off at opposite edges is as wide as its circle, cut off all around as diagonal
    if 0.9 * max(height, width) <= 2 * radius <= 1.1 * np.hypot(height, width):
        return center, radius, outline
    return None


def _whole(height, width):
    """Return center, radius and outline of the whole image."""
    corners = np.array([[0, 0], [0, width], [height, width], [height, 0]])
    return corners.mean(axis=0), max(height, width) / 2, corners


def _fit_circle(points, n_rounds=10):
    """Fit a circle to points (n, 2), leaving aside those that lie off it, such as a notch."""
    kept = np.ones(len(points), dtype=bool)
    for _ in range(n_rounds):
        # |p|^2 = 2 c p + (r^2 - |c|^2) is linear in the center c and the bracket
        equations = np.column_stack([2 * points[kept], np.ones(kept.sum())])
        squares = np.square(points[kept]).sum(axis=1)
        *center, rest = np.linalg.lstsq(equations, squares, rcond=None)[0]
        radius = np.sqrt(max(rest + np.square(center).sum(), 0))
        error = np.abs(np.linalg.norm(points - center, axis=1) - radius)
        kept = error <= max(3 * np.median(error), 1e-3 * radius)
    return np.array(center), radius


def _blacken(image, outline):
    """Return the image (h, w, c) with what lies outside the convex outline (n, 2) set to 0."""
    inside = np.zeros(image.shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(inside, np.rint(outline[:, ::-1] - 0.5).astype(np.int32), 1)
    return np.where(inside[..., np.newaxis], image, image.dtype.type(0))


def _cut(image, center, size):
    """Return the part of this size around a center; what lies outside the image is 0."""
    top, left = np.rint(center - size / 2).astype(int)
    height, width = np.maximum(np.rint(size), 1).astype(int)
    part = np.zeros((height, width, image.shape[2]), dtype=image.dtype)
    rows = slice(max(top, 0), max(top + height, 0))
    columns = slice(max(left, 0), max(left + width, 0))
    found = image[rows, columns]
    y, x = max(-top, 0), max(-left, 0)
    part[y : y + found.shape[0], x : x + found.shape[1]] = found
    return part
