"""Random variants of images, drawn anew for each batch."""

from functools import lru_cache
from math import ceil, radians, tan
from numbers import Real

import cv2
import numpy as np
from scipy.special import ndtri
from sklearn.base import BaseEstimator

__all__ = ["ImageAugmenter"]


def __dir__():
    return __all__


# The largest strengths that are taken; all other parameters are probabilities.
_LIMITS = {
    "max_shear": 80,
    "max_sharpen": 10,
    "max_blur": 100,
    "max_gaussian_noise": 1,
    "max_salt_pepper": 1,
}
_N_QUANTILES = 2**16


class ImageAugmenter(BaseEstimator):
    """Random variants of images by nine operations, each with a probability and a strength.

    The operations are those of [1]_: flips, 90-degree rotation, transposition and shear move
    pixels; sharpening, blur, Gaussian noise, and salt and pepper change their values. They are
    applied in the order of the parameters, each to an image of its own accord. The probabilities
    and strengths that [1]_ used are not known to us: the defaults are our choice, made to be
    moderate on photographs of the eye.

    A probability of 0 turns an operation off and 1 applies it to every image. The strength of
    each application is drawn uniformly from 0 to its maximum.

    Parameters
    ----------
    horizontal_flip, vertical_flip : float in [0, 1], default=0.5
        Probability to mirror left and right, and top and bottom.
    rotation : float in [0, 1], default=0.5
        Probability to turn by 90, 180 or 270 degrees; of images that are not square, by 180.
    transposition : float in [0, 1], default=0.5
        Probability to swap rows and columns. Images that are not square stay as they are.
    shear : float in [0, 1], default=0.25
        Probability to shear along the rows or along the columns, about the center. What comes
        in at the border is the image reflected.
    max_shear : float in [0, 80], default=10.0
        Largest angle in degrees, to either side.
    sharpen : float in [0, 1], default=0.25
        Probability to sharpen, by unsharp masking over 3 x 3 pixels.
    max_sharpen : float in [0, 10], default=1.0
        Largest share of the detail (image less blurred image) that is added to the image.
    blur : float in [0, 1], default=0.25
        Probability to blur with a Gaussian.
    max_blur : float in [0, 100], default=1.0
        Largest standard deviation of that Gaussian, in pixels of the image as given: 1 is mild
        at 512 pixels, plain to see at 224 and strong at 28.
    gaussian_noise : float in [0, 1], default=0.25
        Probability to add Gaussian noise, drawn anew for each pixel and channel of each image.
    max_gaussian_noise : float in [0, 1], default=0.02
        Largest standard deviation of the noise, as a fraction of the pixel range.
    salt_pepper : float in [0, 1], default=0.25
        Probability to set some pixels white and, on average, as many black, in all channels.
    max_salt_pepper : float in [0, 1], default=0.002
        Largest probability of a pixel to be set: the fraction that is, on average.

    References
    ----------
    .. [1] Singh et al., "Batch-balanced focal loss: a hybrid solution to class imbalance in deep
       learning", J. Med. Imaging 10(5):051809, 2023. https://doi.org/10.1117/1.JMI.10.5.051809

    Examples
    --------
    >>> import numpy as np
    >>> from imblearn_bbfl.augmentation import ImageAugmenter
    >>> images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    >>> augmented = ImageAugmenter(blur=0, shear=0.5).augment(images, random_state=0)
    >>> augmented.shape, augmented.dtype
    ((8, 32, 32, 3), dtype('uint8'))
    """

    def __init__(
        self,
        horizontal_flip: float = 0.5,
        vertical_flip: float = 0.5,
        rotation: float = 0.5,
        transposition: float = 0.5,
        shear: float = 0.25,
        max_shear: float = 10.0,
        sharpen: float = 0.25,
        max_sharpen: float = 1.0,
        blur: float = 0.25,
        max_blur: float = 1.0,
        gaussian_noise: float = 0.25,
        max_gaussian_noise: float = 0.02,
        salt_pepper: float = 0.25,
        max_salt_pepper: float = 0.002,
    ) -> None:
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rotation = rotation
        self.transposition = transposition
        self.shear = shear
        self.max_shear = max_shear
        self.sharpen = sharpen
        self.max_sharpen = max_sharpen
        self.blur = blur
        self.max_blur = max_blur
        self.gaussian_noise = gaussian_noise
        self.max_gaussian_noise = max_gaussian_noise
        self.salt_pepper = salt_pepper
        self.max_salt_pepper = max_salt_pepper

    def augment(
        self,
        images: np.ndarray,
        random_state: int | np.random.Generator | None = None,
        *,
        pixel_max: float = 1.0,
    ) -> np.ndarray:
        """Return a random variant of each image.

        Parameters
        ----------
        images : ndarray of shape (n_samples, height, width, channels)
            Images of dtype uint8, float32 or float64 with any number of channels. They are left
            as they are.
        random_state : int, numpy.random.Generator or None, default=None
            What to draw from. Equal ints, or generators in the same state, give equal results.
        pixel_max : float, default=1.0
            The value of white in float images, whose pixels are in [0, pixel_max]. In uint8
            images white is 255 in any case.

        Returns
        -------
        augmented : ndarray of shape (n_samples, height, width, channels)
            New images of the dtype of `images`, clipped to the pixel range.

        Raises
        ------
        TypeError
            If a parameter is not a number, or the images have another dtype.
        ValueError
            If a parameter is out of range, or `images` is not 4-D or beyond the pixel range.
        """
        self._check_parameters()
        images = np.asarray(images)
        pixel_max = _check_images(images, pixel_max)
        rng = np.random.default_rng(random_state)
        augmented = np.empty(images.shape, dtype=images.dtype)
        for image, out in zip(images, augmented, strict=True):
            image = self._change_values(self._move_pixels(image, rng), pixel_max, rng)
            out[:] = image.reshape(out.shape)
            if out.dtype != np.uint8:  # OpenCV has clipped uint8 already
                np.clip(out, 0, pixel_max, out=out)
            if rng.random() < self.salt_pepper:
                _set_salt_and_pepper(out, rng.uniform(0, self.max_salt_pepper), pixel_max, rng)
        return augmented

    def _move_pixels(self, image, rng):
        height, width, _ = image.shape
        # Flips, rotation and transposition come to one transposition and two flips at most.
        mirrored = rng.random() < self.horizontal_flip
        upside_down = rng.random() < self.vertical_flip
        transposed = False
        if rng.random() < self.rotation:
            for _ in range(rng.integers(1, 4) if height == width else 2):
                transposed, upside_down, mirrored = not transposed, not mirrored, upside_down
        if rng.random() < self.transposition and height == width:
            transposed, upside_down, mirrored = not transposed, mirrored, upside_down
        image = _turn(image, transposed, upside_down, mirrored)
        if rng.random() < self.shear:
            angle = rng.uniform(-self.max_shear, self.max_shear)
            image = _shear(image, angle, along_rows=rng.random() < 0.5)
        return image

    def _change_values(self, image, pixel_max, rng):
        if rng.random() < self.sharpen:
            image = _sharpen(image, rng.uniform(0, self.max_sharpen))
        if rng.random() < self.blur:
            image = _blur(image, rng.uniform(0, self.max_blur))
        if rng.random() < self.gaussian_noise:
            image = _add_noise(image, rng.uniform(0, self.max_gaussian_noise) * pixel_max, rng)
        return image

    def _check_parameters(self):
        for name, value in self.get_params(deep=False).items():
            limit = _LIMITS.get(name, 1)
            if not isinstance(value, Real):
                raise TypeError(f"{name}={value!r} is not a number. Use one in [0, {limit}].")
            if not 0 <= value <= limit:
                raise ValueError(f"{name}={value} is out of range. Use a number in [0, {limit}].")


