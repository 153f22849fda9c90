"""scikit-learn's handwritten digits, made imbalanced."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Literal

import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils import Bunch, check_random_state

_N_TEST = 50  # images of each class in the test part
_N_TRAIN = 124  # that the test part leaves of every digit, of at least 174

_DESCR = """\
Imbalanced handwritten digits
=============================
{n} images of 8 x 8 gray pixels, 0 (background) to 255 (ink), of scikit-learn's `load_digits`, the
test part of the UCI data set "Optical Recognition of Handwritten Digits" (E. Alpaydin and
C. Kaynak, 1998, doi 10.24432/C50P49, licence CC BY 4.0).

Images of each digit in the {subset} part: {counts}.
The test part holds as many images of each digit, apart from the training part.
"""


def load_imbalanced_digits(
    *,
    classes: Sequence[int] = (3, 5, 9, 8),
    imbalance_ratio: float = 20,
    subset: Literal["train", "test"] = "train",
    random_state: int | np.random.RandomState | None = 0,
    return_X_y: bool = False,
) -> Bunch | tuple:
    """Load small images of handwritten digits, of which some digits are rare.

    The data come with scikit-learn: nothing is downloaded. The training part is imbalanced, the
    test part is not, so that the rare digits are measured on more than a handful of images.

    Parameters
    ----------
    classes : sequence of 2 to 10 different digits, default=(3, 5, 9, 8)
        The digits, the most frequent first and the rarest last; two make a binary problem.

    imbalance_ratio : float, default=20
        How many times the first digit is as frequent as the last in the training part, 1 (all
        are equally frequent) to 124 (a single image of the last). Those in between follow in
        equal steps of a factor: 124, 46, 17 and 6 images for the default.

    subset : {"train", "test"}, default="train"
        The imbalanced training part, or the test part with 50 images of each digit. The test part
        depends on `classes` and `random_state` alone.

    random_state : int, RandomState instance or None, default=0
        Decides which images are taken and their order. An int keeps the two parts apart from
        each other; any other would draw them anew at each call.

    return_X_y : bool, default=False
        Whether to return `(data, target)` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        data, images : ndarray of shape (n_samples, 8, 8, 1), uint8
            The images.
        target : ndarray of shape (n_samples,), int
            The digit that each image shows.
        target_names : list of str
            The names of the digits, in the order of `classes`.
        class_counts : dict
            Number of images of each digit.
        DESCR : str
            Where the data come from.

    Raises
    ------
    ValueError
        If an argument is not as described.

    Examples
    --------
    >>> from imblearn_bbfl.datasets import load_imbalanced_digits
    >>> digits = load_imbalanced_digits()
    >>> digits.images.shape, digits.class_counts
    ((193, 8, 8, 1), {3: 124, 5: 46, 9: 17, 8: 6})
    >>> X_test, y_test = load_imbalanced_digits(subset="test", return_X_y=True)
    >>> X_test.shape
    (200, 8, 8, 1)
    """
    classes = _check_arguments(classes, imbalance_ratio, subset)
    steps = np.linspace(0, 1, len(classes))
    counts = np.rint(_N_TRAIN * float(imbalance_ratio) ** -steps).astype(int)
    random_state = check_random_state(random_state)
    digits = load_digits()
    rows = []
    for digit, count in zip(classes, counts, strict=True):
        of_digit = random_state.permutation(np.flatnonzero(digits.target == digit))
        rows.append(of_digit[:_N_TEST] if subset == "test" else of_digit[_N_TEST:][:count])
    class_counts = {digit: len(part) for digit, part in zip(classes, rows, strict=True)}
    rows = random_state.permutation(np.concatenate(rows))
    images = np.rint(digits.images[rows, :, :, np.newaxis] * (255 / 16)).astype(np.uint8)
    if return_X_y:
        return images, digits.target[rows]
    return Bunch(
        data=images,
        images=images,
        target=digits.target[rows],
        target_names=[str(digit) for digit in classes],
        class_counts=class_counts,
        DESCR=_DESCR.format(n=len(rows), subset=subset, counts=class_counts),
    )


def _check_arguments(classes, imbalance_ratio, subset):
    """Return the classes as a list of int; raise ValueError on an invalid argument."""
    classes = list(classes)
    are_digits = all(isinstance(digit, Integral) and 0 <= digit <= 9 for digit in classes)
    if not are_digits or not 2 <= len(set(classes)) == len(classes):
        raise ValueError(
            f"classes must be 2 to 10 different digits of 0 to 9, got {classes!r}. Use for example "
            "classes=(3, 8)."
        )
    if not isinstance(imbalance_ratio, Real) or not 1 <= imbalance_ratio <= _N_TRAIN:
        raise ValueError(
            f"imbalance_ratio must be a number of 1 to {_N_TRAIN}, got {imbalance_ratio!r}. Use "
            "for example imbalance_ratio=20."
        )
    if subset not in ("train", "test"):
        raise ValueError(f"subset must be 'train' or 'test', got {subset!r}.")
    return [int(digit) for digit in classes]
