"""Small data, and a classifier that is quick to build and to train."""

from functools import partial

import cv2
import keras
import numpy as np
import pytest

from imblearn_bbfl import BBFLClassifier

# Scripts that import each other from their own folder, in which pytest does not look for modules.
collect_ignore = ["fill_disk.py", "kill_command.py", "small_commands.py"]


@pytest.fixture(scope="session")
def images():
    """Return 48 images of two classes, 3:1, and their labels. Read-only."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.repeat(["healthy", "sick"], [36, 12]))
    X = rng.integers(0, 100, (48, 16, 16, 3), dtype=np.uint8)
    X[y == "sick", 4:10, 4:10] += 80
    X.setflags(write=False)
    return X, y


@pytest.fixture
def files(images, tmp_path):
    """Return the paths of the images as PNG files, and their labels."""
    X, y = images
    paths = [str(tmp_path / f"{row}.png") for row in range(len(y))]
    for path, image in zip(paths, X, strict=True):
        cv2.imwrite(path, image[..., ::-1])
    return paths, y


def _apply_tiny_cnn(pixels):
    x = keras.layers.Conv2D(8, 3, strides=2, use_bias=False)(pixels)
    return keras.layers.ReLU()(keras.layers.BatchNormalization()(x))


@pytest.fixture(scope="session")
def make_classifier():
    """Return a function that makes a classifier, not fitted, of two epochs."""
    return partial(
        BBFLClassifier,
        _apply_tiny_cnn,
        head_units=(),
        epochs=2,
        learning_rate=1e-2,
        augmentation=None,
        validation_fraction=None,
        random_state=0,
    )


@pytest.fixture
def classifier(make_classifier):
    """Return such a classifier."""
    return make_classifier()
