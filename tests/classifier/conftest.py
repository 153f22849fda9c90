"""Tiny data and a tiny classifier: 16x16x3 images, a small network, no download."""

from typing import NamedTuple

import cv2
import keras
import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl import BBFLClassifier


class Data(NamedTuple):
    """Inputs and labels."""

    X: np.ndarray | list
    y: np.ndarray


def _make_images(counts, labels):
    """Make noisy images, shuffled; those of class c have a bright square at a place of its own."""
    rng = np.random.default_rng(0)
    codes = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    X = rng.integers(0, 100, (len(codes), 16, 16, 3), dtype=np.uint8)
    for image, code in zip(X, codes, strict=True):
        start = 5 * code
        image[start : start + 6, start : start + 6] += 60
    X.setflags(write=False)
    return Data(X, np.array(labels)[codes])


@pytest.fixture(scope="session")
def images():
    """Return 60 images of two classes, 3:1, with strings as labels. Read-only."""
    return _make_images([45, 15], ["healthy", "sick"])


@pytest.fixture(scope="session")
def images_of_three_classes():
    """Return 60 images of three classes, 30:18:12, with strings as labels. Read-only."""
    return _make_images([30, 18, 12], ["mild", "none", "severe"])


@pytest.fixture(scope="session")
def image_files(images, tmp_path_factory):
    """Return the paths of the images of two classes in PNG files, and their labels."""
    folder = tmp_path_factory.mktemp("images")
    paths = [str(folder / f"{row:02d}.png") for row in range(len(images.X))]
    for path, image in zip(paths, images.X, strict=True):
        cv2.imwrite(path, image[..., ::-1])  # OpenCV writes blue, green, red
    return Data(paths, images.y)


def _apply_tiny_cnn(pixels):
    """Apply one convolution block: each layer costs a fit some 50 ms of building and tracing."""
    x = keras.layers.Conv2D(8, 3, strides=2, use_bias=False)(pixels)
    return keras.layers.ReLU()(keras.layers.BatchNormalization()(x))


_TINY = BBFLClassifier(
    _apply_tiny_cnn,
    head_units=(8,),
    dropout=0.2,
    epochs=1,
    learning_rate=1e-2,
    augmentation=None,
    validation_fraction=None,
    random_state=0,
)


@pytest.fixture
def tiny():
    """Return a small classifier, not fitted, that trains for one epoch on all rows."""
    return clone(_TINY)


@pytest.fixture
def untrained():
    """Return a classifier whose `fit` builds its network and learns the classes, no more."""
    return clone(_TINY).set_params(epochs=0)


@pytest.fixture(scope="session")
def small():
    """Return the classifier of `tiny`, once for the session: to be cloned, not to be changed."""
    return clone(_TINY)


@pytest.fixture(scope="session")
def fitted(images):
    """Return the small classifier fitted on the images of two classes. Not to be changed."""
    return clone(_TINY).set_params(epochs=2).fit(*images)