def _check_images(images, pixel_max):
    """Return the value of white, or raise if the images are no such thing."""
    if images.ndim != 4:
        raise ValueError(
            f"images of shape {images.shape} are not 4-D. "
            "Use shape (n_samples, height, width, channels)."
        )
    if images.dtype == np.uint8:
        return 255
    if images.dtype not in (np.float32, np.float64):
        raise TypeError(f"images of dtype {images.dtype} are not uint8, float32 or float64.")
    # A little beyond is left to clipping: interpolation overshoots.
    low, high = (images.min(), images.max()) if images.size else (0, 0)
    if low < -0.01 * pixel_max or high > 1.01 * pixel_max:
        raise ValueError(
            f"images hold values from {low:g} to {high:g}, beyond [0, pixel_max={pixel_max:g}]. "
            "Pass the value of white as pixel_max, or scale the images."
        )
    return pixel_max


def _in_fours(function, image):
    """Apply an OpenCV function, many of which take up to four channels, to any number of them."""
    height, width, channels = image.shape
    if channels <= 4:
        return function(image).reshape(height, width, channels)
    fours = np.array_split(image, range(4, channels, 4), axis=2)
    return np.concatenate([_in_fours(function, np.ascontiguousarray(f)) for f in fours], axis=2)


def _turn(image, transposed, upside_down, mirrored):
    if transposed:
        image = _in_fours(cv2.transpose, image)
    if upside_down or mirrored:
        code = int(mirrored) - (mirrored and upside_down) * 2  # OpenCV: 0, 1, or -1 for both
        image = _in_fours(lambda part: cv2.flip(part, code), image)
    return image


