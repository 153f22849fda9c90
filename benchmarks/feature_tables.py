"""Image sets as tables of features: each image goes through the backbone once, for all scripts.

A head on such a table is the probe of the package, ``BBFLClassifier("mobilenetv2", epochs=0)``,
which trains the head alone on the same features, with the same results. It takes seconds, since no
image is read and no network is built but the head.
"""

import os
from pathlib import Path

import data_sets
import numpy as np
from sklearn.utils import Bunch

from imblearn_bbfl import BBFLClassifier, ImageFeatures

IMAGE_SIZES = {
    "digits": None,
    "idrid-binary": 224,
    "idrid": 224,
    "retinamnist": 128,
    "cifar10-lt": 96,
}
"""Sets and the size that images are brought to; those of digits, 8x8, are the features."""

TITLES = {
    "digits": "Digits, pixels",
    "idrid-binary": "IDRiD, 2 classes",
    "idrid": "IDRiD, 4 classes",
    "retinamnist": "RetinaMNIST",
    "cifar10-lt": "CIFAR-10-LT",
}
ORDINAL = ("idrid", "retinamnist")
_BATCH_SIZES = {"cifar10-lt": 128}  # else the default; 12,406 rows would take many small steps


def add_arguments(parser):
    """Add what `load` takes to a command line."""
    parser.add_argument("--data", nargs="+", default=list(IMAGE_SIZES), choices=list(IMAGE_SIZES))
    parser.add_argument(
        "--data-home",
        default=os.environ.get("IMBLEARN_BBFL_DATA"),
        help="folder that holds retinamnist, idrid and cifar10_lt; default: IMBLEARN_BBFL_DATA",
    )
    parser.add_argument("--weights", help="MobileNetV2's ImageNet weights without its top")
    parser.add_argument(
        "--features", type=Path, default=Path("features"), help="where features are kept"
    )


def load(name, arguments):
    """Return a set as a table, with the official test part.

    Parameters
    ----------
    name : str
        A key of `IMAGE_SIZES`.
    arguments : Namespace
        With those of `add_arguments`.

    Returns
    -------
    bunch : Bunch
        `X_train`, `X_test`: features; `y_train`, `y_test`: columns of probabilities; `classes`: the
        labels; `name`.
    """
    data = data_sets.load(name, arguments.data_home)
    if IMAGE_SIZES[name] is None:
        features = data.X.reshape(len(data.X), -1).astype(np.float32)
    else:
        features = _compute_once(name, data.X, arguments)
    classes, codes = np.unique(data.y, return_inverse=True)
    return Bunch(
        name=name,
        X_train=features[~data.is_test],
        X_test=features[data.is_test],
        y_train=codes[~data.is_test],
        y_test=codes[data.is_test],
        classes=classes,
    )


def make_probe(name, **settings):
    """Return the head of the package alone, for the features of a set."""
    return BBFLClassifier(
        _keep,
        head_epochs=20,
        epochs=0,
        batch_size=_BATCH_SIZES.get(name, 16),
        compile__steps_per_execution=16,  # of a tiny network; the results are the same
        **settings,
    )


def _keep(features):
    return features


def _compute_once(name, images, arguments):
    """Return features of MobileNetV2's last three stages, from the disk if they are there."""
    size = IMAGE_SIZES[name]
    path = arguments.features / f"{name.removesuffix('-binary')}-{size}.npy"
    if not path.exists():
        transformer = ImageFeatures(
            "mobilenetv2", weights=arguments.weights, image_size=size, feature_layers=3
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        features = transformer.fit_transform(images)
        unfinished = path.with_suffix(".part.npy")
        np.save(unfinished, features)
        unfinished.replace(path)
    return np.load(path)
