"""Fingerprints of what a run is made from: alike in every process, other for another result."""

import hashlib
import importlib
import math
import os
import platform
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from imblearn_bbfl._images import check_image_size, digest_file
from imblearn_bbfl.classifier import BBFLClassifier
from imblearn_bbfl.features import ImageFeatures
from imblearn_bbfl.model_selection._description import (
    describe,
    drop_params_without_effect,
    hash_array,
)

# Parameters of an estimator that its result does not depend on, or that each run sets.
_IRRELEVANT = ("random_state", "workers", "checkpoint")
_PACKAGES = ("imblearn_bbfl", "keras", "sklearn", "imblearn", "numpy", "cv2")
_BLOCK = 2**22  # numbers of an array that are in memory at once, while it is hashed


def fingerprint_data(X, y, groups):
    """Return a fingerprint of the data: of pixels in memory, or of the contents of files.

    Files are read once, a small share of what training reads; where they lie does not count.
    """
    return _hash([*_describe_images(X), *_describe_labels(y, groups)])


def fingerprint_labels(y, groups):
    """Return a fingerprint of labels and groups alone, which splits are drawn from."""
    return _hash(_describe_labels(y, groups))


def fingerprint_settings(estimator):
    """Return a fingerprint of an estimator's parameters, without those that change no result.

    In a pipeline each step is without them: `random_state` is set by the run. That of a sampler, or
    of another estimator that is itself a parameter, decides its result, and counts.
    """
    steps = estimator.steps if isinstance(estimator, Pipeline) else [("", estimator)]
    return _hash([f"{name}: {_describe_step(step)}" for name, step in steps])


def fingerprint_rows(split):
    """Return a fingerprint of the rows and the seed of a run."""
    return _hash([describe([np.asarray(split.train), np.asarray(split.test), split.seed])])


def list_versions():
    """Return the versions of Python and of the packages that results may depend on a little."""
    modules = [importlib.import_module(name) for name in (*_PACKAGES, keras.config.backend())]
    versions = {module.__name__: str(module.__version__) for module in modules}
    return {"Python": platform.python_version(), **versions}


def _describe_step(step):
    if not hasattr(step, "get_params"):
        return describe(step)
    params = drop_params_without_effect(step.get_params(deep=False))
    is_ours = isinstance(step, (BBFLClassifier, ImageFeatures))
    if is_ours and "image_size" in params:  # in other classes that may be anything
        params["image_size"] = check_image_size(params["image_size"])
    described = [
        f"{name}={describe(value, reads_files=_may_name_files(name, value))}"
        for name, value in sorted(params.items())
        if name not in _IRRELEVANT
    ]
    return f"{describe(type(step))}({', '.join(described)})"


def _may_name_files(name, value):
    """Say whether text in a parameter is the path of a file that training reads, not writes."""
    is_weights = name == "weights" and str(value) not in ("auto", "imagenet")
    return is_weights or name.partition("__")[0] == "backbone"


def _describe_images(X):
    if isinstance(X, pd.DataFrame):
        columns = (X.iloc[:, i].to_numpy() for i in range(X.shape[1]))
        return [str(name) for name in X.columns] + [hash_array(column) for column in columns]
    shape = getattr(X, "shape", None)
    if (shape is None or len(shape) == 1) and all(
        isinstance(p, (str, bytes, os.PathLike)) for p in X
    ):
        paths = [os.fsdecode(path) for path in X]
        with ThreadPoolExecutor() as pool:  # reading is waiting
            return [digest.hex() for digest in pool.map(digest_file, paths)]
    if shape is None:
        try:
            X = np.asarray(X)
        except ValueError:  # images of several sizes
            return [hash_array(np.asarray(image)) for image in X]
    n_rows = max(1, _BLOCK // max(1, math.prod(X.shape[1:])))
    starts = range(0, X.shape[0], n_rows)
    return [hash_array(np.asarray(X[start : start + n_rows])) for start in starts]


def _describe_labels(*columns):
    """Describe labels by their kinds and the order in them, whatever type of array holds them."""
    described = []
    for values in columns:
        if values is not None:
            numbers, kinds = pd.factorize(np.asarray(values))
            described.append(f"{hash_array(numbers.astype(np.int64))} {describe(list(kinds))}")
    return described


def _hash(texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