def _shear(image, angle, along_rows):
    height, width, _ = image.shape
    slope = tan(radians(angle))
    if along_rows:
        matrix = [[1, slope, -slope * (height - 1) / 2], [0, 1, 0]]
    else:
        matrix = [[1, 0, 0], [slope, 1, -slope * (width - 1) / 2]]
    return _in_fours(
        lambda part: cv2.warpAffine(
            part,
            np.float64(matrix),
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        ),
        image,
    )


def _sharpen(image, amount):
    blurred = _in_fours(lambda part: cv2.GaussianBlur(part, (3, 3), 1), image)
    return _blend(image, 1 + amount, blurred, -amount)


def _blur(image, sigma):
    size = 2 * ceil(2.5 * sigma) + 1
    return _in_fours(lambda part: cv2.GaussianBlur(part, (size, size), sigma), image)


def _add_noise(image, sigma, rng):
    # Looking quantiles up takes a quarter of the time of `rng.standard_normal`.
    places = rng.integers(_N_QUANTILES, size=image.shape, dtype=np.uint16)
    return _blend(image, 1, np.take(_normal_quantiles(), places), sigma)


def _set_salt_and_pepper(image, fraction, white, rng):
    """Set `fraction` of the pixels to white or black, each as often on average, in place."""
    pixels = image.reshape(-1, image.shape[2])
    n_set = rng.binomial(len(pixels), fraction)  # in small images often 0, where rounding always is
    places = rng.choice(len(pixels), n_set, replace=False)
    n_white = rng.binomial(n_set, 0.5)
    pixels[places[:n_white]] = white
    pixels[places[n_white:]] = 0


def _blend(image, weight, other, other_weight):
    """Return the weighted sum in the dtype of `image`, which clips if that is uint8."""
    depth = {np.uint8: cv2.CV_8U, np.float32: cv2.CV_32F, np.float64: cv2.CV_64F}[image.dtype.type]
    rows = (len(image), -1)  # any number of channels is one, laid side by side
    blended = cv2.addWeighted(
        image.reshape(rows), weight, other.reshape(rows), other_weight, 0, dtype=depth
    )
    return blended.reshape(image.shape)


@lru_cache(maxsize=1)
def _normal_quantiles():
    """Return evenly spaced quantiles of the standard normal distribution, up to 4.3 both ways."""
    return ndtri((np.arange(_N_QUANTILES) + 0.5) / _N_QUANTILES).astype(np.float32)
